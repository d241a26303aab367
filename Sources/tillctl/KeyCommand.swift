import ArgumentParser
import COSE
import CommandSupport
import FileKeyStore
import Foundation
import TerminalState

/// `tillctl key`: the terminal's private key at rest.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look after the terminal's private key.",
        subcommands: [KeySealCommand.self])
}

/// `tillctl key seal`: gives the key to the service manager, so that no plain file holds it.
struct KeySealCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal the key to this machine, and remove the plain file.",
        discussion: """
            Runs systemd-creds(1): the key is encrypted to this machine's TPM where it has one, \
            and to a secret of this system, and tilld gets it at its start by \
            LoadCredentialEncrypted= in its unit. The sealed key opens on no other machine: there \
            is no copy of it, and a machine that is lost is enrolled anew. The plain file is \
            removed once the sealed one has been opened again and found to be the same. Start \
            tilld anew afterwards.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to put the sealed key (default: \(StateFolder.sealedFolder)).",
            valueName: "folder"))
    var into: String = StateFolder.sealedFolder
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let sealed: String
        let removed: String
    }

    func perform() async throws {
        let folder = StateFolder(state.folder)
        guard FileManager.default.fileExists(atPath: folder.keyPath) else {
            throw CommandFailure(
                .notFound, reason: "key-missing",
                message: "There is no plain key \(folder.keyPath). Nothing was changed. If it is "
                    + "sealed already, all is well: tillctl doctor tells.")
        }
        let key = try StateFolder.key(at: .file(path: folder.keyPath))
        let sealed = into + "/" + StateFolder.keyCredential
        guard !FileManager.default.fileExists(atPath: sealed) else {
            throw CommandFailure(
                reason: "sealed-key-exists",
                message: "There is a sealed key \(sealed) already. Nothing was changed: a key is "
                    + "never overwritten. Move it away if it is not this terminal's.")
        }
        try FileManager.default.createDirectory(
            atPath: into, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let name = "--name=" + StateFolder.keyCredential
        _ = try SealingProgram.run(["encrypt", name, folder.keyPath, sealed])
        // The proof before the file goes: what was sealed opens, and is this key.
        let opened = try SealingProgram.run(["decrypt", name, sealed, "-"])
        guard FileKeyStore.key(in: [UInt8](opened))?.publicKey == key.publicKey else {
            try? FileManager.default.removeItem(atPath: sealed)
            throw CommandFailure(
                reason: "key-not-sealed",
                message: "The sealed key did not open again. The plain file was left as it is.")
        }
        try FileManager.default.removeItem(atPath: folder.keyPath)
        let answer = Answer(sealed: sealed, removed: folder.keyPath)
        if output.json { return try Output.json(answer) }
        Output.line("Sealed into \(answer.sealed); \(answer.removed) was removed.")
        Output.line("Next: systemctl restart tilld")
    }
}

/// systemd-creds(1). The key goes through files and pipes, never through arguments.
enum SealingProgram {
    /// What the program writes to standard output; its messages are told where it fails.
    static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["systemd-creds"] + arguments
        let output = Pipe()
        let messages = Pipe()
        process.standardOutput = output
        process.standardError = messages
        do { try process.run() } catch { throw failure("\(error.localizedDescription)") }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let words = messages.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw failure(String(decoding: words.prefix(300), as: UTF8.self))
        }
        return data
    }

    private static func failure(_ words: String) -> CommandFailure {
        CommandFailure(
            reason: "systemd-creds-failed",
            message: "systemd-creds did not do it: \(words.trimmingCharacters(in: .newlines)) "
                + "The plain key was left as it is. Run as root, on a machine with systemd 250 "
                + "or later.")
    }
}
