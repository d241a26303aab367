public import COSE
import Payments
public import Vouchers

/// An account that the hub, as an issuer, keeps for the holder of a key.
public struct Account: Hashable, Sendable {
    /// The holder's key; its thumbprint (RFC 9679, 32 bytes) names the account.
    public let key: PublicKey
    /// ISO 4217 number of its currency.
    public let currencyNumber: UInt16
    /// What people call it, at most 60 characters; may be empty.
    public let name: String
    /// When it was opened, in seconds since 1970 UTC.
    public let at: UInt64
    /// What is on it, in minor units: credits and what was given back, less payments.
    public let balance: UInt64

    /// Makes an account; see the properties for units.
    public init(
        key: PublicKey, currencyNumber: UInt16, name: String, at: UInt64, balance: UInt64 = 0
    ) {
        self.key = key
        self.currencyNumber = currencyNumber
        self.name = name
        self.at = at
        self.balance = balance
    }

    /// The account's name among all: the thumbprint of its key, 32 bytes.
    public var identity: [UInt8] { key.thumbprint }
}

/// A payment of a shop's request from an account.
public struct AccountPayment: Hashable, Sendable {
    /// The account that paid, 32 bytes.
    public let account: [UInt8]
    /// The terminal that asked.
    public let terminal: TerminalID
    /// The request's nonce, 8 bytes.
    public let nonce: [UInt8]
    /// When it was paid, in seconds since 1970 UTC.
    public let at: UInt64
    /// The payment confirmation that was given for it, known to the ledger as issued.
    public let voucher: IssuedVoucher
    /// Its text (`TV1:`).
    public let code: String

    /// Makes a payment; see the properties.
    public init(
        account: [UInt8], terminal: TerminalID, nonce: [UInt8], at: UInt64,
        voucher: IssuedVoucher, code: String
    ) {
        self.account = account
        self.terminal = terminal
        self.nonce = nonce
        self.at = at
        self.voucher = voucher
        self.code = code
    }

    /// Minor units.
    public var amount: UInt64 { voucher.value.ceiling }
}

/// What became of a payment from an account.
public enum AccountPaymentState: String, Hashable, Sendable {
    /// The shop's capture has not arrived; it may still come.
    case pending
    /// The shop has captured it.
    case captured
    /// No capture can come any more, or it was undone: the money is back on the account.
    case givenBack = "given-back"
}

/// The accounts that the hub keeps as an issuer. All that is in them is only ever added.
public protocol AccountLedger: Sendable {
    /// Opens an account; false where its key has one.
    func open(_ account: Account) async throws(HubLedgerError) -> Bool

    /// Adds `amount` minor units to an account that is there, at `at`.
    func credit(_ account: [UInt8], amount: UInt64, at: UInt64) async throws(HubLedgerError)

    /// The account with this name.
    func account(_ identity: [UInt8]) async throws(HubLedgerError) -> Account?

    /// All accounts, in the order of their opening.
    func accounts() async throws(HubLedgerError) -> [Account]

    /// The payments of an account and what became of each, in order.
    func payments(of account: [UInt8]) async throws(HubLedgerError)
        -> [(payment: AccountPayment, state: AccountPaymentState)]

    /// The payment of a request, whoever made it.
    func payment(of terminal: TerminalID, nonce: [UInt8]) async throws(HubLedgerError)
        -> AccountPayment?

    /// Takes the amount from the account, and keeps the confirmation as issued. False where the
    /// balance is too small or the request was paid in between; then nothing is kept.
    func pay(_ payment: AccountPayment) async throws(HubLedgerError) -> Bool

    /// Puts back on the account, at `now`, what can no more be captured: the request has run out by
    /// the terminal's own entries, which have all arrived up to there, and none of them is its
    /// capture; or its capture was undone as a whole. Answers how many minor units.
    func giveBack(to account: [UInt8], at now: UInt64) async throws(HubLedgerError) -> UInt64
}
