import ArgumentParser
import CSVStatements
import CommandSupport
import ControlProtocol
import Hub
import Vouchers

/// Which folders hold the statements of which schemes.
struct StatementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder of a bank's statements (CSV) that confirm this scheme's payments; may be "
                + "repeated.", valueName: "scheme=folder"))
    var statements: [String] = []

    /// The schemes and where their statements come from.
    func sources() throws -> [(scheme: IssuerID, source: CSVStatementFolder)] {
        try statements.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw CommandFailure(
                    .usage, reason: "statements-malformed",
                    message: "--statements is written SCHEME=FOLDER. Nothing was changed.")
            }
            return (try Self.scheme(parts[0]), CSVStatementFolder(path: parts[1]))
        }
    }

    /// A scheme's name, as the trust list has it.
    static func scheme(_ text: String) throws -> IssuerID {
        guard let id = IssuerID(text) else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "A scheme's name is 1 to 32 of A-Z a-z 0-9 . _ - and nothing was changed.")
        }
        return id
    }
}

/// `tillhub statement`: what became of each credit of a bank's statements.
struct StatementCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show what became of each credit of a bank's statements.",
        discussion: """
            tillhub statement --statements instant=/var/lib/till/statements

            Each credit has confirmed one request of a terminal; or is the money of a sale that a \
            supervisor marked as paid, and is counted once; or matches nothing, and somebody should \
            ask why. Marked sales whose money no credit shows are told too. tillhub serve takes the \
            same option, and gives terminals its word by it. Make the scheme's key first: tillhub \
            issuer rotate --scheme NAME.
            Exit code: 0 all matches, 4 something does not, or a file cannot be read.
            """)

    @OptionGroup var options: StatementOptions
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let scheme: String
        let place: String
        let entry: String
        let booked: String
        let amount: MoneyMessage
        let reference: String
        let standing: String
        let terminal: String?

        init(_ scheme: IssuerID, _ line: StatementLine, _ standing: StatementReview.Standing) {
            self.scheme = scheme.name
            place = line.place
            entry = line.entry
            booked = line.bookedOn
            amount = MoneyMessage(line.amount)
            reference = line.reference
            switch standing {
            case .confirmed(let one): (self.standing, terminal) = ("confirmed", one.terminal.text)
            case .marked(let one): (self.standing, terminal) = ("marked-paid", one.terminal.text)
            case .unmatched: (self.standing, terminal) = ("unmatched", nil)
            }
        }

        var text: String {
            "\(scheme)  \(booked)  \(amount.shown)  \(reference)  \(standing)"
                + (terminal.map { " (\($0))" } ?? "") + "  \(place)"
        }
    }

    private struct Unseen: Encodable {
        let terminal: String
        let sale: String
        let amount: MoneyMessage
        let markedAt: String

        init(_ sale: MarkedSale) {
            terminal = sale.terminal.text
            self.sale = sale.sale
            amount = MoneyMessage(sale.amount, currency: sale.currencyNumber)
            markedAt = Shown.time(sale.at)
        }
    }

    private struct Review: Encodable {
        var credits: [Line] = []
        var unseen: [Unseen] = []
        var faults: [String] = []
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        var review = Review()
        var unseen: Set<MarkedSale>?
        for (scheme, source) in try options.sources() {
            let found: StatementReview
            do {
                found = try await StatementReview(of: source, scheme: scheme, ledger: ledger)
            } catch { throw CommandFailure(error) }
            review.credits += found.lines.map { Line(scheme, $0.line, $0.standing) }
            review.faults += found.faults.map(\.message)
            // A sale is seen where any scheme's statement shows its money.
            unseen = unseen.map { $0.intersection(found.unseen) } ?? Set(found.unseen)
        }
        review.unseen = (unseen ?? []).sorted { $0.at < $1.at }.map(Unseen.init)
        if output.json {
            try Output.json(review)
        } else {
            for line in review.credits { Output.line(line.text) }
            for sale in review.unseen {
                Output.line(
                    "Sale \(sale.sale) of \(sale.terminal), \(sale.amount.shown), was marked as paid, "
                        + "and no statement shows its money.")
            }
            for fault in review.faults { Output.note(fault) }
            if review.credits.isEmpty { Output.line("The statements hold no credits.") }
        }
        let isClean =
            review.faults.isEmpty && review.unseen.isEmpty
            && !review.credits.contains { $0.standing == "unmatched" }
        if !isClean { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}
