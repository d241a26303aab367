import ArgumentParser
import CommandSupport

/// Which decoder looks at pictures and frames.
struct ScannerOptions: ParsableArguments {
    @Option(
        name: .customLong("scanner"),
        help: ArgumentHelp(
            "The decoder's program (default: till-scanner beside tillctl, else in "
                + "/usr/libexec/till).", valueName: "path"))
    var path: String?

    /// The program that it names, or the one that was installed.
    var program: String { path ?? SiblingProgram.path(of: "till-scanner") }
}
