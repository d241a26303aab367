import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient
import Money
import Payments

/// `tillctl shift`: what the field calls a shift, and the journal a reconciliation period.
struct ShiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shift",
        abstract: "Tell what the shift came to (X), close it (Z), show a closed one again.",
        discussion: """
            A shift is a reconciliation period of the journal: one is always open, and the next \
            begins where it is closed. `tillctl period` is the same command.
            """,
        subcommands: [
            ShiftStateCommand.self, ShiftOpenCommand.self, ShiftCountCommand.self,
            ShiftXCommand.self, ShiftZCommand.self, ShiftCloseCommand.self,
        ],
        defaultSubcommand: ShiftStateCommand.self, aliases: ["period"])
}

/// Where a shift's totals go beside standard output.
struct ShiftPaper: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Print it on paper too: a device, a file, or tcp:HOST:PORT.", valueName: "place"))
    var printer: String?
    @Option(
        name: .customLong("printer-type"),
        help: "The printer: simple, default or POS-5890 (names of escpos-printer-db).")
    var printerType = "simple"

    /// Prints the totals where that was asked for; `meaning` is what a failure leaves.
    func print(_ period: PeriodMessage, meaning: String) throws {
        guard let printer else { return }
        try ReceiptPaper.print(
            period.lines, on: ReceiptPaper.printer(at: printer, type: printerType),
            meaning: meaning)
    }
}

/// `tillctl shift state`.
struct ShiftStateCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Tell which shift is open, and whether it can be closed now.",
        discussion: """
            Past a dead daemon the journal itself is read. Exit code: 0 it can be closed, 4 a sale \
            is open or a payment is unclear.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let version = 1
        let daemon: Bool
        let number: UInt64
        let firstSequence: UInt64
        /// When the shift before was closed; absent in the first, and where that one is archived.
        let openSince: String?
        let payments: UInt64
        let queuedPayments: UInt64
        /// Both are the daemon's alone.
        let saleOpen: Bool?
        let unclear: Int?
    }

    func perform() async throws {
        let source = PeriodSource(daemon: daemon)
        let (open, isRunning) = try await source.open()
        let before = open.number > 1 ? try await source.closed(open.number - 1) : nil
        let status = isRunning ? try await daemon.ask { try await $0.status() } : nil
        let answer = Answer(
            daemon: isRunning, number: open.number, firstSequence: open.firstSequence,
            openSince: before?.closedAt, payments: open.payments,
            queuedPayments: try status?.offlinePaymentsCount ?? source.queuedPayments(),
            saleOpen: status.map { $0.openSale != nil }, unclear: status?.unclear.count)
        if output.json {
            try Output.json(answer)
        } else {
            Output.line(
                "Shift \(answer.number) is open since "
                    + (answer.openSince ?? "entry \(answer.firstSequence)")
                    + ": \(answer.payments) payments; \(answer.queuedPayments) of all wait for the hub."
            )
            if answer.saleOpen == true { Output.line("  a sale is open: it cannot be closed yet") }
            if let unclear = answer.unclear, unclear > 0 {
                Output.line("  \(unclear) payments are unclear: see tillctl status")
            }
        }
        if answer.saleOpen == true || (answer.unclear ?? 0) > 0 {
            throw ExitCode(ExitStatus.degraded.rawValue)
        }
    }
}

/// `tillctl shift x`.
struct ShiftXCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "x",
        abstract: "The X report: what the open shift has come to so far. It goes on.",
        discussion: "Past a dead daemon the journal itself is read. `show` is the same command.",
        aliases: ["show"])

    @Argument(help: "A closed shift's number: as `tillctl shift z`.")
    var number: UInt64?
    @OptionGroup var paper: ShiftPaper
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let source = PeriodSource(daemon: daemon)
        let period =
            if let number { try await source.needed(number) } else {
                try await source.open().period
            }
        try ShiftReport.tell(period, on: paper, json: output.json)
    }
}

/// `tillctl shift z`.
struct ShiftZCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "z",
        abstract: "Show the Z report of a closed shift again. Nothing is closed.",
        discussion: """
            Past a dead daemon the journal itself is read; the signed checkpoint is missing then. \
            Exit code: 10 no shift was closed under the number, or its entries are archived.
            """)

    @Argument(help: "The shift's number; without one, the last that was closed.")
    var number: UInt64?
    @OptionGroup var paper: ShiftPaper
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let source = PeriodSource(daemon: daemon)
        let wanted = if let number { number } else { try await source.open().period.number - 1 }
        try ShiftReport.tell(try await source.needed(wanted), on: paper, json: output.json)
    }
}

/// `tillctl shift close`.
struct ShiftCloseCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close the open shift: its totals (Z) are numbered and signed for ever.",
        discussion: """
            A payment can be cancelled only before its shift closes. The signed text below the \
            totals is a checkpoint of the journal: keep it with them. With --number another shift \
            than that one is not closed: given twice, the command closes one shift.
            """)

    @Option(help: "Close this shift or none.")
    var number: UInt64?
    @OptionGroup var paper: ShiftPaper
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let period = try await daemon.ask { try await $0.closePeriod(number) }
        try ShiftReport.tell(
            period, on: paper, json: output.json,
            meaning: "Shift \(period.number) is closed; print its totals again: "
                + "tillctl shift z \(period.number) --printer PLACE")
    }
}

/// A shift's totals, told.
private enum ShiftReport {
    static func tell(
        _ period: PeriodMessage, on paper: ShiftPaper, json: Bool,
        meaning: String = "The shift is as it was; print its totals again."
    ) throws {
        try paper.print(period, meaning: meaning)
        if json { return try Output.json(period) }
        period.lines.forEach(Output.line)
    }
}

extension PeriodMessage {
    /// How many payments it has.
    var payments: UInt64 { totals.reduce(0) { $0 + $1.captures.count } }

    /// A time as people read it: the message's, to the minute.
    private static func time(_ rfc3339: String) -> String {
        rfc3339.prefix(16).replacing("T", with: " ") + " "
            + (rfc3339.hasSuffix("Z") ? "UTC" : String(rfc3339.suffix(6)))
    }

    /// The period for people: an X report while it is open, else a Z report.
    var lines: [String] {
        var lines = [
            closedAtLocal.map {
                "Z: shift \(number), closed \(Self.time($0)) by entry \(closedBy ?? 0)"
            }
                ?? "X: shift \(number), open since entry \(firstSequence)",
            "  business day \(businessDate), \(timeZone)"
                + (firstAt.map { ", first entry \(Self.time($0))" } ?? ""),
        ]
        if businessDays > 1 {
            lines.append("  it spans \(businessDays) business days: it was not closed in time")
        }
        if totals.isEmpty { lines.append("  no payments") }
        for total in totals {
            lines.append(
                "  \(total.captures.amount.shown)  \(total.captures.count) payments")
            for (name, sum) in total.back where sum.count > 0 {
                lines.append("  -\(sum.amount.shown)  \(sum.count) \(name)")
            }
            lines.append("  \(total.net)  in all")
        }
        for sum in markedPaid {
            lines.append(
                "  \(sum.amount.shown)  \(sum.count) marked as paid by an app, in no total")
        }
        for tip in tips {
            lines.append(
                "  \(tip.captured.amount.shown)  \(tip.captured.count) tips, in what was paid")
            if tip.givenBack.count > 0 {
                lines.append(
                    "  -\(tip.givenBack.amount.shown)  \(tip.givenBack.count) tips given back")
            }
        }
        lines += vat.flatMap(\.lines)
        if let drawer { lines += drawer.lines }
        if let checkpoint { lines += ["", checkpoint] }
        return lines
    }
}

extension PeriodVATMessage {
    /// What a rate came to, and what of it was given back; then the tax of both.
    fileprivate var lines: [String] {
        func told(_ line: VATLineMessage) -> String {
            "\(line.gross.shown) gross, \(line.net.amount) net, \(line.tax.amount) tax"
        }
        var lines = [
            "  VAT \(captured.code) \(VATLine.text(ofRate: captured.rate)): \(told(captured))"
        ]
        guard givenBack.gross.minorUnits > 0 else { return lines }
        let currency = captured.tax.currency
        let left = MoneyMessage(
            taxMinorUnits.magnitude,
            currency: Currency(code: currency)?.number ?? UInt16(currency) ?? 0)
        lines.append("    given back: \(told(givenBack))")
        lines.append("    tax in all: \(taxMinorUnits < 0 ? "-" : "")\(left.shown)")
        return lines
    }
}

extension PeriodTotalsMessage {
    /// What was given back, by the way it went.
    fileprivate var back: [(name: String, sum: CountedSumMessage)] {
        [
            ("cancelled", cancellations), ("reversed", reversals),
            ("refunded to stored value", refundsToStoredValue),
            ("refunded by voucher", refundsByVoucher), ("refunded outside Till", refundsOutside),
        ]
    }

    /// Payments less everything given back; below zero where payments of earlier shifts were.
    fileprivate var net: String {
        let paid = captures.amount.minorUnits
        let given = back.reduce(0) { $0 + $1.sum.amount.minorUnits }
        let code = captures.amount.currency
        // A currency without letters here is told by its number.
        let apart = MoneyMessage(
            max(paid, given) - min(paid, given),
            currency: Currency(code: code)?.number ?? UInt16(code) ?? 0)
        return (given > paid ? "-" : "") + apart.shown
    }
}
