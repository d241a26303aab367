import Glibc
internal import Terminal

/// The kernel's word on which files in one folder are complete.
struct InotifyWatch: ~Copyable {
    /// What happened in the folder.
    enum Event {
        /// A file was closed after writing, or was moved in: it is whole.
        case fileComplete(name: String)
        /// More happened than the kernel kept: look for yourself.
        case overflow
        /// The folder was deleted or moved away.
        case folderGone
    }

    private let descriptor: FileDescriptor

    /// Room for some hundred events; more are read in the next turn.
    private static let bufferBytes = 32 << 10

    init(folder: String) throws(CameraError) {
        let number = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        if number < 0 {
            throw .folderUnreadable(path: folder, detail: FileDescriptor.lastErrorText())
        }
        let descriptor = FileDescriptor(owning: number)
        let events =
            IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | Int32(IN_ONLYDIR)
        if inotify_add_watch(descriptor.number, folder, UInt32(events)) < 0 {
            if errno == ENOENT || errno == ENOTDIR { throw .folderMissing(path: folder) }
            throw .folderUnreadable(path: folder, detail: FileDescriptor.lastErrorText())
        }
        self.descriptor = descriptor
    }

    /// Waits for events until the deadline; none when it passes.
    borrowing func events(by deadline: Deadline, folder: String) throws(CameraError) -> [Event] {
        guard descriptor.waitUntilReadable(by: deadline) else { return [] }
        var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
        let result = buffer.withUnsafeMutableBytes { descriptor.read(into: $0) }
        switch result {
        case .bytes(let count): return Self.parse(buffer[..<count])
        case .end, .nothingYet: return []
        case .failed(let detail): throw .folderUnreadable(path: folder, detail: detail)
        }
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) -> [Event] {
        let headerBytes = MemoryLayout<inotify_event>.size
        var events: [Event] = []
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset + headerBytes <= buffer.count {
                let header = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let nameStart = offset + headerBytes
                let name = buffer[nameStart..<(nameStart + Int(header.len))].prefix { $0 != 0 }
                events.append(contentsOf: event(mask: header.mask, name: name))
                offset = nameStart + Int(header.len)
            }
        }
        return events
    }

    private static func event(mask: UInt32, name: Slice<UnsafeRawBufferPointer>) -> [Event] {
        let has = { (bits: Int32) in mask & UInt32(bits) != 0 }
        if has(IN_Q_OVERFLOW) { return [.overflow] }
        if has(IN_DELETE_SELF) || has(IN_MOVE_SELF) || has(IN_IGNORED) { return [.folderGone] }
        if has(Int32(bitPattern: UInt32(IN_ISDIR))) || name.isEmpty { return [] }
        return [.fileComplete(name: String(decoding: name, as: UTF8.self))]
    }
}
