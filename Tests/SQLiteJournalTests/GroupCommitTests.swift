import Foundation
import GRDB
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// Writes that wait share a commit, and nothing else.
@Suite struct GroupCommitTests {
    /// Puts writes before the connection at once, and commits until none waits; the answers, in
    /// order, and how many transactions were committed.
    private func commit<Value: Sendable>(
        _ works: [@Sendable (Database) throws -> Value], on journal: SQLiteJournal
    ) async throws -> (answers: [Result<Value, JournalError>], commits: Int) {
        let group = GroupCommit()
        let answers = Mutex<[Int: Result<Value, JournalError>]>([:])
        for (place, work) in works.enumerated() {
            let isFirst = group.add(
                GroupCommit.Write(work) { answer in answers.withLock { $0[place] = answer } })
            #expect(isFirst == (place == 0))
        }
        let count = CommitCount()
        journal.database.add(transactionObserver: count)
        try await journal.database.writeWithoutTransaction { db in
            while group.commitNext(on: db) {}
        }
        journal.database.remove(transactionObserver: count)
        let all = answers.withLock { $0 }
        return (works.indices.compactMap { all[$0] }, count.commits)
    }

    private func records(_ records: [JournalRecord])
        -> [@Sendable (Database) throws ->
        JournalReceipt]
    {
        records.map { record in { db in try SQLiteJournal.write(record, in: db) } }
    }

    /// A journal with so many sales that have left the screen, and may still be paid.
    private func journal(sales: UInt8) async throws -> TemporaryJournal {
        let subject = try TemporaryJournal()
        for number in 1...sales {
            try await subject.sqlite.store(Records.sale(number, state: .cancelled))
        }
        return subject
    }

    @Test("Those that wait are committed once, in order, each with its own receipt")
    func shares() async throws {
        let subject = try await journal(sales: 20)
        let journal = await subject.sqlite
        let captures = (UInt8(1)...20).map {
            Records.capture(Records.mint.fixed(1_250, cti: UInt64($0)), for: Records.sale($0))
        }
        let (answers, commits) = try await commit(records(captures), on: journal)
        #expect(commits == 1)
        #expect(
            try answers.map { try $0.get() }
                == (UInt64(1)...20).map { JournalReceipt(sequence: $0, receipt: $0) })
        try await subject.restart()
        #expect(try await subject.sqlite.queue().lastSequence == 20)
    }

    @Test("More than a group holds go in several, and none is forgotten")
    func manyGroups() async throws {
        let subject = try await journal(sales: 1)
        let declines = (0..<150).map {
            Records.decline(Records.sale(1), at: Records.now + UInt64($0))
        }
        let (answers, commits) = try await commit(records(declines), on: await subject.sqlite)
        #expect(commits == 3)
        #expect(try answers.map { try $0.get().sequence } == Array(1...150))
    }

    @Test("Of many that pay with one voucher one does, and the others undo nothing of it")
    func refusesOne() async throws {
        let subject = try await journal(sales: 9)
        let captures = (UInt8(1)...9).map { number in
            Records.capture(
                Records.mint.fixed(1_250, cti: number % 2 == 0 ? 7 : 100 + UInt64(number)),
                for: Records.sale(number))
        }
        let (answers, commits) = try await commit(records(captures), on: await subject.sqlite)
        #expect(commits == 1)
        var receipts: [UInt64?] = []
        for answer in answers {
            switch answer {
            case .success(let receipt): receipts.append(receipt.receipt)
            case .failure(.constraint): receipts.append(nil)
            case .failure(let error): Issue.record("refused otherwise: \(error)")
            }
        }
        // Sales 2, 4, 6 and 8 show one voucher: the first of them pays.
        #expect(receipts == [1, 2, 3, nil, 4, nil, 5, nil, 6])
        try await subject.restart()
        #expect(try await subject.sqlite.queue().lastSequence == 6)
        #expect(
            try await subject.sqlite.sale(reference: Records.sale(4).reference)?.captured == 0)
    }

    @Test("What the disk fails has failed for each of them, and nothing of it is there")
    func failsForAll() async throws {
        let subject = try await journal(sales: 3)
        let captures = (UInt8(1)...3).map {
            Records.capture(Records.mint.fixed(1_250, cti: UInt64($0)), for: Records.sale($0))
        }
        var works = records(captures)
        works.insert({ _ in throw DatabaseError(resultCode: .SQLITE_FULL) }, at: 2)
        let (answers, commits) = try await commit(works, on: await subject.sqlite)
        #expect(commits == 0)
        #expect(answers.count == 4)
        for answer in answers { #expect(answer == .failure(.diskFull)) }
        #expect(try await subject.sqlite.queue().lastSequence == 0)
        let again = try await subject.sqlite.record(captures[0])
        #expect(again == JournalReceipt(sequence: 1, receipt: 1))
    }

    @Test("Lanes that record at once, through the journal, are all served")
    func lanes() async throws {
        let subject = try await journal(sales: 40)
        let journal = await subject.sqlite
        let receipts = await withTaskGroup(of: UInt64?.self) { group in
            for number in UInt8(1)...40 {
                group.addTask {
                    let record = Records.capture(
                        Records.mint.fixed(1_250, cti: UInt64(number)), for: Records.sale(number))
                    return try? await journal.record(record).receipt
                }
            }
            return await group.reduce(into: [UInt64]()) { $0 += [$1 ?? 0] }
        }
        #expect(receipts.sorted() == Array(1...40))
    }
}

/// Counts what is committed; used on the connection's queue alone.
private final class CommitCount: TransactionObserver, @unchecked Sendable {
    private(set) var commits = 0

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits += 1 }
    func databaseDidRollback(_ db: Database) {}
}
