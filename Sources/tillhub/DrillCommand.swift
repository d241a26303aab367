import ArgumentParser
import CommandSupport
import Foundation

/// `tillhub drill`: exercises on a hub of their own, which no real terminal ever meets.
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Practise what must not go wrong when it is real.",
        subcommands: [DrillKeyCompromiseCommand.self])
}

/// `tillhub drill key-compromise`: an issuer's key is stolen; how long until nobody accepts it?
struct DrillKeyCompromiseCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "key-compromise",
        abstract: "Play the theft of the hub's issuer key on a test hub, and time the answer.",
        discussion: """
            Makes a hub, its root keys and terminals in a temporary folder, serves them on the \
            loopback interface, and walks the steps: the thief makes a voucher, the key is revoked, \
            another is made, the list is signed by two root keys and put in force, the terminals \
            fetch it, the thief's voucher is refused everywhere, an honest holder gets another. \
            The time until every connected terminal refuses is that of the steps, of which people \
            take the longest, and one interval of synchronisation.
            """)

    @Option(help: "How many terminals.")
    var terminals = 8
    @Option(help: "How often each asks the hub, in seconds.")
    var interval: UInt64 = 2
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminals: Int
        let intervalSeconds: UInt64
        let steps: [KeyCompromiseDrill.Step]
        let secondsUntilEveryTerminalRefuses: Double
    }

    func validate() throws {
        guard (1...100).contains(terminals), (1...3_600).contains(interval) else {
            throw ValidationError("--terminals is 1 to 100, --interval 1 to 3600 seconds.")
        }
    }

    func perform() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "till-drill-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let drill = KeyCompromiseDrill(
            folder: folder, terminals: terminals, intervalSeconds: interval)
        let json = output.json
        let result = try await drill.play { step in
            if !json { Output.line(step.line) }
        }
        let answer = Answer(
            terminals: terminals, intervalSeconds: interval, steps: result.steps,
            secondsUntilEveryTerminalRefuses: result.seconds)
        if json { return try Output.json(answer) }
        Output.line(
            "\(terminals) connected terminals refused the stolen key "
                + "\(String(format: "%.1f", result.seconds)) s after the theft was known.")
    }
}
