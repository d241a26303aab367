import Foundation
import GRDB
import Glibc
import HubProtocol
public import Terminal
import Vouchers

/// Imports voucher packs into a store: one process at a time, beside a daemon that reads.
///
/// It can stop at any moment, by a signal or by a power cut: what has been imported is kept, and
/// the next import of the same pack goes on behind it. Signatures are not looked at here, but when
/// a voucher pays: then the trust list decides that is in force on that day.
public final class VoucherStoreImport: Sendable {
    /// Records in one transaction: a second's work, so that little is done twice.
    static let recordsAtOnce = 20_000
    /// The lock's file name beside the database.
    static let lockName = "vouchers.lock"
    /// SQLite's page cache while importing, in KiB: packs that come later insert between.
    static let cacheKibibytes = 65_536

    /// How far an import is.
    public enum Progress: Hashable, Sendable {
        /// The pack's digest is being compared: bytes read, of so many.
        case checking(UInt64, of: UInt64)
        /// Records that are done, of so many.
        case importing(UInt64, of: UInt64)
    }

    /// What an import came to, over all its runs.
    public struct Report: Hashable, Sendable {
        /// Records of the pack.
        public let records: UInt64
        /// Records that were done before this run.
        public let doneBefore: UInt64
        /// Vouchers that were taken in.
        public let taken: UInt64
        /// Vouchers that were in the store already.
        public let known: UInt64
        /// Records that no reference can pay with: no voucher, its `cti` not of 10 bytes, a
        /// holder's, or a payment confirmation.
        public let refused: UInt64
    }

    private let database: DatabaseQueue
    private let lock: Int32
    private let recordsAtOnce: Int

    /// Opens the store in the folder at `path` for writing, and makes it if it is not there.
    public convenience init(folder path: String) throws(VoucherStoreError) {
        try self.init(folder: path, vfs: nil, recordsAtOnce: Self.recordsAtOnce)
    }

    /// The same through the named VFS of SQLite's: a disk that fails, in tests.
    init(folder path: String, vfs: String?, recordsAtOnce: Int) throws(VoucherStoreError) {
        self.recordsAtOnce = recordsAtOnce
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw .inputOutput(error.localizedDescription) }
        lock = open(path + "/" + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .inputOutput(String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK ? .locked : .inputOutput(String(cString: strerror(code)))
        }
        do {
            // Whoever reads the file can spend what is in it.
            let before = umask(0o077)
            defer { umask(before) }
            database = try DatabaseQueue(
                path: StoreAddress.of(path + "/" + SQLiteVoucherStore.databaseName, vfs: vfs),
                configuration: Self.configuration)
        } catch {
            close(lock)
            throw VoucherStoreError(error)
        }
        // From here on everything is closed with this object.
        do {
            try database.writeWithoutTransaction { db in
                if try !StoreSchema.isStore(db) { try StoreSchema.make(in: db) }
            }
        } catch { throw VoucherStoreError(error) }
    }

    deinit {
        try? database.close()
        close(lock)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "voucher store import"
        configuration.prepareDatabase { db in
            // Before the first byte is written: is it ours to write?
            _ = try StoreSchema.isStore(db)
            // NORMAL: a power cut may undo the last transactions, their progress with them; the
            // import then goes on from there. The end is made durable before it is told.
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA cache_size = -\(Self.cacheKibibytes);
                    PRAGMA trusted_schema = OFF;
                    """)
        }
        return configuration
    }

    /// Imports the pack at `path`, from where an earlier import stopped. What is told when this
    /// returns is on disk.
    public func add(
        pack path: String, progress: (Progress) -> Void = { _ in }
    ) throws(VoucherStoreError) -> Report {
        var file = try PackFile(path: path)
        let end = file.end
        try file.check { progress(.checking($0, of: end)) }
        do {
            var state = try database.read { [digest = file.digest] db in
                try PackState.fetch(digest, in: db)
            }
            var current = state ?? PackState(of: file)
            let doneBefore = current.done
            while current.done < current.records || state == nil {
                let objects = try objects(after: &current, in: &file)
                current = try database.write { [current] db in try current.adding(objects, in: db) }
                state = current
                progress(.importing(current.done, of: current.records))
            }
            guard current.position == file.end else {
                throw VoucherStoreError.packDamaged("bytes follow the last record")
            }
            try makeDurable()
            return Report(
                records: current.records, doneBefore: doneBefore, taken: current.taken,
                known: current.known, refused: current.refused)
        } catch { throw VoucherStoreError(error) }
    }

    /// The next records; moves `state` behind them in the file, not yet in its counts.
    private func objects(after state: inout PackState, in file: inout PackFile)
        throws(VoucherStoreError) -> [[UInt8]]
    {
        let count = min(UInt64(recordsAtOnce), state.records - state.done)
        var objects: [[UInt8]] = []
        objects.reserveCapacity(Int(count))
        for _ in 0..<count { objects.append(try file.object(at: &state.position)) }
        return objects
    }

    /// A commit that waits for the disk, and the log copied into the database.
    private func makeDurable() throws {
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Another one would be no commit: this writes a page.
            try db.inTransaction(.immediate) {
                try db.execute(sql: "UPDATE pack SET done = done")
                return .commit
            }
            _ = try db.checkpoint(.passive)
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
    }
}

/// How far the import of one pack is: a row of the table `pack`.
private struct PackState: Sendable {
    let digest: [UInt8]
    let records: UInt64
    var done: UInt64 = 0
    var position = UInt64(VoucherPack.headerLength)
    var taken: UInt64 = 0
    var known: UInt64 = 0
    var refused: UInt64 = 0

    init(of file: borrowing PackFile) {
        digest = file.digest
        records = file.records
    }

    private init(_ row: Row) throws {
        func number(_ name: String) throws -> UInt64 {
            UInt64(clamping: try row.decode(Int64.self, forColumn: name))
        }
        digest = [UInt8](try row.decode(Data.self, forColumn: "digest"))
        records = try number("records")
        done = try number("done")
        position = try number("position")
        taken = try number("taken")
        known = try number("known")
        refused = try number("refused")
    }

    static func fetch(_ digest: [UInt8], in db: Database) throws -> PackState? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM pack WHERE digest = ?", arguments: [Data(digest)]
        ).map(PackState.init)
    }

    /// Takes in these records and counts them, in the transaction that is open.
    func adding(_ objects: [[UInt8]], in db: Database) throws -> PackState {
        var next = self
        for object in objects {
            guard let code = try? VoucherCode(object), code.presentation == nil,
                code.claims.holder == nil, code.claims.confirmationNonce == nil,
                code.claims.cti.count == VoucherPack.ctiLength
            else {
                next.refused += 1
                continue
            }
            if try Self.add(object, StoreKey(cti: code.claims.cti), in: db) {
                next.taken += 1
            } else {
                next.known += 1
            }
        }
        next.done += UInt64(objects.count)
        try db.cachedStatement(
            sql: """
                INSERT INTO pack (digest, records, done, position, taken, known, refused)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (digest) DO UPDATE SET done = excluded.done,
                    position = excluded.position, taken = excluded.taken, known = excluded.known,
                    refused = excluded.refused
                """
        ).execute(arguments: [
            Data(digest), Int64(clamping: records), Int64(clamping: next.done),
            Int64(clamping: position), Int64(clamping: next.taken), Int64(clamping: next.known),
            Int64(clamping: next.refused),
        ])
        return next
    }

    /// False where the object is there already.
    private static func add(_ object: [UInt8], _ key: StoreKey, in db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: "INSERT INTO voucher (key, objects) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
        ).execute(arguments: [key.value, Data(object)])
        if db.changesCount > 0 { return true }
        let row = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT objects FROM voucher WHERE key = ?"),
            arguments: [key.value])
        let objects = [UInt8](row ?? Data())
        if try ObjectSequence.objects(in: objects).contains(object) { return false }
        try db.cachedStatement(sql: "UPDATE voucher SET objects = ? WHERE key = ?")
            .execute(arguments: [Data(objects + object), key.value])
        return true
    }
}
