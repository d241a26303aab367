import CBOR
import COSE
import HubProtocol
import JournalExport
import Testing
import Vouchers

/// A small journal as a terminal exports it: a document, a capture, a refund of a part of it, a
/// closed period.
enum Exported {
    static let key = key(1)
    static let hub = key(2)
    static let terminal = TerminalID("till:m42/t7")!
    static let journal: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    static let document: [UInt8] = [7, 7, 7]
    static let voucher = VoucherIdentity(
        issuer: IssuerID("gifts")!, cti: [UInt8](repeating: 9, count: 10))

    /// The code that paid, and others that an entry may hold.
    static func code(
        _ value: VoucherValue = .fixed(amount: 1_300), cti: UInt8 = 9, currency: UInt16 = 978
    ) -> VoucherClaims {
        VoucherClaims(
            value: value, currencyNumber: currency, cti: [UInt8](repeating: cti, count: 10),
            expiry: 1_900_000_000)
    }

    static func capture(_ code: VoucherClaims = code()) -> (JournalEntry.Event, UInt64?) {
        (
            .capture(
                CaptureEntry(
                    receipt: 1, voucher: voucher, kind: 1, consumed: 1_300, requestNonce: nil,
                    evidence: code.signed(by: key(3)))), 1_250
        )
    }

    static func key(_ number: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: number, count: 32))
        else { preconditionFailure("A seed of 32 equal bytes makes a key.") }
        return key
    }

    static let events: [(JournalEntry.Event, UInt64?)] = {
        var totals = PeriodTotals(currencyNumber: 978)
        totals.captures = CountedSum(count: 1, amount: 1_250)
        totals.refundsOutside = CountedSum(count: 1, amount: 250)
        return [
            (
                .document(
                    DocumentEntry(
                        kind: .policy, version: 1, digest: Hashing.sha256(document))), nil
            ),
            capture(),
            (.undo(UndoEntry(kind: .refund(receipt: 2, way: .outside), undone: 2)), 250),
            (.periodClosed(PeriodEntry(number: 1, totals: [totals])), nil),
        ]
    }()

    /// The entries of `events`, chained.
    static func entries(_ events: [(JournalEntry.Event, UInt64?)] = Exported.events) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        for (event, amount) in events {
            let subject = amount.map {
                EntrySubject(sale: "S1", currencyNumber: 978, amount: $0)
            }
            entries.append(
                JournalEntry(
                    sequence: UInt64(entries.count + 1),
                    previousHash: entries.last.map { JournalEntry.hash(of: $0) }
                        ?? JournalEntry.genesis, at: 1_800_000_000, subject: subject, event: event
                ).encoded())
        }
        return entries
    }

    static let header = ExportRecord.header(
        ExportHeader(
            terminal: terminal, journal: journal, key: key.publicKey, hub: hub.publicKey,
            at: 1_800_000_100, start: .start))
    static let documentRecord = ExportRecord.document(kind: 3, version: 1, bytes: document)
    static let memory = ExportRecord.voucher(remembered(spent: 1_300))
    static let redemption = ExportRecord.redemption(
        ExportedRedemption(
            sequence: 2, voucher: voucher, kind: 1, consumed: 1_300, nonce: nil,
            presentation: nil, at: 1_800_000_000, amount: 1_250, receipt: 1))

    static func remembered(
        spent: UInt64, currency: UInt16 = 978, core: [UInt8] = code().coreDigest,
        expiry: UInt64 = 1_900_000_000, ceiling: UInt64 = 1_300
    ) -> ExportedVoucher {
        ExportedVoucher(
            identity: voucher, kind: 1, currencyNumber: currency, core: core, expiry: expiry,
            ceiling: ceiling, spent: spent)
    }

    static func checkpoint(_ size: Int, by key: PrivateKey = key, receipt: UInt64 = 2) -> [UInt8] {
        Checkpoint(
            terminal: terminal, journal: journal, size: UInt64(size),
            hash: JournalEntry.hash(of: entries()[size - 1]), at: 1_800_000_050,
            receipt: receipt, period: size == 4 ? 1 : 0
        ).signed(by: key)
    }

    static var records: [ExportRecord] {
        [header] + entries().map { .entry($0) }
            + [documentRecord, .checkpoint(checkpoint(4)), memory, redemption]
    }

    static func file(_ records: [ExportRecord], sealedBy key: PrivateKey? = key) -> [UInt8] {
        var writer = ExportWriter()
        var file = records.flatMap { writer.bytes(of: $0) }
        file += writer.end(sealedBy: key)
        return file
    }

    static func report(_ file: [UInt8], _ checkpoints: [[UInt8]] = []) -> ExportReport {
        var verifier = ExportVerifier(checkpoints: checkpoints)
        verifier.feed(file)
        return verifier.finish()
    }
}

/// Journals whose rows were changed before they were exported and sealed.
enum ExportChanges {
    /// A journal whose rows were changed and that was exported and sealed afterwards.
    struct Change: Sendable, CustomTestStringConvertible {
        let reason: String
        let records: [ExportRecord]

        init(_ reason: String, _ records: [ExportRecord]) {
            self.reason = reason
            self.records = records
        }

        var testDescription: String { reason }
    }

    /// The records with the one at `place` changed, or taken out.
    static func changing(_ place: Int, _ record: ExportRecord?) -> [ExportRecord] {
        var records = Exported.records
        if let record { records[place] = record } else { records.remove(at: place) }
        return records
    }

    /// The records of a journal with other events, from the first on.
    static func journal(_ events: [(JournalEntry.Event, UInt64?)]) -> [ExportRecord] {
        [Exported.header] + Exported.entries(events).map { .entry($0) }
            + [Exported.documentRecord, Exported.memory, Exported.redemption]
    }

    /// The events with another code in the capture.
    static func shown(_ code: VoucherClaims) -> [(JournalEntry.Event, UInt64?)] {
        [Exported.events[0], Exported.capture(code)] + Exported.events[2...]
    }

    static func undo(_ kind: UndoEntry.Kind, of sequence: UInt64 = 2) -> JournalEntry.Event {
        .undo(UndoEntry(kind: kind, undone: sequence))
    }

    static let first = Array(Exported.events[..<2])
    static let changes: [Change] = [
        Change("entry-missing", changing(2, nil)),
        Change("document-missing", changing(5, nil)),
        Change("document-unknown", changing(5, .document(kind: 3, version: 1, bytes: [8]))),
        Change("document-differs", changing(5, .document(kind: 3, version: 2, bytes: [7, 7, 7]))),
        Change("checkpoint-malformed", changing(6, .checkpoint([1]))),
        Change(
            "checkpoint-wrong-signer",
            changing(6, .checkpoint(Exported.checkpoint(4, by: Exported.hub)))),
        Change("checkpoint-differs", changing(6, .checkpoint(Exported.checkpoint(4, receipt: 1)))),
        Change("voucher-missing", changing(7, nil)),
        Change("voucher-memory-falls", changing(7, .voucher(Exported.remembered(spent: 0)))),
        Change("voucher-above-its-worth", changing(7, .voucher(Exported.remembered(spent: 1)))),
        Change(
            "voucher-differs",
            changing(7, .voucher(Exported.remembered(spent: 1_300, core: Hashing.sha256([1]))))),
        Change(
            "voucher-differs",
            changing(7, .voucher(Exported.remembered(spent: 1_300, expiry: 1_900_000_001)))),
        Change(
            "voucher-differs",
            changing(7, .voucher(Exported.remembered(spent: 1_300, currency: 840)))),
        Change(
            "voucher-differs",
            changing(7, .voucher(Exported.remembered(spent: 1_400, ceiling: 1_400)))),
        Change("evidence-differs", journal(shown(Exported.code(cti: 8)))),
        Change("evidence-differs", journal(shown(Exported.code(currency: 840)))),
        Change(
            "evidence-differs", journal(shown(Exported.code(.stored(credit: 1_300, redeemed: 0))))),
        Change("redemption-missing", changing(8, nil)),
        Change(
            "undo-above-its-capture",
            journal(first + [(undo(.refund(receipt: 2, way: .outside)), 1_251)])),
        Change("undo-above-its-capture", journal(first + [(undo(.reversal), 1)])),
        Change("undo-of-no-capture", journal(first + [(undo(.reversal, of: 1), 1_250)])),
        Change("receipt-gap", journal(first + [(undo(.refund(receipt: 3, way: .outside)), 1)])),
        Change(
            "period-gap",
            journal(first + [(.periodClosed(PeriodEntry(number: 2, totals: [])), nil)])
        ),
        Change(
            "period-totals-differ",
            journal(first + [(.periodClosed(PeriodEntry(number: 1, totals: [])), nil)])),
        Change(
            "cancellation-after-period",
            [Exported.header]
                + Exported.entries(
                    Array(Exported.events[..<1]) + [Exported.events[1]]
                        + [(.periodClosed(closing), nil), (undo(.cancellation(receipt: 2)), 1_250)]
                ).map { .entry($0) }
                + [Exported.documentRecord, Exported.memory, Exported.redemption]),
    ]

    static let closing: PeriodEntry = {
        var totals = PeriodTotals(currencyNumber: 978)
        totals.captures = CountedSum(count: 1, amount: 1_250)
        return PeriodEntry(number: 1, totals: [totals])
    }()
}

@Suite struct ExportVerifierTests {
    @Test("An export is right as its terminal wrote it, in whatever pieces it comes in")
    func right() {
        let file = Exported.file(Exported.records)
        var verifier = ExportVerifier(checkpoints: [Exported.checkpoint(3)])
        for byte in file { verifier.feed([byte]) }
        let report = verifier.finish()
        #expect(report.findings.isEmpty)
        #expect(report.isSealed && report.entries == 4)
        #expect(report.end.sequence == 4 && report.end.receipt == 2 && report.end.period == 1)
        #expect(Exported.report(file) == report)
    }

    @Test("Every byte of an export that is changed is found")
    func everyByte() {
        let file = Exported.file(Exported.records)
        for place in file.indices {
            for change in [UInt8(1), 0x80, 0xFF] {
                var changed = file
                changed[place] ^= change
                #expect(!Exported.report(changed).findings.isEmpty, "byte \(place) ^ \(change)")
            }
        }
    }

    @Test("An export that is cut anywhere is found")
    func everyCut() {
        let file = Exported.file(Exported.records)
        for count in file.indices {
            #expect(!Exported.report(Array(file[..<count])).findings.isEmpty, "\(count) bytes")
        }
    }

    @Test("An export without a seal is told from one with a wrong seal")
    func seals() {
        let unsealed = Exported.report(Exported.file(Exported.records, sealedBy: nil))
        #expect(unsealed.findings.isEmpty && !unsealed.isSealed)
        let forged = Exported.report(Exported.file(Exported.records, sealedBy: Exported.hub))
        #expect(forged.findings.map(\.reason) == ["seal-bad"] && !forged.isSealed)
    }

    @Test(
        "A change that was sealed afterwards is found and named", arguments: ExportChanges.changes)
    func named(_ change: ExportChanges.Change) {
        let report = Exported.report(Exported.file(change.records))
        #expect(report.isSealed)
        #expect(report.findings.map(\.reason).contains(change.reason), "\(report.findings)")
    }

    @Test("A journal that was cut consistently is named by a checkpoint that has left it")
    func cut() {
        let entries = Exported.entries()
        let file = Exported.file(
            [Exported.header] + entries[..<3].map { .entry($0) }
                + [Exported.documentRecord, Exported.memory, Exported.redemption])
        #expect(Exported.report(file).findings.isEmpty)
        let held = Exported.report(file, [Exported.checkpoint(4)])
        #expect(held.findings.map(\.reason) == ["journal-cut"])
    }

    @Test("A verifier stops looking after as many findings as it was told")
    func limited() {
        var verifier = ExportVerifier(limit: 2)
        verifier.feed(Exported.file(ExportChanges.changing(1, nil)))
        #expect(verifier.finish().findings.count == 2)
    }
}

@Suite struct CheckpointTests {
    @Test("A checkpoint reads back whole, and only by its signer's key")
    func readsBack() throws {
        let bytes = Exported.checkpoint(4)
        let checkpoint = try Checkpoint.verify(bytes, signedBy: Exported.key.publicKey)
        #expect(checkpoint.size == 4 && checkpoint.receipt == 2 && checkpoint.period == 1)
        #expect(checkpoint.signed(by: Exported.key) == bytes)
        #expect(throws: CheckpointError.wrongSigner) {
            try Checkpoint.verify(bytes, signedBy: Exported.hub.publicKey)
        }
        #expect(bytes.count <= Checkpoint.maximumBytes)
    }

    @Test("A checkpoint has one spelling")
    func spelling() {
        let bytes = Exported.checkpoint(4)
        for place in bytes.indices {
            for change in [UInt8(1), 0x20, 0x80] {
                var changed = bytes
                changed[place] ^= change
                #expect(throws: CheckpointError.self, "byte \(place) ^ \(change)") {
                    try Checkpoint.verify(changed, signedBy: Exported.key.publicKey)
                }
            }
        }
        for changed in [bytes + [0x0A], Array(bytes.dropLast()), [0x20] + bytes] {
            #expect(throws: CheckpointError.self) {
                try Checkpoint.verify(changed, signedBy: Exported.key.publicKey)
            }
        }
    }
}
