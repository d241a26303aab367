import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient

/// Where the terminal's state lies.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The terminal's state folder (default: $TILL_STATE, else ./till).", valueName: "dir"))
    var state: String?

    /// The folder, as given or from the environment.
    var folder: String {
        state ?? ProcessInfo.processInfo.environment["TILL_STATE"] ?? "till"
    }
}

/// How to reach the daemon.
struct DaemonOptions: ParsableArguments {
    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp(
            "The daemon's control socket (default: $TILL_SOCKET, else tilld.sock in the state "
                + "folder).", valueName: "path"))
    var socket: String?

    /// Stands before what a terminal in training says.
    static let trainingLine = "TRAINING: nothing here is money."

    /// The socket, as given, from the environment or in the state folder.
    var socketPath: String {
        socket ?? ProcessInfo.processInfo.environment["TILL_SOCKET"]
            ?? state.folder + "/tilld.sock"
    }

    private var client: HTTPControlClient { HTTPControlClient(socket: socketPath) }

    /// Asks the daemon, and puts what goes wrong in words.
    func ask<Answer>(_ question: (HTTPControlClient) async throws -> Answer) async throws
        -> Answer
    {
        do {
            return try await question(client)
        } catch let error as ControlError {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// What the daemon, or the way to it, said no with.
    init(_ error: ControlError) {
        switch error {
        case .notRunning(let socket):
            self.init(
                .daemonNotRunning, reason: "daemon-not-running",
                message: "No daemon answers on \(socket). Nothing was changed; what was approved "
                    + "is in the journal. Start it with: tilld --state DIR")
        case .notPermitted(let socket):
            self.init(
                reason: "not-permitted",
                message: "This user may not use \(socket). Nothing was changed. "
                    + "Run tillctl as the daemon's user.")
        case .refused(let status, let reason, let detail):
            self.init(status == 404 ? .notFound : .failed, reason: reason, message: detail)
        case .badAnswer(let detail):
            self.init(
                reason: "daemon-bad-answer",
                message: "The daemon's answer cannot be read (\(detail)). Look at "
                    + "`tillctl journal list` before repeating a payment. "
                    + "Are tillctl and tilld of one version?")
        }
    }
}
