import COSE
import GRDB
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing
import Vouchers

/// A ledger that the contract is held against; another database is another case.
enum LedgerUnderTest: CaseIterable, Sendable {
    case sqlite

    /// An empty ledger; the folder must be held as long as it.
    func make() throws -> (ledger: any HubLedger, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        switch self {
        case .sqlite:
            return (
                try SQLiteHubLedger(path: folder.path + "/ledger.sqlite", creating: true), folder
            )
        }
    }
}

/// What every implementation of ``Hub/HubLedger`` does.
@Suite struct HubLedgerContract {
    private let profile = HubProfile(merchant: Scene.merchant, issuer: Scene.own, name: "Hub")

    private func terms(_ version: UInt64) -> TermsVersion {
        TermsVersion(version: version, at: version * 10, terms: Scene.terms)
    }

    private func enrolment(_ name: String, journal: UInt8 = 7, key: UInt8 = 20) -> Enrolment {
        let double = TerminalDouble(name, number: key, journal: journal)
        return Enrolment(
            terminal: double.id, journal: double.journal, key: double.key.publicKey, at: 5)
    }

    private func batch(
        _ arrival: UInt64, _ name: String = "t1", number: UInt64 = 1, rows: [LedgerRow]
    ) -> LedgerBatch {
        let double = TerminalDouble(name, number: 20)
        return LedgerBatch(
            arrival: arrival, terminal: double.id, journal: double.journal, number: number, at: 9,
            bytes: [1, UInt8(arrival)], acknowledgement: [2, UInt8(arrival)],
            position: JournalPosition(
                number: number, sequence: rows.last?.sequence ?? 1,
                hash: [UInt8](repeating: UInt8(arrival), count: 32), receipt: 1), rows: rows)
    }

    private func row(
        _ sequence: UInt64, cti: UInt8 = 1, consumed: UInt64 = 5, redeemed: UInt64 = 0,
        receipt: UInt64 = 1, mark: DoubleSpend? = nil
    ) -> LedgerRow {
        LedgerRow(
            sequence: sequence, at: 8, sale: "S", currencyNumber: 978, amount: consumed,
            standing: .captured(
                LedgerCapture(
                    receipt: receipt,
                    voucher: VoucherIdentity(
                        issuer: Scene.gifts, cti: [UInt8](repeating: cti, count: 10)),
                    kind: 2, consumed: consumed, redeemed: redeemed, ceiling: 100 + redeemed,
                    coreDigest: [UInt8](repeating: cti, count: 32),
                    presentation: [UInt8](repeating: cti, count: 32), doubleSpend: mark)))
    }

    private func query(_ name: String, number: UInt64 = 1, cti: UInt8 = 1) -> BatchQuery {
        let double = TerminalDouble(name, number: 20)
        return BatchQuery(
            terminal: double.id, journal: double.journal, number: number,
            vouchers: [
                VoucherIdentity(issuer: Scene.gifts, cti: [UInt8](repeating: cti, count: 10))
            ], presentations: [[UInt8](repeating: cti, count: 32)])
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func aHubIsMadeOnceAndItsTermsContinue(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        #expect(try await ledger.profile() == nil)
        #expect(try await ledger.latestTerms() == nil)
        #expect(try await ledger.initialise(profile, terms: terms(1)))
        #expect(try await !ledger.initialise(profile, terms: terms(1)))
        #expect(try await ledger.profile() == profile)
        #expect(try await ledger.append(terms(2)))
        #expect(try await !ledger.append(terms(2)))
        #expect(try await !ledger.append(terms(4)))
        #expect(try await ledger.latestTerms() == terms(2))
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func anEnrolmentIsKeptOnceForEachJournal(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        let first = enrolment("t1")
        #expect(try await ledger.append(first))
        #expect(try await !ledger.append(enrolment("t1", key: 30)))
        #expect(try await ledger.append(enrolment("t1", journal: 8)))
        #expect(try await ledger.append(enrolment("t2")))
        #expect(try await ledger.enrolment(of: first.terminal, journal: first.journal) == first)
        #expect(
            try await ledger.enrolment(
                of: first.terminal, journal: [UInt8](repeating: 1, count: 8)) == nil)
        #expect(
            try await ledger.enrolments()
                == [first, enrolment("t1", journal: 8), enrolment("t2")])
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func aBatchReadsBackWholeAndOnlyOnceUnderItsArrival(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        _ = try await ledger.append(enrolment("t1"))
        let other = CaptureLocation(
            terminal: TerminalDouble("t1", number: 20).id,
            journal: TerminalDouble("t1", number: 20).journal, sequence: 1, receipt: 1, at: 8,
            amount: 5)
        let rows = [
            row(1),
            LedgerRow(
                sequence: 2, at: 8, sale: "S", currencyNumber: 978, amount: 6,
                standing: .declined(reason: "expired")),
            LedgerRow(
                sequence: 3, at: 8, sale: "S", currencyNumber: 978, amount: 7,
                standing: .quarantined(reason: "signature-bad", detail: "It is.")),
            row(4, receipt: 2, mark: DoubleSpend(other: other, excess: 3)),
        ]
        let batch = batch(1, rows: rows)
        #expect(try await ledger.append(batch))
        #expect(try await !ledger.append(batch))
        #expect(try await ledger.batches(after: 0, limit: 10) == [batch])
        #expect(try await ledger.batches(after: 1, limit: 10).isEmpty)
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func aSnapshotTellsWhatBearsOnABatch(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        let empty = try await ledger.snapshot(for: query("t1"))
        #expect(
            empty
                == BatchSnapshot(
                    nextArrival: 1, position: .start, answered: nil, histories: [:],
                    presentations: [:]))
        _ = try await ledger.append(enrolment("t1"))
        _ = try await ledger.append(enrolment("t2"))
        let first = batch(1, rows: [row(1), row(2, consumed: 7, redeemed: 50, receipt: 2)])
        #expect(try await ledger.append(first))
        #expect(try await ledger.append(batch(2, "t2", rows: [row(1, consumed: 9)])))
        let snapshot = try await ledger.snapshot(for: query("t1"))
        #expect(snapshot.nextArrival == 3)
        #expect(snapshot.position == first.position)
        #expect(snapshot.answered == .init(bytes: [1, 1], acknowledgement: [2, 1]))
        let history = try #require(snapshot.histories.values.first)
        #expect(history.ceiling == 150)
        #expect(history.tally.consumed == [0: 14, 50: 7])
        // By preference another terminal is named.
        #expect(history.other.terminal == TerminalDouble("t2", number: 20).id)
        // A presentation's capture is the first that arrived.
        #expect(snapshot.presentations.values.first?.sequence == 1)
        #expect(
            try await ledger.snapshot(for: query("t2")).histories.values.first?.other.terminal
                == TerminalDouble("t1", number: 20).id)
        let unrelated = try await ledger.snapshot(for: query("t1", number: 2, cti: 9))
        #expect(unrelated.answered == nil)
        #expect(unrelated.histories.isEmpty)
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func whatWouldBreakAPromiseIsRefusedWhole(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        _ = try await ledger.append(enrolment("t1"))
        _ = try await ledger.append(batch(1, rows: [row(1)]))
        let wrong = [
            batch(2, rows: [row(2, receipt: 2)]),  // its number is taken
            batch(2, number: 3, rows: [row(2, receipt: 2)]),  // a batch is missing
            batch(2, number: 2, rows: [row(1, receipt: 2)]),  // its sequence is taken
            batch(2, number: 2, rows: [row(3, receipt: 2)]),  // an entry is missing
            batch(2, number: 2, rows: [row(2, receipt: 1)]),  // its receipt is taken
            batch(2, "t9", rows: [row(1)]),  // nobody enrolled it
        ]
        for batch in wrong {
            await #expect(throws: HubLedgerError.self) { try await ledger.append(batch) }
        }
        #expect(try await ledger.batches(after: 0, limit: 10).count == 1)
        #expect(try await ledger.append(batch(2, number: 2, rows: [row(2, receipt: 2)])))
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func refusedBatchesAreKeptOnceAndNotWithoutEnd(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        func refused(_ number: UInt64) -> RefusedBatch {
            RefusedBatch(
                terminal: TerminalDouble("t1", number: 20).id, journal: [UInt8](0..<8),
                number: number, reason: "chain-broken", at: 3, bytes: [1, UInt8(number)])
        }
        for number in 1...40 as ClosedRange<UInt64> {
            try await ledger.keep(refused(number))
            try await ledger.keep(refused(number))
        }
        let kept = try await ledger.refusedBatches()
        #expect(kept == (1...UInt64(RefusedBatch.maximumKept)).map(refused))
        _ = folder
    }

    @Test(arguments: LedgerUnderTest.allCases)
    func issuedVouchersReadBackAndAreThereOnce(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        let values: [VoucherValue] = [
            .fixed(amount: 5), .stored(credit: 6, redeemed: 0),
            .certificate(perPayment: 7, offlineTotal: 8),
        ]
        let vouchers = values.enumerated().map { index, value in
            IssuedVoucher(
                identity: VoucherIdentity(
                    issuer: Scene.own, cti: [UInt8](repeating: UInt8(index), count: 10)),
                value: value, currencyNumber: 978, expiry: 50, at: 40)
        }
        for voucher in vouchers { try await ledger.append(voucher) }
        await #expect(throws: HubLedgerError.self) { try await ledger.append(vouchers[0]) }
        #expect(try await ledger.issuedVouchers() == vouchers)
        _ = folder
    }
}
