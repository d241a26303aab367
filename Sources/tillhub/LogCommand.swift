import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Hub
import HubProtocol
import Vouchers

/// `tillhub log`: what the hub has accepted, so that nobody can take it back unseen.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show and prove what the hub has accepted: its Merkle log.",
        subcommands: [
            LogCheckpointCommand.self, LogProveCommand.self, LogVerifyCommand.self,
        ])
}

/// Where a text goes: to a file, or to standard output.
private func put(_ text: [UInt8], _ file: String?) throws {
    let text = String(decoding: text, as: UTF8.self)
    guard let file else { return Output.write(text, to: 1) }
    try OutputFile.replace(file, with: text)
}

extension CommandFailure {
    fileprivate init(_ error: HubLogError) {
        let status: ExitStatus =
            switch error {
            case .notIncluded, .rolledBack, .forked, .withheld: .dataDamaged
            case .malformed, .wrongSigner, .badSignature, .otherLog: .failed
            }
        self.init(status, reason: error.reason, message: error.message)
    }
}

extension CommandFailure {
    /// The hub has accepted no such batch.
    fileprivate static let noSuchBatch = CommandFailure(
        .notFound, reason: "no-such-leaf",
        message:
            "The hub has accepted no such batch: nothing can be proven of it. tillhub terminals "
            + "shows how far each terminal's batches have come.")
}

extension HubLog.Answer {
    /// The text that was asked for by somebody who has seen `held` leaves.
    fileprivate func text(held: UInt64 = 0) throws -> [UInt8] {
        switch self {
        case .proven(let text): return text
        case .noSuchLeaf: throw CommandFailure.noSuchBatch
        case .shorter(let size): throw HubLogError.rolledBack(held: held, found: size)
        case .notInitialised: throw CommandFailure(RegistrarRefusal.notInitialised)
        }
    }
}

/// A checkpoint as JSON.
private struct CheckpointAnswer: Encodable {
    let origin: String
    let size: UInt64
    let root: String
    let at: String

    init(_ checkpoint: HubLogCheckpoint) {
        origin = checkpoint.origin
        size = checkpoint.size
        root = checkpoint.root.hex
        at = Shown.time(checkpoint.at)
    }
}

/// `tillhub log checkpoint`: the newest signed checkpoint.
struct LogCheckpointCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print the newest signed checkpoint of the log.",
        discussion: "Keep it somewhere else: tillhub log verify --since holds the hub to it.")

    @Option(help: ArgumentHelp("Where it is written (default: printed).", valueName: "file"))
    var out: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let key = try hub.folder.identity()
        do {
            let log = HubLog(ledger: try hub.folder.openLedger(), key: key)
            let text = try await log.checkpoint(at: Clock.believable()).text()
            let checkpoint = try HubLogCheckpoint.verify(text, signedBy: key.publicKey)
            if out != nil || !output.json { try put(text, out) }
            if output.json { try Output.json(CheckpointAnswer(checkpoint)) }
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        } catch let error as HubLogError { throw CommandFailure(error) }
    }
}

/// `tillhub log prove`: a proof that a batch was accepted.
struct LogProveCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Print a proof that a terminal's batch is in the log.",
        discussion: """
            tillhub log prove till:m42/t7 3 --out batch-3.tlog-proof

            The proof stands alone: whoever has it and the hub's key can tell that the batch was \
            accepted, and how it was answered (tillhub log verify --proof). Of a terminal with more \
            than one journal the newest is meant, unless --journal names another.
            """)

    @Argument(help: "The terminal's id, such as till:m42/t7.")
    var terminal: String
    @Argument(help: "The batch's number.")
    var batch: UInt64
    @Option(help: ArgumentHelp("The journal, 16 hexadecimal digits.", valueName: "hex"))
    var journal: String?
    @Option(help: ArgumentHelp("Where it is written (default: printed).", valueName: "file"))
    var out: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let index: UInt64
        let leaf: String
        let checkpoint: CheckpointAnswer
    }

    func perform() async throws {
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-malformed",
                message: "\"\(terminal.prefix(40))\" is no terminal id. Write it as till:m42/t7.")
        }
        let named = journal.map { [UInt8](hex: $0) ?? [] }
        guard named.map({ $0.count == MessageLimits.journalIdentityLength }) ?? true else {
            throw CommandFailure(
                .usage, reason: "journal-malformed",
                message:
                    "A journal's identity has 16 hexadecimal digits: tillhub terminals shows it.")
        }
        let key = try hub.folder.identity()
        do {
            let ledger = try hub.folder.openLedger()
            let newest = try await ledger.enrolments().last { $0.terminal == id }?.journal
            guard let journal = named ?? newest,
                let index = try await ledger.logIndex(of: id, journal: journal, batch: batch)
            else { throw CommandFailure.noSuchBatch }
            let text = try await HubLog(ledger: ledger, key: key)
                .inclusion(at: index, signedAt: Clock.believable()).text()
            // What is handed out is read first as whoever gets it will.
            let proof = try HubLogInclusion(decoding: text)
            let checkpoint = try proof.verify(signedBy: key.publicKey)
            if out != nil || !output.json { try put(text, out) }
            if output.json {
                try Output.json(
                    Answer(
                        index: proof.index, leaf: proof.leaf.hash.hex,
                        checkpoint: CheckpointAnswer(checkpoint)))
            }
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        } catch let error as HubLogError { throw CommandFailure(error) }
    }
}

/// `tillhub log verify`: the log against the batches, a proof, or growth since a checkpoint.
struct LogVerifyCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold the log against the batches, against a checkpoint, or check a proof.",
        discussion: """
            Without an option the hub's whole log is held against its batches. --since takes a \
            checkpoint that was kept elsewhere, and proves that the log begins as it did then. \
            --proof reads a proof; with --key it needs no hub.
            Exit code: 0 right, 1 not to be read, 20 the log is not what was signed.
            """)

    @Option(help: ArgumentHelp("A checkpoint that was kept.", valueName: "file"))
    var since: String?
    @Option(help: ArgumentHelp("A proof that a batch is in the log.", valueName: "file"))
    var proof: String?
    @Option(
        help: ArgumentHelp(
            "The hub's public key, a COSE_Key (default: that of --hub).", valueName: "hex"))
    var key: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Proven: Encodable {
        let terminal: String
        let journal: String
        let batch: UInt64
        let batchDigest: String
        let acknowledgementDigest: String
        let index: UInt64
        let checkpoint: CheckpointAnswer
    }

    func validate() throws {
        guard since == nil || proof == nil else {
            throw ValidationError("--since and --proof are two questions: ask one at a time.")
        }
    }

    func perform() async throws {
        let key = try key.map(Parsing.publicKey) ?? hub.folder.identity().publicKey
        do {
            if let proof { return try verify(proof: proof, key) }
            if let since { return try await verify(since: since, key) }
            let ledger = try hub.folder.openLedger()
            if let finding = try await LedgerAuditor(ledger: ledger, hub: key).audit({ _ in }) {
                throw CommandFailure(
                    .dataDamaged, reason: finding.reason, message: finding.message)
            }
            try tell(
                try await HubLog(ledger: ledger, key: hub.folder.identity())
                    .checkpoint(at: Clock.believable()).text(), key, "The log is that of the")
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        } catch let error as HubLogError { throw CommandFailure(error) }
    }

    private func verify(proof path: String, _ key: PublicKey) throws {
        let bytes = try InputFile.read(path, upTo: HubLogInclusion.maximumBytes + 1)
        let proof = try HubLogInclusion(decoding: bytes)
        let checkpoint = try proof.verify(signedBy: key)
        let leaf = proof.leaf
        if output.json {
            return try Output.json(
                Proven(
                    terminal: leaf.terminal.text, journal: leaf.journal.hex, batch: leaf.number,
                    batchDigest: leaf.batchDigest.hex,
                    acknowledgementDigest: leaf.acknowledgementDigest.hex, index: proof.index,
                    checkpoint: CheckpointAnswer(checkpoint)))
        }
        Output.line(
            "Batch \(leaf.number) of \(leaf.terminal.text), journal \(leaf.journal.hex), is number "
                + "\(proof.index + 1) of the \(checkpoint.size) that the hub had accepted at "
                + "\(Shown.time(checkpoint.at)).")
        Output.line("Batch SHA-256            \(leaf.batchDigest.hex)")
        Output.line("Acknowledgement SHA-256  \(leaf.acknowledgementDigest.hex)")
    }

    private func verify(since path: String, _ key: PublicKey) async throws {
        let held = try HubLogCheckpoint.verify(
            InputFile.read(path, upTo: HubLogCheckpoint.maximumBytes + 1), signedBy: key)
        let log = HubLog(ledger: try hub.folder.openLedger(), key: try hub.folder.identity())
        let proof = try HubLogConsistency(
            decoding: try await log.consistency(from: held.size, at: Clock.believable())
                .text(held: held.size))
        _ = try proof.verify(continuing: held, signedBy: key)
        try tell(
            proof.checkpoint, key,
            "The log begins with the \(held.size) batches of \(Shown.time(held.at)), and has now")
    }

    private func tell(_ checkpoint: [UInt8], _ key: PublicKey, _ start: String) throws {
        let checkpoint = try HubLogCheckpoint.verify(checkpoint, signedBy: key)
        if output.json { return try Output.json(CheckpointAnswer(checkpoint)) }
        Output.line("\(start) \(checkpoint.size) batches; root \(checkpoint.root.hex).")
    }
}
