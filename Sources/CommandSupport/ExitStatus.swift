/// The one table of exit codes; every program of Till ends with one of these (`docs/spec/cli.md`).
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done as asked.
    case ok = 0
    /// Not done; the reason says why.
    case failed = 1
    /// The time given for it ran out.
    case timedOut = 3
    /// Done, but something beside it needs attention.
    case degraded = 4
    /// The daemon does not answer.
    case daemonNotRunning = 8
    /// What was named does not exist.
    case notFound = 10
    /// Stored data is damaged.
    case dataDamaged = 20
    /// The command line is wrong, as the argument parser has it (`sysexits.h` EX_USAGE).
    case usage = 64
}

/// Why a command did not do what it was asked.
public struct CommandFailure: Error, Hashable, Sendable {
    /// The exit code.
    public let status: ExitStatus
    /// The stable code of the reason, kebab-case.
    public let reason: String
    /// What happened, what it means for the money, and what to do.
    public let message: String

    /// Makes a failure.
    public init(_ status: ExitStatus = .failed, reason: String, message: String) {
        self.status = status
        self.reason = reason
        self.message = message
    }
}
