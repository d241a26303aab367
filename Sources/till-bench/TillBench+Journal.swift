import ArgumentParser
import CommandSupport
import Foundation
import JournalExport

// What a verifier of exported journals finds.
extension TillBench {
    /// Entries of the journal whose every byte is changed, and of the one that is changed at random.
    static let shortJournal = 50
    static let longJournal = 10_000
    /// Entries of the journals that are written for another verifier.
    static let sampleJournal = 120

    /// Changes every byte of a short journal, and a long one `count` times.
    func proveJournal(_ count: Int) throws {
        let short = try JournalProof(entries: Self.shortJournal).everyByte()
        let long = try JournalProof(entries: Self.longJournal).mutations(count, from: seed)
        if output.json {
            try Output.json(["everyByte": short, "seeded": long])
        } else {
            let lines =
                short.lines("every byte of \(Self.shortJournal) entries")
                + long.lines("\(Self.longJournal) entries, seeds from \(seed)")
            lines.forEach(Output.line)
        }
        guard short.missed.isEmpty, long.missed.isEmpty else {
            throw CommandFailure(
                .dataDamaged, reason: "change-missed", message: "A verifier missed a change.")
        }
    }

    /// Writes changed journals, what this verifier says of each, and the checkpoint to hold them
    /// against.
    func writeSamples(_ count: Int) throws {
        let proof = try JournalProof(entries: Self.sampleJournal)
        try proof.write(to: out + "/journal.till")
        var verdicts: [String: [String]] = ["journal.till": []]
        let checkpoint = proof.checkpoint
        for place in 0..<UInt64(count) {
            let name = "changed-\(seed &+ place).till"
            let bytes = proof.changed(seed &+ place).bytes
            try Data(bytes).write(to: URL(fileURLWithPath: out + "/" + name))
            var verifier = ExportVerifier(checkpoints: [checkpoint], limit: 10_000)
            verifier.feed(bytes)
            verdicts[name] = verifier.finish().findings.map(\.reason)
        }
        try Data(try Output.jsonText(verdicts).utf8).write(
            to: URL(fileURLWithPath: out + "/verdicts.json"))
    }
}
