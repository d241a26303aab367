extension SchemeTable {
    private static let payNow = SchemeIdentity.domain("sg.paynow")
    private static let thaiTransfer = SchemeIdentity.exactly("A000000677010111")
    private static let thaiBill = SchemeIdentity.exactly("A000000677010112")
    private static let singapore: [SchemeObject] = [
        SchemeObject("currency", "53", .fixed("702"), "n3"),
        SchemeObject("country", "58", .fixed("SG"), "u2"),
        SchemeObject("city", "60", .usual("Singapore"), "ans1-15"),
    ]
    /// Thai codes leave the merchant out, name and all.
    private static let thailand: [SchemeObject] = [
        SchemeObject("category", "52", .optional, "n4"),
        SchemeObject("currency", "53", .fixed("764"), "n3"),
        SchemeObject("country", "58", .fixed("TH"), "u2"),
        SchemeObject("name", "59", .optional, "ans1-25"),
        SchemeObject("city", "60", .optional, "ans1-15"),
    ]

    static let southEastAsia: [SchemeProfile] = [
        SchemeProfile(
            "sgqr", "SGQR", anchor: "51/00", identity: .domain("sg.sgqr"),
            singapore + [
                .identifier("51/00", .domain("sg.sgqr")),
                SchemeObject("sgqr-id", "51/01", .required, "an12", "SGQR ID"),
                SchemeObject("sgqr-version", "51/02", .required, "n2 '.' n4", "01.0001"),
                SchemeObject("sgqr-postal", "51/03", .optional, "n6"),
                SchemeObject("sgqr-level", "51/04", .optional, "ans1-3", "storey"),
                SchemeObject("sgqr-unit", "51/05", .optional, "ans1-5"),
                SchemeObject("sgqr-misc", "51/06", .optional, "ans1-10"),
                SchemeObject("sgqr-revised", "51/07", .optional, "n8", "YYYYMMDD"),
            ]),
        SchemeProfile(
            "paynow", "PayNow", anchor: "26-51/00", identity: payNow,
            singapore + [
                .identifier("26-51/00", payNow),
                SchemeObject("proxy-type", "26-51/01", .required, "'0' | '2'", "0 mobile, 2 UEN"),
                SchemeObject(
                    "proxy", "26-51/02", .required, "'+65' n8 | un9-13", "+65 number, or UEN"),
                SchemeObject(
                    "editable", "26-51/03", .usual("0"), "'0' | '1'", "may the amount be changed"),
                SchemeObject("expiry", "26-51/04", .optional, "n8 | n14", "YYYYMMDD"),
            ]),
        SchemeProfile(
            "promptpay", "PromptPay", anchor: "29/00", identity: thaiTransfer,
            thailand + [
                .identifier("29/00", thaiTransfer),
                SchemeObject("mobile", "29/01", .oneOf("payee"), "'0066' n9", "0066 and 9 digits"),
                SchemeObject("national-id", "29/02", .oneOf("payee"), "n13", "or tax id"),
                SchemeObject("e-wallet", "29/03", .oneOf("payee"), "n15"),
                SchemeObject("bank-account", "29/04", .oneOf("payee"), "n1-43"),
            ]),
        SchemeProfile(
            "promptpay-customer", "PromptPay, customer-presented", anchor: "29/00",
            identity: .exactly("A000000677010114"),
            shopQR: .unfit(
                path: "29/00", because: "A000000677010114 marks a code that a customer shows"),
            thailand + [
                .identifier("29/00", .exactly("A000000677010114")),
                SchemeObject("mobile", "29/01", .oneOf("payee"), "'0066' n9"),
                SchemeObject("national-id", "29/02", .oneOf("payee"), "n13"),
                SchemeObject("e-wallet", "29/03", .oneOf("payee"), "n15"),
                SchemeObject("bank-account", "29/04", .oneOf("payee"), "n1-43"),
            ]),
        SchemeProfile(
            "promptpay-bill", "PromptPay bill payment", anchor: "30/00", identity: thaiBill,
            thailand + [
                .identifier("30/00", thaiBill),
                SchemeObject("biller", "30/01", .required, "n13-15", "biller id and suffix"),
                SchemeObject("reference-1", "30/02", .required, "un1-20"),
                SchemeObject("reference-2", "30/03", .optional, "un1-20"),
                .identifier("31/00", .exactly("A000000677010113")),
                SchemeObject("innovation-1", "31/01", .optional, "ans1-20"),
                SchemeObject("innovation-2", "31/02", .optional, "ans1-20"),
                SchemeObject("innovation-3", "31/03", .optional, "ans1-20"),
                SchemeObject("innovation-4", "31/04", .optional, "ans1-20"),
            ]),
        SchemeProfile(
            "qris", "QRIS", anchor: "51/00", identity: .domain("id.co.qris.www"),
            [
                .identifier("51/00", .domain("id.co.qris.www")),
                SchemeObject("nmid", "51/02", .required, "'ID' an1-13", "national merchant id"),
                SchemeObject("nmid-criteria", "51/03", .optional, qrisCriteria),
                SchemeObject(
                    "guid", "26-45/00", .required, "ans1-32", "the acquirer's name, reversed"),
                SchemeObject("pan", "26-45/01", .required, "'9360' n1-15", "merchant PAN"),
                SchemeObject("merchant-id", "26-45/02", .optional, "ans1-15"),
                SchemeObject("criteria", "26-45/03", .optional, qrisCriteria),
                SchemeObject("currency", "53", .fixed("360"), "n3"),
                SchemeObject("country", "58", .fixed("ID"), "u2"),
            ]),
        SchemeProfile(
            "khqr-merchant", "KHQR, merchant", anchor: "30/00", identity: bakongAccount,
            shopQR: khqrUnfit,
            cambodia + [
                SchemeObject("bakong-account", "30/00", .required, bakong, "user@bank"),
                SchemeObject("merchant-id", "30/01", .required, "ans1-32"),
                SchemeObject("bank", "30/02", .required, "ans1-32", "acquiring bank"),
            ]),
        SchemeProfile(
            "khqr-individual", "KHQR, individual", anchor: "29/00", identity: bakongAccount,
            shopQR: khqrUnfit,
            cambodia + [
                SchemeObject("bakong-account", "29/00", .required, bakong, "user@bank"),
                SchemeObject("account-information", "29/01", .optional, "ans1-32"),
                SchemeObject("bank", "29/02", .optional, "ans1-32", "acquiring bank"),
            ]),
        SchemeProfile(
            "vietqr", "VietQR (NAPAS 247)", anchor: "38/00", identity: .exactly("A000000727"),
            [
                .identifier("38/00", .exactly("A000000727")),
                SchemeObject("bin", "38/01/00", .required, "n6", "the bank's BIN"),
                SchemeObject("account", "38/01/01", .required, "an1-19", "account or card number"),
                SchemeObject(
                    "service", "38/02", .usual("QRIBFTTA"), "'QRIBFTTA' | 'QRIBFTTC'",
                    "to an account, to a card"),
                SchemeObject("category", "52", .optional, "n4"),
                SchemeObject("currency", "53", .fixed("704"), "n3"),
                SchemeObject("country", "58", .fixed("VN"), "u2"),
                SchemeObject("name", "59", .optional, "ans1-25"),
                SchemeObject("city", "60", .optional, "ans1-15"),
            ]),
    ]

    private static let qrisCriteria = "'UMI' | 'UKE' | 'UME' | 'UBE' | 'URE'"
    private static let bakong = "id1-27 '@' id1-27"
    private static let bakongAccount = SchemeIdentity.form(ValuePattern(bakong))
    private static let khqrUnfit = ShopQRFitness.unfit(
        path: "99", because: "KHQR asks for object 99 with the moment at which each code was made")
    private static let cambodia: [SchemeObject] = [
        SchemeObject("category", "52", .usual("5999"), "n4"),
        SchemeObject("currency", "53", .required, "'116' | '840'", "KHR or USD"),
        SchemeObject("country", "58", .fixed("KH"), "u2"),
        SchemeObject("city", "60", .usual("Phnom Penh"), "ans1-15"),
        SchemeObject("timestamp", "99/00", .optional, "n13", "milliseconds since 1970"),
        SchemeObject("expires", "99/01", .optional, "n13", "milliseconds since 1970"),
    ]

    private static let bharat = SchemeIdentity.exactly("A000000524")

    static let southAndEastAsia: [SchemeProfile] = [
        SchemeProfile(
            "bharat-qr", "Bharat QR", anchor: "26/00", identity: bharat,
            [
                SchemeObject("visa", "02", .optional, "n16", "Visa PAN"),
                SchemeObject("mastercard", "04", .optional, "n16", "Mastercard PAN"),
                SchemeObject("rupay", "06", .optional, "n16", "RuPay PAN"),
                SchemeObject("bank-account", "08", .optional, "u4 '0' un6 an1-26", "IFSC, account"),
                .identifier("26/00", bharat),
                SchemeObject("vpa", "26/01", .required, "id1-60 '@' id1-30", "name@handle"),
                SchemeObject("minimum", "26/02", .optional, "n1-10 | n1-10 '.' n1-2", "amount"),
                .identifier("27/00", bharat),
                SchemeObject("transaction", "27/01", .optional, "ans4-35", "UPI reference"),
                SchemeObject("url", "27/02", .optional, "ans1-26"),
                .identifier("28/00", bharat),
                SchemeObject("aadhaar", "28/01", .optional, "n12"),
                SchemeObject("currency", "53", .fixed("356"), "n3"),
                SchemeObject("country", "58", .fixed("IN"), "u2"),
                SchemeObject("name", "59", .required, "ans1-23"),
                SchemeObject("postal-code", "61", .required, "ans1-10"),
            ]),
        SchemeProfile(
            "fps", "FPS (Hong Kong)", anchor: "26-51/00", identity: .domain("hk.com.hkicl"),
            [
                .identifier("26-51/00", .domain("hk.com.hkicl")),
                SchemeObject("clearing-code", "26-51/01", .optional, "n3", "of the bank"),
                SchemeObject("fps-id", "26-51/02", .oneOf("payee"), "n7-9"),
                SchemeObject("mobile", "26-51/03", .oneOf("payee"), "'+' n1-3 '-' n1-14"),
                SchemeObject("email", "26-51/04", .oneOf("payee"), "ans1-58 '@' ans1-64"),
                SchemeObject("timeout", "26-51/05", .optional, "n14", "YYYYMMDDhhmmss"),
                SchemeObject("currency", "53", .required, "'344' | '156'", "HKD or CNY"),
                SchemeObject("country", "58", .fixed("HK"), "u2"),
                SchemeObject("name", "59", .usual("NA"), "ans1-25"),
                SchemeObject("city", "60", .usual("HK"), "ans1-15"),
            ]),
    ]
}
