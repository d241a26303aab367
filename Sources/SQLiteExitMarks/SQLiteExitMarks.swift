import Foundation
import GRDB
import HubProtocol
public import Terminal

/// Exit marks in SQLite, by GRDB: a file of its own beside the journal, as it moves no money.
public final class SQLiteExitMarks: ExitMarks {
    /// How long a mark is kept after its receipt's time, in seconds: 30 days, far longer than a receipt is
    /// good for an exit, so that a clock that jumps and comes back revives none.
    public static let keptSeconds: UInt64 = 30 * 86_400
    /// The most marks: 30 days of an exit that 6,000 people a day go through; some 10 MB.
    public static let maximumMarks = 200_000
    /// How long another process's mark is waited for, in seconds: it takes milliseconds.
    private static let busySeconds: TimeInterval = 5
    /// The schema's number, in `PRAGMA user_version`.
    static let schema = 1

    private let database: DatabaseQueue
    private let limit: Int

    /// Opens the file at `path`, or makes one. A damaged file is told of and left alone: made anew, it
    /// would have forgotten who has left.
    public init(path: String, limit: Int = SQLiteExitMarks.maximumMarks) throws(ExitMarkError) {
        self.limit = limit
        do { database = try Self.open(path) } catch { throw .unusable("\(error)") }
    }

    deinit { try? database.close() }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "exit-marks"
        configuration.busyMode = .timeout(busySeconds)
        configuration.prepareDatabase { db in
            // A rollback journal whose deletion is synced too: a mark that was told is on disk.
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inTransaction(.immediate) { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if found == 0 {
                try db.execute(sql: table)
                try db.execute(sql: "PRAGMA user_version = \(schema)")
            } else if found != schema {
                throw DatabaseError(message: "schema \(found) is not known")
            }
            return .commit
        }
        return queue
    }

    private static let table = """
        CREATE TABLE mark (
            receipt BLOB PRIMARY KEY CHECK (length(receipt) = \(SignedReceipt.markLength)),
            issued INTEGER NOT NULL CHECK (issued >= 0),
            marked INTEGER NOT NULL CHECK (marked >= 0)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mark_by_issue ON mark (issued);
        """

    /// See ``Terminal/ExitMarks/mark(_:issuedAt:at:)``.
    public func mark(_ receipt: [UInt8], issuedAt: UInt64, at now: UInt64) throws(ExitMarkError)
        -> UInt64?
    {
        var before: UInt64?
        do {
            // Taken for writing from the first line on: of two who look at once, one looks second.
            try database.inTransaction(.immediate) { db in
                let found = try Int64.fetchOne(
                    db, sql: "SELECT marked FROM mark WHERE receipt = ?",
                    arguments: [Data(receipt)])
                if let found {
                    before = UInt64(clamping: found)
                    return .rollback
                }
                let oldest = now > Self.keptSeconds ? now - Self.keptSeconds : 0
                try db.execute(
                    sql: "DELETE FROM mark WHERE issued < ?", arguments: [Int64(clamping: oldest)])
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM mark") ?? 0
                guard count < limit else { throw ExitMarkError.full(limit: limit) }
                try db.execute(
                    sql: "INSERT INTO mark VALUES (?, ?, ?)",
                    arguments: [
                        Data(receipt), Int64(clamping: issuedAt), Int64(clamping: now),
                    ])
                return .commit
            }
        } catch let error as ExitMarkError { throw error } catch { throw .unusable("\(error)") }
        return before
    }
}
