import CBOR
public import COSE
import Crypto
import Payments
public import Vouchers

/// A terminal's question to the hub, before it approves: may this voucher pay this?
/// (`docs/spec/hub-protocol.md`, *Authorisation*).
///
/// It says what the entry of the capture would say. The same bytes get the same answer again.
public struct AuthorisationRequest: Hashable, Sendable {
    /// The `typ` of a signed authorisation request.
    public static let type = "till-authorisation-request/1"
    /// The longest signed request in bytes: evidence of 1,000 bytes, and the rest at its largest.
    public static let maximumBytes = 2_048
    /// The length of a request's id in bytes: random, so that no two requests of a fleet share it.
    public static let identityLength = 16

    /// What is asked for: the capture as it would be recorded.
    public struct Terms: Hashable, Sendable {
        /// The sale, 1 to 25 of `[A-Za-z0-9]`.
        public let sale: String
        /// ISO 4217 number of the currency.
        public let currencyNumber: UInt16
        /// Minor units that would be captured.
        public let amount: UInt64
        /// Minor units that would be used up of the voucher.
        public let consumed: UInt64
        /// The nonce of the request that the code answers, 8 to 16 bytes, if it answers one.
        public let requestNonce: [UInt8]?
        /// The code that was shown: the outer COSE_Sign1, entire, 1 to 1,000 bytes.
        public let evidence: [UInt8]

        /// Makes terms; see the properties for units and shapes.
        public init(
            sale: String, currencyNumber: UInt16, amount: UInt64, consumed: UInt64,
            requestNonce: [UInt8]?, evidence: [UInt8]
        ) {
            self.sale = sale
            self.currencyNumber = currencyNumber
            self.amount = amount
            self.consumed = consumed
            self.requestNonce = requestNonce
            self.evidence = evidence
        }
    }

    /// The terminal that asks.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// Which request it is: ``identityLength`` random bytes.
    public let identity: [UInt8]
    /// When it was made, by the terminal's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// What is asked for.
    public let terms: Terms

    /// Makes a request; see the properties for units and shapes.
    public init(
        terminal: TerminalID, journal: [UInt8], identity: [UInt8], at: UInt64, terms: Terms
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(identity.count == Self.identityLength, "A request's id has 16 bytes.")
        self.terminal = terminal
        self.journal = journal
        self.identity = identity
        self.at = at
        self.terms = terms
    }

    /// The digest by which an answer names a signed request: SHA-256, 32 bytes.
    public static func digest(of bytes: [UInt8]) -> [UInt8] { [UInt8](SHA256.hash(data: bytes)) }

    /// The request as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), .bytes(journal), .bytes(identity),
                .unsigned(at), .text(terms.sale), .unsigned(UInt64(terms.currencyNumber)),
                .unsigned(terms.amount), .unsigned(terms.consumed),
                .bytes(terms.requestNonce ?? []), .bytes(terms.evidence),
            ]), type: Self.type, key: key)
    }
}

/// A request whose form has been checked and whose signature has not: it tells whose key to
/// expect.
public struct UnverifiedAuthorisationRequest: Sendable {
    /// The terminal that it says it is from.
    public var terminal: TerminalID { request.terminal }
    /// The journal that it says it is from, 8 bytes.
    public var journal: [UInt8] { request.journal }
    private let object: Sign1
    private let request: AuthorisationRequest

    /// Reads a request; its signature is not looked at.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        let (object, payload) = try SignedMessage.peek(
            bytes, type: AuthorisationRequest.type, limit: AuthorisationRequest.maximumBytes)
        var reader = try PayloadReader(payload, "authorisation request")
        try reader.format()
        let terminal = try reader.terminal("terminal id (element 1)")
        let journal = try reader.bytes(
            "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
        let identity = try reader.bytes(
            "request id (element 3)", count: AuthorisationRequest.identityLength)
        let at = try reader.unsigned("time (element 4)")
        let terms = try Self.terms(&reader)
        try reader.end()
        self.object = object
        request = AuthorisationRequest(
            terminal: terminal, journal: journal, identity: identity, at: at, terms: terms)
    }

    private static func terms(_ reader: inout PayloadReader) throws(MessageError)
        -> AuthorisationRequest.Terms
    {
        let sale = try reader.text("sale reference (element 5)")
        guard SaleReference(sale) != nil else { throw .shape("sale reference (element 5)") }
        let currency = try reader.unsigned("currency (element 6)")
        guard let currencyNumber = UInt16(exactly: currency), (1...999).contains(currencyNumber)
        else { throw .shape("currency (element 6)") }
        let amount = try reader.unsigned("amount (element 7)")
        let consumed = try reader.unsigned("consumed amount (element 8)")
        guard amount >= 1, consumed >= amount else { throw .shape("consumed amount (element 8)") }
        let nonce = try reader.bytes("request nonce (element 9)", counts: 0...16)
        guard nonce.isEmpty || nonce.count >= 8 else { throw .shape("request nonce (element 9)") }
        let evidence = try reader.bytes("evidence (element 10)", counts: 1...1_000)
        return AuthorisationRequest.Terms(
            sale: sale, currencyNumber: currencyNumber, amount: amount, consumed: consumed,
            requestNonce: nonce.isEmpty ? nil : nonce, evidence: evidence)
    }

    /// The request, once `key` turns out to have signed it.
    public func verified(signedBy key: PublicKey) throws(MessageError) -> AuthorisationRequest {
        try SignedMessage.check(object, isSignedBy: key)
        return request
    }
}
