import ArgumentParser
import CommandSupport

/// The acquirer's side: takes the terminals' batches, tells them whom to trust, issues vouchers.
@main
struct TillHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tillhub",
        abstract: "Runs and examines the hub of Till's payment terminals.",
        discussion: """
            A hub lives in one folder: its ledger and its keys. All commands but `init`, \
            `training`, `root`, `trust sign` and `drill` need one; they work beside a running `tillhub serve`.
            Exit codes: 0 ok, 1 failed, 3 time-out, 4 degraded, 8 daemon not running, \
            10 not found, 20 data damaged, 64 usage.
            """,
        version: tillVersion,
        subcommands: [
            InitCommand.self, ServeCommand.self, TerminalCommand.self, IssuerCommand.self,
            VoucherCommand.self, PolicyCommand.self, HotListCommand.self, ClockCodeCommand.self,
            LedgerCommand.self, LogCommand.self, ReportCommand.self, StatementCommand.self,
            TerminalsCommand.self, RootCommand.self,
            TrustCommand.self, AccountCommand.self, DrillCommand.self, TrainingCommand.self,
        ])
}
