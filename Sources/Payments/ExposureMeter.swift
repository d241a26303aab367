public import Money

/// What a terminal may still do by itself: money, payments and minutes, and what ends first.
///
/// A pure function of the policy, of what is outstanding, and of what the terminal knows: read it
/// as often as it is looked at.
public struct ExposureMeter: Hashable, Sendable {
    /// What is left in one currency.
    public struct Line: Hashable, Sendable {
        /// The currency of the line's amounts.
        public let currency: Currency
        /// The largest single payment now, in minor units.
        public let perPayment: UInt64
        /// The sum outstanding that is allowed now, in minor units.
        public let limit: UInt64
        /// The sum outstanding, in minor units.
        public let outstanding: UInt64
        /// What may still be captured, in minor units.
        public var left: UInt64 { limit > outstanding ? limit - outstanding : 0 }
    }

    /// What can end offline approvals.
    public enum Limit: Hashable, Sendable {
        /// The money of one currency.
        case money(Currency)
        /// The number of payments.
        case payments
        /// The age of the trust list.
        case trustList
        /// The age of the hot list.
        case hotList
        /// The time since the hub last answered.
        case lastSync
        /// The end of the hours in which offline approvals are allowed.
        case hours

        /// The stable word for it in messages and JSON.
        public var name: String {
            switch self {
            case .money: "money"
            case .payments: "payments"
            case .trustList: "trust-list"
            case .hotList: "hot-list"
            case .lastSync: "last-sync"
            case .hours: "hours"
            }
        }
    }

    /// A limit and the minutes in which it is expected to be reached.
    public struct Shortage: Hashable, Sendable {
        /// What runs out.
        public let limit: Limit
        /// In how many minutes; 0 is now.
        public let minutes: UInt64

        /// Makes a shortage.
        public init(limit: Limit, minutes: UInt64) {
            self.limit = limit
            self.minutes = minutes
        }
    }

    /// The terminal's band, by which the limits are shrunk.
    public let band: Band
    /// One line for each currency of the policy.
    public let lines: [Line]
    /// How many captures may still be made.
    public let paymentsLeft: UInt64
    /// The minutes after which time alone ends offline approvals; nil where it does not.
    public let minutesLeft: UInt64?
    /// The minutes after which limits shrink next, or end; nil where they do not.
    public let minutesToNextBand: UInt64?
    /// What will run out first: money and payments at the pace since the oldest capture that is
    /// outstanding. Nil where nothing is outstanding and time ends nothing.
    public let first: Shortage?

    /// Reads the meter.
    public init(policy: Policy, exposure: Exposure, terminal: TerminalFacts) {
        let ages = Self.ages(policy.bands, terminal)
        let uncertainty = terminal.clockUncertainty.map(policy.bands.clockUncertainty.band)
        let band = (ages.map(\.band) + [uncertainty ?? .fresh]).max() ?? .fresh
        lines = policy.limits.map { limits in
            Line(
                currency: limits.currency,
                perPayment: policy.bands.shrink(limits.perPayment, in: band),
                limit: policy.bands.shrink(limits.outstanding, in: band),
                outstanding: exposure.amount(in: limits.currency))
        }
        let count = policy.bands.shrink(policy.outstandingCount, in: band)
        paymentsLeft = count > exposure.count ? count - exposure.count : 0
        self.band = band
        minutesToNextBand = ages.compactMap(\.minutesToNextBand).min()
        let hours = policy.hours.minutesLeft(at: terminal.now).map {
            Shortage(limit: .hours, minutes: $0)
        }
        let times = ages.compactMap(\.shortage) + (hours.map { [$0] } ?? [])
        minutesLeft = times.map(\.minutes).min()
        let spending = Self.spending(
            lines, paymentsLeft: paymentsLeft, exposure: exposure, now: terminal.now)
        first = (spending + times).min { $0.minutes < $1.minutes }
    }

    /// One thing that ages, and what its age means.
    private struct Age {
        let band: Band
        let minutesToNextBand: UInt64?
        let shortage: Shortage?
    }

    private static func ages(_ rules: BandRules, _ terminal: TerminalFacts) -> [Age] {
        let all: [(Limit, BandThresholds, UInt64?)] = [
            (.trustList, rules.trustList, terminal.trustListAge),
            (.hotList, rules.hotList, terminal.hotListAge),
            (.lastSync, rules.lastSync, terminal.lastSyncAge),
        ]
        return all.compactMap { limit, thresholds, age in
            guard let age else { return nil }
            let left = thresholds.stopped > age ? thresholds.stopped - age : 0
            return Age(
                band: thresholds.band(of: age),
                minutesToNextBand: thresholds.next(after: age).map { ($0 - age) / 60 },
                shortage: Shortage(limit: limit, minutes: left / 60))
        }
    }

    /// When money and payments run out, if what is outstanding grows on as it has.
    private static func spending(
        _ lines: [Line], paymentsLeft: UInt64, exposure: Exposure, now: UInt64
    ) -> [Shortage] {
        guard let oldest = exposure.oldest, exposure.count > 0 else { return [] }
        // A pace needs some time to be one: less than a minute counts as a minute.
        let seconds = max(60, now > oldest ? now - oldest : 0)
        func minutes(_ left: UInt64, _ used: UInt64) -> UInt64 {
            let (high, low) = left.multipliedFullWidth(by: seconds)
            return high == 0 ? low / used / 60 : UInt64.max
        }
        let money = lines.filter { $0.outstanding > 0 }.map {
            Shortage(limit: .money($0.currency), minutes: minutes($0.left, $0.outstanding))
        }
        return money + [
            Shortage(limit: .payments, minutes: minutes(paymentsLeft, exposure.count))
        ]
    }
}
