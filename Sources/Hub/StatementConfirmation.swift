public import HubProtocol
import Money
import Payments
public import Vouchers

/// A bank's statements as a scheme (`docs/spec/statements.md`): a credit with the sale's reference,
/// amount and currency confirms the request, and no other ever after.
///
/// The word is a payment confirmation that the hub signs as the scheme's issuer, so that what came
/// in by it stands under its name in every journal and report.
public struct StatementConfirmation: SchemeConfirmation {
    /// The issuer that the trust list has for this scheme; a key of the hub's own signs for it.
    public let scheme: IssuerID
    private let source: any StatementSource
    private let ledger: any HubLedger
    private let issuer: VoucherIssuer

    /// What people call it.
    public var name: String { scheme.name }

    /// Makes the scheme `scheme` of what `source` says.
    public init(
        scheme: IssuerID, source: any StatementSource, ledger: any HubLedger, issuer: VoucherIssuer
    ) {
        self.scheme = scheme
        self.source = source
        self.ledger = ledger
        self.issuer = issuer
    }

    /// See ``SchemeConfirmation/word(on:cti:at:)``.
    public func word(on request: ConfirmationRequest, cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> SchemeWord
    {
        if let given = try await given(to: request) { return given }
        guard request.expiry > now else { return .none }
        let reading = source.read()
        for line in reading.lines
        where line.reference == request.sale && line.amount == request.amount {
            let made: VoucherIssuer.Made
            switch try await issuer.make(
                VoucherOrder(confirming: request), cti: cti, at: now, as: scheme)
            {
            case .failure(let refusal):
                return .unavailable(
                    SchemeFault(reason: refusal.reason, message: refusal.message))
            case .success(let signed): made = signed
            }
            let isKept = try await ledger.confirm(
                StatementConfirmed(
                    scheme: scheme, entry: line.entry, terminal: request.terminal,
                    nonce: request.nonce, at: now, voucher: made.voucher, code: made.code))
            if isKept { return .confirmed(code: made.code, repeated: false) }
            // The line was used before; or another process has just confirmed this very request.
            if let given = try await given(to: request) { return given }
        }
        return reading.faults.first.map { .unavailable($0) } ?? .none
    }

    private func given(to request: ConfirmationRequest) async throws(HubLedgerError)
        -> SchemeWord?
    {
        guard
            let known = try await ledger.statementConfirmation(
                of: request.terminal, nonce: request.nonce), known.scheme == scheme
        else { return nil }
        let isSame =
            known.voucher.value.ceiling == request.amount.minorUnits
            && known.voucher.currencyNumber == request.amount.currency.number
        return isSame ? .confirmed(code: known.code, repeated: true) : SchemeWord.none
    }
}

extension VoucherOrder {
    /// The order of a payment confirmation (`formats.md` 1.1): for this terminal, this request and
    /// this amount, until the request runs out.
    init(confirming request: ConfirmationRequest) {
        self.init(
            value: .fixed(amount: request.amount.minorUnits), currency: request.amount.currency,
            expiry: request.expiry, audience: [request.terminal.text],
            confirmationNonce: request.nonce)
    }
}

/// What became of each credit of a scheme's statements.
public struct StatementReview: Sendable {
    /// What became of one.
    public enum Standing: Hashable, Sendable {
        /// It has confirmed this request.
        case confirmed(StatementConfirmed)
        /// It is the money of this sale, which a supervisor marked as paid: it confirms nothing,
        /// and is counted once.
        case marked(MarkedSale)
        /// Nothing that Till knows of has asked for it.
        case unmatched
    }

    /// The credits, in the order of the statements.
    public let lines: [(line: StatementLine, standing: Standing)]
    /// Marked sales whose money no credit shows.
    public let unseen: [MarkedSale]
    /// What could not be read.
    public let faults: [SchemeFault]

    /// Holds what `source` says against the ledger.
    public init(of source: any StatementSource, scheme: IssuerID, ledger: any HubLedger)
        async throws(HubLedgerError)
    {
        let reading = source.read()
        var confirmed: [String: StatementConfirmed] = [:]
        for one in try await ledger.statementConfirmations(of: scheme) {
            confirmed[one.entry] = one
        }
        var marked = try await ledger.markedSales()
        var lines: [(StatementLine, Standing)] = []
        for line in reading.lines {
            if let one = confirmed[line.entry] {
                lines.append((line, .confirmed(one)))
            } else if let index = marked.firstIndex(where: {
                $0.sale == line.reference && $0.amount == line.amount.minorUnits
                    && $0.currencyNumber == line.amount.currency.number
            }) {
                lines.append((line, .marked(marked.remove(at: index))))
            } else {
                lines.append((line, .unmatched))
            }
        }
        self.lines = lines
        unseen = marked
        faults = reading.faults
    }
}
