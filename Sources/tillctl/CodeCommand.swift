import ArgumentParser
import CommandSupport

/// `tillctl code`: what a code says.
struct CodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code", abstract: "Read payment codes of any scheme.",
        subcommands: [CodeExplainCommand.self])
}
