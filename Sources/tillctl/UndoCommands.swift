import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

/// What every command that undoes a payment takes.
struct UndoOptions: ParsableArguments {
    @Argument(help: "The receipt number of the payment.")
    var receipt: UInt64
    @Option(help: "Why, for the records; at most 100 bytes.")
    var reason: String?
    @Option(help: "An idempotency key: the same key is the same undoing, however often it is sent.")
    var key: String?

    /// The order, where the payment is undone as a whole.
    var order: UndoOrderMessage { UndoOrderMessage(reason: reason, key: key) }
}

/// `tillctl refund`: a new payment back.
struct RefundCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund",
        abstract: "Give money of a payment back, whole or in part, with or without a network.",
        discussion: """
            tillctl refund 7              gives all that is left of receipt 7 back
            tillctl refund 7 2.50         gives 2.50 of it back
            tillctl refund 7 --to cash    notes that the money was handed over
            Never more goes back than was paid. Without --to it goes back to what paid (stored \
            value, an account), or by a refund voucher where what paid takes nothing back.
            Exit code: 0 refunded, 1 refused, 10 no such receipt.
            """)

    @OptionGroup var undo: UndoOptions
    @Argument(help: "How much, with the currency's decimals; all that is left if not given.")
    var amount: String?
    @Option(help: ArgumentHelp("stored-value, voucher or cash.", valueName: "way"))
    var to: String?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let order = UndoOrderMessage(
            amount: amount, to: to, reason: undo.reason, key: undo.key)
        try UndoReport.tell(
            try await daemon.ask { try await $0.refund(receipt: undo.receipt, order) },
            json: output.json)
    }
}

/// `tillctl cancel`: the merchant undoes a payment before its period closes.
struct CancelCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Undo a whole payment before its period closes.",
        discussion: """
            The voucher is good again, as it was before the payment. After the period has closed, \
            use `tillctl refund`. To give up an open sale, use `tillctl sale --cancel`.
            Exit code: 0 cancelled, 1 refused, 10 no such receipt.
            """)

    @OptionGroup var undo: UndoOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try UndoReport.tell(
            try await daemon.ask { try await $0.cancel(receipt: undo.receipt, undo.order) },
            json: output.json)
    }
}

/// `tillctl reverse`: undoes a payment whose completion is unclear.
struct ReverseCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse",
        abstract: "Undo a payment that nobody was told of.",
        discussion: """
            When the terminal stops between writing a payment and telling it, `tillctl status` \
            names it. Where the customer has left or paid another way, reverse it. Where people \
            were told of the payment, use `tillctl cancel` or `tillctl refund`.
            Exit code: 0 reversed, 1 refused, 10 no such receipt.
            """)

    @OptionGroup var undo: UndoOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        try UndoReport.tell(
            try await daemon.ask { try await $0.reverse(receipt: undo.receipt, undo.order) },
            json: output.json)
    }
}

/// `tillctl receipt`: where a payment stands.
struct ReceiptCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Tell where a payment stands, and what of it may be given back.",
        discussion: """
            With --printer its receipt is printed once more, marked as a copy: on a device \
            (/dev/till/printer, or a file) or over the network (tcp:HOST or tcp:HOST:PORT, 9100). A printer that \
            has no paper, or goes away, is told of; the payment stands. With --out it is written as a page.
            """)

    @Argument(help: "The receipt number of the payment.")
    var receipt: UInt64
    @Option(help: ArgumentHelp("Print it: a device, a file, or tcp:HOST:PORT.", valueName: "place"))
    var printer: String?
    @Option(
        name: .customLong("printer-type"),
        help: "The printer: simple, default or POS-5890 (names of escpos-printer-db).")
    var printerType = "simple"
    @Option(help: ArgumentHelp("Write it as a page: .pdf or .svg.", valueName: "file"))
    var out: String?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        if let out { _ = try CodePicture.pageFormat(of: out, option: "--out") }
        let place = try printer.map { try ReceiptPaper.printer(at: $0, type: printerType) }
        let payment = try await daemon.ask { try await $0.payment(receipt: receipt) }
        if let place {
            try ReceiptPaper.print(
                payment.receiptText ?? [], code: payment.receiptCode, on: place)
        }
        if let out {
            try CodePicture.receipt(
                payment.receiptText ?? [], code: payment.receiptCode, to: out)
        }
        if output.json { return try Output.json(payment) }
        Output.line(
            "Receipt \(payment.receipt): \(payment.amount.shown), \(payment.at), "
                + "\(payment.voucherKind) \(payment.voucher)")
        Output.line(
            "It is \(payment.standing); \(payment.refundable.shown) may be given back.")
        for line in payment.receiptText ?? [] { Output.line("  " + line) }
    }
}

/// Tells what was undone.
enum UndoReport {
    static func tell(_ undo: UndoMessage, json: Bool) throws {
        if json { return try Output.json(undo) }
        Output.line(undo.message)
        if undo.repeated { Output.note("It had been made before, under the same key.") }
        if let symbol = undo.halfBlocks { Output.line(symbol) }
        if let code = undo.code { Output.line(code) }
        for line in undo.receiptText { Output.line("  " + line) }
    }
}
