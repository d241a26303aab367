public import COSE
import Money
public import PaymentCodes
public import Vouchers

/// Why a holding does not pay this request, or is not shown.
public enum Misfit: Hashable, Sendable {
    /// It is over since then, in seconds since 1970 UTC.
    case expired(at: UInt64)
    /// It is good from then on, in seconds since 1970 UTC.
    case notYetValid(from: UInt64)
    /// A bearer voucher answers no request; it is shown as it is.
    case bearer
    /// It is in another currency (ISO 4217 number).
    case currency(UInt16)
    /// Its audience does not name the terminal or its merchant.
    case audience
    /// It confirms another request.
    case otherRequest
    /// A fixed voucher is worth less, in minor units.
    case fixedTooSmall(UInt64)
    /// A fixed voucher is worth more, in minor units; the rest would be lost.
    case fixedTooLarge(UInt64)
    /// A fixed voucher is spent whole; no amount can be named.
    case fixedHasNoAmount
    /// A code for this fixed voucher was shown before and may have paid.
    case shownBefore(at: UInt64)
    /// The amount is above the certificate's maximum for one payment, in minor units.
    case abovePerPayment(UInt64)
    /// The amount is above what the wallet may still promise, in minor units.
    case aboveLeft(UInt64)

    /// The stable code.
    public var reason: String {
        switch self {
        case .expired: "voucher-expired"
        case .notYetValid: "voucher-not-yet-valid"
        case .bearer: "voucher-bearer"
        case .currency: "currency-differs"
        case .audience: "voucher-not-for-this-shop"
        case .otherRequest: "voucher-not-for-this-request"
        case .fixedTooSmall: "voucher-too-small"
        case .fixedTooLarge: "voucher-too-large"
        case .fixedHasNoAmount: "voucher-spent-whole"
        case .shownBefore: "voucher-shown-before"
        case .abovePerPayment: "above-per-payment-maximum"
        case .aboveLeft: "above-what-is-left"
        }
    }

    /// A sentence about the holding, whose currency has the ISO 4217 number `currency`.
    func sentence(currency: UInt16) -> String {
        func money(_ units: UInt64) -> String { MoneyText.of(units, currency: currency) }
        return switch self {
        case .expired: "It has expired."
        case .notYetValid: "It is not valid yet."
        case .bearer: "It is a bearer voucher: show it as it is with `tillwallet show`."
        case .currency: "It is in another currency."
        case .audience: "It is not for this shop."
        case .otherRequest: "It confirms another request."
        case .fixedTooSmall(let face): "It is worth \(money(face)) only."
        case .fixedTooLarge(let face):
            "It is worth \(money(face)) and is spent whole; name it with --voucher to lose the rest."
        case .fixedHasNoAmount: "It is spent whole: no amount can be named."
        case .shownBefore:
            "It was shown before and may have paid; name it with --voucher to show it again."
        case .abovePerPayment(let maximum): "It pays \(money(maximum)) at once at most."
        case .aboveLeft(let left):
            "It has \(money(left)) left, counting codes that were shown and not confirmed."
        }
    }
}

/// Why the wallet does not do what it was asked. Nothing has been changed or shown then.
public enum WalletRefusal: Error, Hashable, Sendable {
    /// The code is no voucher in good form.
    case voucher(VoucherRefusal)
    /// The code is something else.
    case notAVoucher(CodeKind)
    /// The code is somebody's presentation, not an issuer's object.
    case presentation
    /// The voucher belongs to another key than this wallet's.
    case otherHolder
    /// This very voucher is in the wallet.
    case alreadyHeld(name: String)
    /// The wallet holds an object of the same identity with other terms, or a newer one.
    case conflicting(name: String)
    /// The wallet is full.
    case full(limit: Int)

    /// The key is not written as a COSE_Key.
    case key(KeyError)
    /// Terminals sign with Ed25519 and nothing else.
    case terminalKeyAlgorithm
    /// The name is not 1 to 40 printable characters.
    case terminalName

    /// No trusted terminal made the request.
    case unknownTerminal
    /// Nor is it one: it names a terminal in training.
    case trainingRequest
    /// A shop QR without a terminal's request: it needs a network and the scheme's own wallet.
    case needsNetwork(merchant: String)
    /// The code is no shop QR.
    case notAShopQR(CodeKind)
    /// The shop QR breaks its format, its signature is wrong, or it is over.
    case shopQR(ShopQRRefusal)
    /// The request was answered before with another amount, in minor units of its currency.
    case answeredOtherwise(amount: UInt64, currency: UInt16)
    /// The amount is above what is asked for.
    case aboveRequest(asked: UInt64, currency: UInt16)

    /// No holding has this name.
    case notFound(name: String)
    /// More than one holding could be meant.
    case ambiguous(names: [String])
    /// The holding does not fit; `currency` is its ISO 4217 number.
    case misfit(Misfit, name: String, currency: UInt16)
    /// No holding fits; each with its reason.
    case nothingFits([String])
    /// A wallet without holdings shows nothing.
    case empty
    /// There is no code to take back.
    case nothingShown(name: String)
    /// The last code may still be accepted, until then in seconds since 1970 UTC.
    case stillGood(name: String, until: UInt64)

    /// The stable code.
    public var reason: String {
        switch self {
        case .voucher(let refusal): refusal.reason.rawValue
        case .notAVoucher: "not-a-voucher"
        case .presentation: "presentation-given"
        case .otherHolder: "other-holder"
        case .alreadyHeld: "already-held"
        case .conflicting: "conflicting-voucher"
        case .full: "wallet-full"
        case .key: "key-refused"
        case .terminalKeyAlgorithm: "terminal-key-not-ed25519"
        case .terminalName: "terminal-name"
        case .unknownTerminal: "unknown-terminal"
        case .trainingRequest: "training-request"
        case .needsNetwork: "needs-network"
        case .notAShopQR: "not-a-shop-qr"
        case .shopQR(let refusal): refusal.reason.rawValue
        case .answeredOtherwise: "request-answered"
        case .aboveRequest: "above-request"
        case .notFound: "voucher-not-found"
        case .ambiguous: "voucher-ambiguous"
        case .misfit(let misfit, _, _): misfit.reason
        case .nothingFits: "no-voucher-fits"
        case .empty: "wallet-empty"
        case .nothingShown: "nothing-shown"
        case .stillGood: "code-still-good"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .voucher(let refusal): "The voucher cannot be taken. \(refusal.detail)"
        case .notAVoucher(let kind):
            "The code is no voucher but: \(kind.schemeName). Nothing was taken."
        case .presentation:
            "The code is a presentation that a wallet made for a shop. Ask its issuer for the "
                + "voucher itself."
        case .otherHolder:
            "The voucher belongs to another wallet's key. Give the issuer the key that "
                + "`tillwallet key` prints."
        case .alreadyHeld(let name): "The voucher \(name) is in this wallet already."
        case .conflicting(let name):
            "The wallet holds \(name) with other terms or a newer state. It was kept as it is; ask "
                + "the issuer which one is right."
        case .full(let limit): "The wallet holds \(limit) vouchers, and takes no more."
        default: paymentMessage
        }
    }

    private var paymentMessage: String {
        switch self {
        case .key(let error): "The key is refused: \(error)."
        case .terminalKeyAlgorithm: "A terminal's key is an Ed25519 key; this one is not."
        case .terminalName: "A terminal's name has 1 to 40 printable characters."
        case .unknownTerminal:
            "No terminal that you trust made this request. Nothing was paid. If it is real, get "
                + "the terminal's key from your issuer and run `tillwallet trust add`."
        case .trainingRequest:
            "This terminal is in training: it sells nothing. Nothing was paid. Ask the cashier."
        case .needsNetwork(let merchant):
            "This shop QR of \(merchant) carries no terminal's request: it needs a network and "
                + "the scheme's own wallet. Nothing was paid."
        case .notAShopQR(let kind):
            "The code is no shop QR but: \(kind.schemeName). Nothing was paid. Take a picture of the "
                + "code on the shop's screen."
        case .shopQR(let refusal):
            refusal.reason == .expired
                ? "The request is over. Nothing was paid. Ask the cashier for a new one."
                : "The shop QR is not answered. \(refusal.description). Nothing was paid."
        case .answeredOtherwise(let amount, let currency):
            "This request was answered with \(MoneyText.of(amount, currency: currency)) before; "
                + "another amount could pay twice. Ask the cashier for a new one."
        case .aboveRequest(let asked, let currency):
            "The shop asks for \(MoneyText.of(asked, currency: currency)); more is never paid."
        default: holdingMessage
        }
    }

    private var holdingMessage: String {
        switch self {
        case .notFound(let name): "There is no voucher \(name) in this wallet."
        case .ambiguous(let names):
            "Several vouchers could be meant: \(names.joined(separator: ", ")). Name one with "
                + "--voucher."
        case .misfit(let misfit, let name, let currency):
            "The voucher \(name) was not used. \(misfit.sentence(currency: currency))"
        case .nothingFits(let sentences):
            "No voucher in this wallet fits. " + sentences.joined(separator: " ")
        case .nothingShown(let name): "No code of \(name) waits for an answer."
        case .stillGood(let name, _):
            "The last code of \(name) may still be accepted. Wait a minute and ask again."
        default: "The wallet is empty: take a certificate or a voucher with `tillwallet add`."
        }
    }
}

/// Amounts in sentences.
public enum MoneyText {
    /// `12.50 EUR`, or the bare numbers where the currency is not in the table.
    public static func of(_ minorUnits: UInt64, currency: UInt16) -> String {
        guard minorUnits <= Amount.maximumMinorUnits, let known = Currency(number: currency) else {
            return "\(minorUnits) minor units of currency \(currency)"
        }
        return Amount(minorUnits: minorUnits, currency: known).description
    }
}
