import Money
import Testing

@testable import Payments

/// Value-added tax: the tax in a gross amount, what a part takes of the lines, what is refused.
@Suite struct VATTests {
    @Test(
        "The tax is gross x rate / (100 % + rate), half a minor unit rounded up",
        arguments: [
            (11_900, 1_900, 1_900), (1_070, 700, 70), (100, 0, 0), (1, 1_900, 0), (3, 1_900, 0),
            (4, 1_900, 1), (1, 10_000, 1), (3, 10_000, 2), (1_055, 550, 55),
            ((1 << 53) - 1, 10_000, 1 << 52),
        ] as [(UInt64, UInt16, UInt64)])
    func tax(_ gross: UInt64, _ rate: UInt16, _ tax: UInt64) {
        #expect(VATLine.tax(in: gross, at: rate) == tax)
    }

    @Test("Parts of a sale come to its lines exactly, none takes more than there is")
    func parts() throws {
        var random = SplitMix(state: 72)
        for _ in 0..<300 {
            let count = Int(random.next() % 6) + 1
            let claims = (0..<count).map { _ in
                VATClaim(rate: random.next() % 10_001, gross: random.next() % 5_000 + 1)
            }
            let total = claims.reduce(0) { $0 + $1.gross }
            let lines = try VATLine.lines(claims, of: total)
            var left = lines
            var taken: [VATLine] = []
            var rest = total
            while rest > 0 {
                let part = min(rest, random.next() % (total / 3 + 1) + 1)
                let (mine, theirs) = VATLine.split(left, taking: part)
                #expect(mine.reduce(0) { $0 + $1.gross } == part)
                taken += mine
                #expect(VATLine.left(of: lines, after: taken) == theirs)
                left = theirs
                rest -= part
            }
            #expect(left.isEmpty)
            for line in lines {
                let mine = taken.filter { $0.code == line.code }
                #expect(mine.reduce(0) { $0 + $1.gross } == line.gross)
                #expect(mine.reduce(0) { $0 + $1.tax } == line.tax)
            }
        }
    }

    @Test("A part is pro rata")
    func proRata() throws {
        let lines = try VATLine.lines(
            [VATClaim(rate: 1_900, gross: 11_900), VATClaim(rate: 700, gross: 10_700)], of: 22_600)
        let (taken, left) = VATLine.split(lines, taking: 11_300)
        #expect(taken.map(\.gross) == [5_950, 5_350] && taken.map(\.tax) == [950, 350])
        #expect(left == taken)
    }

    @Test(
        "Lines that are not the sale's are refused by name",
        arguments: [
            ("vat-sum-differs", [VATClaim(rate: 1_900, gross: 999)]),
            ("vat-sum-differs", [VATClaim(rate: 0, gross: 1_000), VATClaim(rate: 0, gross: 1)]),
            ("vat-tax-differs", [VATClaim(rate: 1_900, gross: 1_000, tax: 161)]),
            ("vat-tax-differs", [VATClaim(rate: 1_900, gross: 1_000, net: 841)]),
            (
                "vat-code-twice",
                [VATClaim(code: "B", rate: 0, gross: 500), VATClaim(rate: 0, gross: 500)]
            ),
            ("vat-malformed", [VATClaim(code: "a", rate: 0, gross: 1_000)]),
            ("vat-malformed", [VATClaim(code: "AA", rate: 0, gross: 1_000)]),
            ("vat-malformed", [VATClaim(code: "Ä", rate: 0, gross: 1_000)]),
            ("vat-malformed", [VATClaim(rate: 10_001, gross: 1_000)]),
            ("vat-malformed", [VATClaim(rate: 1_000, gross: 0)]),
            ("vat-malformed", [VATClaim(rate: 1_000, gross: 1 << 53)]),
            (
                "vat-too-many-lines",
                (0..<7).map { VATClaim(rate: 0, gross: $0 == 0 ? 994 : 1) }
            ),
        ] as [(String, [VATClaim])])
    func refused(_ reason: String, _ claims: [VATClaim]) {
        let refusal = #expect(throws: VATRefusal.self) {
            try VATLine.lines(claims, of: 1_000)
        }
        #expect(refusal?.reason == reason)
        #expect(refusal?.message.contains("No sale was opened.") == true)
    }

    @Test("What is left away is worked out, and the lines are in the order of their letters")
    func workedOut() throws {
        let lines = try VATLine.lines(
            [
                VATClaim(code: "C", rate: 700, gross: 535, net: 500, tax: 35),
                VATClaim(rate: 1_900, gross: 1_190),
            ], of: 1_725)
        #expect(lines.map(\.code) == ["B", "C"])
        #expect(lines.map(\.tax) == [190, 35] && lines.map(\.net) == [1_000, 500])
        #expect(try VATLine.lines([], of: 1_725).isEmpty)
    }

    @Test(
        "Rates are written as people do",
        arguments: [
            ("A=19,B=7", ["A 19%", "B 7%"]), ("A=5.5,Z=0", ["A 5.5%", "Z 0%"]),
            ("A=2.1", ["A 2.1%"]), ("A=2.05", ["A 2.05%"]), ("A=100", ["A 100%"]),
        ] as [(String, [String])])
    func rates(_ text: String, _ shown: [String]) {
        let rates = VATRate.list(text)
        #expect(rates?.map { "\($0.code) \(VATLine.text(ofRate: $0.rate))" } == shown)
    }

    @Test(arguments: [
        "", "A", "A=", "A=19,", "A=19,A=7", "a=19", "A=100.01", "A=-1", "A=1.234", "A=.5", "A=5.",
        "A=1999", "A=1,B=1,C=1,D=1,E=1,F=1,G=1", "A=+1", "A=65536",
    ])
    func aListOfRatesThatIsNoneIsRefused(_ text: String) { #expect(VATRate.list(text) == nil) }
}

/// SplitMix64, for numbers that are the same each time.
private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
