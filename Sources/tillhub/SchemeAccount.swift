import CommandSupport
import Money
import PaymentCodes

/// A scheme's account as a merchant configures it: `paynow:proxy-type=2;proxy=201234567W`.
struct SchemeAccount {
    /// The accounts that make it, ready for a shop QR.
    let accounts: [MerchantAccount]

    /// Reads `text`; a scheme that cannot share a symbol with a terminal's request, or that moves
    /// none of the hub's `currencies` (ISO 4217 letters), is refused by its name.
    init(_ text: String, currencies: [String]) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let profile = SchemeProfile.named(String(parts[0])) else {
            let known = SchemeProfile.all.map(\.id).joined(separator: ", ")
            throw Self.refused(
                "scheme-unknown", "there is no scheme \(parts[0].prefix(40)): \(known).")
        }
        let numbers = currencies.compactMap { Currency(code: $0)?.number }
        let wanted = profile.currencyNumbers.compactMap { UInt16($0) }
        guard wanted.isEmpty || wanted.contains(where: numbers.contains) else {
            let codes = wanted.compactMap { Currency(number: $0)?.code }.joined(separator: " or ")
            throw Self.refused(
                "scheme-currency",
                "\(profile.name) moves \(codes), which is no --currency of this hub.")
        }
        let values = try Self.values(parts.count == 2 ? parts[1] : "")
        do throws(CodeMakingError) { accounts = try profile.accounts(of: values) } catch {
            throw Self.refused(error.reason.rawValue, "\(error).")
        }
    }

    private static func values(_ text: Substring) throws -> [String: String] {
        var values: [String: String] = [:]
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2,
                values.updateValue(String(pair[1]), forKey: String(pair[0])) == nil
            else {
                throw refused(
                    "scheme-malformed", "\(part.prefix(40)) is not name=value, or is there twice.")
            }
        }
        return values
    }

    private static func refused(_ reason: String, _ detail: String) -> CommandFailure {
        CommandFailure(.usage, reason: reason, message: "--scheme: \(detail) No hub was made.")
    }
}
