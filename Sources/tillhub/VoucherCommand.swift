import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Hub
import HubProtocol
import Money
import Payments
import Vouchers

/// `tillhub voucher`: the hub as an issuer.
struct VoucherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voucher", abstract: "Issue vouchers and list them.",
        subcommands: [
            VoucherIssueCommand.self, VoucherReissueCommand.self, VoucherListCommand.self,
        ])
}

/// The kinds of voucher, as they are typed.
enum VoucherKindArgument: String, ExpressibleByArgument, CaseIterable {
    case fixed
    case stored
    case certificate
}

/// `tillhub voucher issue`: makes a voucher, as a text and as a picture to print or send.
struct VoucherIssueCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a voucher: NAME.txt and NAME.png.",
        discussion: """
            fixed        --amount; spent once, whole.
            stored       --amount (the total credit) and --redeemed; spent in parts.
            certificate  --per-payment, --offline-total and --holder; a wallet pays with it.
            Both files are the money: only their owner may read them.
            With --store-file, instead: a voucher pack for `tillctl voucher import`, and beside it
            FILE.references with a reference (TVR:…) for each voucher, to be printed on cards.
            """)

    @Argument(help: "fixed, stored or certificate.")
    var kind: VoucherKindArgument
    @Option(help: "The voucher's currency (default: the hub's usual one).")
    var currency: String?
    @Option(help: "What it is worth: the amount, or the total ever credited.")
    var amount: String?
    @Option(help: "What is redeemed of a stored value already.")
    var redeemed: String?
    @Option(help: "A certificate's maximum for one payment.")
    var perPayment: String?
    @Option(help: "A certificate's total of offline payments.")
    var offlineTotal: String?
    @Option(help: "The holder's public key: a COSE_Key in CBOR, in hexadecimal.")
    var holder: String?
    @Option(help: "How long it is good: a number and s, m, h or d.")
    var expiresIn = "30d"
    @Option(help: "Before this it is refused: 2026-12-24T00:00:00Z or seconds since 1970 UTC.")
    var notBefore: String?
    @Option(help: "Who may accept it: a merchant or a terminal; may be repeated (default: all).")
    var audience: [String] = []
    @Option(help: "The folder to write to.")
    var out = "."
    @Option(help: "The files' name without ending (default: kind, amount and short name).")
    var name: String?
    @Flag(help: "Show the code: whoever reads it can spend it.")
    var showCode = false
    @Option(help: ArgumentHelp("Write a voucher pack of bearer vouchers.", valueName: "file"))
    var storeFile: String?
    @Option(help: "With --store-file: how many vouchers of this kind.")
    var count: Int = 1
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    /// A voucher that lies in its two files now.
    struct Answer: Encodable {
        let voucher: String
        let kind: String
        let amount: MoneyMessage
        let expiry: String
        let text: String
        let picture: String
        let code: String?
    }

    func perform() async throws {
        if let storeFile {
            let (order, issuer, now) = try await prepare()
            return try await issue(order, into: storeFile, by: issuer, at: now)
        }
        try tell(try await make())
    }

    private func prepare() async throws -> (VoucherOrder, VoucherIssuer, now: UInt64) {
        let now = try Clock.believable()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let issuer = VoucherIssuer(ledger: ledger, keys: try folder.issuers())
        return (try await order(at: now, ledger), issuer, now)
    }

    /// Issues one voucher into its files, and says nothing.
    func make() async throws -> Answer {
        let (order, issuer, now) = try await prepare()
        try checkName()
        try OutputFile.makeFolder(out)
        let cti = Random.bytes(VoucherIssuer.ctiLength)
        let answer: VoucherIssuer.Answer
        do { answer = try await issuer.issue(order, cti: cti, at: now) } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal):
            throw CommandFailure(reason: refusal.reason, message: refusal.message)
        case .issued(let voucher, let code): return try deliver(voucher, code)
        }
    }

    private func order(at now: UInt64, _ ledger: any HubLedger) async throws -> VoucherOrder {
        let currency = try await Parsing.currency(self.currency, elseUsualOf: ledger)
        return VoucherOrder(
            value: try value(in: currency), currency: currency,
            expiry: now + (try Parsing.seconds(expiresIn, option: "--expires-in")),
            notBefore: try notBefore.map { try Parsing.moment($0, option: "--not-before") },
            audience: audience.isEmpty ? nil : audience, holder: try holder.map(Parsing.publicKey))
    }

    private func value(in currency: Currency) throws -> VoucherValue {
        func minorUnits(_ text: String?, _ option: String) throws -> UInt64 {
            guard let text else { throw missing(option) }
            return try Parsing.amount(text, currency, option: option)
        }
        switch kind {
        case .fixed:
            try refuse([("--redeemed", redeemed)] + certificateOptions)
            return .fixed(amount: try minorUnits(amount, "--amount"))
        case .stored:
            try refuse(certificateOptions)
            // Nothing redeemed may be written out, although no amount is ever zero.
            let isZero = redeemed?.allSatisfy { $0 == "0" || $0 == "." } ?? true
            return .stored(
                credit: try minorUnits(amount, "--amount"),
                redeemed: isZero ? 0 : try minorUnits(redeemed, "--redeemed"))
        case .certificate:
            try refuse([("--amount", amount), ("--redeemed", redeemed)])
            return .certificate(
                perPayment: try minorUnits(perPayment, "--per-payment"),
                offlineTotal: try minorUnits(offlineTotal, "--offline-total"))
        }
    }

    private var certificateOptions: [(String, String?)] {
        [("--per-payment", perPayment), ("--offline-total", offlineTotal)]
    }

    private func missing(_ option: String) -> CommandFailure {
        CommandFailure(
            .usage, reason: "option-missing",
            message: "A voucher of kind \(kind.rawValue) needs \(option). No voucher was made.")
    }

    private func refuse(_ options: [(name: String, value: String?)]) throws {
        for option in options where option.value != nil {
            throw CommandFailure(
                .usage, reason: "option-not-for-kind",
                message: "\(option.name) says nothing about a voucher of kind \(kind.rawValue). "
                    + "No voucher was made.")
        }
    }

    private func checkName() throws {
        guard let name else { return }
        guard !name.isEmpty, !name.contains("/"), name.utf8.count <= 100, !name.hasPrefix(".")
        else {
            throw CommandFailure(
                .usage, reason: "name-malformed",
                message: "--name is a file's name without folder and ending. No voucher was made.")
        }
    }

    private func deliver(_ voucher: IssuedVoucher, _ code: String) throws -> Answer {
        let amount = Shown.amount(voucher.value.ceiling, voucher.currencyNumber)
        let shortName = voucher.identity.shortName
        let tail = shortName.split(separator: "/").last.map(String.init) ?? shortName
        let base =
            name
            ?? "\(kind.rawValue)-\(amount.split(separator: " ").joined(separator: "-"))-\(tail)"
        let path = "\(out)/\(base)"
        let picture = try VoucherPicture.png(of: code, voucher)
        try OutputFile.create(path + ".txt", Array((code + "\n").utf8))
        try OutputFile.create(path + ".png", picture)
        return Answer(
            voucher: shortName, kind: voucher.value.kind.name,
            amount: MoneyMessage(voucher.value.ceiling, currency: voucher.currencyNumber),
            expiry: Shown.time(voucher.expiry), text: path + ".txt", picture: path + ".png",
            code: showCode ? code : nil)
    }

    private func tell(_ answer: Answer) throws {
        if output.json { return try Output.json(answer) }
        Output.line(
            "Issued \(answer.voucher): \(answer.kind), \(answer.amount.shown), until "
                + answer.expiry)
        Output.line("  \(answer.picture)")
        Output.line("  \(answer.text)")
        if let code = answer.code { Output.line(code) }
    }
}

/// `tillhub voucher list`: the hub's own vouchers and what is known to be redeemed.
struct VoucherListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the hub's own vouchers.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let voucher: String
        let kind: String
        let amount: MoneyMessage
        let redeemed: MoneyMessage
        let expiry: String
        let issuedAt: String
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let vouchers: [IssuedVoucher]
        do { vouchers = try await ledger.issuedVouchers() } catch { throw CommandFailure(error) }
        let lines = vouchers.map { voucher in
            let known: UInt64
            if case .stored(_, let before) = voucher.value { known = before } else { known = 0 }
            return Line(
                voucher: voucher.identity.shortName, kind: voucher.value.kind.name,
                amount: MoneyMessage(voucher.value.ceiling, currency: voucher.currencyNumber),
                redeemed: MoneyMessage(
                    known + voucher.redeemed, currency: voucher.currencyNumber),
                expiry: Shown.time(voucher.expiry), issuedAt: Shown.time(voucher.at))
        }
        if output.json { return try Output.json(["vouchers": lines]) }
        if lines.isEmpty { Output.line("No voucher has been issued.") }
        for line in lines {
            Output.line(
                "\(line.voucher)  \(line.kind)  \(line.amount.shown)  redeemed "
                    + "\(line.redeemed.shown)  until \(line.expiry)")
        }
    }
}
