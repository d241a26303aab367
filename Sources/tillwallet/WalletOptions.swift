import ArgumentParser
import CommandSupport
import Foundation
import Money
import Wallet

/// Where the wallet is.
struct WalletOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The wallet's folder (default: $TILL_WALLET, else ~/.till-wallet).",
            valueName: "dir"))
    var wallet: String?

    /// The folder that is meant.
    var path: String {
        if let wallet { return wallet }
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["TILL_WALLET"], !path.isEmpty { return path }
        return (environment["HOME"] ?? ".") + "/.till-wallet"
    }

    /// Opens the wallet, which no other command changes meanwhile.
    func open() throws -> WalletFolder { try WalletFolder(path) }
}

/// Runs a purse's rule; its refusal becomes the command's failure.
func refusing<Value>(_ rule: () throws(WalletRefusal) -> Value) throws -> Value {
    do {
        return try rule()
    } catch {
        let status: ExitStatus = if case .notFound = error { .notFound } else { .failed }
        throw CommandFailure(status, reason: error.reason, message: error.message)
    }
}

/// Reads an amount that was typed, in a currency that is known from elsewhere.
func typedAmount(_ text: String, currency number: UInt16) throws -> UInt64 {
    guard let currency = Currency(number: number) else {
        throw CommandFailure(
            reason: "currency-unknown",
            message: "Currency \(number) is not in the table of ISO 4217; no amount can be typed "
                + "in it. Nothing was shown.")
    }
    do {
        return try Amount(parsing: text, currency: currency).minorUnits
    } catch {
        throw CommandFailure(
            .usage, reason: error.reason, message: "\(error.description) Nothing was shown.")
    }
}
