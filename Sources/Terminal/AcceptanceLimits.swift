import Money
import Payments
import Trust
import Vouchers

/// What the trust list lets be accepted in one payment, on the strength of an issuer's entry and
/// by this terminal's own: looked up for each code, so made once for each list.
struct AcceptanceLimits: Sendable {
    private let ofIssuers: [IssuerID: [[TrustLimit]]]
    private let ofTerminal: [[TrustLimit]]

    init(_ list: TrustList, terminal: TerminalID) {
        var ofIssuers: [IssuerID: [[TrustLimit]]] = [:]
        var ofTerminal: [[TrustLimit]] = []
        for entry in list.entries where !entry.limits.isEmpty {
            switch entry.subject {
            case .issuer(let id): ofIssuers[id, default: []].append(entry.limits)
            case .terminal(terminal): ofTerminal.append(entry.limits)
            case .terminal, .hub: break
            }
        }
        self.ofIssuers = ofIssuers
        self.ofTerminal = ofTerminal
    }

    /// Why this voucher may not pay what is due, in minor units, or nil where it may.
    func problem(_ voucher: Voucher, due: UInt64) -> DeclineReason? {
        let asked = min(due, voucher.value.ceiling)
        for limits in (ofIssuers[voucher.identity.issuer] ?? []) + ofTerminal {
            guard let limit = limits.first(where: { $0.currency.number == voucher.currencyNumber })
            else { return .currencyNotAccepted }
            if asked > limit.perPayment { return .aboveFloorLimit(limit: limit.perPayment) }
        }
        return nil
    }
}
