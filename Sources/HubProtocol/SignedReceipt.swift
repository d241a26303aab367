import CBOR
public import COSE
public import Money
public import Vouchers

/// What a receipt's QR code says, signed by the terminal that made it (`docs/spec/receipt.md`). It is
/// no money: nothing in it spends.
public struct SignedReceipt: Hashable, Sendable {
    /// What was receipted; the raw values are on the wire.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// A payment.
        case payment = 1
        /// Money given back.
        case refund = 2
        /// A whole payment undone before its period closed.
        case cancellation = 3

        /// The stable word in JSON.
        public var name: String {
            switch self {
            case .payment: "payment"
            case .refund: "refund"
            case .cancellation: "cancellation"
            }
        }
    }

    /// The `typ` of the signed object: no other message of a terminal's key has it.
    public static let type = "till-receipt/1"
    /// What the text of the code begins with.
    public static let prefix = "TR1:"
    /// The longest text in bytes: with the longest names it stays below.
    public static let maximumTextBytes = 500

    /// The terminal that says so.
    public let terminal: TerminalID
    /// The receipt's number there, from 1.
    public let receipt: UInt64
    /// What was receipted.
    public let kind: Kind
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// How much was paid or given back, above 0.
    public let amount: Amount
    /// Of a refund or cancellation, the receipt of the payment.
    public let payment: UInt64?
    /// The issuer of the voucher that paid.
    public let issuer: IssuerID?

    /// Makes a receipt; a `payment` is named by exactly those that are none.
    public init(
        terminal: TerminalID, receipt: UInt64, kind: Kind, at: UInt64, amount: Amount,
        payment: UInt64? = nil, issuer: IssuerID? = nil
    ) {
        precondition(receipt > 0 && amount.minorUnits > 0, "A receipt has a number and an amount.")
        precondition((kind == .payment) == (payment == nil), "An undoing names its payment.")
        self.terminal = terminal
        self.receipt = receipt
        self.kind = kind
        self.at = at
        self.amount = amount
        self.payment = payment
        self.issuer = issuer
    }

    private var payload: CBORValue {
        .array([
            .unsigned(1), .text(terminal.text), .unsigned(receipt),
            .unsigned(UInt64(kind.rawValue)), .unsigned(at),
            .unsigned(UInt64(amount.currency.number)), .unsigned(amount.minorUnits),
            .unsigned(payment ?? 0), issuer.map { .text($0.name) } ?? .null,
        ])
    }

    /// The text of the code, signed by the terminal's key; it fits a QR code's alphanumeric mode.
    public func text(signedBy key: PrivateKey) -> String {
        Self.prefix + Base45.encode(SignedMessage.seal(payload, type: Self.type, key: key))
    }

    /// By which a terminal remembers the receipt, 16 bytes: the same for every copy of it, whoever
    /// signed that.
    public var mark: [UInt8] {
        Array(Hashing.sha256(payload.encoded()).prefix(Self.markLength))
    }

    /// The length of a ``mark`` in bytes.
    public static let markLength = 16

    /// The object in a scanned text, and what it says; nobody's signature has been looked at.
    static func read(_ text: [UInt8]) throws(MessageError) -> (object: Sign1, says: SignedReceipt) {
        let (object, payload) = try SignedText.read(
            text, prefix: prefix, type: type, maximumTextBytes: maximumTextBytes)
        return (object, try SignedReceipt(payload))
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "receipt")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        receipt = try reader.unsigned("receipt number (element 2)")
        guard receipt > 0 else { throw .shape("receipt number (element 2): they count from 1") }
        guard
            let kind = UInt8(exactly: try reader.unsigned("kind (element 3)"))
                .flatMap(Kind.init(rawValue:))
        else { throw .shape("kind (element 3)") }
        self.kind = kind
        at = try reader.unsigned("time (element 4)")
        let currency = try Payload.currency(
            try reader.next("currency (element 5)"), "currency (element 5)")
        amount = Amount(
            minorUnits: try reader.unsigned("amount (element 6)"), currency: currency)
        guard amount.minorUnits > 0 else { throw .shape("amount (element 6)") }
        let payment = try reader.unsigned("payment's receipt (element 7)")
        guard (kind == .payment) == (payment == 0) else {
            throw .shape("payment's receipt (element 7)")
        }
        self.payment = payment == 0 ? nil : payment
        let name = try reader.next("issuer (element 8)")
        if name == .null {
            issuer = nil
        } else {
            guard let text = name.asText, let id = IssuerID(text) else {
                throw .shape("issuer (element 8)")
            }
            issuer = id
        }
        try reader.end()
    }
}
