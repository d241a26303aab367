public import CBOR

/// Why bytes are no key that our formats allow.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The COSE_Key is not one item of deterministic CBOR.
    case cbor(CBORError)

    /// The COSE_Key lacks something, or something in it has the wrong type, length or value.
    case shape(String)

    /// The COSE_Key holds a private part (-4): whoever sends that has given the key away.
    case privatePart

    /// An Ed25519 point of small order, or one that is not canonically encoded: with such a key
    /// signatures verify that its holder never made.
    case unsafePoint(String)

    /// The coordinates are no point of the curve.
    case notOnCurve

    /// A private key's seed has another length than 32 bytes, or is no scalar of the curve.
    case seed

    /// The stable code of the reason, kebab-case.
    public var reason: String {
        switch self {
        case .cbor(let error): error.kind.rawValue
        case .shape: "key-shape"
        case .privatePart: "key-private"
        case .unsafePoint: "key-unsafe"
        case .notOnCurve: "key-not-on-curve"
        case .seed: "key-seed"
        }
    }

    /// One sentence: what is wrong and what was expected.
    public var description: String {
        switch self {
        case .cbor(let error): "the key is not deterministic CBOR: \(error)"
        case .shape(let sentence): "the key has the wrong shape: \(sentence)"
        case .privatePart: "the key holds a private part (label -4), which no one may send"
        case .unsafePoint(let sentence): "the Ed25519 key is unsafe: \(sentence)"
        case .notOnCurve: "the key's coordinates are no point of P-256"
        case .seed: "the seed of a private key is 32 bytes that make a key of the curve"
        }
    }
}
