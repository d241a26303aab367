import ArgumentParser
import CommandSupport
import Foundation
import TerminalState

/// `tillctl doctor`: looks at a terminal, with or without its daemon, and names a fix for each
/// fault.
struct DoctorCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with this kiosk, and how to mend it.",
        discussion: """
            Changes nothing, needs no daemon, no room on the disk and no sound journal, and is \
            through within 10 seconds. Each finding comes with its cause and one command. \
            docs/spec/doctor.md lists the checks.
            Exit codes: 0 all is well, 4 a warning, 1 a fault.
            """)

    /// The version of the answer in JSON.
    static let answerVersion = 1

    @Option(
        help: ArgumentHelp(
            "Only this check, or this group of checks; may be given several times.",
            valueName: "check"))
    var only: [String] = []
    @Flag(help: "List the checks and what each demands, and look at nothing.")
    var list = false
    @Flag(help: "Tell findings alone, not what is well.")
    var quiet = false
    @OptionGroup var kiosk: KioskOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let group: DoctorCheck.Group
        let check: String
        let grade: DoctorFinding.Grade
        let cause: String
        let fix: String?
        let milliseconds: UInt64
    }

    private struct Answer: Encodable {
        let version = DoctorCommand.answerVersion
        let ok: Bool
        let faults: Int
        let warnings: Int
        let milliseconds: UInt64
        let checks: [Line]
    }

    private struct Row: Encodable {
        let group: DoctorCheck.Group
        let check: String
        let demand: String
        let fix: String
    }

    func perform() async throws {
        let checks = try chosen()
        if list { return try tell(checks) }
        let start = ContinuousClock.now
        let results = await DoctorRun(checks, on: kiosk.kiosk).results()
        let lines = results.map { result in
            Line(
                group: result.check.group, check: result.check.code, grade: result.finding.grade,
                cause: result.finding.cause, fix: result.finding.fix,
                milliseconds: result.milliseconds)
        }
        let answer = Answer(
            ok: lines.allSatisfy { $0.grade == .ok || $0.grade == .skipped },
            faults: lines.count { $0.grade == .fault },
            warnings: lines.count { $0.grade == .warning },
            milliseconds: UInt64((ContinuousClock.now - start) / .milliseconds(1)), checks: lines)
        if output.json { try Output.json(answer) } else { describe(answer) }
        if answer.faults > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
        if answer.warnings > 0 { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    private func chosen() throws -> [DoctorCheck] {
        guard !only.isEmpty else { return DoctorCheck.table }
        for name in only
        where !DoctorCheck.table.contains(where: { $0.code == name || $0.group.rawValue == name }) {
            throw CommandFailure(
                .usage, reason: "check-unknown",
                message: "There is no check and no group \(name.prefix(40)): "
                    + "tillctl doctor --list.")
        }
        return DoctorCheck.table.filter { check in
            only.contains(check.code) || only.contains(check.group.rawValue)
        }
    }

    private func tell(_ checks: [DoctorCheck]) throws {
        for check in checks {
            if output.json {
                try Output.json(
                    Row(
                        group: check.group, check: check.code, demand: check.demand, fix: check.fix)
                )
            } else {
                Output.line("\(check.group.rawValue)  \(check.code): \(check.demand)")
            }
        }
    }

    private func describe(_ answer: Answer) {
        for group in DoctorCheck.Group.allCases {
            let lines = answer.checks.filter { line in
                line.group == group && (!quiet || line.fix != nil)
            }
            if lines.isEmpty { continue }
            Output.line(group.rawValue)
            for line in lines {
                Output.line("  \(Self.sign(line.grade)) \(line.check): \(line.cause)")
                if let fix = line.fix { Output.line("      fix: \(fix)") }
            }
        }
        let seconds = Double(answer.milliseconds) / 1_000
        Output.line(
            "\(answer.checks.count) checks in \(seconds) s: \(answer.faults) faults, "
                + "\(answer.warnings) warnings")
    }

    /// A word, not a colour alone: seen by everybody, and found by grep.
    private static func sign(_ grade: DoctorFinding.Grade) -> String {
        switch grade {
        case .ok: "ok     "
        case .skipped: "-      "
        case .warning: "warning"
        case .fault: "FAULT  "
        }
    }
}

/// Which kiosk to look at.
struct KioskOptions: ParsableArguments {
    @OptionGroup var daemon: DaemonOptions
    @Option(
        help: ArgumentHelp(
            "The hardware profile (default: $TILL_PROFILE, else those that fit the machine).",
            valueName: "file"))
    var profile: String?
    @Option(
        name: .customLong("hub-url"),
        help: ArgumentHelp("The hub's address (default: as enrolled).", valueName: "url"))
    var hubURL: String?
    @OptionGroup var scanner: ScannerOptions
    @Option(
        help: ArgumentHelp(
            "Where the system's own folders (/etc, /dev, /sys, /proc, /run) are looked for: the "
                + "disk of another kiosk, mounted here.", valueName: "folder"))
    var root: String = ""

    /// The kiosk that these name.
    var kiosk: Kiosk {
        Kiosk(
            folder: StateFolder(daemon.state.folder), socket: daemon.socketPath,
            profilePath: profile ?? ProcessInfo.processInfo.environment["TILL_PROFILE"],
            root: root == "/" ? "" : root, hubURL: hubURL,
            scannerProgram: scanner.program)
    }
}
