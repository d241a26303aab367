// What customers are told in English.
extension ScreenLanguage {
    func english(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "Welcome"
        case .pleasePay: "Please pay"
        case .scanOrShow: "Scan this code, or show your payment code."
        case .showCode: "Show your payment code."
        case .aim(let hint): english(hint)
        case .oneMoment: "One moment, please"
        case .askingOnline: "Your payment is being checked."
        case .paid: "Paid"
        case .thankYou: "Thank you."
        case .paidInPart: "Paid in part"
        case .stillDue(let amount): "\(self.text(amount)) are still due."
        case .sale(let name): "Sale \(isolated(name))"
        case .saleOfTotal(let name, let amount):
            "Sale \(isolated(name)), of \(self.text(amount)) still due"
        case .receipt(let number): "Receipt \(isolated(number))"
        case .notPaid: "Not paid"
        case .minutesLeft(let count):
            pluralCategory(of: count) == .one ? "\(count) minute left" : "\(count) minutes left"
        case .secondsLeft(let count):
            pluralCategory(of: count) == .one ? "\(count) second left" : "\(count) seconds left"
        case .nothingPaid: "Nothing was paid."
        case .usedAlready: "Used already"
        case .tryAgain: "Try again"
        case .needsNetwork: "Needs network"
        case .scanToPay: "Scan to pay"
        case .takeReceipt: "Take a picture of this code: it is your receipt."
        case .closed: "Closed"
        case .payElsewhere: "Please pay at another till."
        case .outOfOrder: "Out of order"
        case .askForAnotherWay: "Please ask for another way to pay."
        case .service: "Service"
        case .forTechnicians: "This code is for the technician. It pays nothing."
        case .tip: "Tip?"
        case .noTip: "No tip"
        case .training: "TRAINING – nothing is paid here"
        }
    }

    func english(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "Please hold it closer."
        case .further: "Please hold it further away."
        case .brighter: "Please turn up the light of your screen."
        case .holdStill: "Please hold it still."
        }
    }

    func english(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "Please show one code only."
        case .notAPaymentCode: "This is not a payment code."
        case .thisIsAReceipt: "This is a receipt. Please show your payment code."
        case .notAcceptedHere(let name): "\(isolated(name)) is not accepted here."
        case .cardUnknown: "This card is not known here."
        case .checkTheNumber: "Please check the number on the card."
        case .showOwnCode: "Please show the voucher’s own code."
        case .codeNotAccepted: "This code cannot be accepted."
        case .onlyForTraining: "This code is for training only."
        case .terminalIsTraining: "This terminal is for training. Your voucher stays good."
        case .takesNoPayments: "This terminal cannot take payments now."
        case .notThisPayment: "This terminal cannot take this payment now."
        case .notConfirmedYet:
            "Your payment is not confirmed yet. Check your bank app before you pay again."
        case .notAllowed: "This payment was not allowed."
        case .usedAlready: "This voucher has been used already."
        case .voucherIsIn(let name): "This voucher is in \(isolated(name))."
        case .askTheIssuer: "This voucher cannot be accepted. Please ask its issuer."
        case .askTheIssuerForANewOne:
            "This voucher cannot be accepted. Please ask its issuer for a new one."
        case .scanAgain: "Please scan the code on the screen again."
        case .showAFreshCode: "Please show a fresh code."
        case .nothingLeft: "Nothing is left on this voucher."
        case .scanWithYourWallet: "Please scan the code on the screen with your wallet."
        case .codePaysAtMost(let amount): "This code pays at most \(self.text(amount))."
        case .voucherIsWorth(let amount): "This voucher is worth \(self.text(amount))."
        case .walletPaysAtMost(let amount):
            "Your wallet pays at most \(self.text(amount)) at a time."
        case .walletMayPayMore(let amount):
            "Your wallet may pay \(self.text(amount)) more offline."
        case .cannotBeCheckedOffline: "This voucher cannot be checked without a network."
        case .needsANetworkNow: "This payment needs a network at this hour."
        case .tooHighForVoucher: "The amount is too high for this voucher here."
        case .tooHighForTerminal: "The amount is too high for this terminal."
        case .justPaid: "You have just paid. Please wait a moment before paying again."
        case .usedTooOften: "This voucher has been used too often for now."
        case .voucherNotNow: "This voucher cannot be accepted now."
        case .doesNotCover: "This voucher does not cover the amount."
        }
    }

    func english(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "Cancelled"
        case .refunded: "Refunded"
        case .receiptFor(let number, let payment):
            "Receipt \(isolated(number)), for receipt \(isolated(payment))"
        case .forReceipt(let number): "For receipt \(isolated(number))"
        case .voucherGoodAgain: "The voucher is good again, as it was."
        case .amountIsBack:
            "The amount is back: at this shop’s terminal at once, elsewhere after the next "
                + "exchange."
        case .notTakenFromAccount: "The amount will not be taken from the account."
        case .keepThisVoucher: "Keep this voucher. It is good at this shop, once."
        case .shopGivesItBack: "The shop gives you the money back."
        }
    }
}
