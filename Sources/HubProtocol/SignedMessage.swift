package import CBOR
package import COSE

/// The form that all signed messages between terminal and hub share: COSE_Sign1 (RFC 9052) of
/// tag 18 with the protected header `{1: alg, 4: kid, 16: typ}` (`docs/spec/hub-protocol.md`).
package enum SignedMessage {
    /// The protected labels (RFC 9052 section 3.1; `typ` is RFC 9596).
    private enum Label {
        static let algorithm: UInt64 = 1
        static let keyID: UInt64 = 4
        static let type: UInt64 = 16
    }

    /// The bytes of a message of `type` with `payload`, signed by `key`.
    package static func seal(_ payload: CBORValue, type: String, key: PrivateKey) -> [UInt8] {
        let header = CBORValue.map([
            CBORPair(.unsigned(Label.keyID), .bytes(key.publicKey.longKeyID)),
            CBORPair(.unsigned(Label.type), .text(type)),
        ])
        return Sign1(signing: payload.encoded(), protected: header, with: key).encoded()
    }

    /// The bytes of a message of `type` with this encoded payload, of which the signature by `key`
    /// is already there: whether it holds is for whoever opens the message.
    package static func assemble(
        _ payload: [UInt8], type: String, key: PublicKey, signature: [UInt8]
    ) -> [UInt8] {
        let header = CBORValue.map([
            CBORPair(.unsigned(Label.algorithm), .integer(key.algorithm.coseAlgorithm)),
            CBORPair(.unsigned(Label.keyID), .bytes(key.longKeyID)),
            CBORPair(.unsigned(Label.type), .text(type)),
        ])
        return CBORValue.tagged(
            Sign1.tag,
            .array([.bytes(header.encoded()), .map([]), .bytes(payload), .bytes(signature)])
        ).encoded()
    }

    /// The payload of a message that is well formed but whose signature has not been looked at:
    /// only good to find out whose key to expect.
    package static func peek(_ bytes: [UInt8], type: String, limit: Int) throws(MessageError)
        -> (object: Sign1, payload: CBORValue)
    {
        guard bytes.count <= limit else { throw .tooLong(limit: limit, found: bytes.count) }
        let object: Sign1
        do { object = try Sign1.decode(bytes) } catch { throw .notSigned(error) }
        try checkHeader(of: object, type: type)
        do { return (object, try CBORValue.decode(object.payload)) } catch {
            throw .payloadNotCBOR(error)
        }
    }

    /// The payload of a message of `type` that `key` has signed.
    package static func open(_ bytes: [UInt8], type: String, limit: Int, key: PublicKey)
        throws(MessageError) -> CBORValue
    {
        let (object, payload) = try peek(bytes, type: type, limit: limit)
        try check(object, isSignedBy: key)
        return payload
    }

    /// Throws unless `key` has signed `object` and its key id says so.
    package static func check(_ object: Sign1, isSignedBy key: PublicKey) throws(MessageError) {
        guard object.keyID == key.longKeyID else { throw .wrongSigner }
        guard object.isSigned(by: key) else { throw .badSignature }
    }

    private static func checkHeader(of object: Sign1, type: String) throws(MessageError) {
        guard let pairs = object.protected.asMap else { throw .header("map") }
        var seen: Set<UInt64> = []
        for pair in pairs {
            switch (pair.key, pair.value) {
            case (.unsigned(Label.algorithm), _): seen.insert(Label.algorithm)
            case (.unsigned(Label.keyID), .bytes(let id)):
                guard id.count == 8 else { throw .header("key id of 8 bytes (label 4)") }
                seen.insert(Label.keyID)
            case (.unsigned(Label.type), .text(let found)):
                guard found == type else { throw .wrongType(expected: type, found: found) }
                seen.insert(Label.type)
            default: throw .header("set of labels: exactly 1, 4 and 16 are expected")
            }
        }
        guard seen.count == 3 else {
            throw .header("set of labels: exactly 1, 4 and 16 are expected")
        }
    }
}
