import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

/// `tillctl shift open`.
struct ShiftOpenCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Say what lies in the cash drawer as the shift begins (the float).",
        discussion: """
            The shift itself is open since the one before was closed. The float can be said again \
            until the drawer was counted; it is signed with the shift's totals.
            """)

    @Option(help: "The float, with the currency's decimals: 100.00.")
    var float: String
    @Option(help: "Of this shift or of none.")
    var number: UInt64?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try await ShiftDrawer.tell(daemon, output, number) {
            DrawerOrderMessage(number: $0, float: float)
        }
    }
}

/// `tillctl shift count`.
struct ShiftCountCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Say what was counted in the cash drawer, and be told what is over or short.",
        discussion: """
            What should be there is told only then: the float, less what was refunded outside Till. \
            Counting again is kept as another count. It is signed with the shift's totals.
            """)

    @Argument(help: "What was counted, with the currency's decimals: 93.00.")
    var amount: String
    @Option(help: "Of this shift or of none.")
    var number: UInt64?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try await ShiftDrawer.tell(daemon, output, number) {
            DrawerOrderMessage(number: $0, counted: amount)
        }
    }
}

private enum ShiftDrawer {
    static func tell(
        _ daemon: DaemonOptions, _ output: OutputOptions, _ number: UInt64?,
        _ order: (UInt64) -> DrawerOrderMessage
    ) async throws {
        let number =
            if let number { number } else {
                try await daemon.ask { try await $0.period(nil) }.number
            }
        let order = order(number)
        let period = try await daemon.ask { try await $0.tellDrawer(order) }
        if output.json { return try Output.json(period) }
        Output.line("Shift \(period.number):")
        (period.drawer?.lines ?? []).forEach(Output.line)
    }
}

extension DrawerMessage {
    /// The drawer for people, on a screen and on paper.
    var lines: [String] {
        var lines = ["  \(float.shown)  float in the cash drawer"]
        if let counted {
            lines.append(
                "  \(counted.shown)  counted" + (counts > 1 ? ", the count number \(counts)" : ""))
        }
        if let balance, let difference {
            lines.append(
                balance == "exact" ? "  the drawer is exact" : "  \(difference.shown)  \(balance)")
        }
        return lines
    }
}
