public import HubProtocol
public import Payments

/// Why what the hub told of redemptions elsewhere cannot be read or kept.
public enum StandingShelfError: Error, Hashable, Sendable {
    /// It cannot be read; the text says what the system said.
    case unreadable(String)
    /// It cannot be written; the text says what the system said.
    case notWritten(String)
    /// It tells from another place on than the last one ended at: what is between would be missed.
    case otherPlace(expected: UInt64, found: UInt64)

    /// The stable code.
    public var reason: String {
        switch self {
        case .unreadable: "standings-unreadable"
        case .notWritten: "standings-not-written"
        case .otherPlace: "standings-other-place"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .unreadable(let detail):
            "What other terminals have redeemed cannot be read (\(detail)). Nothing is approved, as "
                + "it might be spent already. Restart tilld; it fetches all of it again."
        case .notWritten(let detail):
            "What other terminals have redeemed could not be written (\(detail)). What was known "
                + "before still counts; the next exchange tries again."
        case .otherPlace(let expected, let found):
            "The hub told redemptions after \(found), not after \(expected) as it was asked. They "
                + "were not taken; what was known before still counts."
        }
    }
}

/// Keeps what the hub has told of vouchers that other terminals have taken. It can be fetched again:
/// no money depends on it but what another terminal would lose.
public protocol StandingShelf: Sendable {
    /// The arrival through which the hub has told; 0 where it has told nothing.
    func through() async throws(StandingShelfError) -> UInt64

    /// Keeps standings, durably and whole, and ``through()`` with them. What is known of a voucher
    /// is replaced only by what is as new or newer. Standings that begin neither where the last ended
    /// nor at 0 are refused.
    func take(_ standings: VoucherStandings) async throws(StandingShelfError)

    /// What is known of the voucher with this name (``HubProtocol/VoucherStandings/name(of:)``).
    func standing(of voucher: [UInt8]) async throws(StandingShelfError) -> HubStanding?
}
