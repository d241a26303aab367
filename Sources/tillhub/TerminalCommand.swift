import ArgumentParser
import COSE
import CommandSupport
import Foundation
import Hub
import HubProtocol
import Vouchers

/// `tillhub terminal`: which terminals the hub knows.
struct TerminalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminal", abstract: "Enrol terminals and list them.",
        subcommands: [TerminalEnrolCommand.self, TerminalListCommand.self])
}

/// `tillhub terminal enrol`: takes a terminal's request and writes its configuration.
struct TerminalEnrolCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Make a terminal known by the request file that it has written.",
        discussion: "The answer is a file to be carried back: tillctl enrol import FILE.")

    @Argument(help: "The file that `tillctl enrol request` wrote.")
    var request: String
    @Option(
        help: "Where to write the configuration (default: the request's path + .configuration).")
    var out: String?
    @Flag(help: "Accept another key or journal of a terminal that is enrolled already.")
    var replace = false
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let key: String
        let journal: String
        let again: Bool
        let configuration: String
    }

    func perform() async throws {
        let now = try Clock.believable()
        let message = try read()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let registrar = HubRegistrar(ledger: ledger, key: try folder.identity())
        let answer: HubRegistrar.EnrolmentAnswer
        do {
            answer = try await registrar.enrol(message, replacing: replace, at: now)
        } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .enrolled(let asked, let configuration, let again):
            let path = out ?? request + ".configuration"
            try OutputFile.replace(path, with: MessageFile.configuration.text(of: configuration))
            let told = Answer(
                terminal: asked.terminal.text, key: asked.key.coseKey.hex,
                journal: asked.journal.hex, again: again, configuration: path)
            if output.json { return try Output.json(told) }
            Output.line("\(again ? "Already enrolled:" : "Enrolled") \(told.terminal)")
            Output.line("Terminal key (public): \(told.key)")
            Output.line("Carry \(path) to the terminal: tillctl enrol import \(path)")
        }
    }

    private func read() throws -> [UInt8] {
        let kind = MessageFile.enrolmentRequest
        guard let handle = FileHandle(forReadingAtPath: request) else {
            throw CommandFailure(
                .notFound, reason: "file-not-readable",
                message: "\(request) cannot be read. Nothing was changed. Check the path and mode.")
        }
        defer { try? handle.close() }
        let data = (try? handle.read(upToCount: kind.maximumFileBytes + 1)) ?? Data()
        do { return try kind.message(in: [UInt8](data)) } catch {
            throw CommandFailure(
                reason: error.reason,
                message: "\(request): \(error.description) Nothing was changed.")
        }
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
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let enrolments: [Enrolment]
        do { enrolments = try await ledger.enrolments() } catch { throw CommandFailure(error) }
        let lines = enrolments.map { enrolment in
            Line(
                terminal: enrolment.terminal.text, key: enrolment.key.coseKey.hex,
                journal: enrolment.journal.hex, since: Shown.time(enrolment.at))
        }
        if output.json { return try Output.json(["terminals": lines]) }
        if lines.isEmpty { Output.line("No terminal is enrolled.") }
        for line in lines {
            Output.line("\(line.terminal)  since \(line.since)  journal \(line.journal)")
            Output.line("  key \(line.key)")
        }
    }
}
