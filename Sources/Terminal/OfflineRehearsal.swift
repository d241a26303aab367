import Synchronization
import Trust
import Vouchers

/// Being offline on purpose, for a terminal in training (`docs/spec/training.md`, *Offline on
/// purpose*): while it lasts nothing reaches the hub, as if the line were cut.
///
/// It is no part of the journal and ends with the process: a terminal that starts anew asks its hub.
public final class OfflineRehearsal: Sendable {
    /// The longest it may last, in minutes: a working day, so that one that was forgotten ends.
    public static let maximumMinutes: UInt64 = 480

    private let end = Mutex<ContinuousClock.Instant?>(nil)

    /// Makes one that has not begun.
    public init() {}

    /// Seconds that are left, rounded up; 0 where the line is not cut.
    public var secondsLeft: UInt64 {
        guard let end = end.withLock({ $0 }) else { return 0 }
        let left = ContinuousClock.now.duration(to: end).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        return UInt64(left.seconds) + (left.attoseconds > 0 ? 1 : 0)
    }

    /// Cuts the line from now on for `minutes`, at most ``maximumMinutes``; 0 mends it.
    public func cut(minutes: UInt64) {
        let minutes = min(minutes, Self.maximumMinutes)
        end.withLock { $0 = minutes == 0 ? nil : .now + .seconds(60 * minutes) }
    }

    /// The way to the hub that is cut while this lasts, and else is `link`.
    public func over(_ link: any HubLink) -> any HubLink { RehearsedLink(link: link, by: self) }
}

/// A way to the hub that a rehearsal cuts.
private struct RehearsedLink: HubLink {
    private let inner: any HubLink
    private let rehearsal: OfflineRehearsal

    init(link: any HubLink, by rehearsal: OfflineRehearsal) {
        inner = link
        self.rehearsal = rehearsal
    }

    /// The way, where it is not cut.
    private func way() throws(HubLinkError) -> any HubLink {
        guard rehearsal.secondsLeft == 0 else {
            throw .unreachable("offline on purpose, for training")
        }
        return inner
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        try await way().deliver(batch: batch)
    }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        try await way().authorise(request: request, milliseconds: milliseconds)
    }

    func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?
    { try await way().confirmation(request: request, milliseconds: milliseconds) }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? {
        try await way().root(after: version)
    }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { try await way().document(document, held: held) }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { try await way().configuration(for: terminal, newerThan: version) }

    func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]? {
        try await way().logConsistency(from: size)
    }

    func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError) -> [UInt8]? {
        try await way().time(for: terminal, question: question)
    }

    func hotList(newerThan version: UInt64, digest: [UInt8]?)
        async throws(HubLinkError) -> [UInt8]?
    { try await way().hotList(newerThan: version, digest: digest) }

    func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { try await way().standings(for: terminal, journal: journal, after: after) }

    func identity() async -> [UInt8]? { rehearsal.secondsLeft == 0 ? await inner.identity() : nil }
}

extension PaymentTerminal {
    /// Being offline on purpose, where the terminal is in training; nil on any other.
    public nonisolated var rehearsal: OfflineRehearsal? { parts.rehearsal }
}
