import COSE
public import HubProtocol
import Money
public import PaymentCodes
import Vouchers

/// Why a payment was not confirmed. Nothing was taken from the account.
public enum PaymentRefusal: Error, Hashable, Sendable {
    /// The bytes are not an order that the account's key has signed.
    case message(MessageError)
    /// The hub keeps no account for this key.
    case unknownAccount
    /// The order was signed too long ago, or by a clock too far from the hub's, in seconds.
    case stale(differenceSeconds: UInt64)
    /// What was scanned is no live request of a terminal that the hub knows.
    case request(ShopQRRefusal)
    /// The request is in another currency than the account.
    case currency
    /// The balance is below what is asked for, in minor units.
    case balance(left: UInt64)
    /// Another account has paid this request.
    case paidByAnother
    /// The hub cannot sign a confirmation.
    case issue(IssueRefusal)
    /// So many pay at once that this order found no turn.
    case busy

    /// The stable code of the refusal in problem details.
    public var reason: String {
        switch self {
        case .message(let error): error.reason
        case .unknownAccount: "account-unknown"
        case .stale: "request-stale"
        case .request(let refusal): refusal.reason.rawValue
        case .currency: "currency-differs"
        case .balance: "balance-too-small"
        case .paidByAnother: "request-paid"
        case .issue(let refusal): refusal.reason
        case .busy: "hub-busy"
        }
    }

    /// What the refusal means for whoever carries the order.
    public var category: BatchRefusal.Category {
        switch self {
        case .message(.tooLong): .tooLarge
        case .message(.wrongSigner), .message(.badSignature), .unknownAccount: .forbidden
        case .message, .request: .malformed
        case .stale, .currency, .balance, .paidByAnother: .conflict
        case .issue, .busy: .unavailable
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        let end = "Nothing was paid."
        return switch self {
        case .message(let error): "\(error.description) \(end)"
        case .unknownAccount:
            "This issuer keeps no account for the wallet's key. \(end) Have one opened (tillhub "
                + "account open)."
        case .stale(let seconds):
            "The order's time is \(seconds) seconds from the issuer's. \(end) Set the phone's "
                + "clock right."
        case .request(let refusal):
            "The shop's code is not accepted (\(refusal.description)). \(end) Have the shop show a new "
                + "one."
        case .currency: "The shop asks in another currency than the account's. \(end)"
        case .balance:
            "There is too little on the account. \(end) Pay otherwise, or put money on it."
        case .paidByAnother:
            "This request has been paid already, from another account. \(end) If that was not "
                + "meant, have the shop show a new code."
        case .issue(let refusal): refusal.message
        case .busy: "Too many pay at once. \(end) Try again."
        }
    }
}

/// What the hub answers to a payment order.
public enum PaymentReply: Hashable, Sendable {
    /// The confirmation: the issuer's object, to be shown to the shop. Whether it had been given
    /// before, for the same request.
    case confirmed(AccountPayment, repeated: Bool)
    /// Nothing was taken from the account.
    case refused(PaymentRefusal)
}

/// Keeps the accounts of the hub as an issuer, and pays shops' requests from them
/// (`docs/spec/online-payment.md`).
public struct AccountKeeper: Sendable {
    /// How far an order's time may be from the hub's. A wallet signs it as it sends it; ten minutes
    /// forgive a phone's clock and are less than makes an old order useful to whoever recorded it.
    public static let maximumDifferenceSeconds: UInt64 = 600
    /// How often a payment is tried while others take from the same account.
    static let maximumAttempts = 8

    private let ledger: any HubLedger
    private let issuer: VoucherIssuer

    /// Makes a keeper; `issuer` signs the confirmations.
    public init(ledger: any HubLedger, issuer: VoucherIssuer) {
        self.ledger = ledger
        self.issuer = issuer
    }

    /// Pays what a signed order asks for, at `now` in seconds since 1970 UTC; `cti` is
    /// ``VoucherIssuer/ctiLength`` random bytes. The payment is durable before it is answered, and
    /// the same request from the same account is answered by the same confirmation again.
    public func pay(_ bytes: [UInt8], cti: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> PaymentReply
    {
        let unverified: PaymentOrder.Unverified
        do { unverified = try PaymentOrder.Unverified(decoding: bytes) } catch {
            return .refused(.message(error))
        }
        guard let account = try await ledger.account(unverified.account) else {
            return .refused(.unknownAccount)
        }
        let order: PaymentOrder
        do { order = try unverified.verified(signedBy: account.key) } catch {
            return .refused(.message(error))
        }
        let difference = max(order.at, now) - min(order.at, now)
        guard difference <= Self.maximumDifferenceSeconds else {
            return .refused(.stale(differenceSeconds: difference))
        }
        let keys = try await TerminalSigners(ledger: ledger).honoured(at: now)
        let request: ShopRequest
        switch ShopQR.verify(order.shopQR, terminals: Array(keys), now: now) {
        case .accepted(let accepted): request = accepted
        case .refused(let refusal): return .refused(.request(refusal))
        }
        guard request.amount.currency.number == account.currencyNumber else {
            return .refused(.currency)
        }
        return try await pay(request, from: account, cti: cti, at: now)
    }

    private func pay(_ request: ShopRequest, from account: Account, cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> PaymentReply
    {
        for _ in 0..<Self.maximumAttempts {
            if let before = try await ledger.payment(of: request.terminal, nonce: request.nonce) {
                return before.account == account.identity
                    && before.amount == request.amount.minorUnits
                    ? .confirmed(before, repeated: true) : .refused(.paidByAnother)
            }
            let onStatement = try await ledger.statementConfirmation(
                of: request.terminal, nonce: request.nonce)
            guard onStatement == nil else { return .refused(.paidByAnother) }
            _ = try await ledger.giveBack(to: account.identity, at: now)
            let left = try await ledger.account(account.identity)?.balance ?? 0
            guard left >= request.amount.minorUnits else { return .refused(.balance(left: left)) }
            let made: VoucherIssuer.Made
            switch try await issuer.make(Self.confirmation(of: request), cti: cti, at: now) {
            case .failure(let refusal): return .refused(.issue(refusal))
            case .success(let signed): made = signed
            }
            let payment = AccountPayment(
                account: account.identity, terminal: request.terminal, nonce: request.nonce,
                at: now,
                voucher: made.voucher, code: made.code)
            if try await ledger.pay(payment) { return .confirmed(payment, repeated: false) }
        }
        return .refused(.busy)
    }

    /// The order of a payment confirmation (`formats.md` 1.1): for this terminal, this request and
    /// this amount, until the request runs out.
    private static func confirmation(of request: ShopRequest) -> VoucherOrder {
        VoucherOrder(
            value: .fixed(amount: request.amount.minorUnits), currency: request.amount.currency,
            expiry: UInt64(request.expiry), audience: [request.terminal.text],
            confirmationNonce: request.nonce)
    }
}
