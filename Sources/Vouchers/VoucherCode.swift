import CBOR
import COSE

/// A code that obeys its own format (formats, sections 1 to 1.2), with what it says. It proves
/// nothing yet: no signature has been looked at, and neither clock nor terminal nor request.
public struct VoucherCode: Hashable, Sendable {
    /// The label of a presentation's protected header under which the issuer's object lies.
    static let issuerObjectLabel: Int64 = 13

    /// The outer object as shown, whole: an issuer's or a wallet's.
    public let bytes: [UInt8]

    /// The issuer's object, whole: the same as `bytes`, or what lies inside a presentation.
    public let issuerBytes: [UInt8]

    /// What the issuer says.
    public let claims: VoucherClaims

    /// What the wallet says, or nil when the issuer's object was shown alone.
    public let presentation: PresentationClaims?

    let issuerObject: Sign1

    /// The wallet's object, or nil when the issuer's was shown alone.
    let walletObject: Sign1?

    /// Reads the text of a QR code, which may have one CR or LF at its end.
    public init(text: [UInt8]) throws(VoucherRefusal) {
        try self.init(try VoucherText.decode(text))
    }

    /// Reads the bytes of an outer object: all that a text is refused for is looked at first, in
    /// the outer and the inner object, and only then any claim.
    public init(_ bytes: [UInt8]) throws(VoucherRefusal) {
        self.bytes = bytes
        let outer: Sign1
        do {
            outer = try Sign1.decode(bytes)
        } catch {
            throw VoucherRefusal(error, in: "the code")
        }
        if let inner = outer.protected[Self.issuerObjectLabel] {
            try Self.checkLabels(
                of: outer, are: [Sign1.Label.algorithm, Self.issuerObjectLabel], in: "the code")
            issuerBytes = inner.encoded()
            issuerObject = try Self.issuerObject(inner)
            walletObject = outer
        } else {
            issuerBytes = bytes
            issuerObject = outer
            walletObject = nil
            try Self.checkIssuerHeader(of: outer, in: "the code")
        }
        claims = try VoucherClaims(payload: issuerObject.payload)
        guard let walletObject else {
            presentation = nil
            return
        }
        guard claims.holder != nil else {
            throw VoucherRefusal(
                .presentationWithoutHolder,
                "A presentation needs a holder, but the voucher inside has no claim 8 (cnf).")
        }
        presentation = try PresentationClaims(payload: walletObject.payload, of: claims)
    }

    private static func issuerObject(_ value: CBORValue) throws(VoucherRefusal) -> Sign1 {
        let place = "the issuer's object under label 13"
        let object: Sign1
        do {
            object = try Sign1(value)
        } catch {
            throw VoucherRefusal(error, in: place)
        }
        try checkIssuerHeader(of: object, in: place)
        return object
    }

    private static func checkIssuerHeader(
        of object: Sign1, in place: String
    ) throws(VoucherRefusal) {
        try checkLabels(of: object, are: [Sign1.Label.algorithm, Sign1.Label.keyID], in: place)
        guard let keyID = object.keyID, keyID.count == 4 || keyID.count == 8 else {
            throw VoucherRefusal(
                .headerKeyID, "In \(place): the kid (label 4) is a byte string of 4 or 8 bytes.")
        }
    }

    private static func checkLabels(
        of object: Sign1, are expected: [Int64], in place: String
    ) throws(VoucherRefusal) {
        if object.protected[Sign1.Label.critical] != nil {
            throw VoucherRefusal(
                .headerCritical,
                "In \(place): the protected header has label 2 (crit), and no label is critical.")
        }
        let pairs = object.protected.asMap ?? []
        guard pairs.count == expected.count, expected.allSatisfy({ object.protected[$0] != nil })
        else {
            throw VoucherRefusal(
                .headerLabels,
                "In \(place): the protected labels are exactly 1 and 4, or around an issuer's"
                    + " object exactly 1 and 13.")
        }
    }
}
