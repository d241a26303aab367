public import CBOR

/// A COSE_Sign object (RFC 9052 section 4.1) in the one shape of our formats: tagged, with nothing
/// in the unprotected headers, the payload inside, and any number of signatures up to a limit.
///
/// It carries documents that several people must agree on. Decoding says nothing about the
/// signatures: `isSigned(by:)` does, one key at a time. An object without any signature is a draft.
public struct Sign: Hashable, Sendable {
    /// The CBOR tag that every object is under.
    public static let tag: UInt64 = 98

    /// The most signatures: two generations of the largest set of root keys.
    public static let maximumSignatures = 32

    /// One signature with its own protected header.
    public struct Signature: Hashable, Sendable {
        /// The protected header as signed, in deterministic CBOR.
        public let protectedBytes: [UInt8]

        /// The protected header: a map.
        public let protected: CBORValue

        /// The signature, 64 bytes.
        public let bytes: [UInt8]

        /// The algorithm that the header names, or nil when it names none of ours.
        public var algorithm: KeyAlgorithm? {
            protected[Sign1.Label.algorithm]?.asInteger.flatMap(KeyAlgorithm.init(coseAlgorithm:))
        }

        /// The `kid` of the header, or nil when it has none that is a byte string.
        public var keyID: [UInt8]? { protected[Sign1.Label.keyID]?.asBytes }
    }

    /// The body's protected header as signed, in deterministic CBOR.
    public let protectedBytes: [UInt8]

    /// The body's protected header: a map.
    public let protected: CBORValue

    /// The payload as signed.
    public let payload: [UInt8]

    /// The signatures, in the order of their making.
    public let signatures: [Signature]

    /// Reads the object that fills these bytes; the payload's content is left to the caller.
    public static func decode(_ bytes: [UInt8]) throws(Sign1Error) -> Sign {
        let value: CBORValue
        do {
            value = try CBORValue.decode(bytes)
        } catch {
            throw .cbor(error, isProtectedHeader: false)
        }
        return try Sign(value)
    }

    private init(_ value: CBORValue) throws(Sign1Error) {
        guard case .tagged(Self.tag, let content) = value else {
            throw .shape("the object is not a COSE_Sign under CBOR tag 98")
        }
        guard let parts = content.asArray, parts.count == 4 else {
            throw .shape("under tag 98 is an array of 4")
        }
        (protectedBytes, protected) = try Self.header(parts[0], parts[1])
        guard let payload = parts[2].asBytes else {
            throw .shape("the payload (third of 4) is a byte string, and not nil")
        }
        guard let signatures = parts[3].asArray, signatures.count <= Self.maximumSignatures else {
            throw .shape(
                "the signatures (last of 4) are an array of at most \(Self.maximumSignatures)")
        }
        self.payload = payload
        var read: [Signature] = []
        for signature in signatures { read.append(try Self.signature(signature)) }
        self.signatures = read
    }

    private init(
        protectedBytes: [UInt8], protected: CBORValue, payload: [UInt8], signatures: [Signature]
    ) {
        self.protectedBytes = protectedBytes
        self.protected = protected
        self.payload = payload
        self.signatures = signatures
    }

    /// A draft of this payload without signatures; the protected header of the body is this map.
    public init(draft payload: [UInt8], protected: CBORValue) {
        precondition(protected.asMap != nil, "a protected header is a map")
        self.init(
            protectedBytes: protected.encoded(), protected: protected, payload: payload,
            signatures: [])
    }

    /// The object with one signature more; nil where there is no room for it.
    ///
    /// The signature's protected header is `{1: alg, 4: kid}` with the long `kid` of 8 bytes.
    public func adding(signatureBy key: PrivateKey) -> Sign? {
        guard signatures.count < Self.maximumSignatures else { return nil }
        let header = CBORValue.map([
            CBORPair(.integer(Sign1.Label.algorithm), .integer(key.algorithm.coseAlgorithm)),
            CBORPair(.integer(Sign1.Label.keyID), .bytes(key.publicKey.longKeyID)),
        ])
        let headerBytes = header.encoded()
        let signature = Signature(
            protectedBytes: headerBytes, protected: header,
            bytes: key.sign(signatureInput(signerProtectedBytes: headerBytes)))
        return Sign(
            protectedBytes: protectedBytes, protected: protected, payload: payload,
            signatures: signatures + [signature])
    }

    /// The object as deterministic CBOR; of a decoded object the very bytes that were decoded.
    public func encoded() -> [UInt8] {
        CBORValue.tagged(
            Self.tag,
            .array([
                .bytes(protectedBytes), .map([]), .bytes(payload),
                .array(
                    signatures.map {
                        .array([.bytes($0.protectedBytes), .map([]), .bytes($0.bytes)])
                    }),
            ])
        ).encoded()
    }

    /// What a signer signs: the Sig_structure with context "Signature" and no external data
    /// (RFC 9052 section 4.4).
    public func signatureInput(signerProtectedBytes: [UInt8]) -> [UInt8] {
        // ["Signature", body protected, signer protected, h'', payload], without building values.
        var bytes: [UInt8] = [0x85, 0x69]
        bytes.reserveCapacity(payload.count + 64)
        bytes += "Signature".utf8
        for part in [protectedBytes, signerProtectedBytes, [], payload] {
            CBORValue.appendByteStringHead(part.count, to: &bytes)
            bytes += part
        }
        return bytes
    }

    /// Whether one of the signatures names this key and its algorithm, and is this key's. However
    /// often a key has signed, it is one signer.
    public func isSigned(by key: PublicKey) -> Bool {
        signatures.contains { signature in
            signature.keyID == key.longKeyID && signature.algorithm == key.algorithm
                && key.isValidSignature(
                    signature.bytes,
                    for: signatureInput(signerProtectedBytes: signature.protectedBytes))
        }
    }

    private static func header(_ protected: CBORValue, _ unprotected: CBORValue)
        throws(Sign1Error) -> ([UInt8], CBORValue)
    {
        guard let bytes = protected.asBytes else {
            throw .shape("a protected header is a byte string")
        }
        guard let pairs = unprotected.asMap, pairs.isEmpty else {
            throw .shape("an unprotected header is an empty map")
        }
        let header: CBORValue
        do {
            header = try CBORValue.decode(bytes)
        } catch {
            throw .cbor(error, isProtectedHeader: true)
        }
        guard header.asMap != nil else { throw .protectedHeaderNotMap }
        return (bytes, header)
    }

    private static func signature(_ value: CBORValue) throws(Sign1Error) -> Signature {
        guard let parts = value.asArray, parts.count == 3 else {
            throw .shape("a signature is an array of 3")
        }
        let (bytes, header) = try Self.header(parts[0], parts[1])
        guard let signature = parts[2].asBytes else {
            throw .shape("a signature (last of 3) is a byte string")
        }
        guard signature.count == Sign1.signatureByteCount else {
            throw .signatureLength(signature.count)
        }
        return Signature(protectedBytes: bytes, protected: header, bytes: signature)
    }
}
