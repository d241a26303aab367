import Glibc
import Synchronization
import Terminal

/// Room on the disk that is kept for ending the day: closing a period, sending what waits, and
/// taking the hub's answers still work when the disk is full (`docs/spec/journal.md`, *Reserve*).
///
/// A file of its own, whose blocks are taken. While it cannot be made, nothing is approved: what
/// little room is left is not for payments.
final class JournalReserve: Sendable {
    /// The file's name.
    static let name = "journal.reserve"
    /// Its size: a closing entry, and a full batch with its answer, each with their share of pages.
    static let wantedBytes = 1 << 20
    /// Of a file system no larger than a few of these, at most this part.
    static let largestPart = 8

    private let folder: String
    private let isHeld = Atomic<Bool>(false)

    init(folder: String) { self.folder = folder }

    private var path: String { folder + "/" + Self.name }

    /// Keeps the room, if it is not kept already; throws where there is none.
    func hold() throws(JournalError) {
        guard !isHeld.load(ordering: .acquiring) else { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFolder.failure(errno) }
        defer { close(descriptor) }
        let problem = posix_fallocate(descriptor, 0, off_t(size))
        switch problem {
        case 0: break
        case ENOSPC, EDQUOT:
            unlink(path)
            throw .diskFull
        // A file system that gives no such promise has no reserve, and is no worse than before.
        default: unlink(path)
        }
        isHeld.store(true, ordering: .releasing)
    }

    /// Gives the room back to the disk.
    func release() {
        unlink(path)
        isHeld.store(false, ordering: .releasing)
    }

    private var size: Int {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return Self.wantedBytes }
        let whole = Int(clamping: status.f_blocks) * Int(clamping: status.f_frsize)
        return max(4_096, min(Self.wantedBytes, whole / Self.largestPart))
    }
}
