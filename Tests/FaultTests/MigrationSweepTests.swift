import Foundation
import HubProtocol
import Terminal
import Testing

@testable import SQLiteJournal

/// A released program's journal is migrated while the disk fails, or the process ends: afterwards
/// it opens with all that was in it.
///
/// The files change places by the system's own calls, which no disk of ours is under; a power cut is
/// therefore taken as a kill here.
@Suite struct MigrationSweepTests {
    private static let released = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Vectors/journals/schema-1").path

    @Test("A migration loses nothing, whichever call of the disk fails", arguments: FaultLine.all)
    func sweeps(_ line: FaultLine) async throws {
        let scratch = try Scratch()
        var whole: [JournalEntry] = []
        var points = 0
        let step = FaultSweepTests.isThorough || line.fault == .sync ? 1 : 7
        for call in stride(from: 1, to: Sweep.maximumPoints, by: step) {
            let folder = scratch.path("\(call)")
            try FileManager.default.copyItem(atPath: Self.released, toPath: folder)
            let disk = FaultDisk()
            disk.arm(line.fault, at: call, forEver: line.forEver, seed: UInt64(call))
            do { _ = try Self.open(folder, disk) } catch {}
            let hasFailed = disk.hasFailed
            disk.mend()
            do {
                let entries = try await Self.reopen(folder, disk).entries(after: 0, limit: .max)
                if whole.isEmpty { whole = entries }
                #expect(entries == whole && entries.count == 13, "\(line), call \(call)")
            } catch {
                Issue.record("\(line), call \(call): \(error)")
            }
            try? FileManager.default.removeItem(atPath: folder)
            guard hasFailed else { break }
            points += 1
        }
        print("fault sweep, migration, \(line): \(points) points")
        #expect(points > 0)
    }

    /// Opens the journal once the one before, whose last task may hold the lock a moment longer, has
    /// let it go.
    private static func reopen(_ folder: String, _ disk: FaultDisk) async throws -> SQLiteJournal {
        for _ in 0..<400 {
            do throws(JournalError) { return try open(folder, disk) } catch {
                guard error == .locked else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try open(folder, disk)
    }

    private static func open(_ folder: String, _ disk: FaultDisk) throws(JournalError)
        -> SQLiteJournal
    {
        try SQLiteJournal(
            folder: folder, identityIfNew: Counter.identity, vfs: disk.vfs)
    }
}
