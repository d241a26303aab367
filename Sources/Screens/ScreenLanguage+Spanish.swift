// What customers are told in Spanish.
extension ScreenLanguage {
    func spanish(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "Bienvenido"
        case .pleasePay: "A pagar"
        case .scanOrShow: "Escanee este código o muestre su código de pago."
        case .showCode: "Muestre su código de pago."
        case .aim(let hint): spanish(hint)
        case .oneMoment: "Un momento, por favor"
        case .askingOnline: "Se está comprobando su pago."
        case .paid: "Pagado"
        case .thankYou: "Gracias."
        case .paidInPart: "Pagado en parte"
        case .stillDue(let amount): "Queda por pagar: \(self.text(amount))."
        case .sale(let name): "Venta \(isolated(name))"
        case .saleOfTotal(let name, let amount):
            "Venta \(isolated(name)), resto de \(self.text(amount))"
        case .receipt(let number): "Recibo \(isolated(number))"
        case .notPaid: "No pagado"
        case .minutesLeft(let count):
            pluralCategory(of: count) == .one ? "Queda \(count) minuto" : "Quedan \(count) minutos"
        case .secondsLeft(let count):
            pluralCategory(of: count) == .one
                ? "Queda \(count) segundo" : "Quedan \(count) segundos"
        case .nothingPaid: "No se ha pagado nada."
        case .usedAlready: "Ya utilizado"
        case .tryAgain: "Inténtelo de nuevo"
        case .needsNetwork: "Sin conexión"
        case .scanToPay: "Escanee para pagar"
        case .takeReceipt: "Haga una foto de este código: es su recibo."
        case .closed: "Cerrado"
        case .payElsewhere: "Pague en otra caja, por favor."
        case .outOfOrder: "Fuera de servicio"
        case .askForAnotherWay: "Pregunte por otra forma de pago."
        case .service: "Mantenimiento"
        case .forTechnicians: "Este código es para el técnico. No paga nada."
        case .tip: "¿Propina?"
        case .noTip: "Sin propina"
        case .training: "PRÁCTICAS – aquí no se paga nada"
        }
    }

    func spanish(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "Acerque el código, por favor."
        case .further: "Aleje el código, por favor."
        case .brighter: "Suba el brillo de la pantalla, por favor."
        case .holdStill: "No mueva el código, por favor."
        }
    }

    func spanish(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "Muestre un solo código, por favor."
        case .notAPaymentCode: "Este no es un código de pago."
        case .thisIsAReceipt: "Esto es un recibo. Muestre su código de pago."
        case .notAcceptedHere(let name): "Aquí no se acepta \(isolated(name))."
        case .cardUnknown: "Esta tarjeta no se conoce aquí."
        case .checkTheNumber: "Compruebe el número de la tarjeta."
        case .showOwnCode: "Muestre el código del propio vale."
        case .codeNotAccepted: "Este código no se puede aceptar."
        case .onlyForTraining: "Este código es solo para prácticas."
        case .terminalIsTraining: "Este terminal es de prácticas. Su vale sigue siendo válido."
        case .takesNoPayments: "Este terminal no puede aceptar pagos en este momento."
        case .notThisPayment: "Este terminal no puede aceptar este pago en este momento."
        case .notConfirmedYet:
            "Su pago aún no está confirmado. Consulte la aplicación de su banco antes de volver a pagar."
        case .notAllowed: "Este pago no fue autorizado."
        case .usedAlready: "Este vale ya se ha utilizado."
        case .voucherIsIn(let name): "Este vale es en \(isolated(name))."
        case .askTheIssuer: "Este vale no se puede aceptar. Consulte a su emisor."
        case .askTheIssuerForANewOne: "Este vale no se puede aceptar. Pida uno nuevo a su emisor."
        case .scanAgain: "Vuelva a escanear el código de la pantalla."
        case .showAFreshCode: "Muestre un código nuevo, por favor."
        case .nothingLeft: "A este vale no le queda saldo."
        case .scanWithYourWallet: "Escanee el código de la pantalla con su cartera."
        case .codePaysAtMost(let amount): "Este código paga como máximo \(self.text(amount))."
        case .voucherIsWorth(let amount): "Este vale tiene un valor de \(self.text(amount))."
        case .walletPaysAtMost(let amount):
            "Su cartera paga como máximo \(self.text(amount)) por vez."
        case .walletMayPayMore(let amount):
            "Su cartera aún puede pagar \(self.text(amount)) sin conexión."
        case .cannotBeCheckedOffline: "Este vale no se puede comprobar sin conexión."
        case .needsANetworkNow: "A esta hora, este pago necesita conexión."
        case .tooHighForVoucher: "El importe es demasiado alto para este vale aquí."
        case .tooHighForTerminal: "El importe es demasiado alto para este terminal."
        case .justPaid: "Acaba de pagar. Espere un momento antes de volver a pagar."
        case .usedTooOften: "Este vale se ha utilizado demasiadas veces por ahora."
        case .voucherNotNow: "Este vale no se puede aceptar en este momento."
        case .doesNotCover: "Este vale no cubre el importe."
        }
    }

    func spanish(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "Anulado"
        case .refunded: "Reembolsado"
        case .receiptFor(let number, let payment):
            "Recibo \(isolated(number)), del recibo \(isolated(payment))"
        case .forReceipt(let number): "Del recibo \(isolated(number))"
        case .voucherGoodAgain: "El vale vuelve a ser válido, como antes."
        case .amountIsBack:
            "El importe vuelve a estar disponible: en este terminal de inmediato, en otros "
                + "tras la próxima sincronización."
        case .notTakenFromAccount: "El importe no se cargará en la cuenta."
        case .keepThisVoucher: "Guarde este vale. Es válido en esta tienda, una sola vez."
        case .shopGivesItBack: "La tienda le devuelve el dinero."
        }
    }
}
