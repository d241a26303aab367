public import ArgumentParser
import Foundation
import Glibc

/// How a command answers: for people, or as JSON for programs.
public struct OutputOptions: ParsableArguments {
    /// Whether the answer is JSON on standard output.
    @Flag(name: .long, help: "Answer in JSON.")
    public var json = false

    /// Made by the argument parser.
    public init() {}
}

/// A command of one of Till's programs: it either does its work or fails with a reason.
public protocol TillCommand: AsyncParsableCommand {
    /// How to answer.
    var output: OutputOptions { get }

    /// Does the work; expected failures are thrown as ``CommandFailure``.
    func perform() async throws
}

extension TillCommand {
    /// Performs the command, tells a failure in the form asked for, and exits with its code.
    public mutating func run() async throws {
        do {
            try await perform()
        } catch let failure as CommandFailure {
            Output.report(failure, json: output.json)
            throw ExitCode(failure.status.rawValue)
        }
    }
}

/// What the programs write.
public enum Output {
    /// Writes a line to standard output.
    public static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    public static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Writes all of `text`. Where the reader has gone (`tillctl … | head`), the program ends
    /// without a word, as tools do: nobody is left to be told anything.
    public static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                exit(ExitStatus.failed.rawValue)
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Writes one JSON value on one line to standard output, keys sorted.
    public static func json(_ value: some Encodable) throws {
        line(try jsonText(value))
    }

    /// One JSON value on one line, keys sorted.
    public static func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The JSON form of a failure.
    private struct Failure: Encodable {
        let ok = false
        let reason: String
        let message: String
    }

    /// Tells a failure: JSON on standard output, or a sentence on standard error.
    public static func report(_ failure: CommandFailure, json: Bool) {
        if json, let text = try? jsonText(Failure(reason: failure.reason, message: failure.message))
        {
            line(text)
        } else {
            note("error: \(failure.message)")
        }
    }
}
