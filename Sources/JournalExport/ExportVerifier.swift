import COSE
import Crypto
import HubProtocol
import Vouchers

/// Verifies an export as it comes in, and names whatever is not as its terminal wrote it
/// (`docs/spec/journal-export.md`, *Verifying*).
///
/// Memory grows with the number of entries (some 200 bytes each), not with their size.
public struct ExportVerifier: Sendable {
    /// The longest record in bytes: a document of 4 MiB, and what is around it.
    static let maximumRecordBytes = (4 << 20) + 64

    private let handedIn: [[UInt8]]
    private let observe: (@Sendable (ExportRecord) -> Void)?

    private var buffer: [UInt8] = []
    private var offset = 0
    private var isUnreadable = false
    private var digest = SHA256()
    private var records: UInt64 = 0
    private var order: UInt64 = 0
    private var isSealed = false
    private var hasEnded = false

    private var header: ExportHeader?
    private var chain = ExportChain()
    private var memory = ExportMemory()
    private var list: FindingList

    private var isHalted: Bool { isUnreadable || list.isFull }

    /// Begins to verify. `checkpoints` are those that have left the device, which tell a journal
    /// that was set back as a whole; after `limit` findings no more are looked for. `observe` is
    /// handed each record that can be read, in the file's order, whatever is found wrong with it.
    public init(
        checkpoints: [[UInt8]] = [], limit: Int = 100,
        observe: (@Sendable (ExportRecord) -> Void)? = nil
    ) {
        handedIn = checkpoints
        self.observe = observe
        list = FindingList(limit: limit)
    }

    /// Takes in the next bytes of the file.
    public mutating func feed(_ bytes: [UInt8]) {
        guard !isHalted else { return }
        buffer += bytes
        var start = 0
        while !isHalted, let record = nextRecord(&start) { take(record) }
        buffer.removeFirst(start)
    }

    /// Ends the file, and says what came of it.
    public mutating func finish() -> ExportReport {
        if !isHalted {
            if !buffer.isEmpty || !hasEnded {
                list.find(
                    "export-truncated", at: "byte \(offset)",
                    "The file ends in the middle: its last record is not there.")
            } else {
                chain.finish(&list)
                memory.finish(chain, &list)
            }
        }
        return ExportReport(
            header: header, end: chain.link, entries: chain.count, isSealed: isSealed,
            findings: list.findings)
    }

    /// The next record's bytes, or nil where they have not come in yet.
    private mutating func nextRecord(_ start: inout Int) -> (frame: ArraySlice<UInt8>, head: Int)? {
        guard start < buffer.count else { return nil }
        guard !hasEnded else {
            unreadable("export-trailing", "Bytes follow after the last record.")
            return nil
        }
        // A byte string in its shortest form (RFC 8949, 4.2.1).
        let sizes: [UInt8: Int] = [0x58: 1, 0x59: 2, 0x5A: 4]
        let first = buffer[start]
        var length = Int(first) - 0x40
        var head = 1
        if let size = sizes[first] {
            guard buffer.count - start > size else { return nil }
            head += size
            length = buffer[(start + 1)..<(start + head)].reduce(0) { $0 << 8 | Int($1) }
            guard length >= (size == 1 ? 24 : 1 << (4 * size)) else {
                unreadable("export-unreadable", "A record's length is not written shortest.")
                return nil
            }
        } else if !(0x40...0x57).contains(first) {
            unreadable("export-unreadable", "No record begins here.")
            return nil
        }
        guard length <= Self.maximumRecordBytes else {
            unreadable("export-unreadable", "A record says that it is longer than any can be.")
            return nil
        }
        guard buffer.count - start - head >= length else { return nil }
        let frame = buffer[start..<(start + head + length)]
        start += frame.count
        return (frame, head)
    }

    private mutating func unreadable(_ reason: String, _ message: String) {
        list.find(reason, at: "byte \(offset)", message)
        isUnreadable = true
    }

    private mutating func take(_ framed: (frame: ArraySlice<UInt8>, head: Int)) {
        let place = "byte \(offset)"
        offset += framed.frame.count
        let record: ExportRecord
        do {
            record = try ExportRecord(decoding: Array(framed.frame.dropFirst(framed.head)))
        } catch {
            digest(framed.frame)
            list.find("record-malformed", at: place, "A record has no valid \(error.place).")
            return
        }
        observe?(record)
        if case .trailer(let trailer) = record {
            end(trailer, at: place)
            return
        }
        guard (header == nil) == (record.order == 0), record.order >= order else {
            digest(framed.frame)
            list.find("record-out-of-order", at: place, "A record is not where its kind belongs.")
            return
        }
        order = record.order
        digest(framed.frame)
        switch record {
        case .header(let header):
            self.header = header
            chain.begin(header)
        case .segment(let segment): chain.take(segment, &list)
        case .entry(let bytes): chain.take(bytes, &list)
        case .document(let kind, let version, let bytes):
            chain.take(documentOf: kind, version: version, bytes, at: place, &list)
        case .checkpoint(let bytes): check(bytes, at: place)
        case .batch(let batch):
            if let header { chain.take(batch, of: header, &list) }
        case .voucher(let voucher):
            memory.take(voucher, &list)
            chain.evidence.hold(voucher, &list)
        case .redemption(let redemption): memory.take(redemption, on: &chain, &list)
        case .trailer: break
        }
    }

    private mutating func digest(_ frame: ArraySlice<UInt8>) {
        frame.withUnsafeBytes { digest.update(bufferPointer: $0) }
        records += 1
    }

    private mutating func end(_ trailer: ExportTrailer, at place: String) {
        hasEnded = true
        if trailer.records != records {
            list.find(
                "record-missing", at: place,
                "\(records) records are there, and \(trailer.records) were written.")
        }
        let sum = Array(digest.finalize())
        if trailer.digest != sum {
            list.find(
                "export-changed", at: place, "The file's bytes are not those that were written.")
        }
        if let seal = trailer.seal, let header {
            isSealed = header.key.isValidSignature(
                seal, for: Array(ExportTrailer.sealPrefix.utf8) + trailer.digest)
            if !isSealed {
                list.find("seal-bad", at: place, "The terminal's key has not sealed this file.")
            }
        }
        for checkpoint in handedIn { check(checkpoint, at: "the checkpoint handed in") }
    }

    /// Holds a checkpoint against the chain.
    private mutating func check(_ bytes: [UInt8], at place: String) {
        guard let header else { return }
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint.verify(bytes, signedBy: header.key) } catch {
            list.find(error.reason, at: place, error.description)
            return
        }
        guard checkpoint.terminal == header.terminal, checkpoint.journal == header.journal else {
            list.find(
                "checkpoint-of-other-journal", at: place,
                "The checkpoint is of \(checkpoint.origin), which this journal is not.")
            return
        }
        chain.hold(checkpoint, at: place, &list)
    }
}
