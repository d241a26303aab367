import CommandSupport
import ControlProtocol
import Money
import Screens
import Vouchers
import Wallet

/// A holding in JSON.
struct HoldingMessage: Encodable {
    struct Shown: Encodable {
        let at: String
        let amount: MoneyMessage?
        let terminal: String?
        let confirmed = false
    }

    let name: String
    let kind: String
    let issuer: String?
    let bearer: Bool
    let amount: MoneyMessage
    let perPayment: MoneyMessage?
    let presented: MoneyMessage
    let left: MoneyMessage
    let audience: [String]?
    let expiry: String
    let expired: Bool
    let shown: [Shown]

    init(_ holding: Holding, now: UInt64) {
        let claims = holding.claims
        func money(_ units: UInt64) -> MoneyMessage {
            MoneyMessage(units, currency: claims.currencyNumber)
        }
        name = holding.name
        switch claims.value {
        case .fixed:
            kind = "fixed"
            perPayment = nil
        case .stored:
            kind = "stored-value"
            perPayment = nil
        case .certificate(let maximum, _):
            kind = "certificate"
            perPayment = money(maximum)
        }
        issuer = claims.issuerName.map(Self.safe)
        bearer = holding.isBearer
        amount = money(holding.ceiling)
        presented = money(holding.spent)
        left = money(holding.left)
        audience = claims.audience?.ids.map(Self.safe)
        expiry = UTCTime(claims.expiry).rfc3339
        expired = now >= claims.expiry
        shown = holding.shown.map { code in
            Shown(
                at: UTCTime(code.at).rfc3339, amount: code.amount.map(money),
                terminal: code.terminal)
        }
    }

    /// An issuer's words are not verified here: they may not drive a terminal emulator.
    private static func safe(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }

    /// The same for people, on one line or two.
    var sentence: String {
        var text = "\(name)  \(kind)  \(left.amount) of \(amount.amount) \(amount.currency)"
        if let perPayment { text += ", \(perPayment.amount) at once" }
        if let issuer { text += ", from \(issuer)" }
        text += bearer ? ", bearer" : ""
        text += expired ? ", expired" : ", until \(expiry)"
        if !shown.isEmpty {
            text +=
                "\n    shown \(shown.count) times, presented and not confirmed: "
                + "\(presented.amount) \(presented.currency)"
        }
        return text
    }
}
