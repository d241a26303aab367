import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

/// `tillctl period`: reconciliation periods.
struct PeriodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period", abstract: "Show and close reconciliation periods.",
        subcommands: [PeriodShowCommand.self, PeriodCloseCommand.self])
}

/// `tillctl period show`.
struct PeriodShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what was done in a period.")

    @Argument(help: "The period's number; without one, the period that is open.")
    var number: UInt64?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let period = try await daemon.ask { try await $0.period(number) }
        if output.json { return try Output.json(period) }
        period.lines.forEach(Output.line)
    }
}

/// `tillctl period close`.
struct PeriodCloseCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close the open period: its totals are numbered and signed for ever.",
        discussion: """
            A payment can be cancelled only before its period closes. The signed text below the \
            totals is a checkpoint of the journal: keep it with them.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let period = try await daemon.ask { try await $0.closePeriod() }
        if output.json { return try Output.json(period) }
        period.lines.forEach(Output.line)
    }
}

extension PeriodMessage {
    /// The period for people.
    var lines: [String] {
        var lines = [
            closedAt.map { "Period \(number), closed \($0) by entry \(closedBy ?? 0)" }
                ?? "Period \(number), open since entry \(firstSequence)"
        ]
        if totals.isEmpty { lines.append("  no payments") }
        for total in totals {
            for (name, sum) in [
                ("payments", total.captures), ("cancelled", total.cancellations),
                ("reversed", total.reversals),
                ("refunded to stored value", total.refundsToStoredValue),
                ("refunded by voucher", total.refundsByVoucher),
                ("refunded outside Till", total.refundsOutside),
            ] where sum.count > 0 || name == "payments" {
                lines.append("  \(sum.amount.amount) \(sum.amount.currency)  \(sum.count) \(name)")
            }
        }
        if let checkpoint { lines += ["", checkpoint] }
        return lines
    }
}
