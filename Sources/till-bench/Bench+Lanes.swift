import CommandSupport
import Foundation
import GRDB
import Payments
import SQLiteJournal
import Terminal
import Vouchers

// Approvals a second of several lanes on one journal, beside SQLite's own batches.
extension Bench {
    /// Rows in one transaction of the limit that lanes are held against.
    static let batchRows = 100
    /// Writes in flight while a journal is prepared: as many as share a commit.
    static let writesAtOnce = 64

    /// One, eight and thirty-two lanes, each with a payment after the other.
    ///
    /// The schema lets one sale be open at a time; the lanes' sales are made before, as sales that
    /// have left the screen and may still be paid.
    func lanes() async throws -> [Measurement] {
        let limit = try batches()
        var lines = [limit]
        for lanes in [1, 8, 32] {
            let each = rounds.of(1_600) / lanes
            let journal = try SQLiteJournal(
                folder: folder + "/lanes-\(lanes)", identityIfNew: [UInt8](repeating: 7, count: 8))
            let vouchers = (0..<lanes * each).map { voucher($0 + 1, signedBy: issuer) }
            try await prepare(journal, sales: lanes * each)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<lanes {
                    group.addTask {
                        for number in lane * each..<(lane + 1) * each {
                            try await pay(vouchers[number], sale: number + 1, on: journal)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let microseconds = (ContinuousClock.now - start) / .microseconds(1)
            let figure = microseconds / Double(lanes * each)
            let share = limit.medianMicroseconds / figure
            lines.append(
                Measurement(
                    "approval, \(lanes) lane\(lanes == 1 ? "" : "s") on one journal", [figure],
                    note: "\(Int(1_000_000 / figure)) a second, "
                        + "\((share * 100).rounded() / 100) x raw SQLite's batches"))
        }
        return lines
    }

    private func prepare(_ journal: SQLiteJournal, sales: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...sales {
                guard let sale = sale(number, at: now) else { continue }
                if number > Self.writesAtOnce { try await group.next() }
                let ended = Sale(
                    reference: sale.reference, key: sale.key, total: sale.total,
                    state: .cancelled, request: sale.request, openedAt: sale.openedAt)
                group.addTask { try await journal.store(ended) }
            }
            try await group.waitForAll()
        }
    }

    /// Puts so many captures into a journal, as fast as it takes them: by a machine that is told
    /// that nothing is known yet.
    func prepare(_ journal: SQLiteJournal, captures: Int) async throws {
        try await prepare(journal, sales: captures)
        let context = try context(issuer)
        let blank = JournalFacts(
            memory: nil, presentationKnown: false, requestPaid: false, exposure: .none)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...captures {
                if number > Self.writesAtOnce { try await group.next() }
                group.addTask {
                    guard let sale = sale(number, at: now),
                        case .voucher(let voucher) = CodeReader.read(
                            voucher(number, signedBy: issuer), in: context)
                    else { return }
                    let record = try record(voucher, sale, benchPolicy, blank)
                    _ = try await journal.record(record)
                }
            }
            try await group.waitForAll()
        }
    }

    private func pay(_ text: [UInt8], sale number: Int, on journal: SQLiteJournal) async throws {
        guard let sale = sale(number, at: now) else { return }
        try await approve(text, sale, benchPolicy, try context(issuer), journal)
    }

    /// The bare row of a journal entry's size, a hundred in one durable transaction.
    private func batches() throws -> Measurement {
        let bare = try BareWriter(path: folder + "/batches.sqlite")
        let figures = try timed(rounds.of(100)) { round in
            try bare.commit((0..<Self.batchRows).map { round * Self.batchRows + $0 })
        }
        let each = figures.map { $0 / Double(Self.batchRows) }.sorted()
        return Measurement(
            "raw SQLite row, \(Self.batchRows) in a commit", each,
            note: "\(Int(1_000_000 / each[each.count / 2])) a second")
    }
}
