import COSE
import HubProtocol
import Money
import Payments
import SQLiteJournal
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

@Suite struct HubSyncTests {
    /// A counter with one payment and one decline in its queue.
    func counterWithAQueue() async throws -> Counter {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        return counter
    }

    static func answer(_ batch: [UInt8], by key: PrivateKey, of terminal: PublicKey) -> [UInt8] {
        guard let verified = try? UnverifiedBatch(decoding: batch).verified(signedBy: terminal)
        else { return [] }
        return Acknowledgement(of: verified, bytes: batch, at: VoucherMint.now, quarantined: [])
            .signed(by: key)
    }

    @Test func leavesTheQueueOnlyAgainstTheHubsSignature() async throws {
        let counter = try await counterWithAQueue()
        let (hub, terminal) = (counter.hubKey, counter.key.publicKey)
        let report = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                Self.answer(batch, by: hub, of: terminal)
            }, keep: { _ in })
        #expect(report.failure == nil)
        #expect(report.entries == 2)
        #expect(report.queuedEntries == 0)
        #expect(try await counter.journal.queue().exposure.count == 0)
    }

    @Test func tellsWhatWaitsAndWhatTheHubHasPutAside() async throws {
        let counter = try await counterWithAQueue()
        let (hub, terminal) = (counter.hubKey, counter.key.publicKey)
        let before = try await counter.terminal.queueView()
        #expect(before.status.entries == 2 && before.waiting.map(\.sequence) == [1, 2])
        #expect(before.refused.isEmpty && before.network == .unknown)
        _ = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                guard
                    let verified = try? UnverifiedBatch(decoding: batch)
                        .verified(signedBy: terminal)
                else { return [] }
                return Acknowledgement(
                    of: verified, bytes: batch, at: VoucherMint.now + 5,
                    quarantined: [
                        QuarantinedEntry(sequence: 1, reason: "terminal-revoked"),
                        QuarantinedEntry(sequence: 2, reason: "receipt-gap"),
                    ]
                ).signed(by: hub)
            }, keep: { _ in })
        let after = try await counter.terminal.queueView()
        #expect(after.status.entries == 0 && after.waiting.isEmpty && after.network == .online)
        #expect(after.refused.map(\.sequence) == [2, 1], "the newest first")
        #expect(after.refused.map(\.reason) == ["receipt-gap", "terminal-revoked"])
        #expect(after.refused[1].entry?.subject?.amount == 800)
        #expect(after.refused[1].at == VoucherMint.now + 5)
        // It lies in the journal: another process knows it too.
        try await counter.restart()
        #expect(try await counter.terminal.queueView().refused == after.refused)
    }

    @Test(
        "Who is not the hub is believed in nothing and counts as no connection",
        arguments: [
            (HubLinkError.captivePortal("it leads to login.example"), NetworkStatus.captivePortal),
            (.badAnswer("its type is not application/cose"), .offline),
            (.unreachable("no answer in time"), .offline),
            (.refused(status: 503, reason: "disk-full", detail: "Full."), .online),
        ])
    func whoIsNotTheHub(error: HubLinkError, network: NetworkStatus) async throws {
        let counter = try await counterWithAQueue()
        let report = await counter.terminal.sync(
            over: ClosureHub { (_) throws(HubLinkError) in throw error }, keep: { _ in })
        #expect(report.failure?.reason == error.reason)
        #expect(report.entries == 0 && report.queuedEntries == 2)
        let status = try await counter.terminal.status()
        #expect(status.network == network)
        #expect(status.lastSync == nil, "nobody was reached")
        if case .captivePortal(let sign) = error {
            #expect(status.lastSyncProblem?.contains("log-in page") == true)
            #expect(status.lastSyncProblem?.contains(sign) == true)
        }
    }

    @Test func aCheckpointOfTheWholeJournalLeavesWithEachBatch() async throws {
        let counter = try await counterWithAQueue()
        let (hub, terminal) = (counter.hubKey, counter.key.publicKey)
        let seen = Mutex<[UInt8]>([])
        _ = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                seen.withLock { $0 = batch }
                return Self.answer(batch, by: hub, of: terminal)
            }, keep: { _ in })
        let batch = try UnverifiedBatch(decoding: seen.withLock { $0 })
            .verified(signedBy: terminal)
        let checkpoint = try #require(batch.checkpoint)
        #expect(checkpoint.size == 2 && checkpoint.receipt == 1)
        #expect(checkpoint.hash == batch.lastHash)
        // Of the same entries it is signed once, on whatever way it leaves.
        #expect(try await counter.terminal.signedCheckpoint() == batch.batch.checkpoint)
    }

    @Test func aClosedPeriodComesWithACheckpointOfItsClosing() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        let (period, bytes) = try await counter.terminal.closePeriod(by: nil)
        #expect(period.number == 1 && period.totals.first?.captures.amount == 800)
        let checkpoint = try Checkpoint.verify(bytes, signedBy: counter.key.publicKey)
        #expect(checkpoint.size == period.closedBy && checkpoint.period == 1)
    }

    @Test func keepsTheQueueWhereAnotherHubAnswers() async throws {
        let counter = try await counterWithAQueue()
        let (stranger, terminal) = (counter.mint.issuerKey, counter.key.publicKey)
        let report = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                Self.answer(batch, by: stranger, of: terminal)
            }, keep: { _ in })
        #expect(report.failure?.reason == "hub-identity")
        #expect(report.queuedEntries == 2)
    }

    @Test func repeatsTheVeryBatchUntilItIsAnswered() async throws {
        let counter = try await counterWithAQueue()
        let seen = Mutex<[[UInt8]]>([])
        for _ in 0..<3 {
            let report = await counter.terminal.sync(
                over: ClosureHub { (batch) throws(HubLinkError) in
                    seen.withLock { $0.append(batch) }
                    throw .unreachable("cut")
                }, keep: { _ in })
            #expect(report.failure?.reason == "hub-unreachable")
        }
        let batches = seen.withLock { $0 }
        #expect(batches.count == 3)
        #expect(Set(batches).count == 1)
        #expect(try await counter.terminal.status().network == .offline)
    }

    @Test func spendsNothingAgainOnceABatchIsAcknowledged() async throws {
        let counter = try await counterWithAQueue()
        let (hub, terminal) = (counter.hubKey, counter.key.publicKey)
        _ = await counter.terminal.sync(
            over: ClosureHub { (batch) throws(HubLinkError) in
                Self.answer(batch, by: hub, of: terminal)
            }, keep: { _ in })
        _ = try await counter.charge(800)
        let outcome = await counter.show(counter.mint.object(.fixed(amount: 800)))
        guard case .declined(.spentHere)? = outcome else {
            Issue.record("still spent: \(String(describing: outcome))")
            return
        }
    }

    @Test func adoptsANewerConfigurationOnceItIsKept() async throws {
        let counter = try await Counter()
        let newer = Counter.configuration(
            counter.mint, counter.hubKey, version: 2, perPayment: 500
        ).signed(by: counter.hubKey)
        let kept = Mutex<[[UInt8]]>([])
        let hub = ClosureHub(
            deliver: { (_) throws(HubLinkError) in throw .unreachable("not asked") },
            configuration: { (_) throws(HubLinkError) in newer })
        let report = await counter.terminal.sync(over: hub) { bytes in
            kept.withLock { $0.append(bytes) }
        }
        #expect(report.failure == nil)
        #expect(report.configurationVersion == 2)
        #expect(kept.withLock { $0 } == [newer])
        let meter = try await counter.terminal.status().meter
        #expect(meter.lines.first { $0.currency == counter.euro }?.perPayment == 500)
    }

    @Test func keepsTheOldConfigurationWhereTheNewerIsNotTheHubs() async throws {
        let counter = try await Counter()
        let forged = Counter.configuration(counter.mint, counter.mint.issuerKey, version: 9)
            .signed(by: counter.mint.issuerKey)
        let hub = ClosureHub(
            deliver: { (_) throws(HubLinkError) in throw .unreachable("not asked") },
            configuration: { (_) throws(HubLinkError) in forged })
        let report = await counter.terminal.sync(over: hub, keep: { _ in })
        #expect(report.failure?.reason == "hub-identity")
        #expect(report.configurationVersion == 1)
    }
}
