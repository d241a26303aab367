// What customers are told in Arabic.
extension ScreenLanguage {
    func arabic(_ sentence: CustomerPrompt) -> String {
        switch sentence {
        case .welcome: "مرحبًا"
        case .pleasePay: "يرجى الدفع"
        case .scanOrShow: "امسح هذا الرمز أو أظهر رمز الدفع الخاص بك."
        case .showCode: "أظهر رمز الدفع الخاص بك."
        case .aim(let hint): arabic(hint)
        case .oneMoment: "لحظة من فضلك"
        case .askingOnline: "يجري التحقق من دفعتك."
        case .paid: "تم الدفع"
        case .thankYou: "شكرًا لك."
        case .paidInPart: "تم دفع جزء"
        case .stillDue(let amount): "المبلغ المتبقي: \(self.text(amount))."
        case .sale(let name): "عملية البيع \(isolated(name))"
        case .saleOfTotal(let name, let amount):
            "عملية البيع \(isolated(name))، الباقي من \(self.text(amount))"
        case .receipt(let number): "الإيصال \(isolated(number))"
        case .notPaid: "لم يتم الدفع"
        case .minutesLeft(let count): arabicMinutes(count)
        case .secondsLeft(let count): arabicSeconds(count)
        case .nothingPaid: "لم يُدفع أي مبلغ."
        case .usedAlready: "مستخدَم من قبل"
        case .tryAgain: "حاول مرة أخرى"
        case .needsNetwork: "لا بد من اتصال"
        case .scanToPay: "امسح للدفع"
        case .takeReceipt: "التقط صورة لهذا الرمز: إنه إيصالك."
        case .closed: "مغلق"
        case .payElsewhere: "يرجى الدفع عند صندوق آخر."
        case .outOfOrder: "خارج الخدمة"
        case .askForAnotherWay: "يرجى السؤال عن طريقة دفع أخرى."
        case .service: "صيانة"
        case .forTechnicians: "هذا الرمز للفني، ولا يدفع شيئًا."
        case .tip: "إكرامية؟"
        case .noTip: "بدون إكرامية"
        case .training: "تدريب – لا يدفع هنا شيء"
        }
    }

    func arabic(_ hint: AimHint) -> String {
        switch hint {
        case .closer: "قرّب الرمز من فضلك."
        case .further: "أبعد الرمز قليلًا من فضلك."
        case .brighter: "ارفع سطوع الشاشة من فضلك."
        case .holdStill: "ثبّت الرمز من فضلك."
        }
    }

    func arabic(_ sentence: CustomerDecline) -> String {
        switch sentence {
        case .oneCodeOnly: "يرجى إظهار رمز واحد فقط."
        case .notAPaymentCode: "هذا ليس رمز دفع."
        case .thisIsAReceipt: "هذا إيصال. يرجى إظهار رمز الدفع."
        case .notAcceptedHere(let name): "لا يُقبل \(isolated(name)) هنا."
        case .cardUnknown: "هذه البطاقة غير معروفة هنا."
        case .checkTheNumber: "يرجى التحقق من الرقم على البطاقة."
        case .showOwnCode: "يرجى إظهار رمز القسيمة نفسها."
        case .codeNotAccepted: "لا يمكن قبول هذا الرمز."
        case .onlyForTraining: "هذا الرمز للتدريب فقط."
        case .terminalIsTraining: "هذا الجهاز للتدريب. قسيمتك تبقى صالحة."
        case .takesNoPayments: "لا يمكن لهذا الجهاز قبول المدفوعات الآن."
        case .notThisPayment: "لا يمكن لهذا الجهاز قبول هذه الدفعة الآن."
        case .notConfirmedYet:
            "لم يتم تأكيد دفعتك بعد. راجع تطبيق مصرفك قبل أن تدفع مرة أخرى."
        case .notAllowed: "لم يُسمح بهذه الدفعة."
        case .usedAlready: "سبق استخدام هذه القسيمة."
        case .voucherIsIn(let name): "عملة هذه القسيمة هي \(isolated(name))."
        case .askTheIssuer: "لا يمكن قبول هذه القسيمة. يرجى سؤال الجهة التي أصدرتها."
        case .askTheIssuerForANewOne:
            "لا يمكن قبول هذه القسيمة. يرجى طلب قسيمة جديدة من الجهة التي أصدرتها."
        case .scanAgain: "يرجى مسح الرمز المعروض على الشاشة مرة أخرى."
        case .showAFreshCode: "يرجى إظهار رمز جديد."
        case .nothingLeft: "لم يتبقَّ رصيد في هذه القسيمة."
        case .scanWithYourWallet: "يرجى مسح الرمز المعروض على الشاشة بمحفظتك."
        case .codePaysAtMost(let amount): "يدفع هذا الرمز ما لا يزيد على \(self.text(amount))."
        case .voucherIsWorth(let amount): "قيمة هذه القسيمة \(self.text(amount))."
        case .walletPaysAtMost(let amount):
            "تدفع محفظتك ما لا يزيد على \(self.text(amount)) في كل مرة."
        case .walletMayPayMore(let amount): "يمكن لمحفظتك دفع \(self.text(amount)) أخرى دون اتصال."
        case .cannotBeCheckedOffline: "لا يمكن التحقق من هذه القسيمة دون شبكة."
        case .needsANetworkNow: "تحتاج هذه الدفعة إلى شبكة في هذا الوقت."
        case .tooHighForVoucher: "المبلغ مرتفع جدًا لهذه القسيمة هنا."
        case .tooHighForTerminal: "المبلغ مرتفع جدًا لهذا الجهاز."
        case .justPaid: "لقد دفعت للتو. يرجى الانتظار لحظة قبل الدفع مرة أخرى."
        case .usedTooOften: "استُخدمت هذه القسيمة مرات كثيرة جدًا في الوقت الحالي."
        case .voucherNotNow: "لا يمكن قبول هذه القسيمة الآن."
        case .doesNotCover: "لا تغطي هذه القسيمة المبلغ."
        }
    }

    func arabic(_ sentence: CustomerUndo) -> String {
        switch sentence {
        case .reversed: text(CustomerPrompt.notPaid)
        case .cancelled: "تم الإلغاء"
        case .refunded: "تم رد المبلغ"
        case .receiptFor(let number, let payment):
            "الإيصال \(isolated(number))، عن الإيصال \(isolated(payment))"
        case .forReceipt(let number): "عن الإيصال \(isolated(number))"
        case .voucherGoodAgain: "عادت القسيمة صالحة كما كانت."
        case .amountIsBack: "عاد المبلغ: في جهاز هذا المتجر فورًا، وفي غيره بعد المزامنة التالية."
        case .notTakenFromAccount: "لن يُخصم المبلغ من الحساب."
        case .keepThisVoucher: "احتفظ بهذه القسيمة. وهي صالحة في هذا المتجر مرة واحدة."
        case .shopGivesItBack: "يعيد إليك المتجر المال."
        }
    }
}

// Counts: Arabic has words of their own for one and two, and three forms for more.
extension ScreenLanguage {
    private func arabicMinutes(_ count: UInt64) -> String {
        switch pluralCategory(of: count) {
        case .zero: "انتهى الوقت"
        case .one: "بقيت دقيقة واحدة"
        case .two: "بقيت دقيقتان"
        case .few: "بقيت \(count) دقائق"
        case .many, .other: "بقيت \(count) دقيقة"
        }
    }

    private func arabicSeconds(_ count: UInt64) -> String {
        switch pluralCategory(of: count) {
        case .zero: "انتهى الوقت"
        case .one: "بقيت ثانية واحدة"
        case .two: "بقيت ثانيتان"
        case .few: "بقيت \(count) ثوانٍ"
        case .many, .other: "بقيت \(count) ثانية"
        }
    }
}
