import ArgumentParser
import CommandSupport
import Foundation
import HardwareProfiles
import Screens
import Terminal

/// `tillctl printer`: the receipt printer, for whoever sets up a kiosk.
struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer",
        abstract: "Ask the receipt printer how it is, and have it print a test page.",
        subcommands: [PrinterStatusCommand.self, PrinterTestCommand.self])
}

/// Which printer.
struct PrinterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The printer: a device, a file, or tcp:HOST:PORT (default: the hardware profile's).",
            valueName: "place"))
    var printer: String?
    @Option(
        name: .customLong("printer-type"),
        help: "The printer: simple, default or POS-5890 (names of escpos-printer-db).")
    var printerType = "simple"
    @Option(
        help: ArgumentHelp(
            "The hardware profile (default: $TILL_PROFILE, else those that fit the machine).",
            valueName: "file"))
    var profile: String?

    /// The place of the printer, as given or from the hardware profile.
    func place() throws -> String {
        if let printer { return printer }
        let chosen = profile ?? ProcessInfo.processInfo.environment["TILL_PROFILE"]
        let path: String?
        do throws(ProfileError) {
            path = try LayeredProfile.holding(at: chosen).value("printer.path")?.text
        } catch { throw CommandFailure(error) }
        guard let path else {
            throw CommandFailure(
                .notFound, reason: "printer-missing",
                message: "The hardware profile names no printer. Name one with --printer, or in "
                    + "/etc/till/hardware-profiles.d; receipts stand in the journal meanwhile.")
        }
        return path
    }
}

/// `tillctl printer status`.
struct PrinterStatusCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Ask the printer for paper and cover (DLE EOT). Nothing is printed.",
        discussion: """
            Exit code: 0 ready, 4 it needs attention or does not say how it is (a plain file, a \
            cheap printer), 1 it is not reached, 10 there is none.
            """)

    @OptionGroup var printer: PrinterOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let version = 1
        let place: String
        /// Whether it says how it is; else the three below are absent.
        let answers: Bool
        let paperOut: Bool?
        let paperLow: Bool?
        let coverOpen: Bool?

        init(_ place: String, _ status: PrinterStatus?) {
            self.place = place
            answers = status != nil
            paperOut = status?.isPaperOut
            paperLow = status?.isPaperLow
            coverOpen = status?.isCoverOpen
        }

        var needsAttention: Bool {
            !answers || paperOut == true || paperLow == true || coverOpen == true
        }

        var sentence: String {
            if !answers { return "it is there, and does not say how it is" }
            let wants = [
                (paperOut == true, "has no paper: put a roll in"),
                (paperOut != true && paperLow == true, "will soon need a roll of paper"),
                (coverOpen == true, "has its cover open: close it"),
            ].filter(\.0).map(\.1)
            return wants.isEmpty ? "ready" : "it " + wants.joined(separator: ", and ")
        }
    }

    func perform() async throws {
        let place = try printer.place()
        let device = try ReceiptPaper.printer(at: place, type: printer.printerType)
        let answer: Answer
        do throws(PrinterError) { answer = Answer(place, try device.status()) } catch {
            throw CommandFailure(
                reason: error.reason, message: error.cause + " No payment needs it.")
        }
        if output.json {
            try Output.json(answer)
        } else {
            Output.line("The printer \(place): \(answer.sentence).")
        }
        if answer.needsAttention { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}

/// `tillctl printer test`.
struct PrinterTestCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Print a test page: a ruler, the signs, a long line and a QR code.",
        discussion: """
            The page says the time, so that it is told from an older one; the QR code reads the \
            same. Exit code: 0 printed, 1 not or not wholly, 10 there is no printer.
            """)

    @OptionGroup var printer: PrinterOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let version = 1
        let place: String
        /// What the page says, and its code too: a person holds the paper against it.
        let page: String
        /// Whether the printer said how it is; else only a person sees what came out.
        let answers: Bool
    }

    func perform() async throws {
        let place = try printer.place()
        let device = try ReceiptPaper.printer(at: place, type: printer.printerType)
        let now = UTCTime(secondsNow()).rfc3339
        let page = "till-printer-test \(now)"
        let answers: Bool
        do throws(PrinterError) {
            answers = try device.status() != nil
            try device.print(
                PrintableReceipt(lines: Self.lines(page), code: Array(page.utf8)))
        } catch {
            throw CommandFailure(
                reason: error.reason, message: error.cause + " It was a test: no payment needs it.")
        }
        if output.json {
            return try Output.json(Answer(place: place, page: page, answers: answers))
        }
        Output.line("Printed on \(place): \(page)")
        if !answers { Output.note("It does not say how it is: look whether the page came out.") }
    }

    /// The page: what goes wrong with a wrong type of printer is seen on it.
    static func lines(_ page: String) -> [String] {
        [
            "TILL", page, "123456789 123456789 123456789 123456789 12",
            "ÄÖÜ äöü ß é è à ç ñ å ø £ ¥ €",
            "A line that is longer than any roll of paper is wide is parted between its words.",
        ]
    }
}
