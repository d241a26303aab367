import COSE
import Foundation
import GRDB
public import Hub
import HubProtocol
import Vouchers

/// A hub's ledger in one SQLite file: WAL with `synchronous=FULL`, one connection.
///
/// Another process may read and write the same file; what it took in between is noticed by the
/// numbers that continue (see ``Hub/HubLedger``).
public final class SQLiteHubLedger: HubLedger {
    /// How long a statement waits for another process: longer than a full batch takes to write on
    /// a slow disk, shorter than a terminal waits for its answer.
    static let busyTimeoutSeconds: Double = 5

    private let queue: DatabaseQueue

    /// Opens the ledger at `path`, and makes it where there is none and `creating` is set.
    public init(path: String, creating: Bool) throws(HubLedgerError) {
        guard creating || FileManager.default.fileExists(atPath: path) else {
            throw .inputOutput("there is no file \(path)")
        }
        queue = try Self.translating { () throws in
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            try queue.writeWithoutTransaction { database in
                try Self.prepareSchema(database, creating: creating)
            }
            return queue
        }
        let durability = try durability()
        guard durability == Durability(journalMode: "wal", synchronous: 2) else {
            throw .inputOutput(
                "SQLite keeps the ledger in mode \(durability.journalMode)/"
                    + "\(durability.synchronous), which a power cut could undo")
        }
    }

    // Left to itself the connection closes a moment later, on another thread: whoever opens the
    // file next would meet its last checkpoint.
    deinit { try? queue.close() }

    /// How the connection that writes makes things durable.
    public struct Durability: Hashable, Sendable {
        /// `PRAGMA journal_mode`.
        public let journalMode: String
        /// `PRAGMA synchronous`; 2 is FULL.
        public let synchronous: Int
    }

    /// Reads back how the connection that writes makes things durable.
    public func durability() throws(HubLedgerError) -> Durability {
        try Self.translating { () throws in
            try queue.inDatabase { database in
                Durability(
                    journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                    synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1)
            }
        }
    }

    /// GRDB's own WAL set-up would set `synchronous=NORMAL` behind our back, so the default
    /// journal mode is configured and ours is set here (`docs/adr`, SQL library).
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "hub-ledger"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    private static func prepareSchema(_ database: Database, creating: Bool) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        switch (version, application) {
        case (0, 0):
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            guard tables == 0 else {
                throw HubLedgerError.damaged("the file is another program's database")
            }
            // A file cut to nothing is no new ledger: an empty one would hide what is lost.
            guard creating else { throw HubLedgerError.damaged("the file is empty") }
            try Schema.migrate(database, from: 0)
        case (1...Schema.version, Schema.applicationID):
            try Schema.migrate(database, from: version)
        case (let found, Schema.applicationID):
            throw HubLedgerError.newerSchema(found: found, known: Schema.version)
        default: throw HubLedgerError.damaged("the file is another program's database")
        }
    }

    func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T)
        async throws(HubLedgerError) -> T
    {
        do { return try await queue.write(body) } catch { throw Self.translate(error) }
    }

    func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T)
        async throws(HubLedgerError) -> T
    {
        do { return try await queue.read(body) } catch { throw Self.translate(error) }
    }

    private static func translating<T>(_ body: () throws -> T) throws(HubLedgerError) -> T {
        do { return try body() } catch { throw translate(error) }
    }

    static func translate(_ error: any Error) -> HubLedgerError {
        if let error = error as? HubLedgerError { return error }
        guard let error = error as? DatabaseError else { return .inputOutput("\(error)") }
        let text = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        return switch error.resultCode {
        case .SQLITE_FULL: .diskFull
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(text)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
        case .SQLITE_CONSTRAINT: .constraint(text)
        default: .inputOutput(text)
        }
    }
}
