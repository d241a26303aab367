import ArgumentParser
import COSE
import CodePictures
import CommandSupport
import FileKeyStore
import Foundation
import HubProtocol
import Terminal
import TerminalState
import Trust
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
    var out: String?
    @Option(
        help: ArgumentHelp(
            "A folder to draw the request in as a QR code, to be shown to the hub's operator.",
            valueName: "folder"))
    var pictures: String?
    @Flag(
        help: "Ask for another key for the journal that is here: the key in use signs the change.")
    var newKey = false
    @Flag(help: "With --new-key: the key in use is lost; the hub's operator must vouch.")
    var keyLost = false
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let publicKey: String
        let request: String?
        let pictures: [String]
    }

    func validate() throws {
        guard out != nil || pictures != nil else {
            throw ValidationError("Name a file with --out, or a folder with --pictures.")
        }
    }

    func perform() async throws {
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-id-malformed",
                message: "\(terminal.prefix(40)) is no terminal id: write till:MERCHANT/TERMINAL "
                    + "of A-Z, a-z, 0-9, '.', '_', '-', at most 25 characters.")
        }
        let folder = StateFolder(state.folder)
        let (request, key) = try request(of: folder, as: id)
        if let out {
            try StateFolder.write(MessageFile.enrolmentRequest.text(of: request), to: out)
        }
        let drawn = try pictures.map {
            try MessagePictures.write(request, .enrolmentRequest, to: $0, name: "request")
        }
        let answer = Answer(
            terminal: id.text, publicKey: key.publicKey.coseKey.hex, request: out,
            pictures: drawn ?? [])
        if output.json { return try Output.json(answer) }
        Output.line("Terminal key (public): \(answer.publicKey)")
        for path in (out.map { [$0] } ?? []) + answer.pictures {
            Output.line("Carry \(path) to the hub: tillhub terminal enrol \(path)")
        }
    }
}

extension EnrolRequestCommand {
    private func request(of folder: StateFolder, as id: TerminalID) throws -> (
        request: [UInt8], key: PrivateKey
    ) {
        guard newKey else {
            let (key, journal) = try folder.identity(as: id)
            return (EnrolmentRequest.signed(terminal: id, journal: journal, by: key), key)
        }
        guard try folder.terminal() == id else {
            throw CommandFailure(
                reason: "other-terminal",
                message: "\(state.folder) is the state of \(try folder.terminal().text). Nothing "
                    + "was changed.")
        }
        return try folder.requestNewKey(keyIsLost: keyLost)
    }
}

/// `tillctl enrol import`: takes the hub's answer.
struct EnrolImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the hub's answer; the terminal is enrolled then.")

    @Argument(
        help: "The file that `tillhub terminal enrol` wrote, or pictures of all its codes.")
    var files: [String]
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let merchant: String
        let hub: String
        let hubURL: String?
        let issuers: [String]
        let root: String
        let epoch: UInt64
        let keyReplaced: Bool
    }

    func perform() async throws {
        let now = secondsNow()
        let message = try MessagePictures.message(.enrolmentAnswer, in: files)
        let enrolled = try StateFolder(state.folder).enrol(
            with: message, from: files.joined(separator: ", "), at: now)
        let configuration = enrolled.configuration
        let answer = Answer(
            terminal: configuration.terminal.text, merchant: configuration.merchant.name,
            hub: configuration.hub.coseKey.hex, hubURL: configuration.hubURL,
            issuers: enrolled.trust.list.list.issuers.map(\.id.name),
            root: enrolled.trust.root.root.fingerprint.hex, epoch: enrolled.epoch,
            keyReplaced: enrolled.isKeyReplaced)
        if output.json {
            try Output.json(answer)
        } else {
            Output.line("Enrolled as \(answer.terminal), \(answer.merchant).")
            Output.line("Hub key: \(answer.hub)")
            Output.line("Root fingerprint: \(answer.root)")
            Output.line("Compare it with the hub's (tillhub root show), then go on.")
            if answer.keyReplaced { Output.line("The new key is in use: restart tilld.") }
            Output.line("Start the terminal: tilld --state \(state.folder)")
        }
    }
}
