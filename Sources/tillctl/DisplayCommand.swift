import ArgumentParser
import CairoDisplay
import CommandSupport
import Foundation
import Screens
import Terminal

/// `tillctl display`: the customer's screen, for whoever sets up a kiosk.
struct DisplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "display",
        abstract: "List displays, show screens on one, and draw all of them.",
        subcommands: [
            DisplayListCommand.self, DisplayShowCommand.self, DisplaySheetCommand.self,
        ])
}

/// `tillctl display list`.
struct DisplayListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the displays, as hardware profiles name them.",
        discussion: "Exit code: 0 one is connected, 10 none is.")

    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let kind: String
        let path: String
        let connector: String?
        let connected: Bool
        let sizes: [String]
    }

    func perform() async throws {
        let entries = DisplayListing.all()
        for entry in entries {
            if output.json {
                try Output.json(
                    Line(
                        kind: entry.kind, path: entry.path, connector: entry.connector,
                        connected: entry.isConnected, sizes: entry.sizes))
            } else {
                let connector = entry.connector.map { " connector: \($0)" } ?? ""
                Output.line("kind: \(entry.kind) path: \(entry.path)\(connector)")
                Output.line(
                    entry.isConnected
                        ? "  \(entry.sizes.joined(separator: " "))" : "  nothing is connected")
            }
        }
        guard entries.contains(where: \.isConnected) else {
            throw CommandFailure(
                .notFound, reason: "display-missing",
                message: "No display is connected that this user may open. Plug one in, or add the "
                    + "user to the group video.")
        }
    }
}

extension ScreenLanguage {
    /// The language that an option names.
    init(tag: String) throws {
        guard let known = ScreenLanguage(rawValue: tag) else {
            throw CommandFailure(
                .usage, reason: "language-unknown", message: Self.sentence(ofUnknown: tag))
        }
        self = known
    }
}

/// Which language, size and brightness.
struct DrawingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The language: en, de, fr, es, zh or ar.", valueName: "tag"))
    var language = ScreenLanguage.english.rawValue
    @Option(help: ArgumentHelp("The size in pixels.", valueName: "WxH"))
    var size = "1024x600"
    @Option(help: ArgumentHelp("How bright: light or dark.", valueName: "theme"))
    var theme = ScreenTheme.light.rawValue

    /// The language.
    func chosen() throws -> ScreenLanguage {
        try ScreenLanguage(tag: language)
    }

    /// How bright.
    func brightness() throws -> ScreenTheme {
        guard let known = ScreenTheme(rawValue: theme) else {
            throw CommandFailure(
                .usage, reason: "theme-unknown",
                message: "--theme is \(theme.prefix(20)), not light or dark.")
        }
        return known
    }

    /// Width and height.
    func sides() throws -> (width: Int, height: Int) {
        let sides = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1],
            (64...4_096).contains(width), (64...4_096).contains(height)
        else {
            throw CommandFailure(
                .usage, reason: "size-malformed",
                message: "--size is two numbers of 64 to 4096 with an x between, as 1024x600.")
        }
        return (width, height)
    }
}

/// `tillctl display show`.
struct DisplayShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a screen with sample words on a device, or write it as a PNG file.",
        discussion: """
            On a device it stays until Enter is pressed; tilld must not run, which has the device.
            What does not fit is said. Names: those of `tillctl display sheet`.
            Exit codes: 0 shown, 1 not, 4 shown, and something had to be cut.
            """)

    @Argument(help: ArgumentHelp("Which screen.", valueName: "name"))
    var name = "shop-qr"
    @Option(help: ArgumentHelp("The PNG file to write.", valueName: "file"))
    var out: String?
    @Option(help: ArgumentHelp("A graphics device, as /dev/dri/card0.", valueName: "device"))
    var device: String?
    @Option(help: ArgumentHelp("Its connector, as HDMI-A-1.", valueName: "name"))
    var connector: String?
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let screen: String
        let findings: [String]
    }

    func perform() async throws {
        guard let screen = try SampleScreens.all(drawing.chosen()).first(where: { $0.name == name })
        else {
            throw CommandFailure(
                .usage, reason: "screen-unknown",
                message: "There is no screen \(name.prefix(40)). `tillctl display sheet --list` "
                    + "names them.")
        }
        let (width, height) = try drawing.sides()
        let theme = try drawing.brightness()
        let findings: [String]
        do throws(DisplayError) {
            findings = try ScreenDrawing.findings(
                in: screen.screen, width: width, height: height)
            if let device {
                let display = try KMSDisplay(
                    KMSDisplay.Choice(
                        path: device, connector: connector, theme: theme))
                try display.show(screen.screen)
                _ = readLine()
            } else {
                try PNGDisplay(
                    file: out ?? "screen.png", width: width, height: height, theme: theme
                ).show(screen.screen)
            }
        } catch { throw CommandFailure(reason: error.reason, message: error.message) }
        if output.json {
            try Output.json(Answer(screen: name, findings: findings))
        } else {
            for finding in findings { Output.line(finding) }
        }
        if !findings.isEmpty { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}

/// `tillctl display sheet`.
struct DisplaySheetCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: "Draw every screen of a language on one sheet, for a person to look at.")

    @Option(help: ArgumentHelp("The PNG file to write.", valueName: "file"))
    var out = "screens.png"
    @Flag(help: "Only name the screens.")
    var list = false
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let screens: [String]
        let file: String?
    }

    func perform() async throws {
        let screens = try SampleScreens.all(drawing.chosen())
        if !list {
            let (width, height) = try drawing.sides()
            let theme = try drawing.brightness()
            do {
                let sheet = try ScreenDrawing.sheet(
                    screens.map { (caption: $0.name, screen: $0.screen) }, width: width,
                    height: height, columns: 4, theme: theme)
                try CodePicture.write(sheet, to: out)
            } catch let error as DisplayError {
                throw CommandFailure(reason: error.reason, message: error.message)
            }
        }
        if output.json {
            return try Output.json(
                Answer(screens: screens.map(\.name), file: list ? nil : out))
        }
        if list { for screen in screens { Output.line(screen.name) } } else { Output.line(out) }
    }
}
