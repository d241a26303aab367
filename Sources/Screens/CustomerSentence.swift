public import Money

/// What a customer is told while paying, and once paid, before it is put into a language.
///
/// Short, read from two metres away, and never an accusation. `ScreenLanguage` has the words; one
/// that a language lacks does not compile.
public enum CustomerPrompt: Hashable, Sendable {
    /// Nothing is being sold.
    case welcome
    /// A sale waits for a code.
    case pleasePay
    /// How to pay, where a symbol is shown.
    case scanOrShow
    /// How to pay, where none can be.
    case showCode
    /// What helps the code in view to be read.
    case aim(AimHint)
    /// A code is being dealt with.
    case oneMoment
    /// The hub is asked.
    case askingOnline
    /// Paid in full.
    case paid
    /// After a payment.
    case thankYou
    /// A part was paid.
    case paidInPart
    /// What is still due after a part.
    case stillDue(Amount)
    /// How long the shown code is good for, in minutes.
    case minutesLeft(UInt64)
    /// The same in seconds.
    case secondsLeft(UInt64)
    /// The sale's reference.
    case sale(String)
    /// The sale's reference, and that a part of the total is still due.
    case saleOfTotal(String, Amount)
    /// A receipt's number.
    case receipt(UInt64)
    /// Not paid: the word that is read from afar.
    case notPaid
    /// Not paid, as a sentence under another word.
    case nothingPaid
    /// A voucher or a code that was used: the word that is read from afar.
    case usedAlready
    /// Another code, or the same once more: the word that is read from afar.
    case tryAgain
    /// It takes a network: the word that is read from afar.
    case needsNetwork
    /// On a poster, above the shop's QR code.
    case scanToPay
    /// What a paid customer may take along from the screen.
    case takeReceipt
    /// The terminal does not sell: the word that is read from afar.
    case closed
    /// What to do then.
    case payElsewhere
    /// The terminal is out of order: the word that is read from afar.
    case outOfOrder
    /// What to do then.
    case askForAnotherWay
    /// A technician looks at the terminal: the word that is read from afar.
    case service
    /// Whom the code on the screen is for.
    case forTechnicians
    /// Whether the customer adds a tip: the word that is read from afar.
    case tip
    /// The customer adds none.
    case noTip
    /// The terminal is in training: nothing that it shows is money. On every screen.
    case training
}

/// Why a customer's code has not paid, as far as the customer's screen tells it.
public enum CustomerDecline: Hashable, Sendable {
    /// Several codes are in view.
    case oneCodeOnly
    /// Something else than a payment code.
    case notAPaymentCode
    /// A receipt.
    case thisIsAReceipt
    /// A scheme by its name, or a currency by its code, that is not taken.
    case notAcceptedHere(String)
    /// A reference that the store does not have.
    case cardUnknown
    /// A reference that was mistyped.
    case checkTheNumber
    /// A reference that two vouchers have.
    case showOwnCode
    /// A code that breaks its own rules.
    case codeNotAccepted
    /// A training voucher at a terminal that takes money.
    case onlyForTraining
    /// A voucher that is money at a terminal in training.
    case terminalIsTraining
    /// The terminal takes no payments at all.
    case takesNoPayments
    /// The terminal cannot decide this one.
    case notThisPayment
    /// A foreign wallet's payment of which no word has come.
    case notConfirmedYet
    /// The hub said no.
    case notAllowed
    /// Spent, here or elsewhere.
    case usedAlready
    /// A voucher in another currency, by its code or number.
    case voucherIsIn(String)
    /// A voucher that its issuer has to look at.
    case askTheIssuer
    /// A voucher whose issuer's key was revoked.
    case askTheIssuerForANewOne
    /// A code that answers another request.
    case scanAgain
    /// A code that was used.
    case showAFreshCode
    /// An empty voucher.
    case nothingLeft
    /// A code that must answer the screen's.
    case scanWithYourWallet
    /// A code's own ceiling.
    case codePaysAtMost(Amount)
    /// A voucher that is worth less.
    case voucherIsWorth(Amount)
    /// A wallet's limit for one payment.
    case walletPaysAtMost(Amount)
    /// A wallet's limit until it is online again.
    case walletMayPayMore(Amount)
    /// It may be revoked, and only a network tells.
    case cannotBeCheckedOffline
    /// Outside the hours of offline payments.
    case needsANetworkNow
    /// Above a limit of the voucher's kind or issuer.
    case tooHighForVoucher
    /// Above the terminal's limit.
    case tooHighForTerminal
    /// The same voucher a moment ago.
    case justPaid
    /// Too often, or too much, in a time.
    case usedTooOften
    /// A kind of voucher that the policy does not take now.
    case voucherNotNow
    /// A part that the policy does not take.
    case doesNotCover
}

/// What a customer is told when a payment was undone.
public enum CustomerUndo: Hashable, Sendable {
    /// A payment whose completion was unclear does not count.
    case reversed
    /// A payment was cancelled.
    case cancelled
    /// Money was given back.
    case refunded
    /// A refund's receipt, and the receipt that it is for.
    case receiptFor(UInt64, payment: UInt64)
    /// The receipt that a refund without one of its own is for.
    case forReceipt(UInt64)
    /// A fixed voucher is whole again.
    case voucherGoodAgain
    /// Stored value is back.
    case amountIsBack
    /// A certificate's payment will not be taken.
    case notTakenFromAccount
    /// A refund voucher on the screen.
    case keepThisVoucher
    /// Cash, or whatever the shop gives.
    case shopGivesItBack
}
