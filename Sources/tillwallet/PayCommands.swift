import ArgumentParser
import CommandSupport
import ControlProtocol
import Money
import PaymentCodes
import Screens
import Vouchers
import Wallet

/// A code that was written, in JSON.
private struct CodeMessage: Encodable {
    let picture: String
    let voucher: HoldingMessage
    let amount: MoneyMessage?
    let lapses: MoneyMessage?
    let merchant: String?
    let city: String?
    let terminal: String?
    let reference: String?
    let expiry: String?
}

/// `tillwallet pay`: answers a shop QR.
struct PayCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "pay",
        abstract: "Read a shop QR from a picture and write the answer as a picture.",
        discussion: """
            The request must be signed by a terminal that is trusted, and not be over. Without \
            --voucher the wallet takes one that fits: fixed vouchers of just this amount first, \
            then stored value, then a certificate. The same request is answered again only with \
            the same amount.

            With --online the issuer at that address pays it from the wallet's account, and what it \
            answers, a payment confirmation, is the code to show: the shop needs no network. The \
            same request is paid once, however often this is run.
            """)

    @Argument(help: "The picture with the shop QR.")
    var request: String
    @Option(help: "Where to write the answer, a PNG.")
    var out: String
    @Option(help: "Pay less than is asked for, where the shop splits sales.")
    var amount: String?
    @Option(help: "The voucher to pay with, by its name as `list` prints it.")
    var voucher: String?
    @Option(
        help: ArgumentHelp(
            "Have the issuer at this address pay from the wallet's account.", valueName: "url"))
    var online: String?
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard online == nil || (amount == nil && voucher == nil) else {
            throw ValidationError(
                "--online pays the whole request from the account: give neither "
                    + "--amount nor --voucher with it.")
        }
    }

    func perform() async throws {
        let folder = try wallet.open()
        let key = try folder.key()
        var purse = try folder.purse()
        let bytes = try Pictures.code(in: request)
        let now = secondsNow()
        let demand = try refusing { () throws(WalletRefusal) in
            try purse.read(shopQR: bytes, now: now)
        }
        let asked = demand.request.amount
        let part = try amount.map { try typedAmount($0, currency: asked.currency.number) }
        if !output.json {
            Output.line("\(demand.merchantName), \(demand.merchantCity)")
            Output.line(
                "Terminal \(demand.request.terminal.text), sale \(demand.request.reference)")
            Output.line("asks for \(asked)")
        }
        if let online { return try await pay(demand, bytes, key: key, at: online, now: now) }
        let code = try refusing { () throws(WalletRefusal) in
            try purse.answer(demand, amount: part, from: voucher, key: key, now: now)
        }
        try folder.keep(purse) {
            try Pictures.write(
                code.text, to: out,
                captions: [
                    (code.amount ?? asked).description, "to \(demand.request.terminal.text)",
                ])
        }
        try report(code, demand, now: now)
    }

    private func report(_ code: PreparedCode, _ demand: ShopDemand, now: UInt64) throws {
        let number = demand.request.amount.currency.number
        let lapses = code.lapses > 0 ? MoneyMessage(code.lapses, currency: number) : nil
        if output.json {
            try Output.json(
                CodeMessage(
                    picture: out, voucher: HoldingMessage(code.holding, now: now),
                    amount: code.amount.map { MoneyMessage($0.minorUnits, currency: number) },
                    lapses: lapses, merchant: demand.merchantName, city: demand.merchantCity,
                    terminal: demand.request.terminal.text, reference: demand.request.reference,
                    expiry: UTCTime(UInt64(demand.request.expiry)).rfc3339))
            return
        }
        Output.line("Answer with \(code.holding.name): \(out), good for one minute.")
        if let lapses {
            Output.line("The voucher is spent whole: \(lapses.amount) \(lapses.currency) are lost.")
        }
    }
}

/// `tillwallet show`: a one-way code.
struct ShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Write a one-way code: a voucher shown without having seen a request.",
        discussion: """
            A bearer voucher is written as it is: whoever has the picture has the money. For the \
            others the code is good for a minute, and --amount is the most that it pays.
            """)

    @Option(help: "The voucher to show, by its name as `list` prints it.")
    var voucher: String?
    @Option(help: "The most that the code may pay.")
    var amount: String?
    @Option(help: "Where to write the code, a PNG.")
    var out: String
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let folder = try wallet.open()
        let key = try folder.key()
        var purse = try folder.purse()
        let now = secondsNow()
        let ceiling = try amount.map { try typedAmount($0, currency: currency(in: purse)) }
        let code = try refusing { () throws(WalletRefusal) in
            try purse.show(amount: ceiling, from: voucher, key: key, now: now)
        }
        try folder.keep(purse) {
            let worth = code.amount?.description ?? "Voucher"
            try Pictures.write(code.text, to: out, captions: [worth, code.holding.name])
        }
        if output.json {
            try Output.json(
                CodeMessage(
                    picture: out, voucher: HoldingMessage(code.holding, now: now),
                    amount: code.amount.map {
                        MoneyMessage($0.minorUnits, currency: $0.currency.number)
                    }, lapses: nil, merchant: nil, city: nil, terminal: nil, reference: nil,
                    expiry: nil))
        } else {
            let life = code.holding.isBearer ? "this picture is money" : "good for one minute"
            Output.line("Code of \(code.holding.name): \(out), \(life).")
        }
    }

    /// The currency that an amount is typed in: the named voucher's, or the only one held.
    private func currency(in purse: Purse) throws -> UInt16 {
        if let voucher {
            return try refusing { () throws(WalletRefusal) in
                try purse.holding(named: voucher).claims.currencyNumber
            }
        }
        let held = Set(purse.holdings.map(\.claims.currencyNumber))
        guard let only = held.first, held.count == 1 else {
            throw CommandFailure(
                reason: held.isEmpty ? "wallet-empty" : "voucher-ambiguous",
                message: "The wallet holds \(held.isEmpty ? "nothing" : "several currencies"). "
                    + "Name a voucher with --voucher.")
        }
        return only
    }
}
