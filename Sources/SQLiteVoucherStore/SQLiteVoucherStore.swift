import Foundation
import GRDB
import Synchronization
public import Terminal

/// The voucher store in SQLite, by GRDB: a file of its own beside the journal, so that the
/// journal's copies stay small. What is in it can be had again from the issuer's packs.
///
/// This reads, on a connection that cannot write, while an import (``VoucherStoreImport``) may
/// run in another process. Opening reads no vouchers, however many there are: what is looked up is
/// verified when it pays, and damage is found then.
public final class SQLiteVoucherStore: Sendable {
    /// The database's file name.
    public static let databaseName = "vouchers.sqlite"

    private let path: String
    private let vfs: String?
    /// Nil until the first question finds a store: one may be imported while the daemon runs.
    private let connection = Mutex<DatabaseQueue?>(nil)

    /// Names the store in the folder at `path`, which need not be there yet.
    public convenience init(folder path: String) { self.init(folder: path, vfs: nil) }

    /// The same through the named VFS of SQLite's: a disk that fails, in tests.
    init(folder path: String, vfs: String?) {
        self.path = path + "/" + Self.databaseName
        self.vfs = vfs
    }

    deinit { connection.withLock { try? $0?.close() } }

    /// How many vouchers were imported, and how many records of the packs were not.
    public struct Totals: Hashable, Sendable {
        /// Vouchers in the store.
        public let vouchers: UInt64
        /// Records that a reference cannot pay with, and were left out.
        public let refused: UInt64
        /// Packs that were imported whole.
        public let packs: UInt64
        /// Packs whose import has stopped; importing them again goes on where it stopped.
        public let unfinishedPacks: UInt64
        /// The size of the store's file in bytes.
        public let bytes: UInt64
    }

    /// What the store holds; all zero where there is none.
    public func totals() async throws(VoucherStoreError) -> Totals {
        try read(
            orElse: Totals(vouchers: 0, refused: 0, packs: 0, unfinishedPacks: 0, bytes: 0)
        ) { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(taken), 0) AS taken, coalesce(sum(refused), 0) AS refused,
                        coalesce(sum(done = records), 0) AS packs,
                        coalesce(sum(done < records), 0) AS unfinished FROM pack
                    """)
            func number(_ name: String) throws -> UInt64 {
                UInt64(clamping: try row?.decode(Int64.self, forColumn: name) ?? 0)
            }
            let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            return Totals(
                vouchers: try number("taken"), refused: try number("refused"),
                packs: try number("packs"), unfinishedPacks: try number("unfinished"),
                bytes: UInt64(clamping: pages * size))
        }
    }

    /// The connection, opened once there is a store; nil where there is none.
    private func open() throws -> DatabaseQueue? {
        try connection.withLock { connection in
            if let connection { return connection }
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            var configuration = Configuration()
            configuration.label = "voucher store"
            configuration.readonly = true
            let opened = try DatabaseQueue(
                path: StoreAddress.of(path, vfs: vfs), configuration: configuration)
            guard try opened.read(StoreSchema.isStore) else {
                // An import that has just begun.
                try opened.close()
                return nil
            }
            connection = opened
            return opened
        }
    }

    /// Reads on the caller's thread, one at a time: a look-up reads three pages, nearly always from
    /// memory, and handing it to another thread and back took longer than it.
    private func read<Value>(orElse nothing: Value, _ work: (Database) throws -> Value)
        throws(VoucherStoreError) -> Value
    {
        do {
            // One statement is one transaction; nothing needs another around it.
            return try open()?.unsafeRead(work) ?? nothing
        } catch { throw VoucherStoreError(error) }
    }
}

extension SQLiteVoucherStore: VoucherStore {
    /// The issuers' objects whose `cti` is this one.
    public func objects(cti: [UInt8]) async throws(VoucherStoreError) -> [[UInt8]] {
        let key = StoreKey(cti: cti).value
        return try read(orElse: []) { db in
            let row = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT objects FROM voucher WHERE key = ?"),
                arguments: [key])
            guard let row else { return [] }
            return try ObjectSequence.objects(in: [UInt8](row), cti: cti)
        }
    }
}

/// Where a database lies, for a connection through the named VFS.
enum StoreAddress {
    static func of(_ path: String, vfs: String?) -> String {
        guard let vfs else { return path }
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return (path.hasPrefix("/") ? "file://" : "file:") + escaped + "?vfs=" + vfs
    }
}
