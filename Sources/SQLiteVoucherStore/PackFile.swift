import Crypto
import Glibc
import HubProtocol
import Terminal

/// A voucher pack, read from its file piece by piece.
struct PackFile: ~Copyable {
    /// Bytes read at a time: large enough that the disk is asked rarely.
    static let pieceLength = 1 << 20

    /// How many records it holds.
    let records: UInt64
    /// The SHA-256 at its end: by it the store knows the pack again.
    let digest: [UInt8]
    /// Where the digest begins.
    let end: UInt64
    private let descriptor: PackDescriptor
    private var buffer: [UInt8] = []
    private var bufferStart: UInt64 = 0

    /// Opens the file and reads its header and its digest, which is not compared yet.
    init(path: String) throws(VoucherStoreError) {
        let descriptor = try PackDescriptor(path: path)
        let length = try descriptor.length()
        let least = UInt64(VoucherPack.headerLength + VoucherPack.digestLength)
        guard length >= least else {
            throw .packDamaged("it has \(length) bytes, and no pack has fewer than \(least)")
        }
        let end = length - UInt64(VoucherPack.digestLength)
        let header = try descriptor.read(at: 0, count: VoucherPack.headerLength)
        guard let records = VoucherPack.records(inHeader: header) else {
            throw .packDamaged("it does not begin as a pack of format 1")
        }
        digest = try descriptor.read(at: end, count: VoucherPack.digestLength)
        self.records = records
        self.end = end
        self.descriptor = descriptor
    }

    /// Compares the digest with all that stands before it; `progress` is told how many bytes are
    /// read.
    func check(_ progress: (UInt64) -> Void) throws(VoucherStoreError) {
        var hash = SHA256()
        var position: UInt64 = 0
        while position < end {
            let count = Int(min(UInt64(Self.pieceLength), end - position))
            let piece = try descriptor.read(at: position, count: count)
            piece.withUnsafeBytes { hash.update(bufferPointer: $0) }
            position += UInt64(count)
            progress(position)
        }
        guard Array(hash.finalize()) == digest else {
            throw .packDamaged("its digest is not that of its bytes")
        }
    }

    /// The object of the record at `position`, which moves behind it.
    mutating func object(at position: inout UInt64) throws(VoucherStoreError) -> [UInt8] {
        let head = try bytes(at: position, count: VoucherPack.lengthLength)
        guard let length = VoucherPack.objectLength(head[0], head[1]) else {
            throw .packDamaged("the record at byte \(position) has an impossible length")
        }
        let object = try bytes(at: position + UInt64(head.count), count: length)
        position += UInt64(head.count + length)
        return object
    }

    private mutating func bytes(at position: UInt64, count: Int) throws(VoucherStoreError)
        -> [UInt8]
    {
        guard position + UInt64(count) <= end else {
            throw .packDamaged("a record at byte \(position) goes on behind the end")
        }
        if position < bufferStart || position + UInt64(count) > bufferStart + UInt64(buffer.count) {
            let length = Int(min(UInt64(Self.pieceLength), end - position))
            buffer = try descriptor.read(at: position, count: length)
            bufferStart = position
        }
        let start = Int(position - bufferStart)
        return Array(buffer[start..<start + count])
    }
}

/// An open file, closed when this goes.
private struct PackDescriptor: ~Copyable {
    private let number: Int32

    init(path: String) throws(VoucherStoreError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.failure() }
        number = opened
    }

    deinit { close(number) }

    /// The file's length in bytes.
    borrowing func length() throws(VoucherStoreError) -> UInt64 {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Self.failure() }
        return UInt64(clamping: status.st_size)
    }

    /// Reads just so many bytes.
    borrowing func read(at position: UInt64, count: Int) throws(VoucherStoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    number, buffer.baseAddress?.advanced(by: done), count - done,
                    off_t(clamping: position) + off_t(done))
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw Self.failure() }
            guard read > 0 else { throw .packDamaged("it became shorter while it was read") }
            done += read
        }
        return bytes
    }

    private static func failure() -> VoucherStoreError {
        .packUnreadable(String(cString: strerror(errno)))
    }
}
