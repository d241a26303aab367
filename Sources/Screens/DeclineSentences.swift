public import Clocks
public import Money
public import Payments
import Vouchers

/// What people are told of a decline: what happened, what it means for the money, what to do.
public struct DeclineSentences: Hashable, Sendable {
    /// For the cashier.
    public let cashier: String
    /// For the customer, on the large screen: shorter, and never an accusation.
    public let customer: CustomerDecline

    /// The sentences for `reason`, on a sale in `currency`; times are those of `calendar`.
    public init(
        _ reason: DeclineReason, currency: Currency, calendar: ShopCalendar = .utc
    ) {
        let told = Self.told(reason, currency: currency) { "\(calendar.local($0))" }
        cashier = told.cashier + " Nothing was paid."
        customer = told.customer
    }

    private static func told(
        _ reason: DeclineReason, currency: Currency, time: (UInt64) -> String
    ) -> (cashier: String, customer: CustomerDecline) {
        func money(_ minorUnits: UInt64) -> Amount {
            Amount(minorUnits: minorUnits, currency: currency)
        }
        switch reason {
        case .journalUnavailable, .clockSuspect, .currencyNotAccepted, .unconfirmed:
            return ofTerminal(reason, currency: currency)
        case .declinedOnline(let decline): return ofHub(decline, money: money, time: time)
        case .severalCodes(let count):
            return (
                "\(count) codes are in view. Ask the customer to show only one.",
                .oneCodeOnly
            )
        case .notAPaymentCode:
            return (
                "This is not a payment code. Ask for the payment code.",
                .notAPaymentCode
            )
        case .receiptShown:
            return (
                "This is a receipt, not a payment. Ask for the payment code.",
                .thisIsAReceipt
            )
        case .otherScheme(_, let name):
            return (
                "This is a code of \(name). It can only be paid with a network and that scheme.",
                .notAcceptedHere(name)
            )
        case .referenceUnknown:
            return (
                "No voucher with this reference is in the terminal. Synchronise, or ask for "
                    + "another code.",
                .cardUnknown
            )
        case .referenceMalformed(_, let detail):
            return (
                "\(detail) Read it out again, or scan the card.",
                .checkTheNumber
            )
        case .referenceAmbiguous:
            return (
                "Two vouchers in the terminal have this reference. Ask for the "
                    + "voucher's own code.",
                .showOwnCode
            )
        case .storeUnavailable(let detail):
            return (detail, .showOwnCode)
        case .refused(let refusal):
            return (refusal.detail, Self.customer(of: refusal.reason))
        case .currencyDiffers, .conflictingVoucher, .issuerRevoked, .hotListed,
            .notForThisRequest, .sameCodeAgain, .spentHere, .spentElsewhere, .nothingLeft,
            .oneWayNotAllowed, .aboveCodeCeiling, .aboveVoucher, .abovePerPaymentMaximum,
            .voucherAllowanceUsedUp:
            return ofVoucher(reason, currency: currency, money: money, time: time)
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

    private static func customer(of reason: VoucherRefusal.Reason) -> CustomerDecline {
        switch reason {
        case .trainingVoucher: .onlyForTraining
        case .notForTraining: .terminalIsTraining
        default: .codeNotAccepted
        }
    }

    /// What lies with the terminal, not with the code.
    private static func ofTerminal(_ reason: DeclineReason, currency: Currency)
        -> (cashier: String, customer: CustomerDecline)
    {
        switch reason {
        case .clockSuspect:
            return (
                "The terminal's clock is wrong. Set it right before taking payments.",
                .takesNoPayments
            )
        case .currencyNotAccepted:
            return (
                "This terminal takes no payments in \(currency.code).",
                .notAcceptedHere(currency.code)
            )
        case .journalUnavailable(let detail):
            return (detail, .takesNoPayments)
        case .unconfirmed:
            return (
                "The customer may have paid by another wallet, but no word of it has come: Till counts "
                    + "nothing as paid. Check your bank's app before handing over the goods, or "
                    + "ask again.",
                .notConfirmedYet
            )
        default:
            preconditionFailure("Only reasons that lie with the terminal are told here.")
        }
    }

    /// What the hub has said.
    private static func ofHub(
        _ decline: HubDecline, money: (UInt64) -> Amount, time: (UInt64) -> String
    ) -> (cashier: String, customer: CustomerDecline) {
        guard let other = decline.other else {
            return (
                "The hub does not allow this payment (\(decline.reason)).",
                .notAllowed
            )
        }
        let place =
            other.receipt > 0
            ? "spent on \(time(other.at)) at \(other.terminal.text), receipt "
                + "\(other.receipt), \(money(other.amount))"
            : "being paid with at \(other.terminal.text) since \(time(other.at)), "
                + "\(money(other.amount))"
        return (
            "The hub does not allow this payment (\(decline.reason)): the voucher was \(place).",
            .usedAlready
        )
    }

    /// What lies with a genuine voucher that cannot pay this sale.
    private static func ofVoucher(
        _ reason: DeclineReason, currency: Currency, money: (UInt64) -> Amount,
        time: (UInt64) -> String
    ) -> (cashier: String, customer: CustomerDecline) {
        switch reason {
        case .currencyDiffers(let number):
            let name = Currency(number: number)?.code ?? "currency \(number)"
            return (
                "The voucher is in \(name), the sale in \(currency.code).",
                .voucherIsIn(name)
            )
        case .conflictingVoucher:
            return (
                "This voucher contradicts one with the same number that was seen before. "
                    + "It will be reported.",
                .askTheIssuer
            )
        case .issuerRevoked:
            return (
                "The key that this voucher was signed with has been revoked. Its issuer gives a "
                    + "new voucher for the rest of it.",
                .askTheIssuerForANewOne
            )
        case .hotListed:
            return (
                "This voucher is on the hot list.",
                .askTheIssuer
            )
        case .spentElsewhere(let last):
            return (
                "This voucher was spent at terminal \(last.terminal.text) on "
                    + "\(time(last.at)), \(money(last.amount)).",
                .usedAlready
            )
        case .notForThisRequest(let presented, let asked):
            return (
                "The code answers \(money(presented)), but \(money(asked)) are asked for.",
                .scanAgain
            )
        case .sameCodeAgain:
            return ("This code has been used for a payment already.", .showAFreshCode)
        case .spentHere(let last):
            return (
                "This voucher was spent here on \(time(last.at)), receipt "
                    + "\(last.receipt), \(money(last.amount)).",
                .usedAlready
            )
        case .nothingLeft:
            return ("Nothing is left on this voucher.", .nothingLeft)
        case .oneWayNotAllowed:
            return (
                "This voucher must answer the code on the screen.",
                .scanWithYourWallet
            )
        case .aboveCodeCeiling(let ceiling):
            return (
                "The code pays at most \(money(ceiling)).",
                .codePaysAtMost(money(ceiling))
            )
        case .aboveVoucher(let left):
            return (
                "The sale is above the voucher, which is worth \(money(left)).",
                .voucherIsWorth(money(left))
            )
        case .abovePerPaymentMaximum(let maximum):
            return (
                "The customer's wallet pays at most \(money(maximum)) at a time.",
                .walletPaysAtMost(money(maximum))
            )
        case .voucherAllowanceUsedUp(let left):
            return (
                "The customer's wallet may pay \(money(left)) more offline.",
                .walletMayPayMore(money(left))
            )
        default:
            preconditionFailure("Only reasons that lie with a voucher are told here.")
        }
    }
}
