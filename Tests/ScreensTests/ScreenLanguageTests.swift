import CairoDisplay
import Foundation
import Money
import Payments
import Screens
import Testing

/// What customers read, in each language.
@Suite("Languages of the customer's screen")
struct ScreenLanguageTests {
    private static let euro = Currency(code: "EUR")!

    private static func amount(_ minorUnits: UInt64, _ code: String = "EUR") -> Amount {
        Amount(minorUnits: minorUnits, currency: Currency(code: code)!)
    }

    /// A sum that is as wide as any that a policy allows.
    private static let wide = amount(1_234_567_89)

    private static let prompts: [CustomerPrompt] = [
        .welcome, .pleasePay, .scanOrShow, .showCode, .aim(.closer),
        .aim(.further), .aim(.brighter), .aim(.holdStill), .oneMoment, .askingOnline, .paid,
        .thankYou,
        .paidInPart, .stillDue(wide), .sale("0001A7"), .saleOfTotal("0001A7", wide),
        .receipt(1_234), .notPaid, .outOfOrder, .askForAnotherWay, .training, .takeReceipt,
        .scanToPay, .closed, .service, .forTechnicians,
        .payElsewhere,
    ]
    private static let undoings: [CustomerUndo] = [
        .reversed, .cancelled, .refunded, .receiptFor(12, payment: 11), .forReceipt(11),
        .voucherGoodAgain, .amountIsBack, .notTakenFromAccount, .keepThisVoucher,
        .shopGivesItBack,
    ]

    private static func declines() -> [CustomerDecline] {
        VerdictTests.reasons.map { DeclineSentences($0.0, currency: euro).customer }
    }

    private static func texts(_ language: ScreenLanguage) -> [String] {
        prompts.map(language.text) + declines().map(language.text) + undoings.map(language.text)
    }

    @Test("No language says a sentence in another's words", arguments: ScreenLanguage.allCases)
    func translated(_ language: ScreenLanguage) {
        for other in ScreenLanguage.allCases where other != language {
            for (own, foreign) in zip(Self.texts(language), Self.texts(other)) {
                #expect(own != foreign, "\(language) and \(other)")
            }
        }
    }

    @Test("Sentences end as sentences, and hold what is told in them")
    func whole() {
        for language in ScreenLanguage.allCases {
            for decline in Self.declines() {
                let text = language.text(decline)
                #expect(text.hasSuffix(".") || text.hasSuffix("。"), "\(text)")
            }
            #expect(language.text(.stillDue(Self.wide)).contains(language.text(Self.wide)))
            #expect(language.text(.codePaysAtMost(Self.wide)).contains(language.text(Self.wide)))
            #expect(language.text(.notAcceptedHere("Alipay")).contains("Alipay"))
            #expect(language.text(.sale("0001A7")).contains("0001A7"))
            let numbers = language.text(.receiptFor(12, payment: 11))
            #expect(numbers.contains("12") && numbers.contains("11"))
        }
    }

    @Test("Amounts have their currency's decimals, and the language's marks")
    func amounts() {
        func text(_ amount: Amount, _ language: ScreenLanguage) -> String {
            language.text(amount).replacingOccurrences(of: "\u{A0}", with: " ")
        }
        #expect(text(Self.amount(1_250), .english) == "12.50 EUR")
        #expect(text(Self.amount(123_456_789), .english) == "1,234,567.89 EUR")
        #expect(text(Self.amount(123_456_789), .german) == "1.234.567,89 EUR")
        #expect(text(Self.amount(123_456_789), .french) == "1\u{202F}234\u{202F}567,89 EUR")
        #expect(text(Self.amount(123_456), .spanish) == "1234,56 EUR")
        #expect(text(Self.amount(1_234_567), .spanish) == "12.345,67 EUR")
        #expect(text(Self.amount(1_250, "JPY"), .chinese) == "1,250 JPY")
        #expect(text(Self.amount(5, "KWD"), .english) == "0.005 KWD")
        // Set apart, so that the text around it does not turn it round (UAX #9).
        #expect(text(Self.amount(1_250), .arabic) == "\u{2066}12.50 EUR\u{2069}")
    }

    @Test("A text that does not fit is found, and a character that no font has")
    func findings() throws {
        let long = String(repeating: "much too long ", count: 30)
        let screen = Screen(
            kind: .declined, merchant: "Shop", headline: "Not paid", lines: [long])
        let cut = try ScreenDrawing.findings(in: screen, width: 120, height: 80)
        #expect(cut.contains("cut: \(long)"))
        let unknown = Screen(kind: .idle, merchant: "Shop", headline: "\u{E0FF}\u{10FFFD}")
        let missing = try ScreenDrawing.findings(in: unknown, width: 320, height: 240)
        #expect(missing.count == 1 && missing[0].hasPrefix("no font has all of"))
    }

    @Test(
        "Every screen fits, in every language and at every size, with a font for all of it",
        arguments: ScreenLanguage.allCases)
    func drawn(_ language: ScreenLanguage) throws {
        let composer = ScreenComposer(merchant: "Bäckerei Morgenrot", language: language)
        var screens = [
            composer.idle(), composer.asking(Self.wide), composer.outOfOrder(), composer.closed(),
        ]
        screens += Self.declines().map { decline in
            Screen(
                kind: .declined, merchant: composer.merchant, headline: language.text(.notPaid),
                amount: language.text(Self.wide), lines: [language.text(decline)],
                footer: language.text(.sale("0001A7")))
        }
        screens += Self.undoings.map { undo in
            Screen(
                kind: .undone, merchant: composer.merchant, headline: language.text(.refunded),
                amount: language.text(Self.wide), lines: [language.text(undo)],
                footer: language.text(.receiptFor(1_234, payment: 1_233)))
        }
        screens.append(
            Screen(
                kind: .approvedInPart, merchant: composer.merchant,
                headline: language.text(.paidInPart), amount: language.text(Self.wide),
                lines: [language.text(.stillDue(Self.wide))],
                footer: language.text(.receipt(1_234))))
        screens += screens.map { screen in
            Screen(
                kind: screen.kind, merchant: screen.merchant, headline: screen.headline,
                amount: screen.amount, lines: screen.lines, footer: screen.footer,
                banner: language.text(.training), isRightToLeft: screen.isRightToLeft)
        }
        let symbol = SymbolMatrix(size: 61, modules: Array(repeating: true, count: 61 * 61))
        let receipt = composer.receipt(Self.wide, number: 1_234, symbol: symbol)
        for (width, height) in [(480, 800), (800, 480), (1280, 800), (1920, 1080)] {
            #expect(
                try ScreenDrawing.findings(in: receipt, width: width, height: height) == [],
                "\(width)x\(height)")
        }
        for (width, height) in [(320, 240), (480, 800), (800, 480), (1280, 800), (1920, 1080)] {
            for screen in screens {
                let findings = try ScreenDrawing.findings(
                    in: screen, width: width, height: height)
                #expect(findings.isEmpty, "\(width)x\(height): \(findings)")
            }
        }
    }
}
