public import COSE
public import Money
public import Vouchers

/// What a terminal asks of a customer: this much, once, until then.
public struct ShopRequest: Hashable, Sendable {
    /// The terminal that asks; the answer names it as its audience.
    public let terminal: TerminalID
    /// Above zero.
    public let amount: Amount
    /// The sale's reference, 1 to 25 ASCII letters and digits.
    public let reference: String
    /// 8 random bytes, the answer's `cnonce`.
    public let nonce: [UInt8]
    /// Seconds since 1970 UTC; at that second the request is over.
    public let expiry: UInt32

    /// A request as it is to be shown; `ShopQR.payload` checks the limits of its members.
    public init(
        terminal: TerminalID, amount: Amount, reference: String, nonce: [UInt8], expiry: UInt32
    ) {
        self.terminal = terminal
        self.amount = amount
        self.reference = reference
        self.nonce = nonce
        self.expiry = expiry
    }
}

/// Why no shop QR can be made for a sale.
public enum ShopQRError: String, Error, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The amount is zero.
    case amountZero = "shop-qr-amount-zero"
    /// The amount has more than 13 characters.
    case amountTooLong = "shop-qr-amount-too-long"
    /// The reference is not 1 to 25 ASCII letters and digits.
    case referenceFormat = "shop-qr-reference-format"
    /// The nonce has not 8 bytes.
    case nonceLength = "shop-qr-nonce-length"
    /// The key is not an Ed25519 key: another signature does not fit the templates.
    case keyAlgorithm = "shop-qr-key-algorithm"
    /// The payload would have more than 512 characters.
    case payloadTooLong = "shop-qr-payload-too-long"

    /// The stable code.
    public var reason: String { rawValue }

    /// A sentence for the cashier.
    public var message: String { description }

    /// A sentence for the cashier.
    public var description: String {
        switch self {
        case .amountZero: "A shop QR needs an amount above zero."
        case .amountTooLong: "The amount is too long for a shop QR: 13 characters at most."
        case .referenceFormat: "The sale reference is not 1 to 25 ASCII letters and digits."
        case .nonceLength: "The request's nonce has not 8 bytes."
        case .keyAlgorithm: "A shop QR is signed by an Ed25519 key and no other."
        case .payloadTooLong:
            "The shop QR would have more than \(EMVPayload.maximumCharacters) characters."
        }
    }
}

/// The payment request that a terminal shows: an EMVCo merchant-presented payload that any
/// wallet of the configured scheme can pay, and that a Till wallet can answer with no network on
/// either side (docs/spec/shop-qr.md).
public enum ShopQR {
    /// Object 00 of templates 90 and 91.
    static let identifier = "internal.till"
    /// What every signed request begins with; a terminal's key signs nothing else that does.
    static let signingPrefix = "till-request-1"
    /// 62/11, the merchant channel: a point-of-sale screen, on the premises, attended.
    static let channel = "400"
    static let nonceBytes = 8
    static let keyIDBytes = 4
    /// 90/01: 16 bytes, base64url.
    static let proofCharacters = 22
    /// 64 bytes, base64url, of which 90/02 takes the first 52: with them 90 is exactly full.
    static let signatureCharacters = 86
    static let signatureCharactersInFirst = 52

    /// The payload of a dynamic shop QR, ASCII, to be shown in byte mode at level M.
    public static func payload(
        for request: ShopRequest, merchant: MerchantProfile, key: PrivateKey
    ) throws(ShopQRError) -> String {
        guard key.publicKey.algorithm == .ed25519 else { throw .keyAlgorithm }
        guard request.nonce.count == nonceBytes else { throw .nonceLength }
        guard isReference(request.reference) else { throw .referenceFormat }
        guard request.amount.minorUnits > 0 else { throw .amountZero }
        let amount = request.amount.decimalText
        guard amount.utf8.count <= 13 else { throw .amountTooLong }

        let objects =
            merchant.opening(initiation: "12")
            + [currency(request.amount.currency), EMVObject("54", amount)]
            + merchant.naming
            + [
                EMVObject(
                    "62",
                    template: [
                        EMVObject("05", request.reference),
                        EMVObject("07", request.terminal.text),
                        EMVObject("11", channel),
                    ])
            ]
        let proof = Base64.urlText(
            request.nonce + bigEndian(request.expiry) + key.publicKey.keyID.prefix(keyIDBytes))
        let body = objects.map(\.text).joined()
        let signature = key.sign(signedBytes(body: body.utf8, proof: proof.utf8))
        do throws(EMVProblem) {
            return try EMVPayload(
                writing: objects
                    + templates(proof: proof, signature: Base64.urlText(signature))
            ).text
        } catch {
            // The profile was checked with the longest members, so only the length is left.
            throw .payloadTooLong
        }
    }

    /// The payload of a static shop QR for wallets that are online: no amount and no request.
    public static func staticPayload(
        merchant: MerchantProfile, currency: Currency
    ) throws(ShopQRError) -> String {
        let objects =
            merchant.opening(initiation: "11") + [Self.currency(currency)] + merchant.naming
        // PIX asks for a reference always and writes `***` where there is none.
        let anyReference = EMVObject("62", template: [EMVObject("05", "***")])
        do throws(EMVProblem) {
            let payload = try EMVPayload(writing: objects)
            guard merchant.hasPIXAccount(in: payload) else { return payload.text }
            return try EMVPayload(writing: objects + [anyReference]).text
        } catch {
            throw .payloadTooLong
        }
    }

    /// What a terminal signs: prefix, the payload up to object 90, and the value of 90/01.
    static func signedBytes(
        body: some Sequence<UInt8>, proof: some Sequence<UInt8>
    ) -> [UInt8] {
        Array(signingPrefix.utf8) + Array(body) + Array(proof)
    }

    /// Templates 90 and 91.
    static func templates(proof: String, signature: String) -> [EMVObject] {
        let owner = EMVObject("00", identifier)
        return [
            EMVObject(
                "90",
                template: [
                    owner, EMVObject("01", proof),
                    EMVObject("02", String(signature.prefix(signatureCharactersInFirst))),
                ]),
            EMVObject(
                "91",
                template: [
                    owner, EMVObject("01", String(signature.dropFirst(signatureCharactersInFirst))),
                ]),
        ]
    }

    static func isReference(_ text: String) -> Bool {
        (1...25).contains(text.utf8.count) && text.utf8.allSatisfy(ASCII.isAlphanumeric)
    }

    private static func currency(_ currency: Currency) -> EMVObject {
        EMVObject("53", currencyNumber(currency))
    }

    /// The currency's number with its leading zeros, as object 53 has it.
    static func currencyNumber(_ currency: Currency) -> String {
        let digits = String(currency.number)
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}
