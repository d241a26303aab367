import CBOR
import COSE
import Testing

private struct Wycheproof: Decodable {
    let testGroups: [Group]
    let numberOfTests: Int

    struct Group: Decodable {
        let publicKey: Key
        let tests: [Test]
    }

    struct Key: Decodable {
        let pk: String?
        let uncompressed: String?
    }

    struct Test: Decodable {
        let tcId: Int
        let comment: String
        let msg: String
        let sig: String
        let result: String
    }
}

@Suite(.enabled(if: SharedVectors.areHere)) struct WycheproofSignatures {
    private func check(_ path: String, count: Int, key: (Wycheproof.Key) throws -> PublicKey) throws
    {
        let file = try SharedVectors.decode(Wycheproof.self, from: path)
        var checked = 0
        for group in file.testGroups {
            let publicKey = try key(group.publicKey)
            for test in group.tests {
                let isValid = publicKey.isValidSignature(bytes(test.sig), for: bytes(test.msg))
                #expect(isValid == (test.result == "valid"), "\(test.tcId): \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == file.numberOfTests && checked == count)
    }

    @Test func ofEd25519ComeOutAsTheySay() throws {
        try check("wycheproof/ed25519_test.json", count: 151) { key in
            try PublicKey(ed25519: bytes(try #require(key.pk)))
        }
    }

    @Test func ofP256AsTwoNumbersComeOutAsTheySay() throws {
        try check("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", count: 262) { key in
            try PublicKey(p256Uncompressed: bytes(try #require(key.uncompressed)))
        }
    }

    @Test func ofP256InDERAreNotOurs() throws {
        let file = try SharedVectors.decode(
            Wycheproof.self, from: "wycheproof/ecdsa_secp256r1_sha256_test.json")
        for group in file.testGroups {
            let key = try PublicKey(
                p256Uncompressed: bytes(try #require(group.publicKey.uncompressed)))
            for test in group.tests {
                // DER is another encoding than r||s: none of them is a signature to us.
                #expect(!key.isValidSignature(bytes(test.sig), for: bytes(test.msg)))
            }
        }
    }
}

extension PublicKey {
    /// A P-256 key from 04||x||y, through the COSE_Key that our formats carry.
    init(p256Uncompressed point: [UInt8]) throws(KeyError) {
        try self.init(
            coseKey: .map([
                CBORPair(1, 2), CBORPair(-1, 1), CBORPair(-2, .bytes(Array(point[1..<33]))),
                CBORPair(-3, .bytes(Array(point[33...]))),
            ]))
    }
}

private struct RFC8032: Decodable {
    let vectors: [Vector]

    struct Vector: Decodable {
        let name: String
        let secret_seed: String
        let `public`: String
        let message: String
        let signature: String
    }
}

private struct RFC9679: Decodable {
    let cose_key_deterministic_hex: String
    let sha256_thumbprint: String
}

@Suite(.enabled(if: SharedVectors.areHere)) struct StandardsVectors {
    @Test func ofRFC8032AreSignedAndVerified() throws {
        let file = try SharedVectors.decode(RFC8032.self, from: "ed25519_rfc8032.json")
        #expect(file.vectors.count == 4)
        for vector in file.vectors {
            let key = try PrivateKey(algorithm: .ed25519, seed: bytes(vector.secret_seed))
            #expect(key.publicKey == (try PublicKey(ed25519: bytes(vector.public))))
            #expect(key.sign(bytes(vector.message)) == bytes(vector.signature), "\(vector.name)")
            #expect(
                key.publicKey.isValidSignature(
                    bytes(vector.signature), for: bytes(vector.message)))
        }
    }

    @Test func ofRFC9679GiveTheThumbprint() throws {
        let file = try SharedVectors.decode(
            RFC9679.self, from: "cose_key_thumbprint_rfc9679.json")
        let key = try PublicKey(coseKey: bytes(file.cose_key_deterministic_hex))
        #expect(key.thumbprint == bytes(file.sha256_thumbprint))
        #expect(key.coseKey == bytes(file.cose_key_deterministic_hex))
    }
}
