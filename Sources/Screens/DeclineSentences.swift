public import Money
public import Payments
import Vouchers

/// What people are told of a decline: what happened, what it means for the money, what to do.
public struct DeclineSentences: Hashable, Sendable {
    /// For the cashier.
    public let cashier: String
    /// For the customer, on the large screen: shorter, and never an accusation.
    public let customer: String

    /// The sentences for `reason`, on a sale in `currency`.
    public init(_ reason: DeclineReason, currency: Currency) {
        let told = Self.told(reason, currency: currency)
        cashier = told.cashier + " Nothing was paid."
        customer = told.customer
    }

    private static func told(_ reason: DeclineReason, currency: Currency)
        -> (cashier: String, customer: String)
    {
        func money(_ minorUnits: UInt64) -> String {
            Amount(minorUnits: minorUnits, currency: currency).description
        }
        switch reason {
        case .journalUnavailable, .clockSuspect, .currencyNotAccepted, .unconfirmed:
            return ofTerminal(reason, currency: currency)
        case .declinedOnline(let decline): return ofHub(decline, money: money)
        case .severalCodes(let count):
            return (
                "\(count) codes are in view. Ask the customer to show only one.",
                "Please show one code only."
            )
        case .notAPaymentCode:
            return (
                "This is not a payment code. Ask for the payment code.",
                "This is not a payment code."
            )
        case .otherScheme(_, let name):
            return (
                "This is a code of \(name). It can only be paid with a network and that scheme.",
                "\(name) is not accepted here."
            )
        case .referenceUnknown:
            return (
                "No voucher with this reference is in the terminal. Synchronise, or ask for "
                    + "another code.",
                "This card is not known here."
            )
        case .referenceMalformed(_, let detail):
            return (
                "\(detail) Read it out again, or scan the card.",
                "Please check the number on the card."
            )
        case .referenceAmbiguous:
            return (
                "Two vouchers in the terminal have this reference. Ask for the "
                    + "voucher's own code.",
                "Please show the voucher's own code."
            )
        case .storeUnavailable(let detail):
            return (detail, "Please show the voucher's own code.")
        case .refused(let refusal):
            return (refusal.detail, "This code cannot be accepted.")
        case .currencyDiffers, .conflictingVoucher, .issuerRevoked, .hotListed,
            .notForThisRequest, .sameCodeAgain, .spentHere, .spentElsewhere, .nothingLeft,
            .oneWayNotAllowed, .aboveCodeCeiling, .aboveVoucher, .abovePerPaymentMaximum,
            .voucherAllowanceUsedUp:
            return ofVoucher(reason, currency: currency, money: money)
        case .trustDataTooOld, .hotListTooOld, .clockUncertain, .syncOverdue, .mayBeHotListed,
            .outsideHours:
            return ofBelief(reason)
        case .aboveAgreedLimit, .agreedAllowanceUsedUp, .tooSoon, .velocityExceeded,
            .splitSaleExceeded, .oneWayAboveLimit, .aboveFloorLimit, .aboveKindLimit,
            .allowanceUsedUp, .kindAllowanceUsedUp,
            .tooManyOutstanding, .tooManyOfKind, .selectedForOnline, .oneWayRefused,
            .bearerRefused, .partRefused:
            return ofLimits(reason, money: money)
        }
    }

    /// What lies with the terminal, not with the code.
    private static func ofTerminal(_ reason: DeclineReason, currency: Currency)
        -> (cashier: String, customer: String)
    {
        switch reason {
        case .clockSuspect:
            return (
                "The terminal's clock is wrong. Set it right before taking payments.",
                "This terminal cannot take payments now."
            )
        case .currencyNotAccepted:
            return (
                "This terminal takes no payments in \(currency.code).",
                "\(currency.code) is not accepted here."
            )
        case .journalUnavailable(let detail):
            return (detail, "This terminal cannot take payments now.")
        case .unconfirmed:
            return (
                "The customer may have paid by another wallet, but no word of it has come. Check "
                    + "your bank's app before handing over the goods.",
                "Your payment is not confirmed yet."
            )
        default:
            preconditionFailure("Only reasons that lie with the terminal are told here.")
        }
    }

    /// What the hub has said.
    private static func ofHub(_ decline: HubDecline, money: (UInt64) -> String) -> (
        cashier: String, customer: String
    ) {
        guard let other = decline.other else {
            return (
                "The hub does not allow this payment (\(decline.reason)).",
                "This payment was not allowed."
            )
        }
        let place =
            other.receipt > 0
            ? "spent on \(UTCTime(other.at)) at \(other.terminal.text), receipt "
                + "\(other.receipt), \(money(other.amount))"
            : "being paid with at \(other.terminal.text) since \(UTCTime(other.at)), "
                + "\(money(other.amount))"
        return (
            "The hub does not allow this payment (\(decline.reason)): the voucher was \(place).",
            "This voucher has been used already."
        )
    }

    /// What lies with a genuine voucher that cannot pay this sale.
    private static func ofVoucher(
        _ reason: DeclineReason, currency: Currency, money: (UInt64) -> String
    ) -> (cashier: String, customer: String) {
        switch reason {
        case .currencyDiffers(let number):
            let name = Currency(number: number)?.code ?? "currency \(number)"
            return (
                "The voucher is in \(name), the sale in \(currency.code).",
                "This voucher is in \(name)."
            )
        case .conflictingVoucher:
            return (
                "This voucher contradicts one with the same number that was seen before. "
                    + "It will be reported.",
                "This voucher cannot be accepted. Please ask its issuer."
            )
        case .issuerRevoked:
            return (
                "The key that this voucher was signed with has been revoked. Its issuer gives a "
                    + "new voucher for the rest of it.",
                "This voucher cannot be accepted. Please ask its issuer for a new one."
            )
        case .hotListed:
            return (
                "This voucher is on the hot list.",
                "This voucher cannot be accepted. Please ask its issuer."
            )
        case .spentElsewhere(let last):
            return (
                "This voucher was spent at terminal \(last.terminal.text) on "
                    + "\(UTCTime(last.at)), \(money(last.amount)).",
                "This voucher has been used already."
            )
        case .notForThisRequest(let presented, let asked):
            return (
                "The code answers \(money(presented)), but \(money(asked)) are asked for.",
                "Please scan the code on the screen again."
            )
        case .sameCodeAgain:
            return ("This code has been used for a payment already.", "Please show a fresh code.")
        case .spentHere(let last):
            return (
                "This voucher was spent here on \(UTCTime(last.at)), receipt "
                    + "\(last.receipt), \(money(last.amount)).",
                "This voucher has been used already."
            )
        case .nothingLeft:
            return ("Nothing is left on this voucher.", "Nothing is left on this voucher.")
        case .oneWayNotAllowed:
            return (
                "This voucher must answer the code on the screen.",
                "Please scan the code on the screen with your wallet."
            )
        case .aboveCodeCeiling(let ceiling):
            return (
                "The code pays at most \(money(ceiling)).",
                "This code pays at most \(money(ceiling))."
            )
        case .aboveVoucher(let left):
            return (
                "The sale is above the voucher, which is worth \(money(left)).",
                "This voucher is worth \(money(left))."
            )
        case .abovePerPaymentMaximum(let maximum):
            return (
                "The customer's wallet pays at most \(money(maximum)) at a time.",
                "Your wallet pays at most \(money(maximum)) at a time."
            )
        case .voucherAllowanceUsedUp(let left):
            return (
                "The customer's wallet may pay \(money(left)) more offline.",
                "Your wallet may pay \(money(left)) more offline."
            )
        default:
            preconditionFailure("Only reasons that lie with a voucher are told here.")
        }
    }
}
