// What customers are told in French.
extension ScreenLanguage {
    func french(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "Bienvenue"
        case .pleasePay: "À payer"
        case .scanOrShow: "Scannez ce code, ou présentez votre code de paiement."
        case .showCode: "Présentez votre code de paiement."
        case .aim(let hint): french(hint)
        case .oneMoment: "Un instant, s’il vous plaît"
        case .askingOnline: "Votre paiement est en cours de vérification."
        case .paid: "Payé"
        case .thankYou: "Merci."
        case .paidInPart: "Payé en partie"
        case .stillDue(let amount): "Reste à payer : \(self.text(amount))."
        case .sale(let name): "Vente \(isolated(name))"
        case .saleOfTotal(let name, let amount):
            "Vente \(isolated(name)), reste de \(self.text(amount))"
        case .receipt(let number): "Reçu \(isolated(number))"
        case .notPaid: "Non payé"
        case .minutesLeft(let count):
            pluralCategory(of: count) == .one
                ? "Encore \(count)\u{A0}minute" : "Encore \(count)\u{A0}minutes"
        case .secondsLeft(let count):
            pluralCategory(of: count) == .one
                ? "Encore \(count)\u{A0}seconde" : "Encore \(count)\u{A0}secondes"
        case .nothingPaid: "Rien n’a été payé."
        case .usedAlready: "Déjà utilisé"
        case .tryAgain: "Réessayez"
        case .needsNetwork: "Pas de réseau"
        case .scanToPay: "Scannez pour payer"
        case .takeReceipt: "Photographiez ce code : c’est votre reçu."
        case .closed: "Fermé"
        case .payElsewhere: "Veuillez payer à une autre caisse."
        case .outOfOrder: "Hors service"
        case .askForAnotherWay: "Veuillez demander un autre moyen de paiement."
        case .service: "Maintenance"
        case .forTechnicians: "Ce code est pour le technicien. Il ne paie rien."
        case .tip: "Pourboire ?"
        case .noTip: "Sans pourboire"
        case .training: "FORMATION – rien n’est payé ici"
        }
    }

    func french(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "Rapprochez le code, s’il vous plaît."
        case .further: "Éloignez le code, s’il vous plaît."
        case .brighter: "Augmentez la luminosité de votre écran, s’il vous plaît."
        case .holdStill: "Ne bougez plus, s’il vous plaît."
        }
    }

    func french(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "Veuillez présenter un seul code."
        case .notAPaymentCode: "Ce n’est pas un code de paiement."
        case .thisIsAReceipt: "C’est un reçu. Veuillez montrer votre code de paiement."
        case .notAcceptedHere(let name): "\(isolated(name)) n’est pas accepté ici."
        case .cardUnknown: "Cette carte n’est pas connue ici."
        case .checkTheNumber: "Veuillez vérifier le numéro de la carte."
        case .showOwnCode: "Veuillez présenter le code du bon lui-même."
        case .codeNotAccepted: "Ce code ne peut pas être accepté."
        case .onlyForTraining: "Ce code ne sert qu’à la formation."
        case .terminalIsTraining: "Ce terminal sert à la formation. Votre bon reste valable."
        case .takesNoPayments: "Ce terminal ne peut pas accepter de paiements pour le moment."
        case .notThisPayment: "Ce terminal ne peut pas accepter ce paiement pour le moment."
        case .notConfirmedYet:
            "Votre paiement n’est pas encore confirmé. Vérifiez l’application de votre banque avant de payer à nouveau."
        case .notAllowed: "Ce paiement n’a pas été autorisé."
        case .usedAlready: "Ce bon a déjà été utilisé."
        case .voucherIsIn(let name): "Ce bon est en \(isolated(name))."
        case .askTheIssuer:
            "Ce bon ne peut pas être accepté. Veuillez vous adresser à son émetteur."
        case .askTheIssuerForANewOne:
            "Ce bon ne peut pas être accepté. Veuillez en demander un nouveau à son émetteur."
        case .scanAgain: "Veuillez scanner à nouveau le code affiché à l’écran."
        case .showAFreshCode: "Veuillez présenter un nouveau code."
        case .nothingLeft: "Il ne reste rien sur ce bon."
        case .scanWithYourWallet:
            "Veuillez scanner le code affiché à l’écran avec votre portefeuille."
        case .codePaysAtMost(let amount): "Ce code paie au plus \(self.text(amount))."
        case .voucherIsWorth(let amount): "Ce bon vaut \(self.text(amount))."
        case .walletPaysAtMost(let amount):
            "Votre portefeuille paie au plus \(self.text(amount)) à la fois."
        case .walletMayPayMore(let amount):
            "Votre portefeuille peut encore payer \(self.text(amount)) hors ligne."
        case .cannotBeCheckedOffline: "Ce bon ne peut pas être vérifié sans réseau."
        case .needsANetworkNow: "À cette heure, ce paiement nécessite le réseau."
        case .tooHighForVoucher: "Le montant est trop élevé pour ce bon ici."
        case .tooHighForTerminal: "Le montant est trop élevé pour ce terminal."
        case .justPaid:
            "Vous venez de payer. Veuillez attendre un instant avant de payer à nouveau."
        case .usedTooOften: "Ce bon a été utilisé trop souvent pour le moment."
        case .voucherNotNow: "Ce bon ne peut pas être accepté pour le moment."
        case .doesNotCover: "Ce bon ne couvre pas le montant."
        }
    }

    func french(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "Annulé"
        case .refunded: "Remboursé"
        case .receiptFor(let number, let payment):
            "Reçu \(isolated(number)), pour le reçu \(isolated(payment))"
        case .forReceipt(let number): "Pour le reçu \(isolated(number))"
        case .voucherGoodAgain: "Le bon est de nouveau valable, comme avant."
        case .amountIsBack:
            "Le montant est de nouveau disponible : à ce terminal tout de suite, ailleurs "
                + "après le prochain échange."
        case .notTakenFromAccount: "Le montant ne sera pas prélevé sur le compte."
        case .keepThisVoucher: "Gardez ce bon. Il est valable dans ce magasin, une seule fois."
        case .shopGivesItBack: "Le magasin vous rend l’argent."
        }
    }
}
