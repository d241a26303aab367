import CFaultVFS
import Foundation

/// What goes wrong (`Tests/CFaultVFS/include/CFaultVFS.h` says what each does).
enum Fault: String, CaseIterable, Sendable {
    case inputOutput, full, short, torn, sync, cut

    /// Faults after which the process lives on; after a power cut nothing does.
    static let survivable = allCases.filter { $0 != .cut }

    fileprivate var code: till_fault {
        switch self {
        case .inputOutput: TILL_FAULT_IO
        case .full: TILL_FAULT_FULL
        case .short: TILL_FAULT_SHORT
        case .torn: TILL_FAULT_TORN
        case .sync: TILL_FAULT_SYNC
        case .cut: TILL_FAULT_CUT
        }
    }
}

/// A disk under SQLite that fails when it is told to, and forgets at a power cut what was not
/// synced. Every connection to it is closed before it goes.
final class FaultDisk: Sendable {
    // Shared between threads by the lock of its own that each disk has.
    private nonisolated(unsafe) let disk: OpaquePointer

    init() {
        guard let disk = till_disk_create() else { preconditionFailure("There is no memory.") }
        self.disk = disk
    }

    deinit { till_disk_destroy(disk) }

    /// The name by which SQLite finds it.
    var vfs: String { String(cString: till_disk_vfs(disk)) }

    /// Makes it know what lies in `folder`, all synced; the log's index apart, which is no data.
    func know(_ folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.contains(".sqlite") && !name.hasSuffix("-shm") {
            till_disk_know(disk, folder + "/" + name)
        }
    }

    /// The folder itself was synced.
    func syncNames() { till_disk_sync_names(disk) }

    /// Arms `fault` for the `call`-th call that it can hit, from 1.
    func arm(_ fault: Fault, at call: Int, forEver: Bool, seed: UInt64) {
        till_disk_arm(disk, fault.code, Int64(call), forEver ? 1 : 0, seed)
    }

    /// From now on the disk is sound.
    func mend() { till_disk_arm(disk, TILL_FAULT_NONE, 0, 0, 0) }

    /// Whether the armed fault has come.
    var hasFailed: Bool { till_disk_hits(disk) > 0 }

    /// How many calls it could have hit.
    var calls: Int { Int(till_disk_calls(disk)) }

    /// From now on syncs are told as done and are not.
    func lie() { till_disk_lie(disk, 1) }

    /// Copies into the new folder `to` what a power cut now would leave of `from`: of SQLite's
    /// files what the disk says, of the lock file, which is synced when it is written, everything.
    func materialise(_ from: String, to: String, seed: UInt64) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: to, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: from) where name.hasSuffix(".lock") {
            try manager.copyItem(atPath: from + "/" + name, toPath: to + "/" + name)
        }
        let code = till_disk_materialise(disk, from, to, seed)
        precondition(code == 0, "The test's own disk has failed: \(code).")
    }
}

/// Folders of one run, in memory where the machine has such a place; gone when this goes.
final class Scratch: Sendable {
    let root: String

    init() throws {
        let memory = "/dev/shm"
        let place =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        root = place + "/till-fault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }
}
