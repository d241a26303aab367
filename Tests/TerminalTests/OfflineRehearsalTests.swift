import Synchronization
import Testing
import VoucherMint
import Vouchers

@testable import Terminal

/// A hub that has something to say to every question, and counts them.
private final class TalkativeHub: HubLink {
    private let questions = Mutex(0)
    var asked: Int { questions.withLock { $0 } }

    private func answer() -> [UInt8] {
        questions.withLock { $0 += 1 }
        return [1]
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] { answer() }
    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        answer()
    }
    func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?
    { answer() }
    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { answer() }
    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { answer() }
    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { answer() }
    func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError) -> [UInt8]? {
        answer()
    }
    func hotList(newerThan version: UInt64, digest: [UInt8]?)
        async throws(HubLinkError) -> [UInt8]?
    { answer() }
    func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { answer() }
    func identity() async -> [UInt8]? { answer() }
}

@Suite struct OfflineRehearsalTests {
    /// Every question that a terminal has for its hub.
    private static func questions(to link: any HubLink) -> [() async throws -> [UInt8]?] {
        let terminal = VoucherMint.terminal
        return [
            { try await link.deliver(batch: []) },
            { try await link.authorise(request: [], milliseconds: 1) },
            { try await link.confirmation(request: [], milliseconds: 1) },
            { try await link.root(after: 1) },
            { try await link.document(.trustList, held: nil) },
            { try await link.configuration(for: terminal, newerThan: 1) },
            { try await link.time(for: terminal, question: []) },
            { try await link.hotList(newerThan: 1, digest: nil) },
            { try await link.standings(for: terminal, journal: [], after: 0) },
            { await link.identity() },
        ]
    }

    @Test("While it lasts no question reaches the hub, and before and after it every one does")
    func cutsEveryQuestion() async throws {
        let hub = TalkativeHub()
        let rehearsal = OfflineRehearsal()
        let questions = Self.questions(to: rehearsal.over(hub))
        for question in questions { #expect(try await question() == [1]) }
        #expect(hub.asked == questions.count)
        rehearsal.cut(minutes: 1)
        #expect((59...60).contains(rehearsal.secondsLeft))
        for question in questions { #expect((try? await question()) ?? nil == nil) }
        #expect(hub.asked == questions.count)
        rehearsal.cut(minutes: 0)
        #expect(rehearsal.secondsLeft == 0)
        for question in questions { #expect(try await question() == [1]) }
    }

    @Test("It lasts a working day at most")
    func endsByItself() {
        let rehearsal = OfflineRehearsal()
        rehearsal.cut(minutes: .max)
        #expect(rehearsal.secondsLeft <= OfflineRehearsal.maximumMinutes * 60)
    }
}
