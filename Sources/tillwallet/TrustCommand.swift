import ArgumentParser
import COSE
import CommandSupport
import Wallet

/// `tillwallet trust`: the terminals whose requests are answered.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Say which terminals' requests are answered.",
        subcommands: [TrustAddCommand.self, TrustListCommand.self])
}

/// A trusted terminal in JSON.
private struct TerminalMessage: Encodable {
    let key: String
    let keyID: String
    let name: String?

    init(_ terminal: TrustedTerminal) {
        key = terminal.key.coseKey.hex
        keyID = terminal.key.keyID.hex
        name = terminal.name
    }

    var sentence: String { "\(keyID)  \(name ?? "(no name)")" }
}

/// `tillwallet trust add`.
struct TrustAddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trust the terminal with this key.")

    @Argument(help: ArgumentHelp("The terminal's public COSE_Key (Ed25519).", valueName: "hex"))
    var key: String
    @Option(help: "What to call it.")
    var name: String?
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        guard let bytes = [UInt8](hex: key) else {
            throw CommandFailure(
                .usage, reason: "key-not-hex",
                message: "The key is not hexadecimal. Nothing was changed.")
        }
        let folder = try wallet.open()
        var purse = try folder.purse()
        let terminal = try refusing { () throws(WalletRefusal) in
            try purse.trust(coseKey: bytes, name: name)
        }
        try folder.keep(purse)
        let message = TerminalMessage(terminal)
        if output.json {
            try Output.json(message)
        } else {
            Output.line("Trusted: \(message.sentence)")
        }
    }
}

/// `tillwallet trust list`.
struct TrustListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the trusted terminals.")

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminals: [TerminalMessage]
    }

    func perform() async throws {
        let messages = try wallet.open().purse().terminals.map(TerminalMessage.init)
        if output.json {
            try Output.json(Answer(terminals: messages))
        } else if messages.isEmpty {
            Output.line("No terminal is trusted.")
        } else {
            for message in messages { Output.line(message.sentence) }
        }
    }
}
