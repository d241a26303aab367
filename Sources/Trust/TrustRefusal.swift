import CBOR
import COSE

/// Why a document was not taken. What was in force before stays in force
/// (`docs/spec/trust.md`, *Refusals*).
public enum TrustRefusal: Error, Hashable, Sendable {
    /// The document is longer than its kind may be, in bytes.
    case tooLarge(limit: Int, found: Int)
    /// The bytes end before the document does: it was cut on its way.
    case cut(String)
    /// The bytes are no COSE_Sign of this form.
    case notADocument(String)
    /// The document is of another kind.
    case wrongType(expected: String, found: String)
    /// The payload's format number is one that this program does not know.
    case unknownFormat(UInt64)
    /// The payload has another shape; the text names the place.
    case shape(String)
    /// A key is there twice, in the places with these numbers, counted from 0.
    case keyTwice(Int, Int)
    /// None of the keys that may sign it has signed it.
    case signedByStranger
    /// Fewer distinct keys than needed have signed it.
    case thresholdNotMet(needed: Int, found: Int)
    /// A new root is signed by too few of the keys of the root in force.
    case oldThresholdNotMet(needed: Int, found: Int)
    /// A root's version is not the one that follows the root in force.
    case rootNotNext(held: UInt64, found: UInt64)
    /// A root's generation is below that of the root in force.
    case generationBack(held: UInt64, found: UInt64)
    /// A trust list's generation is not that of the root in force.
    case otherGeneration(root: UInt64, found: UInt64)
    /// The root in force has expired and may introduce nothing but its successor.
    case rootExpired(at: UInt64)
    /// It is for another merchant's terminals.
    case otherMerchant(found: String)
    /// Its version is below the highest that was ever held.
    case rolledBack(held: UInt64, found: UInt64)
    /// Its version is the one that is held, and its content another: somebody signed twice.
    case versionReused(UInt64)
    /// It was issued later than this terminal's clock can believe, in seconds since 1970 UTC.
    case fromFuture(issued: UInt64, now: UInt64)
    /// It has expired, in seconds since 1970 UTC.
    case expired(at: UInt64)
    /// The freshness statement is signed by a hub key that is not in force.
    case hubKeyNotInForce(String)
    /// The statement names another trust list than the one held or offered with it.
    case notTheNamedList(named: UInt64, found: UInt64)
    /// The terminal holds no root yet, or what it holds is damaged.
    case noRoot

    /// The stable code of the refusal.
    public var reason: String {
        switch self {
        case .tooLarge: "trust-too-large"
        case .cut: "trust-cut"
        case .notADocument: "trust-not-a-document"
        case .wrongType: "trust-wrong-type"
        case .unknownFormat: "trust-format-unknown"
        case .shape: "trust-malformed"
        case .keyTwice: "trust-key-twice"
        case .signedByStranger: "trust-signed-by-stranger"
        case .thresholdNotMet: "trust-threshold-not-met"
        case .oldThresholdNotMet: "trust-old-threshold-not-met"
        case .rootNotNext: "trust-root-not-next"
        case .generationBack: "trust-generation-back"
        case .otherGeneration: "trust-other-generation"
        case .rootExpired: "trust-root-expired"
        case .otherMerchant: "trust-other-merchant"
        case .rolledBack: "trust-rolled-back"
        case .versionReused: "trust-version-reused"
        case .fromFuture: "trust-from-future"
        case .expired: "trust-expired"
        case .hubKeyNotInForce: "trust-hub-key-not-in-force"
        case .notTheNamedList: "trust-not-the-named-list"
        case .noRoot: "trust-no-root"
        }
    }

    /// What is wrong, as a sentence.
    public var description: String {
        switch self {
        case .tooLarge(let limit, let found):
            "The document has at least \(found) bytes; this kind has at most \(limit)."
        case .cut(let place): "The document is cut: \(place)."
        case .notADocument(let place): "This is no signed document: \(place)."
        case .wrongType(let expected, let found):
            "The document is a \"\(found)\"; a \"\(expected)\" was expected."
        case .unknownFormat(let number):
            "The document has format \(number), which this program does not know."
        case .shape(let place): "The document has no valid \(place)."
        case .keyTwice(let first, let second):
            "The same key is there twice, at places \(first) and \(second)."
        case .signedByStranger: "None of the keys that may sign it has signed it."
        case .thresholdNotMet(let needed, let found):
            "It is signed by \(found) of the keys that may sign it; \(needed) are needed."
        case .oldThresholdNotMet(let needed, let found):
            "The new root is signed by \(found) of the keys of the root in force; \(needed) are "
                + "needed."
        case .rootNotNext(let held, let found):
            "The root has version \(found); after version \(held) only version \(held + 1) may "
                + "follow."
        case .generationBack(let held, let found):
            "The root has generation \(found); generation \(held) is in force."
        case .otherGeneration(let root, let found):
            "The trust list has generation \(found); the root in force has generation \(root)."
        case .rootExpired(let at):
            "The root in force expired at \(at) and may introduce nothing but its successor."
        case .otherMerchant(let found): "It is for the terminals of \(found)."
        case .rolledBack(let held, let found):
            "It has version \(found); version \(held) was held already."
        case .versionReused(let version):
            "It has version \(version), which is held with another content."
        case .fromFuture(let issued, let now):
            "It was issued at \(issued), and this clock says \(now): one of them is wrong."
        case .expired(let at): "It expired at \(at)."
        case .hubKeyNotInForce(let place):
            "The statement's signer is no hub key in force: \(place)."
        case .notTheNamedList(let named, let found):
            "The statement names trust list \(named); list \(found) is what is there, or its "
                + "content is another."
        case .noRoot: "No root is held."
        }
    }

    /// What to do about it.
    public var advice: String {
        switch self {
        case .tooLarge, .cut, .notADocument, .wrongType, .unknownFormat, .shape, .keyTwice:
            "Fetch it again from the hub."
        case .signedByStranger, .otherMerchant, .versionReused, .hubKeyNotInForce:
            "Do not use this source: ask the hub's operator where it came from."
        case .thresholdNotMet, .oldThresholdNotMet:
            "Have more root keys sign it (tillhub trust sign)."
        case .rootNotNext, .generationBack, .otherGeneration, .noRoot:
            "Take the roots in their order (tillhub trust export writes all of them)."
        case .rolledBack, .notTheNamedList: "Fetch the newest from the hub."
        case .fromFuture: "Set the clock right, or ask the hub's operator to."
        case .expired, .rootExpired: "The hub's operator must publish a new one."
        }
    }

    init(_ error: Sign1Error) {
        switch error {
        case .cbor(let error, _) where error.kind == .truncated || error.kind == .length:
            self = .cut("\(error)")
        default: self = .notADocument("\(error)")
        }
    }
}
