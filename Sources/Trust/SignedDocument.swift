import CBOR
import COSE

/// The form that all trust documents share: COSE_Sign of tag 98 whose body's protected header is
/// `{16: typ}` and whose signers' are `{1: alg, 4: kid}` (`docs/spec/trust.md`, *Form*).
struct SignedDocument: Hashable, Sendable {
    /// `typ` (RFC 9596).
    private static let typeLabel: Int64 = 16
    /// Bytes of a `kid`: the first 8 of the key's thumbprint.
    private static let keyIDLength = 8

    let object: Sign
    let payload: CBORValue

    /// Drafts a document of `type` that nobody has signed yet.
    static func draft(_ payload: CBORValue, type: String) -> Sign {
        Sign(
            draft: payload.encoded(),
            protected: .map([CBORPair(.integer(typeLabel), .text(type))]))
    }

    /// Reads a document of `type` with at most `limit` bytes; nobody's signature is looked at.
    init(_ bytes: [UInt8], type: String, limit: Int) throws(TrustRefusal) {
        guard bytes.count <= limit else { throw .tooLarge(limit: limit, found: bytes.count) }
        do { object = try Sign.decode(bytes) } catch { throw TrustRefusal(error) }
        guard let header = object.protected.asMap, header.count == 1,
            let found = object.protected[Self.typeLabel]?.asText
        else { throw .notADocument("the protected header is not {16: typ}") }
        guard found == type else {
            throw .wrongType(expected: type, found: String(found.prefix(64)))
        }
        for signature in object.signatures {
            guard signature.protected.asMap?.count == 2, signature.algorithm != nil,
                signature.keyID?.count == Self.keyIDLength
            else { throw .notADocument("a signer's protected header is not {1: alg, 4: kid}") }
        }
        do { payload = try CBORValue.decode(object.payload) } catch {
            throw .shape("payload: \(error)")
        }
    }

    /// How many of these distinct keys have signed.
    func signers(among keys: [PublicKey]) -> Int {
        Set(keys).count { object.isSigned(by: $0) }
    }
}

extension SignedDocument {
    /// Throws unless so many of these distinct keys have signed.
    func check(_ threshold: Int, of keys: [PublicKey]) throws(TrustRefusal) {
        let signers = signers(among: keys)
        guard signers > 0 else { throw .signedByStranger }
        guard signers >= threshold else {
            throw .thresholdNotMet(needed: threshold, found: signers)
        }
    }
}

/// Takes the elements of a payload's array in order, so that what is left over is known.
struct DocumentReader {
    private var elements: ArraySlice<CBORValue>

    /// How many elements are left.
    var count: Int { elements.count }
    private let name: String

    init(_ value: CBORValue, _ name: String) throws(TrustRefusal) {
        guard let elements = value.asArray else { throw .shape(name) }
        self.elements = elements[...]
        self.name = name
    }

    mutating func next(_ name: String) throws(TrustRefusal) -> CBORValue {
        guard let value = elements.popFirst() else { throw .shape(name) }
        return value
    }

    /// An unsigned integer below 2^53, as in all messages.
    mutating func unsigned(_ name: String) throws(TrustRefusal) -> UInt64 {
        guard let number = try next(name).asUnsigned, number <= Self.maximumInteger else {
            throw .shape(name)
        }
        return number
    }

    mutating func bytes(_ name: String, count: Int) throws(TrustRefusal) -> [UInt8] {
        guard let value = try next(name).asBytes, value.count == count else { throw .shape(name) }
        return value
    }

    mutating func text(_ name: String) throws(TrustRefusal) -> String {
        guard let value = try next(name).asText, value.utf8.count <= Self.maximumTextLength else {
            throw .shape(name)
        }
        return value
    }

    mutating func array(_ name: String, atMost limit: Int) throws(TrustRefusal) -> [CBORValue] {
        guard let values = try next(name).asArray, values.count <= limit else { throw .shape(name) }
        return values
    }

    mutating func key(_ name: String) throws(TrustRefusal) -> PublicKey {
        let value = try next(name)
        do { return try PublicKey(coseKey: value) } catch { throw .shape("\(name): \(error)") }
    }

    /// The format number that every payload begins with; only 1 exists.
    mutating func format() throws(TrustRefusal) {
        let number = try unsigned("format number")
        guard number == 1 else { throw .unknownFormat(number) }
    }

    /// A time of issue and one of expiry, the latter later.
    mutating func life() throws(TrustRefusal) -> (issued: UInt64, expires: UInt64) {
        let issued = try unsigned("time of issue")
        let expires = try unsigned("time of expiry")
        guard issued < expires else { throw .shape("time of expiry: it is not after the issue") }
        return (issued, expires)
    }

    func end() throws(TrustRefusal) {
        guard elements.isEmpty else { throw .shape("end of the \(name): elements follow") }
    }

    private static let maximumInteger: UInt64 = (1 << 53) - 1
    /// The longest text: ids have at most 32 bytes.
    private static let maximumTextLength = 64
}

/// The times that every document is held against.
enum DocumentTime {
    static func check(issued: UInt64, expires: UInt64, now: UInt64) throws(TrustRefusal) {
        let latest = now.addingReportingOverflow(TrustDefaults.clockToleranceSeconds)
        guard latest.overflow || issued <= latest.partialValue else {
            throw .fromFuture(issued: issued, now: now)
        }
        guard now < expires else { throw .expired(at: expires) }
    }
}
