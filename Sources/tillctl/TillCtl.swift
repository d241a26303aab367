import ArgumentParser
import CommandSupport

/// The technician's and the cashier's command line.
@main
struct TillCtl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tillctl",
        abstract: "Drives and examines a Till payment terminal.",
        discussion: """
            Most commands talk to the daemon tilld through its control socket; `enrol`, `code`, \
            `scan` and `camera` work without it.
            Exit codes: 0 ok, 1 failed, 3 time-out, 4 degraded, 8 daemon not running, \
            10 not found, 20 data damaged, 64 usage.
            """,
        version: tillVersion,
        subcommands: [
            SaleCommand.self, RefundCommand.self, CancelCommand.self, ReverseCommand.self,
            ReceiptCommand.self, StatusCommand.self, SyncCommand.self, JournalCommand.self,
            ShiftCommand.self, ExplainCommand.self, CodeCommand.self, ScanCommand.self,
            CameraCommand.self, DisplayCommand.self, SignalsCommand.self, PrinterCommand.self,
            VoucherCommand.self, EnrolCommand.self, TrustCommand.self,
            HotListCommand.self, ClockCommand.self, KeyCommand.self, StaffCommand.self,
            DoctorCommand.self, HealthCommand.self, ProfileCommand.self, BundleCommand.self,
            NetcheckCommand.self, SimulateCommand.self, ConsoleCommand.self,
        ])

    static func main() async {
        await main(Self.withAmountsLast(Array(CommandLine.arguments.dropFirst())))
    }

    /// An amount below zero looks like an option; behind `--` it is an amount, and is refused as
    /// one, with its own reason.
    static func withAmountsLast(_ arguments: [String]) -> [String] {
        guard ["sale", "refund"].contains(arguments.first), !arguments.contains("--") else {
            return arguments
        }
        func isAmount(_ argument: String) -> Bool {
            argument.first == "-" && argument.dropFirst().first?.isNumber == true
        }
        let amounts = arguments.filter(isAmount)
        return amounts.isEmpty
            ? arguments : arguments.filter { !isAmount($0) } + ["--"] + amounts
    }
}
