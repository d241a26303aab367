import COSE
import CommandSupport
import Foundation
import Hub
import HubProtocol
import Money

/// Reads what people type; what cannot be read is a failure with a sentence.
enum Parsing {
    static func currency(_ code: String) throws -> Currency {
        guard let currency = Currency(code: code) else {
            throw CommandFailure(
                .usage, reason: "currency-unknown",
                message: "\"\(shown(code))\" is no currency of ISO 4217. Nothing was changed. "
                    + "Write three capital letters, such as EUR.")
        }
        return currency
    }

    /// The currency of this code; where none is given, the hub's usual one.
    static func currency(_ code: String?, elseUsualOf ledger: any HubLedger) async throws
        -> Currency
    {
        if let code { return try currency(code) }
        do {
            guard let terms = try await ledger.latestTerms() else {
                throw CommandFailure(RegistrarRefusal.notInitialised)
            }
            return terms.terms.currency
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
    }

    static func amount(_ text: String, _ currency: Currency, option: String) throws -> UInt64 {
        do { return try Amount(parsing: text, currency: currency).minorUnits } catch {
            throw CommandFailure(
                .usage, reason: error.reason,
                message: "\(option) \"\(shown(text))\": \(error.description) Nothing was changed.")
        }
    }

    /// A span of time such as `30d`, `12h`, `90m` or `45s`, in seconds.
    static func seconds(_ text: String, option: String) throws -> UInt64 {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = UInt64(text.dropLast()),
            count > 0, count <= maximumSeconds / unit
        else {
            throw CommandFailure(
                .usage, reason: "duration-malformed",
                message: "\(option) \"\(shown(text))\" is no span of time. Nothing was changed. "
                    + "Write a number and s, m, h or d, such as 30d.")
        }
        return count * unit
    }

    /// A hundred years: a slip of the finger, not a plan.
    private static let maximumSeconds: UInt64 = 100 * 366 * 86_400

    /// A moment as seconds since 1970 UTC, or in the form `2026-12-24T00:00:00Z`.
    static func moment(_ text: String, option: String) throws -> UInt64 {
        if let seconds = UInt64(text) { return seconds }
        guard let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 >= 0 else {
            throw CommandFailure(
                .usage, reason: "time-malformed",
                message: "\(option) \"\(shown(text))\" is no time. Nothing was changed. Write "
                    + "2026-12-24T00:00:00Z or seconds since 1970 UTC.")
        }
        return UInt64(date.timeIntervalSince1970)
    }

    static func publicKey(_ hex: String) throws -> PublicKey {
        guard let bytes = [UInt8](hex: hex) else {
            throw CommandFailure(
                .usage, reason: "key-not-hex",
                message: "\"\(shown(hex))\" is not hexadecimal. Nothing was changed. Give the "
                    + "COSE_Key in CBOR as hexadecimal digits.")
        }
        do { return try PublicKey(coseKey: bytes) } catch {
            throw CommandFailure(
                .usage, reason: error.reason,
                message: "The key \(shown(hex)) is refused: \(error). Nothing was changed.")
        }
    }

    private static func shown(_ text: String) -> String {
        String(text.prefix(40).map { $0.isASCII && !$0.isNewline ? $0 : "?" })
    }
}

/// Writes for people.
enum Shown {
    static func amount(_ minorUnits: UInt64, _ currencyNumber: UInt16) -> String {
        guard let currency = Currency(number: currencyNumber) else {
            return "\(minorUnits) minor units of currency \(currencyNumber)"
        }
        let held = min(minorUnits, Amount.maximumMinorUnits)
        return Amount(minorUnits: held, currency: currency).description
    }

    static func decimal(_ minorUnits: UInt64, _ currencyNumber: UInt16) -> String {
        guard let currency = Currency(number: currencyNumber) else { return "\(minorUnits)" }
        let held = min(minorUnits, Amount.maximumMinorUnits)
        return Amount(minorUnits: held, currency: currency).decimalText
    }

    static func code(_ currencyNumber: UInt16) -> String {
        Currency(number: currencyNumber)?.code ?? "\(currencyNumber)"
    }

    static func time(_ seconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
