import Foundation
import GRDB
import Glibc
import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// A small file system of its own, for root to fill, to make read-only and to leave.
private final class SmallDisk {
    let path = NSTemporaryDirectory() + "till-disk-\(UUID().uuidString)"

    /// Nil where this user may not mount; says so in one line.
    init?() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else {
            print("skipped: mounting a tmpfs needs root (\(String(cString: strerror(errno))))")
            return nil
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    /// Takes all the room that is left.
    func fill() {
        let file = Glibc.open(path + "/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let zeros = [UInt8](repeating: 0, count: 4_096)
        while write(file, zeros, zeros.count) > 0 {}
        close(file)
    }

    func empty() { unlink(path + "/ballast") }

    func setReadOnly(_ on: Bool) -> Bool {
        let flags = UInt(MS_REMOUNT) | (on ? UInt(MS_RDONLY) : 0)
        return mount("tmpfs", path, "tmpfs", flags, "size=1m") == 0
    }
}

@Suite struct DiskTests {
    @Test("A full disk refuses by name, loses nothing, and serves again once there is room")
    func full() async throws {
        guard let disk = try SmallDisk() else { return }
        let folder = disk.path + "/journal"
        let journal = try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
        try await journal.store(Records.sale(1))
        _ = try await journal.record(
            Records.capture(Records.mint.fixed(1_250, cti: 1), for: Records.sale(1)))
        try await journal.store(Records.sale(2))
        disk.fill()
        let record = Records.capture(Records.mint.fixed(1_250, cti: 2), for: Records.sale(2))
        // What is already there of the log takes a few more.
        var refusal: JournalError?
        for second in UInt64(0)..<200 where refusal == nil {
            do throws(JournalError) {
                _ = try await journal.record(
                    Records.decline(Records.sale(2), at: Records.now + second))
            } catch { refusal = error }
        }
        #expect(refusal == .diskFull)
        let last = try await journal.queue().lastSequence
        await #expect(throws: JournalError.diskFull) { try await journal.record(record) }
        #expect(try await journal.find(record) == nil)
        #expect(try await journal.queue().lastSequence == last)
        #expect(try await journal.entries(after: 0, limit: 500).count == Int(last))
        disk.empty()
        #expect(try await journal.record(record) == JournalReceipt(sequence: last + 1, receipt: 2))
        #expect(try await journal.find(record)?.sequence == last + 1)
    }

    @Test("On a full disk the day can still be ended: closed, sent, answered, exported")
    func endsTheDay() async throws {
        guard let disk = try SmallDisk() else { return }
        let folder = disk.path + "/journal"
        let journal = try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
        try await journal.store(Records.sale(1))
        _ = try await journal.record(
            Records.capture(Records.mint.fixed(1_250, cti: 1), for: Records.sale(1)))
        disk.fill()
        // What is already there of the log takes a few more.
        var refusal: JournalError?
        for number in UInt8(2)...200 where refusal == nil {
            do throws(JournalError) {
                try await journal.store(Records.sale(number, state: .cancelled))
            } catch { refusal = error }
        }
        #expect(refusal == .diskFull)
        let period = try await journal.closePeriod(nil, at: Records.now, by: nil)
        #expect(period.number == 1 && period.totals.first?.captures.count == 1)
        let batch = try #require(
            try await journal.pendingBatch(maximumEntries: 9) { _, entries in entries.flatMap { $0 }
            })
        try await journal.acknowledge(batch: batch.number, acknowledgement: [1])
        #expect(try await journal.queue().entries == 0)
        // The reserve was for that alone: no payment is taken on what is left of it.
        await #expect(throws: JournalError.diskFull) { try await journal.store(Records.sale(201)) }
        disk.empty()
        try await journal.store(Records.sale(201))
    }

    @Test("On a full disk no journal is made, and the refusal says why")
    func fullAtFirst() throws {
        guard let disk = try SmallDisk() else { return }
        mkdir(disk.path + "/journal", 0o700)
        disk.fill()
        #expect(throws: JournalError.diskFull) {
            try SQLiteJournal(
                folder: disk.path + "/journal", identityIfNew: TemporaryJournal.identity)
        }
        disk.empty()
        _ = try SQLiteJournal(
            folder: disk.path + "/journal", identityIfNew: TemporaryJournal.identity)
        disk.fill()
        #expect(throws: JournalError.diskFull) {
            try SQLiteJournal(
                folder: disk.path + "/journal", identityIfNew: TemporaryJournal.identity)
        }
    }

    @Test("A read-only file system is refused by name, and the reader still reads")
    func readOnly() async throws {
        guard let disk = try SmallDisk() else { return }
        let folder = disk.path + "/journal"
        do {
            let journal = try SQLiteJournal(
                folder: folder, identityIfNew: TemporaryJournal.identity)
            try await journal.store(Records.sale(1))
            _ = try await journal.record(Records.decline(Records.sale(1)))
        }
        #expect(disk.setReadOnly(true))
        #expect(throws: JournalError.readOnly) {
            try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
        }
        #expect(try SQLiteJournalReader(folder: folder).entries(after: 0, limit: 9).count == 1)
        #expect(disk.setReadOnly(false))
    }

    @Test("Another user's folder is refused by name")
    func otherUser() async {
        guard geteuid() == 0 else {
            print("skipped: becoming a second user needs root")
            return
        }
        await #expect(processExitsWith: .success) {
            let folder = NSTemporaryDirectory() + "till-other-\(UUID().uuidString)"
            _ = try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
            // Root passes every mode, so that the rest is done as nobody.
            guard setgroups(0, nil) == 0, setgid(65_534) == 0, setuid(65_534) == 0
            else { exit(EXIT_FAILURE) }
            for path in [folder, folder + "/below"] {
                do throws(JournalError) {
                    _ = try SQLiteJournal(folder: path, identityIfNew: TemporaryJournal.identity)
                    exit(EXIT_FAILURE)
                } catch {
                    guard error == .readOnly else { exit(EXIT_FAILURE) }
                }
            }
        }
    }

    /// The disk fails the last step of a commit: the frames lie in the log, whole, and the
    /// connection holds them for undone. They are brought about by a second connection on a copy,
    /// whose frames are then written where the first would have.
    @Test("What is read back as absent after a failed commit stays absent after a restart")
    func settles() async throws {
        let subject = try TemporaryJournal()
        let journal = await subject.sqlite
        try await journal.store(Records.sale(1))
        let folder = await subject.folder
        let record = Records.capture(Records.mint.fixed(1_250), for: Records.sale(1))
        let log = "/journal.sqlite-wal"

        let failing = folder + "-failing"
        try await subject.copy(to: failing)
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let other = try DatabaseQueue(
            path: failing + "/journal.sqlite", configuration: configuration)
        _ = try await other.write { db in try SQLiteJournal.write(record, in: db) }
        let frames = try Data(contentsOf: URL(fileURLWithPath: failing + log))
        #expect(try frames != Data(contentsOf: URL(fileURLWithPath: folder + log)))
        let handle = try #require(FileHandle(forUpdatingAtPath: folder + log))
        try handle.write(contentsOf: frames)
        try handle.close()

        // Without reading back, a restart would find it: that is the danger.
        let unsettled = folder + "-unsettled"
        try await subject.copy(to: unsettled)
        let risen = try SQLiteJournal(folder: unsettled, identityIfNew: TemporaryJournal.identity)
        #expect(try await risen.find(record) != nil)

        #expect(try await journal.find(record) == nil)
        try await subject.restart()
        let after = await subject.sqlite
        #expect(try await after.find(record) == nil)
        #expect(try await after.queue().lastSequence == 0)
        #expect(try await after.record(record).receipt == 1)
    }
}
