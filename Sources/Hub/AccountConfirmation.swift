public import HubProtocol
import Money
import Vouchers

/// The hub's own issuer as a scheme: what its wallets have paid from their accounts
/// (`docs/spec/online-payment.md`). The confirmation is the one that the wallet was given.
public struct AccountConfirmation: SchemeConfirmation {
    /// What people call it.
    public let name = "accounts"
    private let ledger: any HubLedger

    /// Makes the scheme of a ledger's accounts.
    public init(ledger: any HubLedger) { self.ledger = ledger }

    /// See ``SchemeConfirmation/word(on:cti:at:)``.
    public func word(on request: ConfirmationRequest, cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> SchemeWord
    {
        guard let payment = try await ledger.payment(of: request.terminal, nonce: request.nonce),
            payment.amount == request.amount.minorUnits,
            payment.voucher.currencyNumber == request.amount.currency.number
        else { return .none }
        return .confirmed(code: payment.code, repeated: true)
    }
}
