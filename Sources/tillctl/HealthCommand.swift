import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

/// `tillctl health`: how the terminal is, as a code on the customer's screen.
struct HealthCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Show how the terminal is as a signed QR code on the customer's screen.",
        discussion: """
            For a technician without a network or a cable: the code is scanned, and `tillctl code \
            explain TH1:…` on any other terminal of the shop says whether it is genuine, and how this \
            one is. No amount and no customer is in it. It stands for a minute, or until a sale is \
            opened; a terminal that is out of order shows it by itself. The console has it in the \
            queue's view (F9).
            Exit codes: 0 shown, 1 refused (sale-open), 4 made, but not shown, 8 no daemon: ask \
            tillctl doctor.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let made = try await daemon.ask { try await $0.showHealth() }
        if output.json {
            try Output.json(made)
        } else {
            if let symbol = made.halfBlocks { Output.line(symbol) }
            Output.line(made.text)
            Output.line(
                made.shown
                    ? "It stands on the customer's screen for \(made.seconds) seconds."
                    : "The customer's screen does not show it: scan it from here.")
        }
        if !made.shown { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}
