import ArgumentParser
import COSE
import CodePictures
import CommandSupport
import Hub
import HubProtocol
import Trust
import Vouchers

/// `tillhub terminal`: which terminals the hub knows.
struct TerminalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminal",
        abstract: "Enrol terminals, let them refund, revoke and list them.",
        subcommands: [
            TerminalEnrolCommand.self, TerminalRefundsCommand.self, TerminalRevokeCommand.self,
            TerminalListCommand.self,
        ])
}

/// `tillhub terminal enrol`: takes a terminal's request and writes the hub's answer.
struct TerminalEnrolCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Make a terminal known by the request file that it has written.",
        discussion: "The answer is a file to be carried back: tillctl enrol import FILE.")

    @Argument(help: "The file that `tillctl enrol request` wrote, or a picture of its code.")
    var request: String
    @Option(
        help: "Where to write the answer (default: the request's path + .answer).")
    var out: String?
    @Option(
        help: ArgumentHelp(
            "A folder to draw the answer in as QR codes, for a terminal without a network.",
            valueName: "folder"))
    var pictures: String?
    @Flag(help: "Accept another journal of a terminal that is enrolled: it was set up anew.")
    var replace = false
    @Flag(
        help: "Accept another key for a journal whose key is lost; the lost key is revoked.")
    var keyLost = false
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let key: String
        let journal: String
        let again: Bool
        let answer: String
        let pictures: [String]
    }

    func validate() throws {
        guard !(replace && keyLost) else {
            throw ValidationError("--replace is for a new journal, --key-lost for the same one.")
        }
    }

    func perform() async throws {
        let now = try Clock.believable()
        let message = try MessagePictures.message(.enrolmentRequest, in: [request])
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let registrar = HubRegistrar(ledger: ledger, key: try folder.identity())
        let outcome: HubRegistrar.EnrolmentOutcome
        do {
            outcome = try await registrar.enrol(
                message, consent: replace ? .newJournal : keyLost ? .keyLost : .none, at: now)
        } catch {
            throw CommandFailure(error)
        }
        switch outcome {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .enrolled(let asked, let answer, let again):
            let path = out ?? request + ".answer"
            try OutputFile.replace(path, with: MessageFile.enrolmentAnswer.text(of: answer))
            let drawn = try pictures.map {
                try MessagePictures.write(answer, .enrolmentAnswer, to: $0, name: "answer")
            }
            let told = Answer(
                terminal: asked.terminal.text, key: asked.key.coseKey.hex,
                journal: asked.journal.hex, again: again, answer: path, pictures: drawn ?? [])
            if output.json { return try Output.json(told) }
            Output.line("\(again ? "Already enrolled:" : "Enrolled") \(told.terminal)")
            Output.line("Terminal key (public): \(told.key)")
            Output.line("Carry \(path) to the terminal: tillctl enrol import \(path)")
            if !told.pictures.isEmpty {
                Output.line(
                    "Or take pictures of these codes, all of them: "
                        + "tillctl enrol import \(told.pictures.joined(separator: " "))")
            }
            Output.line("Wallets learn the terminal with the next list: tillhub trust publish.")
        }
    }
}

/// `tillhub terminal revoke`: a terminal that is lost, stolen or cloned.
struct TerminalRevokeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a terminal that is lost, stolen or cloned.",
        discussion: """
            At once: what it captured from then on lies in quarantine when it arrives; what it \
            captured before is still taken. Wallets and other terminals learn it with the next \
            list: tillhub trust publish. To go on, set the terminal up anew (tillctl enrol \
            request, tillhub terminal enrol --replace): its journal, and with it its receipt and \
            Z numbers, is another epoch.
            """)

    @Argument(help: "The terminal's id: till:MERCHANT/TERMINAL.")
    var terminal: String
    @Option(help: "From when on (default: now): 2026-12-24T00:00:00Z or seconds since 1970 UTC.")
    var since: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let keys: Int
        let since: String
    }

    func perform() async throws {
        let now = try Clock.believable()
        let since = try since.map { try Parsing.moment($0, option: "--since") } ?? now
        guard since > 0, since <= now else {
            throw CommandFailure(
                .usage, reason: "time-in-the-future",
                message: "--since is not after now. Nothing was changed.")
        }
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-malformed",
                message: "A terminal's id is till:MERCHANT/TERMINAL. Nothing was changed.")
        }
        let folder = hub.folder
        let registrar = HubRegistrar(
            ledger: try folder.openLedger(), key: try folder.identity())
        let count: Int
        do { count = try await registrar.revoke(id, since: since, at: now) } catch {
            throw CommandFailure(error)
        }
        guard count > 0 else {
            throw CommandFailure(
                .notFound, reason: "unknown-terminal",
                message: "\(id.text) has no key that is not revoked. Nothing was changed. "
                    + "tillhub terminal list names the terminals.")
        }
        let answer = Answer(terminal: id.text, keys: count, since: Shown.time(since))
        if output.json { return try Output.json(answer) }
        Output.line(
            "Revoked \(answer.terminal) since \(answer.since). Next: tillhub trust publish.")
    }
}

/// `tillhub terminal list`: the terminals that are enrolled.
struct TerminalListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the terminals that are enrolled.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let terminal: String
        let key: String
        let journal: String
        let since: String
        let epoch: Int
        let status: String
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let enrolments: [Enrolment]
        let added: [JournalKey]
        let entries: [TrustEntry]
        do {
            enrolments = try await ledger.enrolments()
            added = try await ledger.journalKeys()
            entries = try await TrustRegistrar(ledger: ledger).entries(at: Clock.seconds())
        } catch {
            throw CommandFailure(error)
        }
        var epochs: [TerminalID: Int] = [:]
        let lines = enrolments.map { enrolment in
            epochs[enrolment.terminal, default: 0] += 1
            let key =
                added.last {
                    $0.terminal == enrolment.terminal && $0.journal == enrolment.journal
                }?.key ?? enrolment.key
            let entry = entries.first { $0.key == key }
            return Line(
                terminal: enrolment.terminal.text, key: key.coseKey.hex,
                journal: enrolment.journal.hex, since: Shown.time(enrolment.at),
                epoch: epochs[enrolment.terminal] ?? 1,
                status: entry.map { TrustKeyMessage($0).status } ?? "expired")
        }
        if output.json { return try Output.json(["terminals": lines]) }
        if lines.isEmpty { Output.line("No terminal is enrolled.") }
        for line in lines {
            Output.line(
                "\(line.terminal)  since \(line.since)  journal \(line.journal)  "
                    + "epoch \(line.epoch)  \(line.status)")
            Output.line("  key \(line.key)")
        }
    }
}
