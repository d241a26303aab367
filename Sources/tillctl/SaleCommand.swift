import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

/// `tillctl sale`: opens, watches and gives up sales.
struct SaleCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "sale",
        abstract: "Open a sale, wait for its result, or give it up.",
        discussion: """
            tillctl sale 12.50          opens a sale and shows its code
            tillctl sale 12.50 --wait   opens a sale and waits for the next verdict
            tillctl sale --wait         waits for the next verdict of the open sale
            tillctl sale --cancel       gives up the open sale
            tillctl sale 12.50 --reference -   pays by the reference typed on standard input
            tillctl sale --paid-by-app  asks the hub whether a scheme's wallet has paid it
            tillctl sale --mark-paid R --by NAME
                                        notes that sale R, which ended unconfirmed, is paid
            A sale that is paid by an app, and of which no word has come, stays open and may be asked \
            about again. Given up it ends unconfirmed: whoever has seen the money in the bank's \
            app may mark it as paid, which is told apart and counts as no payment of Till's.
            A reference is the money: on the command line other users of the machine can read it.
            After a decline the sale stays open for another code; a new sale takes its place.
            Exit code with --wait: 0 paid, 1 declined or given up, 3 no verdict in time, \
            4 paid in part, or paid and given back since.
            """)

    /// How long `--wait` waits unless told otherwise: a request's default life.
    static let defaultTimeoutSeconds: UInt64 = 300

    @Argument(help: "The amount, with the currency's decimals: 12.50, or 1250 for JPY.")
    var amount: String?
    @Option(help: "ISO 4217 letters; the terminal's own currency if not given.")
    var currency: String?
    @Option(help: "An idempotency key: the same key is the same sale, however often it is sent.")
    var key: String?
    @Option(
        help: ArgumentHelp(
            "What of the amount is taxed: letter, rate in per cent and gross amount, as A:19:11.90; "
                + "once for each rate, and together the whole amount.", valueName: "line"))
    var vat: [String] = []
    @Option(help: "A tip beside the amount; both are asked for in one.")
    var tip: String?
    @Flag(help: "Wait for the next verdict.")
    var wait = false
    @Option(
        help: ArgumentHelp(
            "Pay with the voucher of this reference (TVR:…); - reads it from standard input.",
            valueName: "reference"))
    var reference: String?
    @Option(help: ArgumentHelp("Stop waiting after so long.", valueName: "seconds"))
    var timeout: UInt64 = SaleCommand.defaultTimeoutSeconds
    @Flag(help: "Give up the open sale; what was captured stays captured.")
    var cancel = false
    @Flag(help: "Ask whether a scheme's wallet has paid the open sale.")
    var paidByApp = false
    @Option(
        help: ArgumentHelp(
            "Mark this sale, which ended unconfirmed, as paid.", valueName: "sale"))
    var markPaid: String?
    @Option(help: ArgumentHelp("Who has seen the money; with --mark-paid.", valueName: "name"))
    var by: String?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if cancel, amount != nil || wait || reference != nil {
            throw ValidationError("--cancel stands alone: it gives up the open sale.")
        }
        let isAlone = amount == nil && !wait && !cancel && reference == nil
        if paidByApp || markPaid != nil, !isAlone || (paidByApp && markPaid != nil) {
            throw ValidationError("--paid-by-app and --mark-paid stand alone.")
        }
        if (markPaid != nil) != (by != nil) {
            throw ValidationError("--mark-paid and --by belong together: who has seen the money?")
        }
        if isAlone, !paidByApp, markPaid == nil {
            throw ValidationError(
                "Give an amount to open a sale, or --reference, or --wait, or --cancel, or "
                    + "--paid-by-app, or --mark-paid.")
        }
        if !vat.isEmpty || tip != nil, amount == nil {
            throw ValidationError("--vat and --tip belong to the amount of a sale that is opened.")
        }
        if reference != nil, wait {
            throw ValidationError("--reference has its verdict at once: leave --wait out.")
        }
    }

    func perform() async throws {
        if cancel {
            let sale = try await daemon.ask { try await $0.cancelSale() }
            try report(sale)
            return
        }
        if let markPaid, let by {
            return try report(
                try await daemon.ask { try await $0.markPaid(sale: markPaid, by: by) })
        }
        let lines = try vat.map(VATArgument.line)
        var sale: SaleMessage
        if paidByApp {
            sale = try await daemon.ask { try await $0.askWhetherPaid() }
            try report(sale)
            return try exit(for: sale)
        }
        if let amount {
            sale = try await daemon.ask {
                try await $0.charge(
                    SaleOrderMessage(
                        amount: amount, currency: currency, key: key,
                        vat: lines.isEmpty ? nil : lines, tip: tip))
            }
        } else {
            sale = try await daemon.ask { try await $0.currentSale() }
        }
        if let reference, amount == nil || sale.state == "open" {
            let code = try VoucherReferenceArgument.text(reference)
            sale = try await daemon.ask { try await $0.type(code: code) }
            try report(sale)
            return try exit(for: sale)
        }
        // A key that is known may answer with a sale that has long ended.
        if wait, amount == nil || sale.state == "open" {
            if !output.json, sale.state == "open" { show(sale) }
            sale = try await verdict(of: sale)
        }
        try report(sale)
        if wait || sale.undone.minorUnits > 0 { try exit(for: sale) }
    }

    /// The longest that the daemon is asked to wait at once, in seconds: below its own limit.
    private static let longestWaitSeconds: Int64 = 25

    /// Waits for a verdict that was not told yet, or for the sale's end.
    private func verdict(of first: SaleMessage) async throws -> SaleMessage {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(Int64(clamping: timeout)))
        var sale = first
        repeat {
            let left = clock.now.duration(to: deadline).components.seconds
            guard left >= 0 else { throw Self.noVerdict(on: sale) }
            let wait = UInt64(min(left, Self.longestWaitSeconds))
            let next = try await daemon.ask { try await $0.nextVerdict(waitSeconds: wait) }
            guard next.reference == first.reference else {
                throw CommandFailure(
                    .failed, reason: "sale-replaced",
                    message: "Another sale (\(next.reference)) took this one's place. "
                        + "Look at `tillctl journal list`.")
            }
            if next.state == "open", next.news == nil, left == 0 { throw Self.noVerdict(on: sale) }
            sale = next
        } while sale.state == "open" && sale.news == nil
        return sale
    }

    private static func noVerdict(on sale: SaleMessage) -> CommandFailure {
        CommandFailure(
            .timedOut, reason: "no-verdict",
            message: "No code was shown in time. Sale \(sale.reference) is still open and nothing "
                + "was paid on it since. Wait again with `tillctl sale --wait`, or give it up "
                + "with `tillctl sale --cancel`.")
    }

    private func exit(for sale: SaleMessage) throws {
        let status: ExitStatus
        switch (sale.state, sale.news?.verdict) {
        case ("paid", _) where sale.undone.minorUnits > 0: status = .degraded
        case ("paid", _): status = .ok
        case (_, "approved-in-part"), ("partly-paid", _): status = .degraded
        default: status = .failed
        }
        if status != .ok { throw ExitCode(status.rawValue) }
    }

    private func report(_ sale: SaleMessage) throws {
        if output.json {
            try Output.json(sale)
            return
        }
        if sale.training == true { Output.line(DaemonOptions.trainingLine) }
        if let verdict = sale.news ?? sale.verdicts.last { Output.line(verdict.message) }
        let total = "\(sale.total.amount) \(sale.total.currency)"
        let due = "\(sale.due.amount) \(sale.due.currency)"
        switch sale.state {
        case "open":
            if !wait { show(sale) }
            Output.line("Sale \(sale.reference) of \(total) is open; \(due) are due.")
        case "paid" where sale.undone.minorUnits > 0:
            Output.line(
                "Sale \(sale.reference) of \(total) was paid; \(sale.undone.shown) were given "
                    + "back since.")
        case "paid": Output.line("Sale \(sale.reference) of \(total) is paid.")
        case "unconfirmed":
            Output.line(
                "Sale \(sale.reference) of \(total) has ended unconfirmed; of \(due) no word has "
                    + "come. Look in the bank's app.")
        case "marked-paid":
            Output.line(
                "Sale \(sale.reference) of \(total) is marked as paid; \(due) are no payment of "
                    + "Till's.")
        case "partly-paid":
            Output.line("Sale \(sale.reference) of \(total) has ended; \(due) were not paid.")
        default: Output.line("Sale \(sale.reference) of \(total) is \(sale.state).")
        }
        if let offline = sale.offline, let line = offline.allowances.first {
            Output.line(
                "Left offline: \(line.left.amount) \(line.left.currency), "
                    + "\(offline.paymentsLeft) payments.")
        }
    }

    private func show(_ sale: SaleMessage) {
        if let symbol = sale.halfBlocks { Output.line(symbol) }
        if let problem = sale.symbolProblem {
            Output.note("The shop QR is not shown: \(problem) The customer can show a code.")
        }
        if let screen = sale.screen { Output.line("Screen: \(screen)") }
    }
}
