import ArgumentParser
import CommandSupport

/// `tillctl netcheck`: the way to the hub, step by step.
struct NetcheckCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "netcheck",
        abstract: "Go the way to the hub step by step, and say where it ends.",
        discussion: """
            Address, route, name, connection, answer, identity: the network's and the hub's checks of \
            `tillctl doctor`, in their order and with their times. Needs no daemon.
            Exit codes: 0 the hub is reached and is the right one, 4 it is away, 1 something is wrong.
            """)

    @OptionGroup var kiosk: KioskOptions
    @OptionGroup var output: OutputOptions

    private struct Step: Encodable {
        let step: String
        let grade: DoctorFinding.Grade
        let cause: String
        let fix: String?
        let milliseconds: UInt64
    }

    private struct Answer: Encodable {
        let version = 1
        let reached: Bool
        /// The first step that is not well.
        let endsAt: String?
        let steps: [Step]
    }

    func perform() async throws {
        let checks = DoctorCheck.table.filter { [.network, .hub].contains($0.group) }
        let steps = await DoctorRun(checks, on: kiosk.kiosk).results().map { result in
            Step(
                step: result.check.code, grade: result.finding.grade, cause: result.finding.cause,
                fix: result.finding.fix, milliseconds: result.milliseconds)
        }
        let bad = steps.first { [.warning, .fault].contains($0.grade) }
        let reached = steps.contains { $0.step == "hub-identity" && $0.grade == .ok }
        let answer = Answer(reached: reached, endsAt: bad?.step, steps: steps)
        if output.json {
            try Output.json(answer)
        } else {
            for step in steps {
                Output.line("\(step.grade.rawValue)  \(step.cause) (\(step.milliseconds) ms)")
                if let fix = step.fix { Output.line("    fix: \(fix)") }
            }
            Output.line(reached ? "The hub is reached." : "The hub is not reached.")
        }
        if steps.contains(where: { $0.grade == .fault }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        if bad != nil || !reached { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}
