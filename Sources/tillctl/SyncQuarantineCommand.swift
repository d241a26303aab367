import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HubProtocol
import JournalExport
import Screens
import Synchronization

/// `tillctl sync quarantine`: what the hub keeps and does not accept as it is.
struct SyncQuarantineCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "List the entries that the hub has put aside, each with its reason and a way on.",
        discussion: """
            Read from the hub's signed answers, which the journal keeps: with the hub away and the \
            daemon dead too. The hub has such an entry and answers for it; it is neither counted nor \
            lost. Exit code: 0 nothing lies in quarantine, 4 something does.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let sequence: UInt64
        let reason: String
        let batch: UInt64
        /// The hub's time of its answer, RFC 3339 in UTC.
        let answeredAt: String
        let advice: String
        /// The entry itself; absent where it is archived.
        let entry: EntryMessage?
    }

    private struct Answer: Encodable {
        let version = 1
        let entries: [Line]
        /// Answers that this hub's key has not signed: of a hub before it.
        let unreadableAnswers: Int
    }

    func perform() async throws {
        let answers = HubAnswers()
        try await ExportSource(daemon: daemon).read { answers.feed($0) }
        let (found, unreadable) = try answers.finish()
        var lines: [Line] = []
        for line in found {
            let entry = try await EntrySource(daemon: daemon).list(
                after: line.entry.sequence - 1, limit: 1
            ).first
            lines.append(
                Line(
                    sequence: line.entry.sequence, reason: line.entry.reason, batch: line.batch,
                    answeredAt: UTCTime(line.at).rfc3339, advice: Self.advice(line.entry.reason),
                    entry: entry?.sequence == line.entry.sequence ? entry : nil))
        }
        if output.json {
            try Output.json(Answer(entries: lines, unreadableAnswers: unreadable))
        } else {
            for line in lines {
                Output.line(
                    line.entry.map(JournalListCommand.text) ?? "\(line.sequence)  (archived)")
                Output.line(
                    "    \(line.reason), said the hub at \(line.answeredAt) of batch "
                        + "\(line.batch). \(line.advice)")
            }
            if lines.isEmpty { Output.line("Nothing lies in quarantine.") }
        }
        if unreadable > 0 {
            Output.note("\(unreadable) answers are of a hub before this one, and were not read.")
        }
        if !lines.isEmpty { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    /// What a person does about a reason of `hub-protocol.md`, *Quarantine*.
    static func advice(_ reason: String) -> String {
        switch reason {
        case "terminal-revoked":
            "This terminal's key was revoked before. Ask the hub's operator whether it is this "
                + "terminal that took the payment; then set it up anew: tillctl enrol request."
        case "receipt-repeated", "receipt-gap":
            "The journal and the hub do not go on from each other: was an old copy put back? Send "
                + "the hub's operator the file of tillctl journal export."
        case "conflicting-voucher":
            "Its issuer has given one voucher two sets of terms. Tell the issuer; do not give the "
                + "goods back on this account."
        case let undo where undo.hasPrefix("undo-"):
            "The hub does not count this undoing. Compare the receipts with tillhub ledger, and "
                + "settle the difference with the customer."
        default:
            "The hub could not confirm the evidence. tillctl explain says why it was approved "
                + "here; the hub's operator decides with tillhub ledger."
        }
    }
}

/// The hub's answers in an exported journal, collected while it is read.
private final class HubAnswers: Sendable {
    struct Line {
        let entry: QuarantinedEntry
        let batch: UInt64
        let at: UInt64
    }

    private struct Found {
        var header: ExportHeader?
        var lines: [Line] = []
        var unreadable = 0

        mutating func take(_ record: ExportRecord) {
            switch record {
            case .header(let read): header = read
            case .batch(let batch):
                guard let bytes = batch.acknowledgement else { return }
                guard let hub = header?.hub,
                    let answer = try? Acknowledgement.read(bytes, signedBy: hub)
                else {
                    unreadable += 1
                    return
                }
                lines += answer.quarantined.map {
                    Line(entry: $0, batch: answer.number, at: answer.at)
                }
            case .segment, .entry, .document, .checkpoint, .voucher, .redemption, .trailer: return
            }
        }
    }

    /// Filled from within the verifier, which owns what it hands records to.
    private final class Collector: Sendable {
        let found = Mutex(Found())
    }

    private let collector: Collector
    private let verifier: Mutex<ExportVerifier>

    init() {
        let collector = Collector()
        self.collector = collector
        verifier = Mutex(
            ExportVerifier { record in collector.found.withLock { $0.take(record) } })
    }

    func feed(_ bytes: [UInt8]) { verifier.withLock { $0.feed(bytes) } }

    /// What was found, in the order of the journal, and how many answers could not be read. Where
    /// the journal is not as it was written nothing is told: it could be left out.
    func finish() throws -> (lines: [Line], unreadable: Int) {
        let report = verifier.withLock { $0.finish() }
        if let finding = report.findings.first {
            throw CommandFailure(
                .dataDamaged, reason: finding.reason,
                message: "The journal is not as it was written: \(finding.message) What lies in "
                    + "quarantine may be more than can be read. tillctl journal verify names all "
                    + "that is wrong; tillhub ledger has the hub's own list.")
        }
        return collector.found.withLock { ($0.lines, $0.unreadable) }
    }
}
