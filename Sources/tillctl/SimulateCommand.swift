import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient
import Terminal

/// `tillctl simulate`: weather made on purpose, for a terminal in training.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Cut a terminal in training off from its hub, and mend it.",
        discussion: """
            A terminal that takes money refuses (not-training, code 1). The cut ends by itself, and \
            with the daemon.
            """,
        subcommands: [
            SimulateOfflineCommand.self, SimulateOnlineCommand.self, SimulateShowCommand.self,
        ],
        defaultSubcommand: SimulateShowCommand.self)

    /// Where the rehearsal stands, for people or programs.
    static func tell(_ rehearsal: RehearsalMessage, _ output: OutputOptions) throws {
        if output.json { return try Output.json(rehearsal) }
        Output.line(DaemonOptions.trainingLine)
        Output.line(
            rehearsal.offline
                ? "Offline on purpose, for \((rehearsal.secondsLeft + 59) / 60) minutes more. Sell "
                    + "as on a day without a network; `tillctl simulate online` ends it."
                : "Not cut off: the hub is asked as ever.")
    }
}

/// `tillctl simulate offline`.
struct SimulateOfflineCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "offline", abstract: "Cut the way to the hub for a while.")

    /// How long where nobody says: enough to try each kind of payment.
    static let usualMinutes: UInt64 = 15

    @Option(help: "For how many minutes, 1 to \(OfflineRehearsal.maximumMinutes).")
    var minutes = usualMinutes
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...OfflineRehearsal.maximumMinutes).contains(minutes) else {
            throw ValidationError("--minutes is from 1 to \(OfflineRehearsal.maximumMinutes).")
        }
    }

    func perform() async throws {
        try SimulateCommand.tell(
            try await daemon.ask { try await $0.rehearse(offlineMinutes: minutes) }, output)
    }
}

/// `tillctl simulate online`.
struct SimulateOnlineCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "online", abstract: "Mend the way to the hub.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try SimulateCommand.tell(
            try await daemon.ask { try await $0.rehearse(offlineMinutes: 0) }, output)
    }
}

/// `tillctl simulate show`.
struct SimulateShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell whether the way to the hub is cut, and for how long.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try SimulateCommand.tell(try await daemon.ask { try await $0.rehearsal() }, output)
    }
}
