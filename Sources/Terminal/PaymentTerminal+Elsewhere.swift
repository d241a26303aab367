import COSE
import HubProtocol
import Payments
import Vouchers

// Redemptions that other terminals made, as the hub tells them.
extension PaymentTerminal {
    /// Answers asked for in one exchange: each tells of a thousand vouchers and more, and what is
    /// left comes with the next exchange.
    static let maximumStandingAnswers = 64

    /// Asks the hub what other terminals have redeemed since it was asked last, and keeps it.
    func downloadStandings(over link: any HubLink) async throws(SyncReport.Failure) {
        guard let shelf = parts.standings else { return }
        for _ in 0..<Self.maximumStandingAnswers {
            let after: UInt64
            do { after = try await shelf.through() } catch { throw SyncReport.Failure(error) }
            let bytes: [UInt8]?
            do {
                bytes = try await link.standings(
                    for: configuration.terminal, journal: parts.journal.identity, after: after)
            } catch { throw SyncReport.Failure(error) }
            guard let bytes else { return }
            let standings: VoucherStandings
            do {
                standings = try byHub { (key) throws(MessageError) in
                    try VoucherStandings.verify(
                        bytes, signedBy: key, for: configuration.terminal,
                        journal: parts.journal.identity)
                }
            } catch {
                throw SyncReport.Failure(
                    hubAnswer: error, kept: "What was known of redemptions elsewhere stays.")
            }
            do { try await shelf.take(standings) } catch { throw SyncReport.Failure(error) }
            parts.clock.passed(standings.at)
            if standings.isComplete { return }
        }
    }

    /// The facts with what is known of redemptions elsewhere. What cannot be read is not taken for
    /// nothing: the voucher might be spent.
    func withRedemptionsElsewhere(_ facts: JournalFacts, of voucher: VoucherIdentity)
        async throws -> JournalFacts
    {
        guard let shelf = parts.standings, case .lookingUp(_, let shown) = machine.phase,
            shown.identity == voucher
        else { return facts }
        let name = VoucherStandings.name(of: voucher)
        guard let standing = try await shelf.standing(of: name) else { return facts }
        let own = try await parts.journal.ownRedemptions(
            of: voucher, after: standing.countedThrough)
        return facts.knowing(standing, since: own, of: shown)
    }
}

extension SyncReport.Failure {
    /// A shelf that failed, in words.
    fileprivate init(_ error: StandingShelfError) {
        self.init(reason: error.reason, message: error.message)
    }
}
