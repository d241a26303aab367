public import CBOR

/// Why bytes are no COSE_Sign1 object as our formats allow it (formats, section 1).
public enum Sign1Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The object, or with `isProtectedHeader` its protected header, is not deterministic CBOR;
    /// offsets count from the first byte of the one or the other.
    case cbor(CBORError, isProtectedHeader: Bool)

    /// The object is not under tag 18.
    case notSign1

    /// Under the tag is something else than protected bytes, an empty map, a payload and a
    /// signature.
    case shape(String)

    /// The signature has this many bytes and not 64.
    case signatureLength(Int)

    /// The protected header is CBOR, but no map.
    case protectedHeaderNotMap

    /// One sentence: what is wrong and what was expected.
    public var description: String {
        switch self {
        case .cbor(let error, isProtectedHeader: false): "\(error)"
        case .cbor(let error, isProtectedHeader: true): "\(error) of the protected header"
        case .notSign1: "the object is not a COSE_Sign1 under CBOR tag 18"
        case .shape(let sentence): sentence
        case .signatureLength(let count): "the signature has \(count) bytes, expected 64"
        case .protectedHeaderNotMap: "the protected header is not a map"
        }
    }
}
