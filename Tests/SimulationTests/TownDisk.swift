import CFaultVFS
import Foundation
import Synchronization

/// A disk under SQLite that fails when it is told to (`Tests/CFaultVFS`), and the folders of one
/// machine on it: each life of the machine has a folder of its own, so that nothing which a dead
/// process still does reaches the next.
final class TownDisk: Sendable {
    /// What goes wrong.
    enum Fault: CaseIterable, Sendable {
        case cut, full, inputOutput, short, torn, sync

        fileprivate var code: till_fault {
            switch self {
            case .cut: TILL_FAULT_CUT
            case .full: TILL_FAULT_FULL
            case .inputOutput: TILL_FAULT_IO
            case .short: TILL_FAULT_SHORT
            case .torn: TILL_FAULT_TORN
            case .sync: TILL_FAULT_SYNC
            }
        }
    }

    // Shared between threads by the lock of its own that each disk has.
    private nonisolated(unsafe) let disk: OpaquePointer
    private let armed = Mutex<Fault?>(nil)

    init() {
        guard let disk = till_disk_create() else { preconditionFailure("There is no memory.") }
        self.disk = disk
    }

    deinit { till_disk_destroy(disk) }

    /// The name by which SQLite finds it.
    var vfs: String { String(cString: till_disk_vfs(disk)) }

    /// The address of a database on it, for those who open by path alone.
    func address(of path: String) -> String { "file://" + path + "?vfs=" + vfs }

    /// Arms `fault` for the `call`-th call that it can hit, from 1; a full disk stays full.
    func arm(_ fault: Fault, at call: UInt64, seed: UInt64) {
        armed.withLock { $0 = fault }
        let stays: Int32 = fault == .cut || fault == .full ? 1 : 0
        till_disk_arm(disk, fault.code, Int64(call), stays, seed)
    }

    /// From now on the disk is sound.
    func mend() { till_disk_arm(disk, TILL_FAULT_NONE, 0, 0, 0) }

    /// Whether the armed fault has come.
    var hasFailed: Bool { till_disk_hits(disk) > 0 }

    /// Whether the power has gone.
    var isCut: Bool { hasFailed && armed.withLock { $0 } == .cut }

    /// The folder was synced, as a program does that makes a file it counts on.
    func syncNames() { till_disk_sync_names(disk) }

    /// Makes the folder `to`, as the machine finds it when it starts again: after a kill all that
    /// was written, after a power cut what was synced, and of the rest what `seed` decides.
    func restart(_ from: String, to: String, cutWith seed: UInt64?) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: to, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: from) {
            let isData = name.contains(".sqlite") && !name.hasSuffix(".lock")
            // The log's index is no data, and is made anew.
            guard !name.hasSuffix("-shm"), !isData || seed == nil else { continue }
            try manager.copyItem(atPath: from + "/" + name, toPath: to + "/" + name)
        }
        if let seed {
            let code = till_disk_materialise(disk, from, to, seed)
            precondition(code == 0, "The test's own disk has failed: \(code).")
        }
        mend()
        for name in try manager.contentsOfDirectory(atPath: to)
        where name.contains(".sqlite") && !name.hasSuffix("-shm") && !name.hasSuffix(".lock") {
            till_disk_know(disk, to + "/" + name)
        }
    }
}
