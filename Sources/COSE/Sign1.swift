public import CBOR

/// A COSE_Sign1 object (RFC 9052 section 4.2) in the one shape of our formats: tagged, with nothing
/// in the unprotected header, the payload inside, a signature of 64 bytes and no external data.
///
/// Decoding says nothing about the signature: `isSigned(by:)` does.
public struct Sign1: Hashable, Sendable {
    /// The CBOR tag that every object is under.
    public static let tag: UInt64 = 18

    /// Ed25519 and P-256 r||s alike.
    public static let signatureByteCount = 64

    /// Labels of the protected header (RFC 9052 section 3.1).
    public enum Label {
        /// The signature algorithm.
        public static let algorithm: Int64 = 1
        /// Labels that a reader must understand; no format of ours has it.
        public static let critical: Int64 = 2
        /// The key's id.
        public static let keyID: Int64 = 4
    }

    /// The protected header as signed, in deterministic CBOR.
    public let protectedBytes: [UInt8]

    /// The protected header: a map.
    public let protected: CBORValue

    /// The payload as signed.
    public let payload: [UInt8]

    /// The signature, 64 bytes.
    public let signature: [UInt8]

    /// Reads the object that fills these bytes; the payload's content is left to the caller.
    public static func decode(_ bytes: [UInt8]) throws(Sign1Error) -> Sign1 {
        let value: CBORValue
        do {
            value = try CBORValue.decode(bytes)
        } catch {
            throw .cbor(error, isProtectedHeader: false)
        }
        return try Sign1(value)
    }

    /// Reads the object in this item, which may lie inside another one.
    public init(_ value: CBORValue) throws(Sign1Error) {
        guard case .tagged(Self.tag, let content) = value else { throw .notSign1 }
        guard let parts = content.asArray, parts.count == 4 else {
            throw .shape("under tag 18 is an array of 4")
        }
        guard let protectedBytes = parts[0].asBytes else {
            throw .shape("the protected header (first of 4) is a byte string")
        }
        guard let unprotected = parts[1].asMap, unprotected.isEmpty else {
            throw .shape("the unprotected header (second of 4) is an empty map")
        }
        guard let payload = parts[2].asBytes else {
            throw .shape("the payload (third of 4) is a byte string, and not nil")
        }
        guard let signature = parts[3].asBytes else {
            throw .shape("the signature (last of 4) is a byte string")
        }
        guard signature.count == Self.signatureByteCount else {
            throw .signatureLength(signature.count)
        }
        do {
            protected = try CBORValue.decode(protectedBytes)
        } catch {
            throw .cbor(error, isProtectedHeader: true)
        }
        guard protected.asMap != nil else { throw .protectedHeaderNotMap }
        self.protectedBytes = protectedBytes
        self.payload = payload
        self.signature = signature
    }

    /// Signs the payload. The protected header is this map, without `alg`, and `alg` of the key.
    public init(signing payload: [UInt8], protected header: CBORValue, with key: PrivateKey) {
        guard let pairs = header.asMap else {
            preconditionFailure("a protected header is a map")
        }
        precondition(
            header[Label.algorithm] == nil, "alg comes from the key, not from the caller")
        let algorithm = CBORPair(
            .integer(Label.algorithm), .integer(key.algorithm.coseAlgorithm))
        protected = .map(
            ([algorithm] + pairs).sorted {
                $0.key.encoded().lexicographicallyPrecedes($1.key.encoded())
            })
        protectedBytes = protected.encoded()
        self.payload = payload
        signature = key.sign(
            Self.signatureInput(protectedBytes: protectedBytes, payload: payload))
    }

    /// The object as deterministic CBOR; of a decoded object the very bytes that were decoded.
    public func encoded() -> [UInt8] {
        CBORValue.tagged(
            Self.tag,
            .array([.bytes(protectedBytes), .map([]), .bytes(payload), .bytes(signature)])
        ).encoded()
    }

    /// What is signed: the Sig_structure with context "Signature1" and no external data.
    public var signatureInput: [UInt8] {
        Self.signatureInput(protectedBytes: protectedBytes, payload: payload)
    }

    /// The Sig_structure (RFC 9052 section 4.4) over this header and payload, encoded.
    public static func signatureInput(protectedBytes: [UInt8], payload: [UInt8]) -> [UInt8] {
        // ["Signature1", protected, h'', payload], written without building the values.
        var bytes: [UInt8] = [0x84, 0x6A]
        bytes.reserveCapacity(protectedBytes.count + payload.count + 24)
        bytes += "Signature1".utf8
        CBORValue.appendByteStringHead(protectedBytes.count, to: &bytes)
        bytes += protectedBytes
        CBORValue.appendByteStringHead(0, to: &bytes)
        CBORValue.appendByteStringHead(payload.count, to: &bytes)
        bytes += payload
        return bytes
    }

    /// The algorithm that the header names, or nil when it names none of ours.
    public var algorithm: KeyAlgorithm? {
        protected[Label.algorithm]?.asInteger.flatMap(KeyAlgorithm.init(coseAlgorithm:))
    }

    /// The `kid` of the header, or nil when it has none that is a byte string.
    public var keyID: [UInt8]? { protected[Label.keyID]?.asBytes }

    /// Whether the header names this key's algorithm and the signature is this key's.
    public func isSigned(by key: PublicKey) -> Bool {
        algorithm == key.algorithm && key.isValidSignature(signature, for: signatureInput)
    }
}
