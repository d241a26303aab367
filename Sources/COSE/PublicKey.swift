public import CBOR
import Crypto
import FoundationEssentials

/// A public key that signatures are checked with: Ed25519, or ECDSA on P-256 with SHA-256.
///
/// Holding one is the proof that its encoding is canonical and its point safe. Two keys are equal
/// when their canonical COSE_Keys are, however each was spelled.
public struct PublicKey: Hashable, Sendable {
    /// What the key signs with; the algorithm is taken from here, never from a message alone.
    public let algorithm: KeyAlgorithm

    /// The key as a COSE_Key in deterministic CBOR, with only kty, crv, x and y; `y` as 32 bytes.
    public let coseKey: [UInt8]

    /// The COSE_Key thumbprint with SHA-256 (RFC 9679), 32 bytes.
    public let thumbprint: [UInt8]

    private let point: Point

    private enum Point: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case ecdsaP256(P256.Signing.PublicKey)
    }

    /// The key in these bytes of deterministic CBOR (RFC 9052 section 7, RFC 9053 section 7).
    public init(coseKey: [UInt8]) throws(KeyError) {
        let value: CBORValue
        do {
            value = try CBORValue.decode(coseKey)
        } catch {
            throw .cbor(error)
        }
        try self.init(coseKey: value)
    }

    /// The key in this COSE_Key, of which only kty, crv, x and y are read; a private part is
    /// refused.
    public init(coseKey: CBORValue) throws(KeyError) {
        guard coseKey.asMap != nil else { throw .shape("a COSE_Key is a map") }
        guard coseKey[Label.privatePart] == nil else { throw .privatePart }
        switch (coseKey[Label.keyType], coseKey[Label.curve]) {
        case (KeyType.octetKeyPair, Curve.ed25519):
            try self.init(ed25519: try Self.coordinate(Label.x, of: coseKey))
        case (KeyType.ellipticCurve, Curve.p256):
            try self.init(p256: coseKey)
        default:
            throw .shape("kty and crv (labels 1 and -1) are 1 and 6 (Ed25519) or 2 and 1 (P-256)")
        }
    }

    /// The Ed25519 key with this encoding of 32 bytes (RFC 8032 section 5.1.5).
    public init(ed25519 encoding: [UInt8]) throws(KeyError) {
        guard encoding.count == Ed25519Point.byteCount else {
            throw .shape("an Ed25519 key has 32 bytes")
        }
        if let problem = Ed25519Point.problem(encoding) { throw .unsafePoint(problem) }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: encoding) else {
            throw .shape("an Ed25519 key has 32 bytes")
        }
        self.init(ed25519: key, encoding: encoding)
    }

    init(ed25519 key: Curve25519.Signing.PublicKey, encoding: [UInt8]) {
        self.init(
            point: .ed25519(key), algorithm: .ed25519, coseKey: Self.coseKey(x: encoding, y: nil))
    }

    private init(p256 coseKey: CBORValue) throws(KeyError) {
        let x = try Self.coordinate(Label.x, of: coseKey)
        let key: P256.Signing.PublicKey?
        switch coseKey[Label.y] {
        case .bytes(let y) where y.count == Self.coordinateByteCount:
            key = try? P256.Signing.PublicKey(x963Representation: [SEC1.uncompressed] + x + y)
        case .bool(let isOdd):
            let prefix = isOdd ? SEC1.compressedOdd : SEC1.compressedEven
            key = try? P256.Signing.PublicKey(compressedRepresentation: [prefix] + x)
        default:
            throw .shape("y (label -3) of a P-256 key is 32 bytes or the sign as a bool")
        }
        guard let key else { throw .notOnCurve }
        self.init(p256: key)
    }

    init(p256 key: P256.Signing.PublicKey) {
        let (x, y) = Self.coordinates(of: key)
        self.init(
            point: .ecdsaP256(key), algorithm: .ecdsaP256,
            coseKey: Self.coseKey(x: x, y: .bytes(y)))
    }

    private init(point: Point, algorithm: KeyAlgorithm, coseKey: CBORValue) {
        self.point = point
        self.algorithm = algorithm
        self.coseKey = coseKey.encoded()
        thumbprint = Array(SHA256.hash(data: self.coseKey))
    }

    /// The first 4 bytes of the thumbprint: the `kid` that we write.
    public var keyID: [UInt8] { Array(thumbprint.prefix(4)) }

    /// The first 8 bytes of the thumbprint: the longer `kid` that we accept too.
    public var longKeyID: [UInt8] { Array(thumbprint.prefix(8)) }

    /// The key as a COSE_Key; of a P-256 key `y` as its sign when compressed, else as 32 bytes.
    public func coseKeyValue(compressed: Bool) -> CBORValue {
        switch point {
        case .ed25519(let key):
            return Self.coseKey(x: Array(key.rawRepresentation), y: nil)
        case .ecdsaP256(let key):
            let (x, y) = Self.coordinates(of: key)
            let isOdd = y[Self.coordinateByteCount - 1] & 1 == 1
            return Self.coseKey(x: x, y: compressed ? .bool(isOdd) : .bytes(y))
        }
    }

    /// Whether these 64 bytes are this key's signature of the message. Ed25519 without cofactor and
    /// with S < L; ECDSA as r||s, with S in either half of its range.
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Sign1.signatureByteCount else { return false }
        switch point {
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        case .ecdsaP256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(parsed, for: message)
        }
    }

    /// Equality of the canonical COSE_Keys.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.coseKey == right.coseKey
    }

    /// Hashes the canonical COSE_Key.
    public func hash(into hasher: inout Hasher) { hasher.combine(coseKey) }

    private static let coordinateByteCount = 32

    /// A COSE_Key in order: of Ed25519 without `y`, else of P-256.
    private static func coseKey(x: [UInt8], y: CBORValue?) -> CBORValue {
        var pairs = [
            CBORPair(
                .integer(Label.keyType),
                y == nil ? KeyType.octetKeyPair : KeyType.ellipticCurve),
            CBORPair(.integer(Label.curve), y == nil ? Curve.ed25519 : Curve.p256),
            CBORPair(.integer(Label.x), .bytes(x)),
        ]
        if let y { pairs.append(CBORPair(.integer(Label.y), y)) }
        return .map(pairs)
    }

    private static func coordinates(of key: P256.Signing.PublicKey) -> (x: [UInt8], y: [UInt8]) {
        let point = Array(key.x963Representation)
        return (
            Array(point[1...coordinateByteCount]), Array(point[(coordinateByteCount + 1)...])
        )
    }

    private static func coordinate(_ label: Int64, of key: CBORValue) throws(KeyError) -> [UInt8] {
        guard let bytes = key[label]?.asBytes, bytes.count == coordinateByteCount else {
            throw .shape("x (label -2) is a byte string of 32 bytes")
        }
        return bytes
    }

    /// Labels of a COSE_Key (RFC 9052 section 7.1, RFC 9053 sections 7.1 and 7.2).
    private enum Label {
        static let keyType: Int64 = 1
        static let curve: Int64 = -1
        static let x: Int64 = -2
        static let y: Int64 = -3
        static let privatePart: Int64 = -4
    }

    /// Values of kty (RFC 9053 section 7).
    private enum KeyType {
        static let octetKeyPair = CBORValue.unsigned(1)
        static let ellipticCurve = CBORValue.unsigned(2)
    }

    /// Values of crv (RFC 9053 section 7.1).
    private enum Curve {
        static let p256 = CBORValue.unsigned(1)
        static let ed25519 = CBORValue.unsigned(6)
    }

    /// First bytes of a point (SEC 1 section 2.3.3).
    private enum SEC1 {
        static let compressedEven: UInt8 = 2
        static let compressedOdd: UInt8 = 3
        static let uncompressed: UInt8 = 4
    }
}
