// What customers are told in German.
extension ScreenLanguage {
    func german(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "Willkommen"
        case .pleasePay: "Bitte zahlen"
        case .scanOrShow: "Scannen Sie diesen Code, oder zeigen Sie Ihren Zahlungscode."
        case .showCode: "Zeigen Sie Ihren Zahlungscode."
        case .aim(let hint): german(hint)
        case .oneMoment: "Einen Moment bitte"
        case .askingOnline: "Ihre Zahlung wird geprüft."
        case .paid: "Bezahlt"
        case .thankYou: "Vielen Dank."
        case .paidInPart: "Teilweise bezahlt"
        case .stillDue(let amount): "Noch offen: \(self.text(amount))."
        case .sale(let name): "Verkauf \(isolated(name))"
        case .saleOfTotal(let name, let amount):
            "Verkauf \(isolated(name)), Rest von \(self.text(amount))"
        case .receipt(let number): "Beleg \(isolated(number))"
        case .notPaid: "Nicht bezahlt"
        case .minutesLeft(let count):
            pluralCategory(of: count) == .one ? "Noch \(count) Minute" : "Noch \(count) Minuten"
        case .secondsLeft(let count):
            pluralCategory(of: count) == .one ? "Noch \(count) Sekunde" : "Noch \(count) Sekunden"
        case .nothingPaid: "Es wurde nichts bezahlt."
        case .usedAlready: "Schon benutzt"
        case .tryAgain: "Bitte noch einmal"
        case .needsNetwork: "Keine Verbindung"
        case .scanToPay: "Zum Bezahlen scannen"
        case .takeReceipt: "Fotografieren Sie diesen Code: Er ist Ihr Beleg."
        case .closed: "Geschlossen"
        case .payElsewhere: "Bitte zahlen Sie an einer anderen Kasse."
        case .outOfOrder: "Außer Betrieb"
        case .askForAnotherWay: "Bitte fragen Sie nach einer anderen Zahlungsart."
        case .service: "Wartung"
        case .forTechnicians: "Dieser Code ist für den Techniker. Er bezahlt nichts."
        case .tip: "Trinkgeld?"
        case .noTip: "Kein Trinkgeld"
        case .training: "ÜBUNG – hier wird nichts bezahlt"
        }
    }

    func german(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "Bitte näher heranhalten."
        case .further: "Bitte weiter weg halten."
        case .brighter: "Bitte den Bildschirm heller stellen."
        case .holdStill: "Bitte ruhig halten."
        }
    }

    func german(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "Bitte zeigen Sie nur einen Code."
        case .notAPaymentCode: "Das ist kein Zahlungscode."
        case .thisIsAReceipt: "Das ist ein Beleg. Bitte zeigen Sie Ihren Zahlungscode."
        case .notAcceptedHere(let name): "\(isolated(name)) wird hier nicht angenommen."
        case .cardUnknown: "Diese Karte ist hier nicht bekannt."
        case .checkTheNumber: "Bitte prüfen Sie die Nummer auf der Karte."
        case .showOwnCode: "Bitte zeigen Sie den Code des Gutscheins selbst."
        case .codeNotAccepted: "Dieser Code kann nicht angenommen werden."
        case .onlyForTraining: "Dieser Code ist nur zum Üben."
        case .terminalIsTraining: "Dieses Terminal ist zum Üben. Ihr Gutschein bleibt gültig."
        case .takesNoPayments: "Dieses Terminal kann gerade keine Zahlungen annehmen."
        case .notThisPayment: "Dieses Terminal kann diese Zahlung gerade nicht annehmen."
        case .notConfirmedYet:
            "Ihre Zahlung ist noch nicht bestätigt. Prüfen Sie Ihre Bank-App, bevor Sie noch einmal zahlen."
        case .notAllowed: "Diese Zahlung wurde nicht erlaubt."
        case .usedAlready: "Dieser Gutschein wurde schon verwendet."
        case .voucherIsIn(let name): "Dieser Gutschein lautet auf \(isolated(name))."
        case .askTheIssuer:
            "Dieser Gutschein kann nicht angenommen werden. Bitte fragen Sie den Aussteller."
        case .askTheIssuerForANewOne:
            "Dieser Gutschein kann nicht angenommen werden. Bitte lassen Sie sich vom "
                + "Aussteller einen neuen geben."
        case .scanAgain: "Bitte scannen Sie den Code auf dem Bildschirm noch einmal."
        case .showAFreshCode: "Bitte zeigen Sie einen neuen Code."
        case .nothingLeft: "Auf diesem Gutschein ist nichts mehr."
        case .scanWithYourWallet: "Bitte scannen Sie den Code auf dem Bildschirm mit Ihrer Wallet."
        case .codePaysAtMost(let amount): "Dieser Code zahlt höchstens \(self.text(amount))."
        case .voucherIsWorth(let amount): "Dieser Gutschein ist \(self.text(amount)) wert."
        case .walletPaysAtMost(let amount):
            "Ihre Wallet zahlt höchstens \(self.text(amount)) auf einmal."
        case .walletMayPayMore(let amount):
            "Ihre Wallet darf offline noch \(self.text(amount)) zahlen."
        case .cannotBeCheckedOffline: "Dieser Gutschein kann ohne Netz nicht geprüft werden."
        case .needsANetworkNow: "Um diese Zeit braucht diese Zahlung ein Netz."
        case .tooHighForVoucher: "Der Betrag ist für diesen Gutschein hier zu hoch."
        case .tooHighForTerminal: "Der Betrag ist für dieses Terminal zu hoch."
        case .justPaid:
            "Sie haben gerade bezahlt. Bitte warten Sie einen Moment, bevor Sie noch einmal "
                + "zahlen."
        case .usedTooOften: "Dieser Gutschein wurde vorerst zu oft verwendet."
        case .voucherNotNow: "Dieser Gutschein kann gerade nicht angenommen werden."
        case .doesNotCover: "Dieser Gutschein reicht für den Betrag nicht aus."
        }
    }

    func german(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "Storniert"
        case .refunded: "Erstattet"
        case .receiptFor(let number, let payment):
            "Beleg \(isolated(number)), zu Beleg \(isolated(payment))"
        case .forReceipt(let number): "Zu Beleg \(isolated(number))"
        case .voucherGoodAgain: "Der Gutschein gilt wieder wie zuvor."
        case .amountIsBack:
            "Der Betrag ist wieder da: an diesem Terminal sofort, anderswo nach dem "
                + "nächsten Abgleich."
        case .notTakenFromAccount: "Der Betrag wird nicht vom Konto abgebucht."
        case .keepThisVoucher:
            "Bewahren Sie diesen Gutschein auf. Er gilt in diesem Geschäft, einmal."
        case .shopGivesItBack: "Das Geschäft gibt Ihnen das Geld zurück."
        }
    }
}
