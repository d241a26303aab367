import ArgumentParser
import COSE
import CommandSupport
import FileTrustKeeper
import Foundation
import HubProtocol
import Terminal
import Trust
import Wallet

/// `tillwallet trust`: the terminals whose requests are answered.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Say which terminals' requests are answered.",
        subcommands: [
            TrustAddCommand.self, TrustImportCommand.self, TrustListCommand.self,
        ])
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

/// `tillwallet trust import`.
struct TrustImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Trust the terminals of a merchant's signed trust list.",
        discussion: """
            By a terminal's own rules: root keys must have signed it, and a list older than one \
            held before is never taken again. The first root is believed: compare its \
            fingerprint with the merchant's, or give it with --root.
            """)

    @Argument(help: "The file that `tillhub trust export` wrote.")
    var file: String
    @Option(
        help: ArgumentHelp("The root's fingerprint, as the merchant says it.", valueName: "hex"))
    var root: String?
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let changed: Bool
        let list: UInt64
        let root: String
        let terminals: Int
    }

    func perform() async throws {
        let now = secondsNow()
        let offer = try read()
        let folder = try wallet.open()
        let held = try folder.trust()
        let store: TrustStore
        do {
            if let held {
                let update = held.update(with: offer, at: now)
                if let refusal = update.refusal { throw refusal }
                store = update.store
            } else {
                store = try TrustStore.introduce(
                    offer, floors: try folder.trustKeeper.floors(), at: now)
            }
        } catch let refusal as TrustRefusal {
            throw CommandFailure(
                reason: refusal.reason,
                message: "\(file): \(refusal.description) "
                    + (held?.standing(at: now) ?? "Nothing was changed.") + " " + refusal.advice)
        } catch let error as TrustFileError {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        let fingerprint = store.root.root.fingerprint.hex
        guard root.map({ $0.lowercased() == fingerprint }) ?? true else {
            throw CommandFailure(
                reason: "root-differs",
                message: "\(file) has another root (\(fingerprint)). Nothing was changed: the "
                    + "file is not this merchant's.")
        }
        do throws(TrustKeepingError) { try folder.trustKeeper.keep(store) } catch {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        let answer = Answer(
            changed: store != held, list: store.list.list.version, root: fingerprint,
            terminals: store.list.list.entries(.terminal).count)
        if output.json { return try Output.json(answer) }
        Output.line("Trust list \(answer.list): \(answer.terminals) terminals' keys.")
        Output.line("Root fingerprint: \(answer.root)")
    }

    private func read() throws -> TrustOffer {
        let bytes = try InputFile.read(file, upTo: MessageFile.trust.maximumFileBytes + 1)
        do {
            return try TrustOffer(decoding: try MessageFile.trust.message(in: bytes))
        } catch let error as MessageFileError {
            throw CommandFailure(
                reason: error.reason,
                message: "\(file): \(error.description) Nothing was changed.")
        } catch let refusal as TrustRefusal {
            throw CommandFailure(
                reason: refusal.reason,
                message: "\(file): \(refusal.description) Nothing was changed.")
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
        let purse = try wallet.open().purse()
        let messages = (purse.terminals + purse.listedTerminals).map(TerminalMessage.init)
        if output.json {
            try Output.json(Answer(terminals: messages))
        } else if messages.isEmpty {
            Output.line("No terminal is trusted.")
        } else {
            for message in messages { Output.line(message.sentence) }
        }
    }
}
