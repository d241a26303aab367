public import Money
public import Payments

/// What is left of the offline allowance in one currency.
public struct AllowanceMessage: Codable, Hashable, Sendable {
    /// The largest single payment.
    public let perPayment: MoneyMessage
    /// Captured and not yet acknowledged by the hub.
    public let outstanding: MoneyMessage
    /// What may still be captured before the hub must be reached.
    public let left: MoneyMessage

    /// Makes an allowance.
    public init(perPayment: MoneyMessage, outstanding: MoneyMessage, left: MoneyMessage) {
        self.perPayment = perPayment
        self.outstanding = outstanding
        self.left = left
    }
}

/// What a terminal may still do by itself.
public struct ExposureMessage: Codable, Hashable, Sendable {
    /// What is expected to run out first.
    public struct Shortage: Codable, Hashable, Sendable {
        /// `money`, `payments`, `last-sync`, `trust-list`, `hot-list` or `hours`.
        public let what: String
        /// The currency, where it is money.
        public let currency: String?
        /// In how many minutes, at the present pace; 0 is now.
        public let minutes: UInt64
    }

    /// `fresh`, `ageing`, `stale` or `stopped`: limits shrink from band to band.
    public let band: String
    /// What is left in the currencies told of.
    public let allowances: [AllowanceMessage]
    /// Captures that may still be made.
    public let paymentsLeft: UInt64
    /// The minutes after which time alone ends offline approvals, where it does.
    public let minutesLeft: UInt64?
    /// The minutes after which limits shrink next, where they do.
    public let minutesToNextBand: UInt64?
    /// What is expected to run out first, where anything is.
    public let runsOutFirst: Shortage?

    /// What `meter` reads, in `currency` alone where one is named.
    public init(_ meter: ExposureMeter, currency: Currency? = nil) {
        band = meter.band.name
        allowances = meter.lines.filter { currency == nil || $0.currency == currency }.map {
            let number = $0.currency.number
            return AllowanceMessage(
                perPayment: MoneyMessage($0.perPayment, currency: number),
                outstanding: MoneyMessage($0.outstanding, currency: number),
                left: MoneyMessage($0.left, currency: number))
        }
        paymentsLeft = meter.paymentsLeft
        minutesLeft = meter.minutesLeft
        minutesToNextBand = meter.minutesToNextBand
        runsOutFirst = meter.first.map { shortage in
            var code: String?
            if case .money(let currency) = shortage.limit { code = currency.code }
            return Shortage(
                what: shortage.limit.name, currency: code, minutes: shortage.minutes)
        }
    }

    /// Two sentences for people: the time that is left, and what runs out first.
    public var sentences: [String] {
        var told: [String] = []
        if band != "fresh" { told.append("What is known here is \(band): limits are shrunk.") }
        if let minutesLeft {
            told.append(
                "Offline payments end in \(Self.words(minutesLeft)) unless the hub answers.")
        }
        if let first = runsOutFirst, first.what == "money" || first.what == "payments" {
            told.append(
                "At this pace the \(first.currency ?? "number of payments") runs out first, in "
                    + "\(Self.words(first.minutes)).")
        }
        return told
    }

    private static func words(_ minutes: UInt64) -> String {
        if minutes < 120 { return "\(minutes) min" }
        if minutes < 2_880 { return "\(minutes / 60) h \(minutes % 60) min" }
        return "\(minutes / 1_440) days"
    }
}
