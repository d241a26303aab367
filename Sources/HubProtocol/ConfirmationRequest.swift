import CBOR
public import COSE
public import Money
import Payments
public import Vouchers

/// A terminal's question to the hub: has this request of mine been paid by a scheme's wallet?
/// (`docs/spec/hub-protocol.md`, *Confirmations*).
///
/// The hub's word is a payment confirmation (claim 39) for exactly this request, or nothing.
public struct ConfirmationRequest: Hashable, Sendable {
    /// The `typ` of a signed request.
    public static let type = "till-confirmation-request/1"
    /// The longest signed request in bytes: every field at its largest comes to some 220.
    public static let maximumBytes = 512

    /// The terminal that asks.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// When it was made, by the terminal's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// The sale's reference, as the shop QR showed it: 1 to 25 of `[A-Za-z0-9]`.
    public let sale: String
    /// What the shop QR asked for.
    public let amount: Amount
    /// The nonce of the terminal's request, 8 bytes.
    public let nonce: [UInt8]
    /// When that request runs out, in seconds since 1970 UTC.
    public let expiry: UInt64

    /// Makes a request; see the properties for units and shapes.
    public init(
        terminal: TerminalID, journal: [UInt8], at: UInt64, sale: String, amount: Amount,
        nonce: [UInt8], expiry: UInt64
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(nonce.count == PaymentRequest.nonceLength, "A request's nonce has 8 bytes.")
        self.terminal = terminal
        self.journal = journal
        self.at = at
        self.sale = sale
        self.amount = amount
        self.nonce = nonce
        self.expiry = expiry
    }

    /// The request as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), .bytes(journal), .unsigned(at), .text(sale),
                .unsigned(UInt64(amount.currency.number)), .unsigned(amount.minorUnits),
                .bytes(nonce), .unsigned(expiry),
            ]), type: Self.type, key: key)
    }

    /// A request whose form has been checked and whose signature has not: it tells whose key to
    /// expect.
    public struct Unverified: Sendable {
        /// The terminal that it says it is from.
        public var terminal: TerminalID { request.terminal }
        /// The journal that it says it is from, 8 bytes.
        public var journal: [UInt8] { request.journal }
        private let object: Sign1
        private let request: ConfirmationRequest

        /// Reads a request; its signature is not looked at.
        public init(decoding bytes: [UInt8]) throws(MessageError) {
            let (object, payload) = try SignedMessage.peek(
                bytes, type: ConfirmationRequest.type, limit: ConfirmationRequest.maximumBytes)
            var reader = try PayloadReader(payload, "confirmation request")
            try reader.format()
            let terminal = try reader.terminal("terminal id (element 1)")
            let journal = try reader.bytes(
                "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
            let at = try reader.unsigned("time (element 3)")
            let sale = try reader.text("sale reference (element 4)")
            guard SaleReference(sale) != nil else { throw .shape("sale reference (element 4)") }
            let number = try reader.unsigned("currency (element 5)")
            guard let currency = UInt16(exactly: number).flatMap({ Currency(number: $0) }) else {
                throw .shape("currency (element 5)")
            }
            let minorUnits = try reader.unsigned("amount (element 6)")
            guard (1...Amount.maximumMinorUnits).contains(minorUnits) else {
                throw .shape("amount (element 6)")
            }
            let nonce = try reader.bytes(
                "request nonce (element 7)", count: PaymentRequest.nonceLength)
            let expiry = try reader.unsigned("expiry (element 8)")
            try reader.end()
            self.object = object
            request = ConfirmationRequest(
                terminal: terminal, journal: journal, at: at, sale: sale,
                amount: Amount(minorUnits: minorUnits, currency: currency), nonce: nonce,
                expiry: expiry)
        }

        /// The request, once `key` turns out to have signed it.
        public func verified(signedBy key: PublicKey) throws(MessageError) -> ConfirmationRequest {
            try SignedMessage.check(object, isSignedBy: key)
            return request
        }
    }
}
