public import Vouchers

/// A request that a line of a bank statement has confirmed.
public struct StatementConfirmed: Hashable, Sendable {
    /// The scheme, by its issuer's name in the trust list.
    public let scheme: IssuerID
    /// The bank's name of the statement's entry.
    public let entry: String
    /// The terminal that asked.
    public let terminal: TerminalID
    /// The request's nonce, 8 bytes.
    public let nonce: [UInt8]
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// The payment confirmation that was given for it, known to the ledger as issued.
    public let voucher: IssuedVoucher
    /// Its text (`TV1:`).
    public let code: String

    /// Makes a record; see the properties.
    public init(
        scheme: IssuerID, entry: String, terminal: TerminalID, nonce: [UInt8], at: UInt64,
        voucher: IssuedVoucher, code: String
    ) {
        self.scheme = scheme
        self.entry = entry
        self.terminal = terminal
        self.nonce = nonce
        self.at = at
        self.voucher = voucher
        self.code = code
    }
}

/// A sale that a terminal's supervisor has marked as paid, as it arrived.
public struct MarkedSale: Hashable, Sendable {
    /// The terminal.
    public let terminal: TerminalID
    /// The sale's reference.
    public let sale: String
    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// What was due of it, in minor units.
    public let amount: UInt64
    /// When it was marked, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes one; see the properties for units.
    public init(
        terminal: TerminalID, sale: String, currencyNumber: UInt16, amount: UInt64, at: UInt64
    ) {
        self.terminal = terminal
        self.sale = sale
        self.currencyNumber = currencyNumber
        self.amount = amount
        self.at = at
    }
}

/// What bank statements have confirmed. All that is in it is only ever added.
public protocol StatementLedger: Sendable {
    /// What has confirmed a request, if a statement has.
    func statementConfirmation(of terminal: TerminalID, nonce: [UInt8])
        async throws(HubLedgerError) -> StatementConfirmed?

    /// All that the statements of a scheme have confirmed, in order.
    func statementConfirmations(of scheme: IssuerID) async throws(HubLedgerError)
        -> [StatementConfirmed]

    /// Keeps a confirmation, and its voucher as issued, in one transaction. False where its line
    /// has confirmed a request already, or the request is confirmed or paid; then nothing is kept.
    func confirm(_ confirmation: StatementConfirmed) async throws(HubLedgerError) -> Bool

    /// The sales that were marked as paid, in the order of their arrival.
    func markedSales() async throws(HubLedgerError) -> [MarkedSale]
}
