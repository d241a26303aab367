import COSE
import Foundation
import GRDB
import HubProtocol
import JournalExport
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// A journal with a key and a hub of its own: what signs checkpoints, seals exports and answers
/// batches.
struct KeyedJournal {
    let subject: TemporaryJournal
    let key = VoucherMint.key(98)
    let hub = VoucherMint.key(99)

    init() throws { subject = try TemporaryJournal() }

    var journal: SQLiteJournal { get async { await subject.sqlite } }

    var identity: ExportIdentity {
        ExportIdentity(
            terminal: VoucherMint.terminal, key: key.publicKey, hub: hub.publicKey, seal: key)
    }

    /// Captures a fixed voucher of 12.50 for a sale of its own.
    func capture(_ number: UInt8) async throws {
        let sale = Records.sale(number)
        try await journal.store(sale)
        _ = try await journal.record(
            Records.capture(Records.mint.fixed(1_250, cti: UInt64(number)), for: sale))
    }

    /// Sends all that waits, and takes the hub's answer, given at `time`.
    func send(at time: UInt64 = Records.now) async throws {
        let (key, journal) = (key, await journal)
        while let batch = try await journal.pendingBatch(
            maximumEntries: 100,
            sign: { number, entries in
                Batch(
                    terminal: VoucherMint.terminal, journal: TemporaryJournal.identity,
                    number: number, entries: entries
                ).signed(by: key)
            })
        {
            let verified = try UnverifiedBatch(decoding: batch.bytes)
                .verified(signedBy: key.publicKey)
            let answer = Acknowledgement(
                of: verified, bytes: batch.bytes, at: time, quarantined: [])
            try await journal.acknowledge(
                batch: batch.number, acknowledgement: answer.signed(by: hub))
        }
    }

    func checkpoint(at now: UInt64 = Records.now) async throws -> [UInt8] {
        let key = key
        return try await journal.checkpoint { position in
            Checkpoint(
                terminal: VoucherMint.terminal, journal: TemporaryJournal.identity,
                size: position.sequence, hash: position.hash, at: now, receipt: position.receipt,
                period: position.period
            ).signed(by: key)
        }
    }

    func export() async throws -> [UInt8] {
        let bytes = Mutex<[UInt8]>([])
        try await journal.export(as: identity, at: Records.now) { chunk in
            bytes.withLock { $0 += chunk }
        }
        return bytes.withLock { $0 }
    }

    func report(_ export: [UInt8], _ checkpoints: [[UInt8]] = []) -> ExportReport {
        var verifier = ExportVerifier(checkpoints: checkpoints)
        verifier.feed(export)
        return verifier.finish()
    }
}

@Suite struct ExportTests {
    @Test("What a journal exports is right, whole and sealed")
    func right() async throws {
        let keyed = try KeyedJournal()
        let journal = await keyed.journal
        _ = try await journal.adopt(JournalContract.policy, at: Records.now)
        for number in UInt8(1)...4 { try await keyed.capture(number) }
        _ = try await journal.note(
            ClockEntry(kind: .suspect, expected: 2, found: 1, uncertaintySeconds: 1),
            at: Records.now)
        _ = try await journal.closePeriod(nil, at: Records.now, by: nil)
        try await keyed.send()
        let checkpoint = try await keyed.checkpoint()
        try await keyed.capture(5)
        let report = keyed.report(try await keyed.export(), [checkpoint])
        #expect(report.findings.isEmpty)
        #expect(report.isSealed)
        #expect(report.entries == 8 && report.end.receipt == 5 && report.end.period == 1)
        #expect(report.header?.terminal == VoucherMint.terminal)
    }

    @Test("An empty journal exports too")
    func empty() async throws {
        let keyed = try KeyedJournal()
        let report = keyed.report(try await keyed.export(), [try await keyed.checkpoint()])
        #expect(report.findings.isEmpty && report.entries == 0)
    }

    @Test("A reader past a dead daemon exports the same")
    func pastTheDaemon() async throws {
        let keyed = try KeyedJournal()
        for number in UInt8(1)...3 { try await keyed.capture(number) }
        let export = try await keyed.export()
        let folder = await keyed.subject.close()
        var bytes: [UInt8] = []
        try SQLiteJournalReader(folder: folder)
            .export(as: keyed.identity, at: Records.now) { bytes += $0 }
        #expect(bytes == export)
    }

    @Test("A journal of schema 1 exports too, from a copy in memory")
    func older() throws {
        let copy = try MigrationTests.Copy(schema: 1)
        let key = VoucherMint.key(98)
        let identity = ExportIdentity(
            terminal: VoucherMint.terminal, key: key.publicKey, hub: nil, seal: nil)
        var verifier = ExportVerifier()
        try SQLiteJournalReader(folder: copy.folder)
            .export(as: identity, at: Records.now) { verifier.feed($0) }
        let report = verifier.finish()
        #expect(report.findings.isEmpty && report.entries == 13 && !report.isSealed)
    }

    @Test("Payments go on while a slow reader takes the export, and it is of one moment")
    func besidePayments() async throws {
        let keyed = try KeyedJournal()
        for number in UInt8(1)...3 { try await keyed.capture(number) }
        let journal = await keyed.journal
        let (reached, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let bytes = Mutex<[UInt8]>([])
        let identity = keyed.identity
        async let exported: Void = journal.export(as: identity, at: Records.now) { chunk in
            if bytes.withLock({ $0.isEmpty }) {
                reached.signal()
                gate.wait()
            }
            bytes.withLock { $0 += chunk }
        }
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                reached.wait()
                done.resume()
            }
        }
        try await keyed.capture(4)
        gate.signal()
        try await exported
        let report = keyed.report(bytes.withLock { $0 })
        #expect(report.findings.isEmpty && report.entries == 3)
        #expect(try await journal.queue().lastSequence == 4)
    }

    @Test("A journal that was cut or set back is named by the checkpoint that had left it")
    func setBack() async throws {
        let keyed = try KeyedJournal()
        for number in UInt8(1)...2 { try await keyed.capture(number) }
        let old = await keyed.subject.folder + "-old"
        try await keyed.subject.copy(to: old)
        try await keyed.capture(3)
        let checkpoint = try await keyed.checkpoint()
        let restored = try SQLiteJournal(
            folder: old, identityIfNew: TemporaryJournal.identity)
        func findings() async throws -> [String] {
            let bytes = Mutex<[UInt8]>([])
            try await restored.export(as: keyed.identity, at: Records.now) { chunk in
                bytes.withLock { $0 += chunk }
            }
            return keyed.report(bytes.withLock { $0 }, [checkpoint]).findings.map(\.reason)
        }
        #expect(try await findings() == ["journal-cut"])
        // And when it has gone on in another way.
        let sale = Records.sale(9)
        try await restored.store(sale)
        _ = try await restored.record(Records.decline(sale))
        #expect(try await findings() == ["checkpoint-differs"])
    }

    @Test("A checkpoint of the same entries is signed once")
    func once() async throws {
        let keyed = try KeyedJournal()
        try await keyed.capture(1)
        let first = try await keyed.checkpoint(at: 100)
        #expect(try await keyed.checkpoint(at: 200) == first)
        try await keyed.capture(2)
        #expect(try await keyed.checkpoint(at: 300) != first)
    }
}

@Suite struct ArchiveTests {
    static let later = VoucherMint.now + 400 * 86_400

    /// Four captures in a closed period and one after it, all of them at the hub.
    private func filled(hubTime: UInt64 = later) async throws -> KeyedJournal {
        let keyed = try KeyedJournal()
        for number in UInt8(1)...4 { try await keyed.capture(number) }
        _ = try await keyed.journal.adopt(JournalContract.policy, at: Records.now)
        _ = try await keyed.journal.closePeriod(nil, at: Records.now, by: nil)
        try await keyed.capture(5)
        try await keyed.send(at: hubTime)
        return keyed
    }

    private func segment(_ keyed: KeyedJournal) async throws -> [UInt8] {
        let path = await keyed.subject.folder + "/segments/segment-000001.till"
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test("What is archived verifies from the first entry, in its file and in what goes on from it")
    func archives() async throws {
        let keyed = try await filled()
        let before = try await keyed.checkpoint()
        let report = try await keyed.journal.archive(
            as: keyed.identity, at: Self.later)
        #expect(report.entries == 6)
        let segment = keyed.report(try await segment(keyed))
        #expect(segment.findings.isEmpty && segment.isSealed)
        #expect(segment.entries == 6 && segment.end.sequence == 6 && segment.end.receipt == 4)
        let rest = keyed.report(try await keyed.export(), [before])
        #expect(rest.findings.isEmpty)
        #expect(rest.header?.start == segment.end && rest.entries == 1)
    }

    @Test("After an archiving numbers go on, and the journal opens as it was")
    func goesOn() async throws {
        let keyed = try await filled()
        _ = try await keyed.journal.archive(as: keyed.identity, at: Self.later)
        try await keyed.subject.restart()
        try await keyed.capture(6)
        let entries = try await keyed.journal.entries(after: 0, limit: 9)
        #expect(entries.map(\.sequence) == [7, 8] && entries.map(\.receipt) == [5, 6])
        #expect(try await keyed.journal.closePeriod(nil, at: Self.later, by: nil).number == 2)
        #expect(try await keyed.journal.documentInForce(.policy) == JournalContract.policy)
        try await keyed.send(at: Self.later)
        let report = keyed.report(try await keyed.export())
        #expect(report.findings.isEmpty && report.end.period == 2)
    }

    @Test(
        "A voucher that has not long expired by the hub's clock is remembered, whatever our clock says"
    )
    func remembers() async throws {
        // The vouchers expire a day after `VoucherMint.now`.
        for (hubTime, forgotten) in [
            (VoucherMint.now + 20 * 86_400, UInt64(0)), (Self.later, 4),
        ] {
            let keyed = try await filled(hubTime: hubTime)
            let report = try await keyed.journal.archive(
                as: keyed.identity, at: Self.later, entriesOlderThan: 86_400)
            #expect(report == ArchiveReport(entries: 6, vouchers: forgotten))
            // What was spent stays spent: it is remembered, or so late that it has expired.
            let query = FactsQuery(Records.mint.fixed(1_250, cti: 1))
            let memory = try await keyed.journal.facts(for: query).memory
            #expect(memory?.spent == (forgotten == 0 ? 1_250 : nil))
            let floor = try #require(try await keyed.journal.latestTime())
            #expect(forgotten == 0 || floor > VoucherMint.now + 30 * 86_400)
        }
    }

    @Test("Without the hub's word nothing is archived and nothing forgotten")
    func waitsForTheHub() async throws {
        let keyed = try KeyedJournal()
        for number in UInt8(1)...2 { try await keyed.capture(number) }
        _ = try await keyed.journal.closePeriod(nil, at: Records.now, by: nil)
        try await keyed.capture(3)
        let report = try await keyed.journal.archive(
            as: keyed.identity, at: Self.later, entriesOlderThan: 0)
        #expect(report == ArchiveReport(entries: 0, vouchers: 0))
        #expect(try await keyed.journal.entries(after: 0, limit: 9).count == 4)
    }

    @Test("The newest entry, and what is of an open period, stays")
    func keepsTheEnd() async throws {
        let keyed = try KeyedJournal()
        try await keyed.capture(1)
        _ = try await keyed.journal.closePeriod(nil, at: Records.now, by: nil)
        try await keyed.send(at: Self.later)
        #expect(
            try await keyed.journal.archive(as: keyed.identity, at: Self.later).entries == 0)
        try await keyed.capture(2)
        try await keyed.send(at: Self.later)
        #expect(
            try await keyed.journal.archive(as: keyed.identity, at: Self.later).entries == 2)
    }
}
