import Money
import Testing

@Suite struct AmountParsing {
    private func currency(_ code: String) throws -> Currency {
        try #require(Currency(code: code))
    }

    @Test(
        arguments: [
            ("12", "EUR", 1_200), ("12.50", "EUR", 1_250), ("0.01", "EUR", 1),
            ("007.50", "EUR", 750),
            ("1250", "JPY", 1_250), ("12.500", "KWD", 12_500), ("12", "KWD", 12_000),
            ("1.2345", "CLF", 12_345), ("90071992547409.91", "EUR", (1 << 53) - 1),
            ("9007199254740991", "JPY", (1 << 53) - 1),
        ] as [(String, String, UInt64)])
    func readsWhatAPersonTypes(text: String, code: String, minorUnits: UInt64) throws {
        let amount = try Amount(parsing: text, currency: try currency(code))
        #expect(amount.minorUnits == minorUnits)
        #expect(amount.currency.code == code)
    }

    @Test(
        arguments: [
            ("", "EUR", .empty), (" ", "EUR", .notANumber), ("abc", "EUR", .notANumber),
            ("12,50", "EUR", .notANumber), ("1e3", "EUR", .notANumber), ("+1", "EUR", .notANumber),
            (" 12", "EUR", .notANumber), ("12 ", "EUR", .notANumber), (".50", "EUR", .notANumber),
            ("12.", "EUR", .notANumber), ("1.2.3", "EUR", .notANumber), (".", "EUR", .notANumber),
            ("1_000", "EUR", .notANumber), ("0x10", "EUR", .notANumber), ("١٢", "EUR", .notANumber),
            ("１２", "EUR", .notANumber), ("12\n", "EUR", .notANumber), ("-", "EUR", .notANumber),
            ("--1", "EUR", .notANumber), ("-1", "EUR", .negative), ("-0.00", "EUR", .negative),
            ("0", "EUR", .zero), ("00.00", "EUR", .zero), ("0", "JPY", .zero),
            ("12.5", "EUR", .wrongDecimals(expected: 2, found: 1)),
            ("12.500", "EUR", .wrongDecimals(expected: 2, found: 3)),
            ("12.50", "JPY", .wrongDecimals(expected: 0, found: 2)),
            ("12.50", "KWD", .wrongDecimals(expected: 3, found: 2)),
            ("0.0", "EUR", .wrongDecimals(expected: 2, found: 1)),
            ("90071992547409.92", "EUR", .tooLarge), ("90071992547410", "EUR", .tooLarge),
            ("9007199254740992", "JPY", .tooLarge),
            ("99999999999999999999999999999999999999", "EUR", .tooLarge),
        ] as [(String, String, AmountError)])
    func refusesWithTheReason(text: String, code: String, expected: AmountError) throws {
        let currency = try currency(code)
        #expect(throws: expected) { try Amount(parsing: text, currency: currency) }
    }

    @Test func namesEveryReasonOnceAndInASentence() {
        let errors: [AmountError] = [
            .empty, .notANumber, .negative, .zero, .wrongDecimals(expected: 2, found: 1),
            .wrongDecimals(expected: 0, found: 2), .tooLarge,
        ]
        #expect(Set(errors.map(\.reason)).count == 6)
        for error in errors {
            #expect(error.description.hasPrefix("The amount "))
            #expect(error.description.hasSuffix("."))
        }
        #expect(
            AmountError.wrongDecimals(expected: 0, found: 2).description
                == "The amount has 2 digits after the point, but this currency has none.")
    }
}

@Suite struct AmountText {
    @Test(
        arguments: [
            (0, "EUR", "0.00", "0.00 EUR"), (1, "EUR", "0.01", "0.01 EUR"),
            (99, "EUR", "0.99", "0.99 EUR"), (1_250, "EUR", "12.50", "12.50 EUR"),
            (1_250, "JPY", "1250", "1250 JPY"), (12_500, "KWD", "12.500", "12.500 KWD"),
            (5, "KWD", "0.005", "0.005 KWD"), (12_345, "CLF", "1.2345", "1.2345 CLF"),
            ((1 << 53) - 1, "EUR", "90071992547409.91", "90071992547409.91 EUR"),
        ] as [(UInt64, String, String, String)])
    func hasAllDecimalsOfTheCurrency(
        minorUnits: UInt64, code: String, decimal: String, description: String
    ) throws {
        let amount = Amount(
            minorUnits: minorUnits, currency: try #require(Currency(code: code)))
        #expect(amount.decimalText == decimal)
        #expect(amount.description == description)
    }

    @Test func isReadBackAsTheSameAmountInEveryCurrency() throws {
        for currency in Currency.all {
            for minorUnits in [1, 9, 10, 99, 100, 12_345, 1_000_000, Amount.maximumMinorUnits] {
                let amount = Amount(minorUnits: minorUnits, currency: currency)
                #expect(try Amount(parsing: amount.decimalText, currency: currency) == amount)
            }
        }
    }
}

@Suite struct CurrencyTableTests {
    @Test func holdsEachCodeAndNumberOnceInOrder() {
        let codes = Currency.all.map(\.code)
        #expect(codes == codes.sorted())
        #expect(Set(codes).count == codes.count)
        #expect(Set(Currency.all.map(\.number)).count == codes.count)
        #expect(codes.allSatisfy { $0.utf8.count == 3 })
        #expect(Currency.all.allSatisfy { (1...999).contains($0.number) })
        #expect(Currency.all.count == 178)
    }

    @Test func countsTheDigitsOfMinorUnitsAsTheStandardDoes() {
        let byExponent = Dictionary(grouping: Currency.all, by: \.exponent)
            .mapValues { $0.map(\.code) }
        #expect(byExponent[4] == ["CLF", "UYW"])
        #expect(byExponent[3] == ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
        #expect(
            byExponent[0]?.filter { !$0.hasPrefix("X") } == [
                "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                "VND", "VUV",
            ])
        #expect(Set(byExponent.keys) == [0, 2, 3, 4])
    }

    @Test(
        arguments: [
            (978, "EUR"), (840, "USD"), (756, "CHF"), (392, "JPY"), (8, "ALL"), (36, "AUD"),
            (532, "XCG"), (924, "ZWG"), (999, "XXX"),
        ] as [(UInt16, String)])
    func findsACurrencyByNumberAndByCode(number: UInt16, code: String) throws {
        let currency = try #require(Currency(number: number))
        #expect(currency.code == code)
        #expect(Currency(code: code) == currency)
    }

    @Test func knowsNoOthers() {
        #expect(Currency(number: 0) == nil)
        #expect(Currency(number: 1) == nil)
        #expect(Currency(number: 191) == nil, "the kuna was withdrawn")
        #expect(Currency(number: 1_000) == nil)
        #expect(Currency(number: .max) == nil)
        #expect(Currency(code: "eur") == nil)
        #expect(Currency(code: "EU") == nil)
        #expect(Currency(code: "") == nil)
        #expect(Currency(code: "BGN") == nil)
    }
}
