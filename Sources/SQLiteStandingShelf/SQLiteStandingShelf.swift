import Foundation
import GRDB
public import HubProtocol
public import Payments
public import Terminal
import Vouchers

/// The shelf of redemptions made elsewhere in SQLite, by GRDB: a file of its own, as it may be lost
/// and fetched again, which a journal may not.
public final class SQLiteStandingShelf: StandingShelf {
    /// How long a line is kept, in seconds, counted from the last redemption: three years (1,096
    /// days), the longest that a voucher of this system lives (a refund voucher); after it the
    /// voucher has expired.
    public static let keptSeconds: UInt64 = 1_096 * 86_400
    /// The schema's number, in `PRAGMA user_version`.
    static let schema = 1

    private let database: DatabaseQueue

    /// Opens the shelf in the file at `path`, or makes one. A file that is damaged is set aside,
    /// under the same name with `.damaged`, and a new one begun: the hub tells all of it again.
    public init(path: String) throws(StandingShelfError) {
        do { database = try Self.open(path) } catch {
            let aside = path + ".damaged"
            try? FileManager.default.removeItem(atPath: aside)
            for ending in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + ending)
            }
            do {
                try FileManager.default.moveItem(atPath: path, toPath: aside)
                database = try Self.open(path)
            } catch { throw .unreadable("\(error)") }
        }
    }

    deinit { try? database.close() }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "standings"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if found == 0 {
                try db.execute(sql: tables)
                try db.execute(sql: "PRAGMA user_version = \(schema)")
            } else if found != schema {
                throw DatabaseError(message: "schema \(found) is not known")
            }
            guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT)
            }
        }
        return queue
    }

    private static let tables = """
        CREATE TABLE shelf (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            through INTEGER NOT NULL CHECK (through >= 0)
        ) STRICT;
        INSERT INTO shelf VALUES (1, 0);
        CREATE TABLE standing (
            voucher BLOB PRIMARY KEY CHECK (length(voucher) = 16),
            spent INTEGER NOT NULL CHECK (spent >= 0),
            counted INTEGER NOT NULL CHECK (counted >= 0),
            terminal TEXT NOT NULL,
            at INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            through INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX standing_by_time ON standing (at);
        """

    /// The arrival through which the hub has told.
    public func through() async throws(StandingShelfError) -> UInt64 {
        try await read { db in
            UInt64(
                clamping: try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT through FROM shelf")) ?? 0)
        }
    }

    /// Keeps standings.
    public func take(_ standings: VoucherStandings) async throws(StandingShelfError) {
        do {
            try await database.write { db in
                let held = UInt64(
                    clamping: try Int64.fetchOne(db, sql: "SELECT through FROM shelf") ?? 0)
                guard standings.after == held || standings.after == 0 else {
                    throw StandingShelfError.otherPlace(expected: held, found: standings.after)
                }
                for line in standings.lines { try Self.put(line, of: standings, in: db) }
                let oldest = standings.at > Self.keptSeconds ? standings.at - Self.keptSeconds : 0
                try db.execute(
                    sql: "DELETE FROM standing WHERE at < ?", arguments: [Int64(clamping: oldest)])
                try db.execute(
                    sql: "UPDATE shelf SET through = ?",
                    arguments: [Int64(clamping: standings.through)])
            }
        } catch let error as StandingShelfError { throw error } catch {
            throw .notWritten("\(error)")
        }
    }

    private static func put(
        _ line: VoucherStandings.Line, of standings: VoucherStandings, in db: Database
    ) throws {
        let last = line.standing.last
        try db.cachedStatement(
            sql: """
                INSERT INTO standing (voucher, spent, counted, terminal, at, amount, through)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (voucher) DO UPDATE SET spent = excluded.spent,
                    counted = excluded.counted, terminal = excluded.terminal, at = excluded.at,
                    amount = excluded.amount, through = excluded.through
                WHERE excluded.through >= through
                """
        ).execute(arguments: [
            Data(line.voucher), Int64(clamping: line.standing.spent),
            Int64(clamping: line.standing.countedThrough), last.terminal.text,
            Int64(clamping: last.at), Int64(clamping: last.amount),
            Int64(clamping: standings.through),
        ])
    }

    /// What is known of a voucher.
    public func standing(of voucher: [UInt8]) async throws(StandingShelfError) -> HubStanding? {
        try await read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM standing WHERE voucher = ?"),
                arguments: [Data(voucher)])
            guard let row else { return nil }
            func number(_ name: String) throws -> UInt64 {
                UInt64(clamping: try row.decode(Int64.self, forColumn: name))
            }
            guard let terminal = TerminalID(try row.decode(String.self, forColumn: "terminal"))
            else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
            return HubStanding(
                spent: try number("spent"), countedThrough: try number("counted"),
                last: ElsewhereRedemption(
                    terminal: terminal, at: try number("at"), amount: try number("amount")))
        }
    }

    private func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(StandingShelfError) -> Value
    {
        do { return try await database.read(work) } catch { throw .unreadable("\(error)") }
    }
}
