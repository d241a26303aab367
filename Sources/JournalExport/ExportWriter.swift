import CBOR
public import COSE
import Crypto

/// Writes an export, record by record, in constant memory.
///
/// The file is a CBOR sequence (RFC 8742) of byte strings, each one record: a reader knows a
/// record's length before it looks inside.
public struct ExportWriter {
    private var digest = SHA256()
    private var records: UInt64 = 0
    private var order: UInt64 = 0

    /// Begins an export.
    public init() {}

    /// The bytes that `record` adds to the file. Records come in the order of their kinds.
    public mutating func bytes(of record: ExportRecord) -> [UInt8] {
        precondition(records == 0 || record.order >= order, "Records come in their order.")
        precondition((records == 0) == (record.order == 0), "The header comes first, and once.")
        let bytes = Self.framed(record)
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        records += 1
        order = record.order
        return bytes
    }

    /// The bytes that end the file, sealed by `key`, the terminal's, where it can be read.
    public func end(sealedBy key: PrivateKey?) -> [UInt8] {
        let sum = Array(digest.finalize())
        let seal = key?.sign(Array(ExportTrailer.sealPrefix.utf8) + sum)
        return Self.framed(
            .trailer(ExportTrailer(records: records, digest: sum, seal: seal)))
    }

    static func framed(_ record: ExportRecord) -> [UInt8] {
        CBORValue.bytes(record.encoded()).encoded()
    }
}
