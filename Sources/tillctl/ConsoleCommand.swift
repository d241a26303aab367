import ArgumentParser
import CommandSupport
import Foundation
import TerminalState
import X509Certificates

/// `tillctl console`: what the shop's tablets need to open the console.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Open the cashier's console on the shop's tablets.",
        subcommands: [ConsoleCertificateCommand.self])
}

/// `tillctl console certificate`: the authority that a tablet is told to trust.
struct ConsoleCertificateCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Show, and write, the certificate that a tablet is told to trust.",
        discussion: """
            `tilld --console-network` makes it at its first start. Give the file to the tablet, or let \
            the tablet fetch /console/authority from the console itself, and compare the fingerprint \
            before it is trusted. It vouches for private names and addresses alone.
            """)

    @OptionGroup var state: StateOptions
    @Option(help: ArgumentHelp("Write it here, in PEM.", valueName: "file"))
    var out: String?
    @OptionGroup var output: OutputOptions

    private struct Message: Encodable {
        let fingerprint: String
        let file: String?
    }

    func perform() async throws {
        guard let authority = try StateFolder(state.folder).consoleAuthority() else {
            throw CommandFailure(
                reason: "console-authority-missing",
                message:
                    "There is no console for the network here yet, so there is nothing to trust. "
                    + "Start tilld with --console-network 0.0.0.0:7443 first.")
        }
        if let out {
            do {
                try Data(authority.certificatePEM.utf8).write(
                    to: URL(fileURLWithPath: out), options: .atomic)
            } catch {
                throw CommandFailure(
                    reason: "file-not-written",
                    message:
                        "\(out) cannot be written (\(error.localizedDescription)). Nothing was "
                        + "changed. Choose another --out.")
            }
        }
        if output.json {
            return try Output.json(Message(fingerprint: authority.fingerprint, file: out))
        }
        Output.line("SHA-256 \(authority.fingerprint)")
        if let out { Output.line("Written to \(out).") }
    }
}
