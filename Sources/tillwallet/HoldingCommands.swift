import ArgumentParser
import COSE
import CommandSupport
import Foundation
import Vouchers
import Wallet

/// `tillwallet add`: takes a certificate or a voucher.
struct AddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Take a certificate or voucher: a picture, a text file, or the text itself.",
        discussion: """
            What is bound to a holder's key must be bound to this wallet's. The issuer's signature \
            is checked by the terminal that is paid, not here.
            """)

    @Argument(help: ArgumentHelp("A picture, a text file, or TV1:…", valueName: "code"))
    var code: String
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let folder = try wallet.open()
        let owner = try folder.key().publicKey
        let text = try voucherText()
        var purse = try folder.purse()
        let now = secondsNow()
        let holding = try refusing { () throws(WalletRefusal) in
            try purse.add(text, owner: owner, now: now)
        }
        try folder.keep(purse)
        let message = HoldingMessage(holding, now: now)
        if output.json {
            try Output.json(message)
        } else {
            Output.line("Taken: \(message.sentence)")
        }
    }

    private func voucherText() throws -> [UInt8] {
        if code.hasPrefix(VoucherText.prefix) { return Array(code.utf8) }
        // Of a text file one byte more than a voucher's text can have is enough to see.
        let limit = VoucherText.maximumByteCount + 2
        if let handle = FileHandle(forReadingAtPath: code),
            let beginning = try? handle.read(upToCount: limit),
            beginning.starts(with: VoucherText.prefix.utf8)
        {
            return Array(beginning)
        }
        return try Pictures.code(in: code)
    }
}

/// `tillwallet list`: what the wallet holds.
struct ListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what the wallet holds and what was presented of it.")

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let vouchers: [HoldingMessage]
    }

    func perform() async throws {
        let purse = try wallet.open().purse()
        let now = secondsNow()
        let messages = purse.holdings.map { HoldingMessage($0, now: now) }
        if output.json {
            try Output.json(Answer(vouchers: messages))
        } else if messages.isEmpty {
            Output.line("The wallet is empty.")
        } else {
            for message in messages { Output.line(message.sentence) }
        }
    }
}

/// `tillwallet unpaid`: takes back what the last code of a voucher promised.
struct UnpaidCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpaid",
        abstract: "Say that the last code shown of a voucher was not paid: it counts no more.",
        discussion: "Refused while a terminal might still accept that code.")

    @Argument(help: "The voucher's name as `list` prints it.")
    var voucher: String
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let folder = try wallet.open()
        var purse = try folder.purse()
        let now = secondsNow()
        let holding = try refusing { () throws(WalletRefusal) in
            try purse.takeBack(voucher, now: now)
        }
        try folder.keep(purse)
        let message = HoldingMessage(holding, now: now)
        if output.json { try Output.json(message) } else { Output.line(message.sentence) }
    }
}
