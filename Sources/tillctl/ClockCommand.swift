import ArgumentParser
import CommandSupport
import ControlProtocol
import FileCamera
import Foundation
import HTTPControlClient
import HubProtocol
import Terminal
import ZBarDecoder

/// `tillctl clock`: where the terminal stands in time, and the way out of a suspect clock.
struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Show the terminal's clock, and settle it.",
        subcommands: [
            ClockShowCommand.self, ClockChallengeCommand.self, ClockSettleCommand.self,
        ])

    /// A clock for people.
    static func tell(_ clock: ClockMessage) {
        let time = Date(timeIntervalSince1970: Double(clock.now)).formatted(.iso8601)
        let uncertainty =
            clock.uncertaintySeconds.map { "± \($0) s" } ?? "nothing bounds its error"
        Output.line("Clock \(clock.state): \(time) (\(uncertainty))")
        if let problem = clock.problem { Output.line("  \(problem) Nothing is approved.") }
    }
}

/// `tillctl clock show`.
struct ClockShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Tell the time, how sure it is, and what is wrong with it.",
        discussion: "Exit codes: 0 the clock is believed, 4 it is not.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let clock = try await daemon.ask { try await $0.clock() }
        if output.json { try Output.json(clock) } else { ClockCommand.tell(clock) }
        if clock.state == "suspect" { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}

/// `tillctl clock challenge`.
struct ClockChallengeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge",
        abstract: "Show a challenge, for which the hub gives the time's code.",
        discussion: "The challenge is good for 15 minutes, and for one code.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let challenge = try await daemon.ask { try await $0.clockChallenge() }
        if output.json { return try Output.json(challenge) }
        Output.line("Challenge: \(challenge.challenge)")
        Output.line("At the hub: tillhub clock-code \(challenge.terminal) \(challenge.challenge)")
        Output.line("Then here:  tillctl clock settle CODE")
    }
}

/// `tillctl clock settle`.
struct ClockSettleCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Settle the clock by the hub's code.")

    @Argument(help: "The code that tillhub clock-code printed (TCT1:…).")
    var code: String?
    @Option(help: ArgumentHelp("A picture of the code instead.", valueName: "file"))
    var picture: String?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (code == nil) != (picture == nil) else {
            throw ValidationError("Give the code, or --picture with a file.")
        }
    }

    func perform() async throws {
        let text = try code ?? Self.code(in: picture ?? "")
        let clock = try await daemon.ask { try await $0.settleClock(code: text) }
        if output.json { return try Output.json(clock) }
        ClockCommand.tell(clock)
    }

    /// The code in a picture.
    private static func code(in path: String) throws -> String {
        let frame: LumaFrame
        do { frame = try PictureReader.readFrame(atPath: path) } catch {
            throw CommandFailure(reason: error.reason, message: "\(error)")
        }
        let texts = ZBarDecoder().decode(frame).map { String(decoding: $0.bytes, as: UTF8.self) }
        guard let text = texts.first(where: { SignedTime.message(in: $0) != nil }) else {
            throw CommandFailure(
                .notFound, reason: "clock-code-not-found",
                message: "\(path) shows no code of tillhub clock-code. The clock was left as it "
                    + "is. Take the picture again, or type the code.")
        }
        return text
    }
}
