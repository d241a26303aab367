import CommandSupport
import Money

/// An amount in JSON, in the form that all programs of Till use.
struct MoneyMessage: Encodable {
    let currency: String
    let amount: String
    let minorUnits: UInt64

    init(_ minorUnits: UInt64, currency number: UInt16) {
        currency = Shown.code(number)
        amount = Shown.decimal(minorUnits, number)
        self.minorUnits = minorUnits
    }

    /// The amount for people.
    var shown: String { "\(amount) \(currency)" }
}
