import GRDB
import Synchronization
import Terminal

/// Gathers the writes that wait for the connection into one durable transaction (ADR 26).
///
/// A commit waits for the disk; whoever comes meanwhile shares the next one, so that a journal
/// with many lanes waits for the disk once for all of them, and one with a single lane waits no
/// longer than before. Each write of a group stands behind a savepoint of its own: one that is
/// refused undoes nothing of the others. Nobody is answered before the group is on disk; where the
/// commit fails, it has failed for each of them, and each reads back for itself.
final class GroupCommit: Sendable {
    /// Writes in one transaction at most: more would make the first wait long for the last.
    static let maximumWrites = 64

    /// One write that waits.
    struct Write: Sendable {
        /// Does the work, and keeps its value.
        let perform: @Sendable (Database) throws -> Void
        /// Answers the caller, once: with the value, or with the error that is given.
        let finish: @Sendable (JournalError?) -> Void

        init<Value: Sendable>(
            _ work: @escaping @Sendable (Database) throws -> Value,
            answer: @escaping @Sendable (Result<Value, JournalError>) -> Void
        ) {
            let kept = Kept<Value>()
            perform = { db in
                let value = try work(db)
                kept.value.withLock { $0 = value }
            }
            finish = { error in
                if let error { return answer(.failure(error)) }
                guard let value = kept.value.withLock({ $0 }) else {
                    preconditionFailure("A write that was performed has its value.")
                }
                answer(.success(value))
            }
        }
    }

    private final class Kept<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private struct State {
        /// As many as there are callers that wait.
        var waiting: [Write] = []
        var isScheduled = false
    }

    private let state = Mutex(State())

    /// Adds a write. True where the caller is to schedule ``commitNext(on:)``.
    func add(_ write: Write) -> Bool {
        state.withLock { state in
            state.waiting.append(write)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
    }

    /// Makes what waits durable, on the connection's queue, and answers. True where more waits,
    /// and the caller is to schedule this again.
    func commitNext(on db: Database) -> Bool {
        let (group, more) = state.withLock { state in
            let group = Array(state.waiting.prefix(Self.maximumWrites))
            state.waiting.removeFirst(group.count)
            state.isScheduled = !state.waiting.isEmpty
            return (group, state.isScheduled)
        }
        Self.commit(group, on: db)
        return more
    }

    private static func commit(_ group: [Write], on db: Database) {
        var refusals = [JournalError?](repeating: nil, count: group.count)
        do {
            try db.inTransaction(.immediate) {
                if group.count == 1 {
                    try group[0].perform(db)
                } else {
                    for (place, write) in group.enumerated() {
                        refusals[place] = try perform(write, on: db)
                    }
                }
                return .commit
            }
        } catch {
            let failure = JournalError(error)
            for write in group { write.finish(failure) }
            return
        }
        for (write, refusal) in zip(group, refusals) { write.finish(refusal) }
    }

    /// One write among others. What refuses it alone is returned; what ends the transaction for
    /// all, an error of the disk above all, is thrown.
    private static func perform(_ write: Write, on db: Database) throws -> JournalError? {
        try db.cachedStatement(sql: "SAVEPOINT write").execute()
        do {
            try write.perform(db)
        } catch {
            // After some errors SQLite has undone the whole transaction by itself.
            guard db.isInsideTransaction, isOfOneWrite(error) else { throw error }
            try db.cachedStatement(sql: "ROLLBACK TO write").execute()
            try db.cachedStatement(sql: "RELEASE write").execute()
            return JournalError(error)
        }
        try db.cachedStatement(sql: "RELEASE write").execute()
        return nil
    }

    private static func isOfOneWrite(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return true }
        return error.resultCode == .SQLITE_CONSTRAINT
    }
}
