import COSE
import CommandSupport
import Foundation
import HubProtocol
import JournalExport
import Synchronization
import Vouchers

/// Changes an exported journal in every way that this can think of, and counts the changes that
/// the verifier does not find. There must be none.
struct JournalProof: Sendable {
    /// A way of changing a journal.
    enum Mutation: String, CaseIterable {
        /// One byte of the file is another.
        case byte
        /// The file is cut off somewhere.
        case fileCut = "file cut"
        /// A record of the file is missing, and nothing else is changed.
        case recordRemoved = "record removed"
        /// Two records of the file have changed places.
        case recordsSwapped = "records swapped"
        // What follows was done in the terminal's own database, and exported and sealed after it.
        /// A byte of an entry is another.
        case entryEdited = "entry edited, sealed anew"
        /// An entry is missing.
        case entryRemoved = "entry removed, sealed anew"
        /// Two entries have changed places.
        case entriesSwapped = "entries swapped, sealed anew"
        /// The last entries are missing, with all that tells of them.
        case journalCut = "journal cut, sealed anew"
        /// An older copy was restored, and other payments were taken on top of it.
        case olderCopy = "older copy restored and continued, sealed anew"
        /// A redemption is missing.
        case redemptionRemoved = "redemption removed, sealed anew"
        /// Less is remembered of a voucher than was redeemed.
        case memoryLowered = "voucher's memory lowered, sealed anew"

        var isSealedAnew: Bool { rawValue.hasSuffix("anew") }
    }

    /// What came of many changes.
    struct Result: Encodable {
        var changes = 0
        var missed: [String] = []
        /// How often each reason was given first, by the way of changing.
        var reasons: [String: [String: Int]] = [:]

        mutating func add(_ other: Result) {
            changes += other.changes
            missed += other.missed
            for (way, counts) in other.reasons {
                reasons[way, default: [:]].merge(counts, uniquingKeysWith: +)
            }
        }

        mutating func add(_ mutation: Mutation, _ seed: UInt64, _ findings: [JournalFinding]) {
            changes += 1
            guard let first = findings.first else {
                missed.append("\(mutation.rawValue), seed \(seed)")
                return
            }
            reasons[mutation.rawValue, default: [:]][first.reason, default: 0] += 1
        }
    }

    private let journal: SampleJournal
    private let file: [UInt8]
    let checkpoint: [UInt8]
    private let frames: [Range<Int>]
    /// Verifiers of the unchanged file, with the offset up to which they have read.
    private let stations: [(offset: Int, verifier: ExportVerifier)]

    /// Records between two stations.
    private static let stationEvery = 250

    /// Makes a journal of `entries` entries, and sees that it is right as it is.
    init(entries: Int) throws {
        journal = SampleJournal(entries: entries)
        let exported = journal.export()
        file = exported.flatMap { $0 }
        checkpoint = journal.checkpoint(entries)
        var frames: [Range<Int>] = []
        var stations: [(Int, ExportVerifier)] = []
        var verifier = ExportVerifier(checkpoints: [checkpoint], limit: 1)
        var offset = 0
        for (index, bytes) in exported.enumerated() {
            if index % Self.stationEvery == 0 { stations.append((offset, verifier)) }
            verifier.feed(bytes)
            frames.append(offset..<(offset + bytes.count))
            offset += bytes.count
        }
        self.frames = frames
        self.stations = stations
        let report = verifier.finish()
        guard report.findings.isEmpty, report.entries == entries else {
            throw CommandFailure(
                reason: "proof", message: "The unchanged journal is not right: \(report.findings)")
        }
    }

    /// Where the exported file may be kept, for another verifier.
    func write(to path: String) throws {
        try Data(file).write(to: URL(fileURLWithPath: path))
        try Data(checkpoint).write(to: URL(fileURLWithPath: path + ".checkpoint"))
    }

    /// The bytes of the file with the change that follows from `seed`.
    func changed(_ seed: UInt64) -> (mutation: Mutation, bytes: [UInt8], from: Int) {
        var random = SplitMix64(seed)
        let mutation = Mutation.allCases[Int(seed % UInt64(Mutation.allCases.count))]
        if mutation.isSealedAnew {
            let bytes = journal.export(mutation, &random).flatMap { $0 }
            return (mutation, bytes, Self.commonPrefix(file, bytes))
        }
        var bytes = file
        var from = random.below(file.count)
        switch mutation {
        case .byte: bytes[from] ^= UInt8(1 + random.below(255))
        case .fileCut: bytes.removeLast(file.count - from)
        case .recordRemoved:
            let frame = frames[random.below(frames.count)]
            bytes.removeSubrange(frame)
            from = frame.lowerBound
        default:
            let one = random.below(frames.count - 1)
            let other = one + 1 + random.below(frames.count - one - 1)
            bytes =
                Array(file[..<frames[one].lowerBound]) + file[frames[other]]
                + file[frames[one].upperBound..<frames[other].lowerBound] + file[frames[one]]
                + file[frames[other].upperBound...]
            from = frames[one].lowerBound
        }
        return (mutation, bytes, from)
    }

    /// What a verifier says of `bytes`, which are the file's own up to `from`.
    private func verify(_ bytes: [UInt8], from: Int) -> [JournalFinding] {
        let station = stations.last { $0.offset <= from } ?? stations[0]
        var verifier = station.verifier
        verifier.feed(Array(bytes[station.offset...]))
        return verifier.finish().findings
    }

    /// Changes every byte of the file, one after the other.
    func everyByte() -> Result {
        inParallel(file.count) { place in
            var random = SplitMix64(UInt64(place))
            var bytes = file
            bytes[place] ^= UInt8(1 + random.below(255))
            return (.byte, verify(bytes, from: place))
        }
    }

    /// Changes the file `count` times, by the seeds from `seed` on.
    func mutations(_ count: Int, from seed: UInt64) -> Result {
        inParallel(count) { place in
            let (mutation, bytes, from) = changed(seed &+ UInt64(place))
            return (mutation, verify(bytes, from: from))
        }
    }

    private func inParallel(
        _ count: Int, _ change: @Sendable (Int) -> (Mutation, [JournalFinding])
    ) -> Result {
        let total = Mutex(Result())
        let lanes = ProcessInfo.processInfo.activeProcessorCount
        DispatchQueue.concurrentPerform(iterations: lanes) { lane in
            var result = Result()
            for place in stride(from: lane, to: count, by: lanes) {
                let (mutation, findings) = change(place)
                result.add(mutation, UInt64(place), findings)
            }
            total.withLock { $0.add(result) }
        }
        return total.withLock { $0 }
    }

    private static func commonPrefix(_ one: [UInt8], _ other: [UInt8]) -> Int {
        zip(one, other).prefix { $0 == $1 }.count
    }
}

extension JournalProof.Result {
    /// The result for people.
    func lines(_ title: String) -> [String] {
        var lines = ["\(title): \(changes) changes, \(changes - missed.count) found"]
        for (way, counts) in reasons.sorted(by: { $0.key < $1.key }) {
            let named = counts.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
            lines.append("  \(way): \(named.joined(separator: ", "))")
        }
        return lines + missed.prefix(20).map { "  MISSED: \($0)" }
    }
}

/// The same numbers for the same seed (Steele, Lea, Flood: *Fast splittable pseudorandom number
/// generators*).
struct SplitMix64 {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func below(_ bound: Int) -> Int { bound < 1 ? 0 : Int(next() % UInt64(bound)) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
