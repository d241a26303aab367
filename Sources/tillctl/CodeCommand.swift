import ArgumentParser
import CommandSupport

/// `tillctl code`: what a code says, and codes to show.
struct CodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code", abstract: "Read and write payment codes of any scheme.",
        subcommands: [CodeExplainCommand.self, CodeMakeCommand.self])
}
