import COSE
import Foundation
import HubProtocol
import Money
import Payments
import SQLiteJournal
import Screens
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A hub that answers as a test tells it to, and remembers what it was asked.
final class AnsweringHub: HubLink {
    enum Manner: Sendable {
        case approves, declines, isSilent, isAway, isBusy, isAStranger, answersAnotherRequest
        case approvesLate(Duration)
    }

    let key: PrivateKey
    private let manner: Mutex<Manner>
    private let asked = Mutex<[[UInt8]]>([])
    private let late = Mutex<Int>(0)

    init(_ manner: Manner, key: PrivateKey) {
        self.key = key
        self.manner = Mutex(manner)
    }

    func set(_ manner: Manner) { self.manner.withLock { $0 = manner } }
    var requests: [[UInt8]] { asked.withLock { $0 } }
    var lateAnswers: Int { late.withLock { $0 } }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        throw .unreachable("not asked")
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { nil }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { nil }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        let before = requests.last
        asked.withLock { $0.append(request) }
        switch manner.withLock({ $0 }) {
        case .approves: return answer(request, .approved(reservedUntil: VoucherMint.now + 900))
        case .declines:
            return answer(
                request,
                .declined(
                    reason: "spent-elsewhere",
                    other: .init(
                        terminal: TerminalID("till:m42/t8")!, receipt: 3, at: VoucherMint.now - 9,
                        amount: 800)))
        case .isSilent:
            try? await Task.sleep(for: .seconds(3_600))
            throw .unreachable("nobody waits any more")
        case .isAway: throw .unreachable("connection refused")
        case .isBusy: throw .refused(status: 503, reason: "hub-busy", detail: "Busy.")
        case .isAStranger:
            return answer(
                request, .approved(reservedUntil: VoucherMint.now + 900), by: VoucherMint.key(66))
        case .answersAnotherRequest:
            return answer(
                before ?? request, .approved(reservedUntil: VoucherMint.now + 900))
        case .approvesLate(let delay):
            try? await Task.sleep(for: delay)
            late.withLock { $0 += 1 }
            return answer(request, .approved(reservedUntil: VoucherMint.now + 900))
        }
    }

    private func answer(
        _ request: [UInt8], _ verdict: AuthorisationAnswer.Verdict, by key: PrivateKey? = nil
    ) -> [UInt8] {
        guard
            let asked = try? UnverifiedAuthorisationRequest(decoding: request).verified(
                signedBy: VoucherMint.key(98).publicKey)
        else { return [] }
        return AuthorisationAnswer(
            to: asked, bytes: request, at: VoucherMint.now, verdict: verdict
        ).signed(by: key ?? self.key)
    }
}

@Suite struct OnlineTests {
    /// A counter whose hub answers so; the budget is short, so that silence is soon over.
    static func counter(_ manner: AnsweringHub.Manner) async throws -> (Counter, AnsweringHub) {
        let hub = AnsweringHub(manner, key: VoucherMint.key(99))
        return (try await Counter(hub: hub, onlineBudgetMilliseconds: 50), hub)
    }

    static func outcome(_ counter: Counter, _ minorUnits: UInt64 = 800, cti: UInt64 = 1)
        async throws -> Outcome?
    {
        _ = try await counter.charge(minorUnits)
        return await counter.show(counter.mint.object(.fixed(amount: minorUnits), cti: cti))
    }

    static func online(_ outcome: Outcome?) -> String? {
        if case .approved(let capture, _) = outcome { capture.online.code } else { nil }
    }

    @Test func recordsWhatTheHubApproved() async throws {
        let (counter, hub) = try await Self.counter(.approves)
        #expect(Self.online(try await Self.outcome(counter)) == "online-approved")
        #expect(hub.requests.count == 1)
        #expect(try await counter.journal.queue().exposure.count == 1)
    }

    @Test func theQuestionIsOnItsWayWhileTheScreenIsDrawn() async throws {
        let hub = AnsweringHub(.approves, key: VoucherMint.key(99))
        let counter = try await Counter(hub: hub, onlineBudgetMilliseconds: 60_000)
        let wasAsked = Mutex(false)
        counter.display.whileDrawing { screen in
            guard screen.kind == .working else { return }
            // A slow panel: it is done once the hub has been asked, or after far too long.
            let end = Date(timeIntervalSinceNow: 300)
            while hub.requests.isEmpty, Date() < end { Thread.sleep(forTimeInterval: 0.001) }
            wasAsked.withLock { $0 = !hub.requests.isEmpty }
        }
        #expect(Self.online(try await Self.outcome(counter)) == "online-approved")
        #expect(wasAsked.withLock { $0 })
        let kinds = counter.display.screens.map(\.kind)
        #expect(kinds.suffix(2) == [.working, .approved], "\(kinds)")
    }

    @Test func declinesWhatTheHubKnowsToBeSpentElsewhere() async throws {
        let (counter, _) = try await Self.counter(.declines)
        let outcome = try await Self.outcome(counter)
        guard case .declined(let reason) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(reason.code == "spent-elsewhere")
        guard case .declinedOnline(let decline) = reason else {
            Issue.record("\(reason)")
            return
        }
        #expect(decline.other?.terminal.text == "till:m42/t8")
        #expect(try await counter.journal.queue().exposure.count == 0)
    }

    @Test(
        arguments: [
            (AnsweringHub.Manner.isSilent, "no-answer"), (.isAway, "hub-unreachable"),
            (.isBusy, "hub-refused"), (.isAStranger, "hub-unreachable"),
        ] as [(AnsweringHub.Manner, String)])
    func goesOnByItsOwnRulesAndSaysWhy(manner: AnsweringHub.Manner, code: String) async throws {
        let (counter, _) = try await Self.counter(manner)
        #expect(Self.online(try await Self.outcome(counter)) == code)
    }

    @Test func waitsForASilentHubOnlyOnce() async throws {
        let (counter, hub) = try await Self.counter(.isSilent)
        _ = try await Self.outcome(counter)
        #expect(Self.online(try await Self.outcome(counter, cti: 2)) == "no-connection")
        #expect(hub.requests.count == 1)
        hub.set(.approves)
        _ = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                HubSyncTests.answer(
                    batch, by: VoucherMint.key(99), of: VoucherMint.key(98).publicKey)
            }, keep: { _ in })
        #expect(Self.online(try await Self.outcome(counter, cti: 3)) == "online-approved")
    }

    @Test func takesNoAnswerToAnotherRequest() async throws {
        let (counter, hub) = try await Self.counter(.approves)
        _ = try await Self.outcome(counter)
        hub.set(.answersAnotherRequest)
        #expect(Self.online(try await Self.outcome(counter, cti: 2)) == "hub-unreachable")
    }

    @Test func approvesNothingTwiceWhenAnAnswerComesLate() async throws {
        let (counter, hub) = try await Self.counter(.approvesLate(.milliseconds(150)))
        let first = try await Self.outcome(counter)
        #expect(Self.online(first) == "no-answer", "\(String(describing: first))")
        _ = try await counter.charge(700)
        let before = await counter.terminal.currentSale
        while hub.lateAnswers == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(20))
        let entries = try await counter.journal.entries(after: 0, limit: 10)
        #expect(entries.count == 1, "one capture, whatever comes late")
        #expect(await counter.terminal.currentSale?.sale == before?.sale)
        #expect(before?.sale.state == .open)
    }
}
