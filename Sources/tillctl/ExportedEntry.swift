import COSE
import CommandSupport
import Foundation
import HubProtocol
import JournalExport
import Synchronization

/// One entry of an exported journal, and what is needed to explain it: found in one reading of the
/// file, which is verified on the way.
struct ExportedEntry {
    let entry: JournalEntry
    let documents: [[UInt8]: [UInt8]]
    let acknowledgedThrough: UInt64

    /// What has been found so far. Entries come before the documents that they name.
    private struct Found {
        var entry: JournalEntry?
        var wanted: Set<[UInt8]> = []
        var documents: [[UInt8]: [UInt8]] = [:]
        var acknowledgedThrough: UInt64 = 0

        mutating func take(_ record: ExportRecord, _ isMeant: (JournalEntry) -> Bool) {
            switch record {
            case .entry(let bytes):
                guard entry == nil, let read = try? JournalEntry(decoding: bytes), isMeant(read)
                else { return }
                entry = read
                wanted = Set(DecisionExplainer.documents(of: read))
            case .document(_, _, let bytes):
                guard !wanted.isEmpty else { return }
                let digest = Hashing.sha256(bytes)
                if wanted.contains(digest) { documents[digest] = bytes }
            case .batch(let batch) where batch.acknowledgement != nil:
                acknowledgedThrough = max(acknowledgedThrough, batch.last)
            case .header, .segment, .checkpoint, .batch, .voucher, .redemption, .trailer: return
            }
        }
    }

    /// Looks for the entry that `isMeant` says; nil where the file has none. A file that is not as
    /// its terminal wrote it explains nothing.
    static func find(
        in file: String, where isMeant: @Sendable @escaping (JournalEntry) -> Bool
    ) throws -> ExportedEntry? {
        let handle = try InputFile.open(file)
        defer { try? handle.close() }
        let collector = Collector(isMeant)
        var verifier = ExportVerifier { collector.take($0) }
        while let chunk = try handle.read(upToCount: JournalImportCheckCommand.chunkBytes),
            !chunk.isEmpty
        {
            verifier.feed([UInt8](chunk))
        }
        let report = verifier.finish()
        if let finding = report.findings.first {
            throw CommandFailure(
                .dataDamaged, reason: finding.reason,
                message: "\(file) is not as its terminal wrote it: \(finding.message) It explains "
                    + "nothing. `tillctl journal import-check \(file)` names all that is wrong.")
        }
        let found = collector.found
        guard let entry = found.entry else { return nil }
        return ExportedEntry(
            entry: entry, documents: found.documents,
            acknowledgedThrough: found.acknowledgedThrough)
    }

    private final class Collector: Sendable {
        private let state = Mutex(Found())
        private let isMeant: @Sendable (JournalEntry) -> Bool

        init(_ isMeant: @Sendable @escaping (JournalEntry) -> Bool) { self.isMeant = isMeant }

        var found: Found { state.withLock { $0 } }

        func take(_ record: ExportRecord) { state.withLock { $0.take(record, isMeant) } }
    }
}
