// What customers are told in Chinese.
extension ScreenLanguage {
    func chinese(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "欢迎光临"
        case .pleasePay: "请付款"
        case .scanOrShow: "请扫描此码，或出示您的付款码。"
        case .showCode: "请出示您的付款码。"
        case .aim(let hint): chinese(hint)
        case .oneMoment: "请稍候"
        case .askingOnline: "正在核验您的付款。"
        case .paid: "已付款"
        case .thankYou: "谢谢。"
        case .paidInPart: "已部分付款"
        case .stillDue(let amount): "尚需支付 \(self.text(amount))。"
        case .sale(let name): "交易 \(isolated(name))"
        case .saleOfTotal(let name, let amount): "交易 \(isolated(name))，总额 \(self.text(amount)) 的余款"
        case .receipt(let number): "收据 \(isolated(number))"
        case .notPaid: "未付款"
        case .minutesLeft(let count):
            "剩余\(count)分钟"
        case .secondsLeft(let count):
            "剩余\(count)秒"
        case .nothingPaid: "未扣任何款项。"
        case .usedAlready: "已使用过"
        case .tryAgain: "请重试"
        case .needsNetwork: "需要网络"
        case .scanToPay: "扫码付款"
        case .takeReceipt: "请拍下此码,它就是您的收据。"
        case .closed: "暂停收款"
        case .payElsewhere: "请到其他收银台付款。"
        case .outOfOrder: "暂停服务"
        case .askForAnotherWay: "请咨询其他付款方式。"
        case .service: "维护"
        case .forTechnicians: "此码供技术人员使用，不能付款。"
        case .tip: "小费?"
        case .noTip: "不给小费"
        case .training: "培训模式 – 此处不收款"
        }
    }

    func chinese(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "请靠近一些。"
        case .further: "请离远一些。"
        case .brighter: "请调亮屏幕。"
        case .holdStill: "请拿稳不动。"
        }
    }

    func chinese(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "请只出示一个码。"
        case .notAPaymentCode: "这不是付款码。"
        case .thisIsAReceipt: "这是收据。请出示您的付款码。"
        case .notAcceptedHere(let name): "此处不支持 \(isolated(name))。"
        case .cardUnknown: "此处无法识别该卡。"
        case .checkTheNumber: "请核对卡上的号码。"
        case .showOwnCode: "请出示代金券本身的码。"
        case .codeNotAccepted: "无法接受此码。"
        case .onlyForTraining: "此码仅供培训使用。"
        case .terminalIsTraining: "本终端仅供培训。您的代金券仍然有效。"
        case .takesNoPayments: "本终端目前无法收款。"
        case .notThisPayment: "本终端目前无法接受此笔付款。"
        case .notConfirmedYet:
            "您的付款尚未确认。再次付款前，请先查看您的银行应用。"
        case .notAllowed: "此笔付款未获批准。"
        case .usedAlready: "此代金券已被使用。"
        case .voucherIsIn(let name): "此代金券的币种为 \(isolated(name))。"
        case .askTheIssuer: "无法接受此代金券，请咨询发行方。"
        case .askTheIssuerForANewOne: "无法接受此代金券，请向发行方换领新券。"
        case .scanAgain: "请重新扫描屏幕上的码。"
        case .showAFreshCode: "请出示新的码。"
        case .nothingLeft: "此代金券已无余额。"
        case .scanWithYourWallet: "请用您的钱包扫描屏幕上的码。"
        case .codePaysAtMost(let amount): "此码最多可付 \(self.text(amount))。"
        case .voucherIsWorth(let amount): "此代金券面值为 \(self.text(amount))。"
        case .walletPaysAtMost(let amount): "您的钱包每次最多可付 \(self.text(amount))。"
        case .walletMayPayMore(let amount): "您的钱包离线还可支付 \(self.text(amount))。"
        case .cannotBeCheckedOffline: "没有网络，无法核验此代金券。"
        case .needsANetworkNow: "此时段付款需要网络。"
        case .tooHighForVoucher: "金额超出此券在本店的限额。"
        case .tooHighForTerminal: "金额超出本终端的限额。"
        case .justPaid: "您刚刚已付款。如需再次付款，请稍候。"
        case .usedTooOften: "此代金券近期使用过于频繁。"
        case .voucherNotNow: "目前无法接受此代金券。"
        case .doesNotCover: "此代金券不足以支付该金额。"
        }
    }

    func chinese(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "已取消"
        case .refunded: "已退款"
        case .receiptFor(let number, let payment):
            "收据 \(isolated(number))，对应收据 \(isolated(payment))"
        case .forReceipt(let number): "对应收据 \(isolated(number))"
        case .voucherGoodAgain: "代金券已恢复原状，可再次使用。"
        case .amountIsBack: "金额已退回：在本终端立即可用，在其他地方于下次同步后可用。"
        case .notTakenFromAccount: "该金额不会从账户中扣除。"
        case .keepThisVoucher: "请保存此代金券，可在本店使用一次。"
        case .shopGivesItBack: "商店会将钱退还给您。"
        }
    }
}
