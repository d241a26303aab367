import ArgumentParser
import COSE
import CommandSupport
import FileKeyStore
import Foundation
import HubProtocol
import Terminal
import TerminalState
import Vouchers

/// `tillctl enrol`: makes a terminal of a machine, by two files that are carried to and from the
/// hub.
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol this machine as a terminal of a hub.",
        subcommands: [EnrolRequestCommand.self, EnrolImportCommand.self])
}

/// `tillctl enrol request`: makes the terminal's key and the request to be carried to the hub.
struct EnrolRequestCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Make the terminal's key, and the request to be carried to the hub.",
        discussion: "The private key never leaves the state folder. Asked again, the same key "
            + "asks again.")

    @Option(
        help: ArgumentHelp(
            "The terminal's id: till:MERCHANT/TERMINAL, at most 25 characters.",
            valueName: "till:m42/t7"))
    var terminal: String
    @Option(help: ArgumentHelp("Where to write the request.", valueName: "file"))
    var out: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let publicKey: String
        let request: String
    }

    func perform() async throws {
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-id-malformed",
                message: "\(terminal.prefix(40)) is no terminal id: write till:MERCHANT/TERMINAL "
                    + "of A-Z, a-z, 0-9, '.', '_', '-', at most 25 characters.")
        }
        let folder = StateFolder(state.folder)
        let (key, journal) = try folder.identity(as: id)
        let request = EnrolmentRequest.signed(terminal: id, journal: journal, by: key)
        try StateFolder.write(MessageFile.enrolmentRequest.text(of: request), to: out)
        let answer = Answer(
            terminal: id.text, publicKey: key.publicKey.coseKey.hex, request: out)
        if output.json {
            try Output.json(answer)
        } else {
            Output.line("Terminal key (public): \(answer.publicKey)")
            Output.line("Carry \(out) to the hub: tillhub terminal enrol \(out)")
        }
    }
}

/// `tillctl enrol import`: takes the hub's answer.
struct EnrolImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the hub's answer; the terminal is enrolled then.")

    @Argument(help: "The file that `tillhub terminal enrol` wrote.")
    var file: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let merchant: String
        let hub: String
        let hubURL: String?
        let issuers: [String]
    }

    func perform() async throws {
        let configuration = try StateFolder(state.folder).enrol(with: file)
        let answer = Answer(
            terminal: configuration.terminal.text, merchant: configuration.merchant.name,
            hub: configuration.hub.coseKey.hex, hubURL: configuration.hubURL,
            issuers: configuration.issuers.map(\.id.name))
        if output.json {
            try Output.json(answer)
        } else {
            Output.line("Enrolled as \(answer.terminal), \(answer.merchant).")
            Output.line("Hub key: \(answer.hub)")
            Output.line("Start the terminal: tilld --state \(state.folder)")
        }
    }
}
