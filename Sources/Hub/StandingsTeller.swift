import COSE
import HubProtocol
import Payments
public import Vouchers

/// Tells a terminal what the others have spent (`docs/spec/hub-protocol.md`, *Redemptions made
/// elsewhere*): so a voucher that was used up at one counter is known to be at the next, as soon as
/// both have had a connection.
public struct StandingsTeller: Sendable {
    /// What a terminal is answered.
    public enum Answer: Hashable, Sendable {
        /// Nobody knows this terminal, or this journal of it.
        case unknown
        /// Nothing has arrived since.
        case nothing
        /// The signed standings.
        case told([UInt8])
    }

    /// Vouchers told at once: what a slow line carries within its time limit.
    static let limit = VoucherStandings.maximumVouchers - Batch.maximumEntries

    private let ledger: any HubLedger
    private let key: PrivateKey

    init(ledger: any HubLedger, key: PrivateKey) {
        self.ledger = ledger
        self.key = key
    }

    /// What has arrived after `after`, in an answer signed at `now`, in seconds since 1970 UTC. A
    /// terminal that is ahead of the ledger, as after an older copy of it was restored, is told all.
    public func standings(
        for terminal: TerminalID, journal: [UInt8], after: UInt64, at now: UInt64
    ) async throws(HubLedgerError) -> Answer {
        guard try await ledger.enrolment(of: terminal, journal: journal) != nil else {
            return .unknown
        }
        var from = after
        var page = try await page(for: terminal, journal, after: from)
        if page.through < from {
            from = 0
            page = try await self.page(for: terminal, journal, after: from)
        }
        guard page.through > from else { return .nothing }
        let lines = page.vouchers.map { voucher in
            VoucherStandings.Line(
                voucher: VoucherStandings.name(of: voucher.identity),
                standing: HubStanding(
                    spent: voucher.history.leastRedeemed, countedThrough: page.countedThrough,
                    last: ElsewhereRedemption(voucher.history.other)))
        }
        return .told(
            VoucherStandings(
                terminal: terminal, journal: journal, at: now, after: from, through: page.through,
                countedThrough: page.countedThrough, isComplete: page.isComplete, lines: lines
            ).signed(by: key))
    }

    private func page(for terminal: TerminalID, _ journal: [UInt8], after: UInt64)
        async throws(HubLedgerError) -> StandingsPage
    {
        try await ledger.standings(
            for: StandingsQuery(
                terminal: terminal, journal: journal, after: after, limit: Self.limit))
    }
}

extension ElsewhereRedemption {
    fileprivate init(_ capture: CaptureLocation) {
        self.init(terminal: capture.terminal, at: capture.at, amount: capture.amount)
    }
}

extension BatchAcceptor {
    /// Tells terminals what others have spent, from the same ledger.
    public var standings: StandingsTeller { StandingsTeller(ledger: ledger, key: key) }
}
