import ArgumentParser
import CommandSupport
import Foundation
import HTTPHubLink
import LinuxClocks
import LinuxSignals
import Logging
import Payments
import ProcessScanner
import Screens
import ServiceLifecycle
import SystemdNotifier
import Terminal
import TerminalState
import Vouchers

/// The terminal's daemon.
@main
struct TillD: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "tilld",
        abstract: "Runs a Till payment terminal: camera, display, journal, hub.",
        discussion: """
            The state folder must hold an enrolled terminal (see `tillctl enrol`). The hardware \
            profile says which camera and which display to use.
            Exit codes: 0 ended as asked, 1 failed, 10 not enrolled, 20 data damaged, 64 usage.
            """,
        version: tillVersion)

    /// How often the hub is tried by itself.
    static let defaultSyncSeconds: UInt64 = 30

    @Option(
        help: ArgumentHelp(
            "The terminal's state folder (default: $TILL_STATE, else ./till; in training "
                + "$TILL_TRAINING_STATE, else ./till-training).", valueName: "dir"))
    var state: String?
    @Option(
        help: ArgumentHelp(
            "The hardware profile (default: $TILL_PROFILE, else the installed ones that fit this "
                + "machine).", valueName: "file"))
    var profile: String?
    @Option(
        help: ArgumentHelp(
            "The control socket (default: tilld.sock in the state folder).", valueName: "path"))
    var socket: String?
    @Option(
        name: .customLong("hub-url"),
        help: ArgumentHelp("The hub's address (default: as enrolled).", valueName: "url"))
    var hubURL: String?
    @Option(
        name: .customLong("sync-interval"),
        help: ArgumentHelp(
            "Seconds between exchanges with the hub; 0: only when asked.", valueName: "seconds"))
    var syncInterval: UInt64 = TillD.defaultSyncSeconds
    @Option(
        name: .customLong("link-budget"),
        help: ArgumentHelp(
            "What the line to the hub may carry in a business day, such as 20M/day: near its end "
                + "payments still go out, and lists wait (default: no limit).",
            valueName: "bytes/day"))
    var linkBudget: String?
    @Option(
        name: .customLong("allow-user"),
        help: ArgumentHelp(
            "A user id that may drive the terminal, beside root and the daemon's own; may be "
                + "repeated.", valueName: "uid"))
    var allowedUsers: [UInt32] = []
    @Option(
        name: .customLong("scanner"),
        help: ArgumentHelp(
            "The decoder's program (default: till-scanner beside tilld, else in "
                + "/usr/libexec/till).", valueName: "path"))
    var scannerProgram: String?
    @Option(
        name: .customLong("frame-deadline"),
        help: ArgumentHelp(
            "Milliseconds of processor time that decoding one camera frame may take before the "
                + "decoder is replaced.", valueName: "ms"))
    var frameDeadline = ScannerLimits().frameMilliseconds
    @Option(
        name: .customLong("console-port"),
        help: ArgumentHelp(
            "Serve the cashier's console on this port of 127.0.0.1 (0: a free one; default: no "
                + "console). Who may log in: tillctl staff.", valueName: "port"))
    var consolePort: Int?
    @Option(
        name: .customLong("console-port-file"),
        help: ArgumentHelp(
            "Write the console's port into this file once it listens.", valueName: "file"))
    var consolePortFile: String?
    @Option(
        name: .customLong("console-network"),
        help: ArgumentHelp(
            "Serve the console over TLS on this address of the shop's network too, for tablets: "
                + "0.0.0.0:7443 for every address. What they are told to trust: tillctl console "
                + "certificate.", valueName: "address:port"))
    var consoleNetwork: String?
    @Option(
        name: .customLong("console-name"),
        help: ArgumentHelp(
            "A private name, as till.lan, under which tablets reach the console besides the "
                + "machine's own and its addresses; may be repeated.", valueName: "name"))
    var consoleNames: [String] = []
    @Option(
        name: .customLong("cashier-refund-limit"),
        help: ArgumentHelp(
            "The most that a cashier gives back without a supervisor's PIN, in the terminal's "
                + "currency.", valueName: "amount"))
    var cashierRefundLimit: String?
    @Option(
        name: .customLong("vat-rates"),
        help: ArgumentHelp(
            "The shop's rates of value-added tax, which the console offers for each item, in per "
                + "cent: A=19,B=7 (default: $TILL_VAT_RATES, else none).", valueName: "list"))
    var vatRates: String?
    @Option(
        help: ArgumentHelp(
            "Ask customers for a tip before they pay, and offer these shares of the bill in per "
                + "cent: 5,10,15 (default: $TILL_TIPS, else nobody is asked).", valueName: "list"))
    var tips: String?
    @Option(
        help: ArgumentHelp(
            "The language that customers are spoken to in: en, de, fr, es, zh or ar (default: "
                + "$TILL_LANGUAGE, else en).", valueName: "tag"))
    var language: String?
    @Option(
        name: .customLong("day-cut"),
        help: ArgumentHelp(
            "When a business day begins, by the shop's clock, as 04:00 (default: $TILL_DAY_CUT, else "
                + "00:00). The time zone is the machine's: timedatectl set-timezone.",
            valueName: "HH:MM"))
    var dayCut: String?
    @Option(
        help: ArgumentHelp(
            "How loud verdicts are told on the hardware profile's loudspeaker, 0 to 100.",
            valueName: "per cent"))
    var volume = Loudspeaker.usualVolume
    @Flag(help: "Speak the amount and the verdict too, in the customer's language (espeak-ng).")
    var speak = false
    @Flag(
        help: ArgumentHelp(
            "Run a terminal in training, whose folder `tillhub training` has made: other keys, "
                + "another journal, another hub."))
    var training = false
    @Flag(
        help: "Write a line to standard error as each record begins and each approval is told.")
    var trace = false
    @OptionGroup var output: OutputOptions

    /// What a frame's deadline may be, in milliseconds: below, no frame of a camera is decoded;
    /// above, a stalled decoder keeps a queue waiting.
    static let frameDeadlines = 10...10_000
    /// In per cent.
    static let volumes = 0...100

    func perform() async throws {
        let environment = ProcessInfo.processInfo.environment
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        guard Self.frameDeadlines.contains(frameDeadline) else {
            throw CommandFailure(
                .usage, reason: "frame-deadline-out-of-range",
                message: "--frame-deadline is \(frameDeadline), not 10 to 10000.")
        }
        if let consolePort, !(0...Int(UInt16.max)).contains(consolePort) {
            throw CommandFailure(
                .usage, reason: "port-out-of-range",
                message: "--console-port is \(consolePort), not 0 to 65535.")
        }
        guard Self.volumes.contains(volume) else {
            throw CommandFailure(
                .usage, reason: "volume-out-of-range",
                message: "--volume is \(volume), not 0 to 100.")
        }
        let tag = language ?? environment["TILL_LANGUAGE"] ?? ScreenLanguage.english.rawValue
        guard let language = ScreenLanguage(rawValue: tag) else {
            throw CommandFailure(
                .usage, reason: "language-unknown",
                message: ScreenLanguage.sentence(ofUnknown: tag))
        }
        var limits = ScannerLimits()
        limits.frameMilliseconds = frameDeadline
        let rates = try ConsoleChoice.vatRates(vatRates, environment)
        let percents = try ConsoleChoice.tipPercents(tips, environment)
        let folder = try stateFolder(environment)
        let daemon = try await Daemon(
            state: folder,
            profilePath: profile ?? environment["TILL_PROFILE"],
            socket: socket, hubURL: hubURL, syncInterval: syncInterval,
            allowedUsers: Set(allowedUsers), trace: trace,
            scannerProgram: scannerProgram ?? SiblingProgram.path(of: "till-scanner"),
            limits: limits, language: language,
            calendar: MachineZone.calendar(cutMinutes: try DayCut.minutes(dayCut, environment)),
            signals: SignalChoice(
                volume: volume, voice: speak ? language : nil, logger: Logger(label: "tilld")),
            linkBudget: try budget(),
            console: try consoleChoice(vatRates: rates, tipPercents: percents))
        do {
            try await daemon.run()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(
                reason: "daemon-failed",
                message: "The daemon ended: \(error). What was approved is in the journal.")
        }
    }
}

extension TillD {
    /// What was said of the console; nil where nothing was.
    private func consoleChoice(vatRates: [VATRate], tipPercents: [UInt64]) throws -> ConsoleChoice?
    {
        let network = try consoleNetwork.map { try NetworkConsole($0, names: consoleNames) }
        try network?.check()
        guard network != nil || consoleNames.isEmpty else {
            throw CommandFailure(
                .usage, reason: "console-name-alone",
                message: "--console-name is for --console-network. Nothing was started.")
        }
        guard consolePort != nil || network != nil else { return nil }
        return ConsoleChoice(
            port: consolePort, portFile: consolePortFile, network: network,
            refundLimit: cashierRefundLimit, vatRates: vatRates, tipPercents: tipPercents)
    }

    /// What the line to the hub may carry, where that is limited.
    private func budget() throws -> LinkBudget? {
        guard let linkBudget else { return nil }
        guard let budget = LinkBudget(linkBudget) else {
            throw CommandFailure(
                .usage, reason: "link-budget-malformed",
                message:
                    "--link-budget is written 20M/day (k, M, G are powers of 1,000), and is at "
                    + "least \(LinkBudget.minimumBytes / 1_000)k/day. Nothing was started.")
        }
        return budget
    }

    /// The folder that is meant, which must be that of a terminal in training where one is meant,
    /// and must not be where none is.
    private func stateFolder(_ environment: [String: String]) throws -> StateFolder {
        guard !training || hubURL == nil else {
            throw CommandFailure(
                .usage, reason: "training-apart",
                message: "A terminal in training speaks to its own hub alone: leave --hub-url "
                    + "away. Nothing was started.")
        }
        let usual = training ? ("TILL_TRAINING_STATE", "till-training") : ("TILL_STATE", "till")
        let folder = StateFolder(state ?? environment[usual.0] ?? usual.1)
        // A folder that tells no terminal is refused later, after the profile was read.
        guard let id = try? folder.terminal() else { return folder }
        guard id.isTraining == training else {
            throw CommandFailure(
                .usage, reason: training ? "not-training" : "training-apart",
                message: training
                    ? "\(folder.path) is the state of \(id.text), which takes money. Nothing was "
                        + "started. Make one for training: tillhub training --state DIR."
                    : "\(folder.path) is the state of \(id.text), a terminal in training. No "
                        + "payments can be taken with it. Start it with --training, or name the "
                        + "live terminal's folder with --state.")
        }
        return folder
    }
}
