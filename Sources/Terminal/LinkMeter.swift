public import Clocks
import Synchronization
import Trust
import Vouchers

/// What a metered line may carry in a day (`docs/spec/hub-protocol.md`, *Metered lines*).
public struct LinkBudget: Hashable, Sendable {
    /// The last part of a budget, one in so many, is for payments alone: downloads of lists wait.
    public static let reserveParts: UInt64 = 4
    /// The smallest budget in bytes: a question an hour and some dozen payments still fit its reserve.
    public static let minimumBytes: UInt64 = 500_000

    /// Bytes a day, sent and received.
    public let bytesPerDay: UInt64

    /// A budget, or nil where it is below ``minimumBytes``.
    public init?(bytesPerDay: UInt64) {
        guard bytesPerDay >= Self.minimumBytes else { return nil }
        self.bytesPerDay = bytesPerDay
    }

    /// Reads `20M/day`: a number, `k`, `M` or `G` (powers of 1,000) or nothing, and `/day`.
    public init?(_ text: String) {
        let units: [Character: UInt64] = ["k": 1_000, "M": 1_000_000, "G": 1_000_000_000]
        guard text.hasSuffix("/day") else { return nil }
        let amount = text.dropLast("/day".count)
        let unit = amount.last.flatMap { units[$0] }
        let digits = unit == nil ? amount : amount.dropLast()
        // A sign would be read too.
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(digits)
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.init(bytesPerDay: bytes)
    }

    /// From how many bytes on downloads of lists wait.
    public var listsWaitFrom: UInt64 { bytesPerDay - bytesPerDay / Self.reserveParts }
}

/// What went over the line to the hub on one business day.
public struct LinkUse: Hashable, Sendable {
    /// The business day, in days since 1970-01-01.
    public var day: Int64
    /// Bytes sent.
    public var sent: UInt64
    /// Bytes received.
    public var received: UInt64

    /// Makes a use; see the properties.
    public init(day: Int64, sent: UInt64 = 0, received: UInt64 = 0) {
        self.day = day
        self.sent = sent
        self.received = received
    }

    /// Both.
    public var bytes: UInt64 { sent + received }
}

/// How the line to the hub stands today.
public struct LinkStanding: Hashable, Sendable {
    /// What went over it today.
    public let use: LinkUse
    /// What it may carry in a day, where that is limited.
    public let budget: LinkBudget?

    /// Whether downloads of lists wait until tomorrow.
    public var listsWait: Bool { budget.map { use.bytes >= $0.listsWaitFrom } ?? false }
}

/// Counts what goes over the line to the hub, by business days of the shop.
///
/// What a message has is counted exactly, what carries it by an estimate: nobody below tells. A meter
/// of the line's provider is right where they differ.
public final class LinkMeter: Sendable {
    /// What a question and its answer cost besides their messages, in bytes, half each way: the heads
    /// of HTTP, those of the packets, and the handshake of TLS over the few questions of an exchange.
    public static let overheadBytes: UInt64 = 1_600
    /// What a try costs that finds nobody, in bytes sent: a few packets.
    public static let attemptBytes: UInt64 = 200

    private let budget: LinkBudget?
    private let today: @Sendable () -> Int64
    private let keep: @Sendable (LinkUse) -> Void
    private let state: Mutex<(use: LinkUse, isKept: Bool)>

    /// Makes a meter.
    ///
    /// - Parameters:
    ///   - kept: what an earlier process counted.
    ///   - now: tells the time, in seconds since 1970 UTC; `calendar` its business day.
    ///   - keep: makes a count durable, so that a restart gives no new budget.
    public init(
        budget: LinkBudget?, kept: LinkUse?, calendar: ShopCalendar,
        now: @escaping @Sendable () -> UInt64, keep: @escaping @Sendable (LinkUse) -> Void
    ) {
        self.budget = budget
        self.keep = keep
        let today: @Sendable () -> Int64 = { calendar.businessDate(at: now()).days }
        self.today = today
        state = Mutex((kept ?? LinkUse(day: today()), true))
    }

    /// How the line stands.
    public var standing: LinkStanding {
        let day = today()
        return LinkStanding(
            use: state.withLock {
                Self.turn(&$0, to: day); return $0.use
            }, budget: budget)
    }

    /// A new day begins anew. The day before is a clock that was set back over midnight, and gives no
    /// new budget; one further back, that the last one counted was wrong.
    private static func turn(_ state: inout (use: LinkUse, isKept: Bool), to day: Int64) {
        if day > state.use.day || day < state.use.day - 1 { state = (LinkUse(day: day), false) }
    }

    func count(sent: UInt64, received: UInt64) {
        let day = today()
        state.withLock { state in
            Self.turn(&state, to: day)
            state.use.sent += sent
            state.use.received += received
            state.isKept = false
        }
    }

    /// Makes the count durable, where it has changed.
    public func save() {
        let changed = state.withLock { state -> LinkUse? in
            defer { state.isKept = true }
            return state.isKept ? nil : state.use
        }
        if let changed { keep(changed) }
    }

    /// The way to the hub, counted.
    public func over(_ link: any HubLink) -> any HubLink { MeteredLink(link: link, meter: self) }
}

/// A way to the hub that is counted.
private struct MeteredLink: HubLink {
    private let inner: any HubLink
    private let meter: LinkMeter

    init(link: any HubLink, meter: LinkMeter) {
        inner = link
        self.meter = meter
    }

    private func counted<Answer>(
        sending message: [UInt8] = [], _ size: (Answer) -> Int,
        _ ask: () async throws(HubLinkError) -> Answer
    ) async throws(HubLinkError) -> Answer {
        let half = LinkMeter.overheadBytes / 2
        do throws(HubLinkError) {
            let answer = try await ask()
            meter.count(
                sent: half + UInt64(message.count), received: half + UInt64(size(answer)))
            return answer
        } catch {
            if case .unreachable = error {
                meter.count(sent: LinkMeter.attemptBytes, received: 0)
            } else {
                meter.count(sent: half + UInt64(message.count), received: half)
            }
            throw error
        }
    }

    private func whole(_ message: [UInt8]) -> Int { message.count }
    private func any(_ message: [UInt8]?) -> Int { message?.count ?? 0 }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        try await counted(sending: batch, whole) { () throws(HubLinkError) in
            try await inner.deliver(batch: batch)
        }
    }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        try await counted(sending: request, whole) { () throws(HubLinkError) in
            try await inner.authorise(request: request, milliseconds: milliseconds)
        }
    }

    func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?
    {
        try await counted(sending: request, any) { () throws(HubLinkError) in
            try await inner.confirmation(request: request, milliseconds: milliseconds)
        }
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? {
        try await counted(any) { () throws(HubLinkError) in try await inner.root(after: version) }
    }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.document(document, held: held)
        }
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.configuration(for: terminal, newerThan: version)
        }
    }

    func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError) -> [UInt8]? {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.time(for: terminal, question: question)
        }
    }

    func hotList(newerThan version: UInt64, digest: [UInt8]?) async throws(HubLinkError) -> [UInt8]?
    {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.hotList(newerThan: version, digest: digest)
        }
    }

    func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.standings(for: terminal, journal: journal, after: after)
        }
    }

    func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]? {
        try await counted(any) { () throws(HubLinkError) in
            try await inner.logConsistency(from: size)
        }
    }

    func identity() async -> [UInt8]? {
        let answer = await inner.identity()
        meter.count(
            sent: LinkMeter.overheadBytes / 2,
            received: LinkMeter.overheadBytes / 2 + UInt64(answer?.count ?? 0))
        return answer
    }
}
