import ArgumentParser
import CommandSupport
import TerminalState

/// What one check of the doctor found.
struct DoctorFinding: Encodable {
    /// How bad it is.
    enum Grade: String, Encodable {
        case ok, warning, fault
    }

    let grade: Grade
    /// What is so, as a sentence.
    let cause: String
    /// One command that mends it; nil where nothing is to be mended.
    let fix: String?

    static func ok(_ cause: String) -> DoctorFinding {
        DoctorFinding(grade: .ok, cause: cause, fix: nil)
    }

    static func warning(_ cause: String, fix: String) -> DoctorFinding {
        DoctorFinding(grade: .warning, cause: cause, fix: fix)
    }

    static func fault(_ cause: String, fix: String) -> DoctorFinding {
        DoctorFinding(grade: .fault, cause: cause, fix: fix)
    }
}

/// One check: a row of the doctor's table.
struct DoctorCheck: Sendable {
    /// Its name, kebab-case and stable.
    let name: String
    /// Looks, and changes nothing.
    let look: @Sendable (StateFolder) -> DoctorFinding

    /// Every check, in the order in which a technician wants to hear of them.
    static let table = [
        DoctorCheck(name: "key-at-rest") { KeyCheck.look($0) },
        DoctorCheck(name: "clock-file") { ClockCheck.look($0) },
    ]
}

/// `tillctl doctor`: looks at a terminal, with or without its daemon, and names a fix for each
/// fault.
struct DoctorCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with this terminal, and how to mend it.",
        discussion: "Changes nothing. Exit codes: 0 all is well, 4 a warning, 1 a fault.")

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let check: String
        let grade: DoctorFinding.Grade
        let cause: String
        let fix: String?
    }

    private struct Answer: Encodable {
        let ok: Bool
        let checks: [Line]
    }

    func perform() async throws {
        let folder = StateFolder(state.folder)
        let lines = DoctorCheck.table.map { check in
            let finding = check.look(folder)
            return Line(
                check: check.name, grade: finding.grade, cause: finding.cause, fix: finding.fix)
        }
        if output.json {
            try Output.json(Answer(ok: lines.allSatisfy { $0.grade == .ok }, checks: lines))
        } else {
            for line in lines {
                Output.line("\(line.grade.rawValue)  \(line.check): \(line.cause)")
                if let fix = line.fix { Output.line("    fix: \(fix)") }
            }
        }
        if lines.contains(where: { $0.grade == .fault }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        if lines.contains(where: { $0.grade == .warning }) {
            throw ExitCode(ExitStatus.degraded.rawValue)
        }
    }
}
