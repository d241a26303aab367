/// The profiles that Till reads and writes, as data. Sources and dates stand in
/// `docs/spec/payment-codes.md`; a row says no more than its source does.
enum SchemeTable {
    /// All profiles, in the order in which a payload is held against them.
    static let profiles: [SchemeProfile] = america + africa + southEastAsia + southAndEastAsia

    /// A merchant's code of no scheme in this table: EMVCo's own objects and nothing more.
    static let own = SchemeProfile(
        "emv", "EMVCo merchant-presented, own scheme", anchor: "26-51/00",
        identity: .form(ValuePattern("ans1-32")), [])

    /// What every merchant-presented code may hold (QRCPS tables 3.6, 4.4 and 4.6), unless a
    /// profile has a row of its own for the path.
    static let common: [SchemeObject] = [
        SchemeObject("initiation", "01", .byAmount, "'11' | '12'", "11 static, 12 for one payment"),
        SchemeObject("category", "52", .usual("0000"), "n4", "merchant category, ISO 18245"),
        SchemeObject("currency", "53", .required, "n3", "ISO 4217, letters or number"),
        SchemeObject("amount", "54", .optional, "ans1-13", "in the currency's own decimals"),
        SchemeObject("tip", "55", .optional, "'01' | '02' | '03'", "asked, fixed, per cent"),
        SchemeObject("fee", "56", .optional, "ans1-13", "the fixed fee, with tip 02"),
        SchemeObject("fee-percent", "57", .optional, "ans1-5", "the fee in per cent, with tip 03"),
        SchemeObject("country", "58", .required, "u2", "ISO 3166-1, two letters"),
        SchemeObject("name", "59", .required, "ans1-25", "the merchant's name"),
        SchemeObject("city", "60", .required, "ans1-15", "the merchant's city"),
        SchemeObject("postal-code", "61", .optional, "ans1-10"),
        SchemeObject("bill", "62/01", .optional, "ans1-25", "bill number"),
        SchemeObject("mobile-number", "62/02", .optional, "ans1-25", "the customer's, or ***"),
        SchemeObject("store", "62/03", .optional, "ans1-25"),
        SchemeObject("loyalty", "62/04", .optional, "ans1-25", "loyalty number"),
        SchemeObject("reference", "62/05", .optional, "ans1-25", "the sale's reference"),
        SchemeObject("customer", "62/06", .optional, "ans1-25"),
        SchemeObject("terminal", "62/07", .optional, "ans1-25"),
        SchemeObject("purpose", "62/08", .optional, "ans1-25"),
        SchemeObject("ask", "62/09", .optional, "a1-3", "of the customer: A, M, E"),
        SchemeObject("tax-id", "62/10", .optional, "ans1-20"),
        SchemeObject("channel", "62/11", .optional, "an3", "where the code is met"),
        SchemeObject("language", "64/00", .optional, "a2", "of local-name and local-city"),
        SchemeObject("local-name", "64/01", .optional, "s1-25"),
        SchemeObject("local-city", "64/02", .optional, "s1-15"),
    ]

    private static let pix = SchemeIdentity.domain("br.gov.bcb.pix")
    /// CPF, CNPJ, telephone, random key (EVP) or e-mail address.
    private static let pixKey =
        "n11 | n14 | '+' n8-15 | h8 '-' h4 '-' h4 '-' h4 '-' h12 | ans1-64 '@' ans1-64"
    private static let pixCommon: [SchemeObject] = [
        .identifier("26-51/00", pix),
        // Static codes leave it out; a location that is good once has 12.
        SchemeObject("initiation", "01", .optional, "'11' | '12'", "12 where it is good once"),
        SchemeObject("currency", "53", .fixed("986"), "n3"),
        SchemeObject("country", "58", .fixed("BR"), "u2"),
        .identifier("80/00", pix),
        SchemeObject(
            "recurrence", "80/25", .optional, "ans1-77", "Pix Automático, without https://"),
    ]

    private static let america: [SchemeProfile] = [
        SchemeProfile(
            "pix-dynamic", "PIX, dynamic", anchor: "26-51/00", identity: pix, mark: "26-51/25",
            shopQR: .unfit(
                path: "26-51/25",
                because: "the dynamic form forbids the amount and the sale reference; only the "
                    + "static form, with a key in 01, goes into a shop QR"),
            pixCommon + [
                SchemeObject(
                    "location", "26-51/25", .required, "ans1-77",
                    "the payload's address, no https://"),
                SchemeObject("key", "26-51/01", .absent("the key lies behind the location")),
                SchemeObject("amount", "54", .absent("the amount lies behind the location")),
                SchemeObject("reference", "62/05", .fixed("***"), "ans1-25"),
            ]),
        SchemeProfile(
            "pix-static", "PIX, static", anchor: "26-51/00", identity: pix,
            pixCommon + [
                SchemeObject("key", "26-51/01", .required, pixKey, "the merchant's PIX key"),
                SchemeObject("information", "26-51/02", .optional, "ans1-72"),
                SchemeObject("fss", "26-51/03", .optional, "n8", "withdrawal facilitator's ISPB"),
                SchemeObject(
                    "reference", "62/05", .usual("***"), "'***' | an1-25", "txid, or *** for none"),
            ]),
    ]

    private static let africa: [SchemeProfile] = [
        SchemeProfile(
            "cemac", "CEMAC", anchor: "62/50/00", identity: .exactly("A0000006561010"),
            shopQR: .unfit(
                path: "62/50",
                because: "the CEMAC norm asks for object 62/50, which a shop QR has no room for"),
            [
                .identifier("62/50/00", .exactly("A0000006561010")),
                SchemeObject(
                    "guid", "26/00", .usual("A0000006561010"), "ans1-32", "the account's scheme"),
                SchemeObject("account", "26/01", .optional, "ans1-77"),
                SchemeObject(
                    "member", "62/50/01", .required, "ans1-6", "participating institution"),
                SchemeObject(
                    "alias", "62/50/02", .optional, "ans1-26", "of the merchant's account"),
                SchemeObject("notify", "62/50/03", .optional, "ans1-99", "system to be told"),
                SchemeObject("currency", "53", .fixed("950"), "n3"),
                SchemeObject(
                    "country", "58", .required, "'CM' | 'CF' | 'CG' | 'GA' | 'GQ' | 'TD'"),
            ]),
        SchemeProfile(
            "uemoa", "PI-SPI (UEMOA)", anchor: "26-51/00", identity: .domain("int.bceao.pi"),
            [
                .identifier("36/00", .domain("int.bceao.pi")),
                SchemeObject("alias", "36/01", .required, "ans1-36", "the merchant's alias"),
                SchemeObject("category", "52", .fixed("0000"), "n4"),
                SchemeObject("currency", "53", .fixed("952"), "n3"),
                SchemeObject(
                    "country", "58", .required,
                    "'BJ' | 'BF' | 'CI' | 'GW' | 'ML' | 'NE' | 'SN' | 'TG'"),
                SchemeObject("channel", "62/11", .optional, "'000' | '400'", "static, dynamic"),
            ]),
    ]
}
