import Money
import Payments

// What lies with what the policy weighs.
extension DeclineSentences {
    /// What the terminal knows too little of.
    static func ofBelief(_ reason: DeclineReason) -> (cashier: String, customer: CustomerDecline) {
        switch reason {
        case .trustDataTooOld(let age):
            (
                "What the terminal knows of the issuers is \(Age(age)) old. Synchronise.",
                .notThisPayment
            )
        case .hotListTooOld(let age):
            (
                age == nil
                    ? "The terminal has no hot list, or one of unknown age. Synchronise."
                    : "The terminal's hot list is \(Age(age)) old. Synchronise.", .notThisPayment
            )
        case .clockUncertain(let seconds):
            (
                "The terminal's clock may be wrong by \(Age(seconds)). Synchronise, or have the "
                    + "clock set.", .notThisPayment
            )
        case .syncOverdue(let age):
            (
                "The hub last answered \(Age(age)) ago, which is too long. Synchronise.",
                .notThisPayment
            )
        case .mayBeHotListed:
            (
                "This voucher may be on the hot list; only the hub can tell. Try again with a "
                    + "network, or ask for another voucher.",
                .cannotBeCheckedOffline
            )
        case .outsideHours:
            (
                "At this hour payments are taken only with the hub's word. Try again with a "
                    + "network.",
                .needsANetworkNow
            )
        default: preconditionFailure("Only what is known too little of is told here.")
        }
    }

    /// What passes a limit, or is of a sort that the policy does not take.
    static func ofLimits(_ reason: DeclineReason, money: (UInt64) -> Amount)
        -> (cashier: String, customer: CustomerDecline)
    {
        switch reason {
        case .aboveAgreedLimit(let limit):
            return (
                "With this issuer's vouchers, or at this terminal, at most \(money(limit)) are "
                    + "agreed for one payment. Take it in parts or another way.",
                .tooHighForVoucher
            )
        case .tooSoon(let seconds):
            return (
                "This voucher paid here \(Age(seconds)) ago. If a second payment is meant, show "
                    + "it again in a moment.",
                .justPaid
            )
        case .velocityExceeded:
            return (
                "This voucher, or its holder's wallet, has paid here as often, or as much, as is "
                    + "allowed in this time.",
                .usedTooOften
            )
        case .splitSaleExceeded(let limit):
            return (
                "With what this voucher paid here a moment ago, the payment is above the "
                    + "terminal's limit of \(money(limit)).",
                .tooHighForTerminal
            )
        case .oneWayAboveLimit(let limit):
            return (
                "By such a code at most \(money(limit)) are taken. Let the customer scan the code "
                    + "on the screen.",
                .scanWithYourWallet
            )
        case .aboveFloorLimit(let limit):
            return (
                "The sale is above the terminal's limit of \(money(limit)) for one payment. "
                    + "Take it in parts or another way.",
                .tooHighForTerminal
            )
        case .aboveKindLimit(let kind, let limit):
            return (
                "With a voucher of this kind (\(kind.name)) at most \(money(limit)) are taken at "
                    + "a time. Take it in parts or another way.",
                .tooHighForVoucher
            )
        default: return ofAllowance(reason, money: money)
        }
    }

    /// What the terminal as a whole has no room for, and what the policy does not take.
    private static func ofAllowance(_ reason: DeclineReason, money: (UInt64) -> Amount)
        -> (cashier: String, customer: CustomerDecline)
    {
        switch reason {
        case .agreedAllowanceUsedUp(let left):
            return (
                "What may wait for the hub, as agreed with this issuer or for this terminal, is "
                    + "used up: \(money(left)) remain until the terminal has reached the hub. "
                    + "Synchronise.", .notThisPayment
            )
        case .allowanceUsedUp(let left):
            return (
                "The terminal's offline allowance is used up: \(money(left)) remain until it "
                    + "has reached the hub. Synchronise.", .notThisPayment
            )
        case .kindAllowanceUsedUp(let kind, let left):
            return (
                "The offline allowance for vouchers of this kind (\(kind.name)) is used up: "
                    + "\(money(left)) remain until the terminal has reached the hub. Synchronise.",
                .notThisPayment
            )
        case .tooManyOutstanding(let limit):
            return (
                "\(limit) payments wait for the hub, as many as are allowed. Synchronise.",
                .takesNoPayments
            )
        case .tooManyOfKind(let kind, let limit):
            return (
                "\(limit) payments with vouchers of this kind (\(kind.name)) wait for the hub, as "
                    + "many as are allowed. Synchronise.", .notThisPayment
            )
        case .selectedForOnline:
            return (
                "This payment was selected to be checked with the hub, which cannot be reached. "
                    + "Try again with a network.", .notThisPayment
            )
        case .oneWayRefused:
            return (
                "Here a code must answer the code on the screen.",
                .scanWithYourWallet
            )
        case .bearerRefused:
            return (
                "Printed vouchers, which anybody can show, are not taken now.",
                .voucherNotNow
            )
        case .partRefused:
            return (
                "A part of the amount is not taken now. Ask for a code that covers all of it.",
                .doesNotCover
            )
        default: preconditionFailure("Only what passes a limit is told here.")
        }
    }
}

/// A length of time as people say it: in the two largest units that tell enough.
struct Age: CustomStringConvertible {
    let seconds: UInt64?

    init(_ seconds: UInt64?) { self.seconds = seconds }

    var description: String {
        guard let seconds else { return "an unknown time" }
        if seconds < 120 { return "\(seconds) seconds" }
        if seconds < 7_200 { return "\(seconds / 60) minutes" }
        if seconds < 172_800 { return "\(seconds / 3_600) hours" }
        return "\(seconds / 86_400) days"
    }
}
