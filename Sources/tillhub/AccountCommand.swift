import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Hub
import HubProtocol
import Money
import Screens
import Vouchers

/// `tillhub account`: the accounts that wallets with a network pay from.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Keep the accounts that wallets with a network pay from.",
        discussion: """
            A wallet pays a shop's request from its account with tillwallet pay --online, also where \
            the shop has no network: what it is answered, a payment confirmation, is shown to the \
            shop's camera.

              tillhub account open --holder KEY --name "Ada"      KEY as tillwallet key prints it
              tillhub account credit ACCOUNT 50.00
              tillhub account list
              tillhub account show ACCOUNT
            """,
        subcommands: [
            AccountOpenCommand.self, AccountCreditCommand.self, AccountListCommand.self,
            AccountShowCommand.self,
        ])
}

/// An account, in JSON and as a line.
private struct AccountMessage: Encodable {
    let account: String
    let name: String
    let balance: MoneyMessage
    let opened: String

    init(_ account: Account) {
        self.account = account.identity.hex
        name = account.name
        balance = MoneyMessage(account.balance, currency: account.currencyNumber)
        opened = UTCTime(account.at).rfc3339
    }

    var line: String { "\(account)  \(balance.amount) \(balance.currency)  \(name)" }
}

/// What the account commands have in common.
private enum Accounts {
    /// The longest name in characters: a person's, on one line.
    static let maximumName = 60

    /// The account whose thumbprint begins with `text`.
    static func find(_ text: String, in ledger: any HubLedger) async throws -> Account {
        let wanted = text.lowercased()
        let found = try await accounts(in: ledger).filter { $0.identity.hex.hasPrefix(wanted) }
        guard let account = found.first, found.count == 1, wanted.count >= 4 else {
            throw CommandFailure(
                .notFound, reason: found.isEmpty ? "account-unknown" : "account-ambiguous",
                message:
                    "\(found.isEmpty ? "No account begins" : "Several accounts may begin") with "
                    + "\"\(wanted.prefix(64))\". Nothing was changed. tillhub account list names them; "
                    + "four digits or more are enough.")
        }
        return account
    }

    static func accounts(in ledger: any HubLedger) async throws -> [Account] {
        try await asking { () throws(HubLedgerError) in try await ledger.accounts() }
    }

    /// Asks the ledger; its error becomes the command's failure.
    static func asking<Value>(_ question: () async throws(HubLedgerError) -> Value) async throws
        -> Value
    {
        do { return try await question() } catch { throw CommandFailure(error) }
    }

    static func tell(_ account: Account, _ output: OutputOptions) throws {
        let message = AccountMessage(account)
        if output.json { return try Output.json(message) }
        Output.line(message.line)
    }
}

/// `tillhub account open`.
struct AccountOpenCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open an account for the holder of a wallet's key.")

    @Option(help: "The wallet's public key: a COSE_Key in CBOR, in hexadecimal.")
    var holder: String
    @Option(help: "What people call the account.")
    var name = ""
    @Option(help: "The account's currency (default: the hub's usual one).")
    var currency: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        guard name.count <= Accounts.maximumName,
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw CommandFailure(
                .usage, reason: "name-malformed",
                message: "--name has at most \(Accounts.maximumName) characters and no control "
                    + "characters. No account was opened.")
        }
        let key = try Parsing.publicKey(holder)
        let ledger = try hub.folder.openLedger()
        let currency = try await Parsing.currency(currency, elseUsualOf: ledger)
        let account = Account(
            key: key, currencyNumber: currency.number, name: name, at: now)
        let isNew = try await Accounts.asking { () throws(HubLedgerError) in
            try await ledger.open(account)
        }
        guard isNew else {
            throw CommandFailure(
                reason: "account-exists",
                message:
                    "This key has an account already. Nothing was changed. tillhub account show "
                    + "\(account.identity.hex.prefix(12)) shows it.")
        }
        try Accounts.tell(account, output)
    }
}

/// `tillhub account credit`.
struct AccountCreditCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit", abstract: "Put money on an account.")

    @Argument(help: "The account: its first digits as tillhub account list prints them.")
    var account: String
    @Argument(help: "How much, in the account's currency.")
    var amount: String
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let ledger = try hub.folder.openLedger()
        let found = try await Accounts.find(account, in: ledger)
        guard let currency = Currency(number: found.currencyNumber) else {
            throw CommandFailure(HubLedgerError.damaged("an account's currency is unknown"))
        }
        let credit = try Parsing.amount(amount, currency, option: "the amount")
        guard credit > 0, found.balance + credit <= Amount.maximumMinorUnits else {
            throw CommandFailure(
                .usage, reason: "amount-out-of-range",
                message: "The amount is zero, or the account would hold more than can be counted. "
                    + "Nothing was changed.")
        }
        let changed = try await Accounts.asking { () throws(HubLedgerError) in
            try await ledger.credit(found.identity, amount: credit, at: now)
            return try await ledger.account(found.identity)
        }
        try Accounts.tell(changed ?? found, output)
    }
}

/// `tillhub account list`.
struct AccountListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the accounts and what is on them.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let accounts = try await Accounts.accounts(in: try hub.folder.openLedger())
        let messages = accounts.map(AccountMessage.init)
        if output.json { return try Output.json(messages) }
        for message in messages { Output.line(message.line) }
        if messages.isEmpty { Output.line("No account is kept. tillhub account open makes one.") }
    }
}

/// `tillhub account show`.
struct AccountShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an account and its payments.",
        discussion: """
            pending      the shop's payment has not arrived at the hub
            captured     the shop has it
            given-back   it came to nothing in time, or was cancelled: the money is back
            """)

    @Argument(help: "The account: its first digits as tillhub account list prints them.")
    var account: String
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct PaymentMessage: Encodable {
        let at: String
        let terminal: String
        let amount: MoneyMessage
        let state: String
    }

    private struct Answer: Encodable {
        let account: AccountMessage
        let payments: [PaymentMessage]
    }

    func perform() async throws {
        let now = try Clock.believable()
        let ledger = try hub.folder.openLedger()
        let found = try await Accounts.find(account, in: ledger)
        let (changed, payments) = try await Accounts.asking { () throws(HubLedgerError) in
            _ = try await ledger.giveBack(to: found.identity, at: now)
            return (
                try await ledger.account(found.identity),
                try await ledger.payments(of: found.identity)
            )
        }
        let answer = Answer(
            account: AccountMessage(changed ?? found),
            payments: payments.map { payment, state in
                PaymentMessage(
                    at: UTCTime(payment.at).rfc3339, terminal: payment.terminal.text,
                    amount: MoneyMessage(payment.amount, currency: payment.voucher.currencyNumber),
                    state: state.rawValue)
            })
        if output.json { return try Output.json(answer) }
        Output.line(answer.account.line)
        for payment in answer.payments {
            Output.line(
                "  \(payment.at)  \(payment.amount.amount) \(payment.amount.currency)  "
                    + "\(payment.terminal)  \(payment.state)")
        }
    }
}
