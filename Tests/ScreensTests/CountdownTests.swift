import Money
import Payments
import Screens
import Testing

/// How long the shown code is good for, in words that change as seldom as they may.
@Suite("The time left on the screen")
struct CountdownTests {
    private static func screen(_ seconds: UInt64, _ language: ScreenLanguage) throws -> Screen {
        let amount = Amount(minorUnits: 1_250, currency: try #require(Currency(code: "EUR")))
        let sale = Sale(
            reference: try #require(SaleReference("0001A7")), key: nil, total: amount,
            request: PaymentRequest(
                nonce: [UInt8](repeating: 7, count: PaymentRequest.nonceLength), amount: amount,
                expiry: 1_800_000_300), openedAt: 1_800_000_000)
        return ScreenComposer(merchant: "Shop", language: language)
            .waiting(sale, symbol: nil, secondsLeft: seconds)
    }

    @Test("whole minutes, then five seconds, then each second")
    func steps() throws {
        let told: [(UInt64, String)] = [
            (300, "5 minutes left"), (299, "4 minutes left"), (119, "1 minute left"),
            (60, "1 minute left"), (59, "55 seconds left"), (55, "55 seconds left"),
            (11, "10 seconds left"), (10, "10 seconds left"), (9, "9 seconds left"),
            (1, "1 second left"), (0, "0 seconds left"),
        ]
        for (seconds, text) in told {
            #expect(try Self.screen(seconds, .english).countdown == text)
        }
        #expect(try Self.screen(58, .english) == Self.screen(56, .english))
        #expect(try Self.screen(299, .english) == Self.screen(240, .english))
    }

    @Test("counts take the forms of CLDR's own samples")
    func plurals() {
        let samples: [(ScreenLanguage, PluralCategory, [UInt64])] = [
            (.english, .one, [1]), (.english, .other, [0, 2, 16, 100, 1_000_000]),
            (.german, .one, [1]), (.german, .other, [0, 2, 16, 1_000_000]),
            (.french, .one, [0, 1]), (.french, .many, [1_000_000, 2_000_000]),
            (.french, .other, [2, 17, 100, 1_001_000]),
            (.spanish, .one, [1]), (.spanish, .many, [1_000_000]),
            (.spanish, .other, [0, 2, 16, 100]), (.chinese, .other, [0, 1, 2, 1_000_000]),
            (.arabic, .zero, [0]), (.arabic, .one, [1]), (.arabic, .two, [2]),
            (.arabic, .few, [3, 10, 103, 110, 1_003]),
            (.arabic, .many, [11, 26, 99, 111, 1_011]),
            (.arabic, .other, [100, 102, 200, 202, 1_000, 1_000_000]),
        ]
        for (language, category, counts) in samples {
            for count in counts {
                #expect(language.pluralCategory(of: count) == category, "\(language) \(count)")
            }
        }
    }

    @Test("every language tells it in its own words, and Arabic by its own forms")
    func languages() throws {
        let told = try ScreenLanguage.allCases.map { try Self.screen(45, $0).countdown ?? "" }
        #expect(Set(told).count == told.count && told.allSatisfy { $0.contains("45") })
        #expect(try Self.screen(2, .arabic).countdown == "بقيت ثانيتان")
        #expect(try Self.screen(3, .arabic).countdown == "بقيت 3 ثوانٍ")
        #expect(try Self.screen(1, .french).countdown == "Encore 1\u{A0}seconde")
    }

    @Test(
        "a decline that is none of the voucher's fault says what to do, and that nothing was paid")
    func declines() throws {
        let euro = try #require(Currency(code: "EUR"))
        let amount = Amount(minorUnits: 1_250, currency: euro)
        let sale = Sale(
            reference: try #require(SaleReference("0001A7")), key: nil, total: amount,
            request: PaymentRequest(
                nonce: [UInt8](repeating: 7, count: PaymentRequest.nonceLength), amount: amount,
                expiry: 1_800_000_300), openedAt: 1_800_000_000)
        let told: [(DeclineReason, ScreenKind, String, Bool)] = [
            (.nothingLeft, .again, "Used already", true),
            (.notAPaymentCode, .retry, "Try again", true),
            (.syncOverdue(age: nil), .network, "Needs network", true),
            (.hotListed, .declined, "Not paid", false),
            (.clockSuspect(floor: 1), .outOfOrder, "Out of order", true),
            // Whether another wallet has paid nobody here knows.
            (.unconfirmed, .network, "Needs network", false),
        ]
        for (reason, kind, word, saysNothingPaid) in told {
            let screen = ScreenComposer(merchant: "Shop").outcome(.declined(reason), of: sale)
            #expect(screen.kind == kind && screen.headline == word, "\(reason)")
            #expect(screen.lines.contains("Nothing was paid.") == saysNothingPaid, "\(reason)")
        }
    }
}
