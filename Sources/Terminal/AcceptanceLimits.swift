import Money
import Payments
import Trust
import Vouchers

/// What the trust list lets be accepted on the strength of an issuer's entries and by this
/// terminal's own: looked up for each code, so made once for each list.
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

    /// Whether what is outstanding of this issuer is limited.
    func limitsOutstanding(of issuer: IssuerID) -> Bool { ofIssuers[issuer] != nil }

    /// What bears on this voucher; nil where nothing does.
    func limits(on voucher: Voucher) -> AgreedLimits? {
        func line(_ limits: [TrustLimit]) -> AgreedLine? {
            limits.first { $0.currency.number == voucher.currencyNumber }
                .map { AgreedLine(perPayment: $0.perPayment, outstanding: $0.outstanding) }
        }
        return AgreedLimits(
            issuer: (ofIssuers[voucher.identity.issuer] ?? []).map(line),
            terminal: ofTerminal.map(line))
    }
}
