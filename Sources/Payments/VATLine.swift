import Money

/// What of a sale, or of one entry about it, is taxed at one rate (`docs/spec/vat.md`).
///
/// It is the shop's own record beside the payment: no wallet, no issuer and no code knows of it.
public struct VATLine: Hashable, Sendable {
    /// The most lines of one sale. European countries have five rates at most, with zero; a sixth is
    /// for what is exempt. Six of them fill what an entry of the journal leaves (1,800 bytes).
    public static let maximumCount = 6
    /// The highest rate, in basis points: 100 %. The highest in force anywhere is 27 %.
    public static let maximumRate: UInt16 = 10_000

    /// The letter that receipts call the rate by, `A` to `Z`.
    public let code: String
    /// The rate in basis points of the net amount: 1,900 is 19 %.
    public let rate: UInt16
    /// With the tax, in minor units of the sale's currency; above 0.
    public let gross: UInt64
    /// The tax in it, in minor units.
    public let tax: UInt64

    /// Makes a line; nil where a letter, a rate or an amount is none.
    public init?(code: String, rate: UInt16, gross: UInt64, tax: UInt64) {
        guard Self.isCode(code), rate <= Self.maximumRate, gross > 0, tax <= gross else {
            return nil
        }
        self.code = code
        self.rate = rate
        self.gross = gross
        self.tax = tax
    }

    private init(_ line: VATLine, gross: UInt64, tax: UInt64) {
        code = line.code
        rate = line.rate
        self.gross = gross
        self.tax = tax
    }

    /// Without the tax, in minor units.
    public var net: UInt64 { gross - tax }

    /// Whether a text is a rate's letter.
    public static func isCode(_ text: String) -> Bool {
        text.utf8.count == 1 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }

    /// The tax in `gross` at a rate in basis points: gross x rate / (10,000 + rate), half a minor
    /// unit rounded up.
    public static func tax(in gross: UInt64, at rate: UInt16) -> UInt64 {
        share(gross, UInt64(rate), of: 10_000 + UInt64(rate))
    }

    /// value x part / whole, half rounded up; `part` is at most `whole`, which is above 0.
    private static func share(_ value: UInt64, _ part: UInt64, of whole: UInt64) -> UInt64 {
        let product = UInt128(value) * UInt128(part)
        return UInt64((2 * product + UInt128(whole)) / (2 * UInt128(whole)))
    }

    /// The rate as people write it: `19%`, `5.5%`.
    public var rateText: String { Self.text(ofRate: rate) }

    /// A rate in basis points as people write it.
    public static func text(ofRate rate: UInt16) -> String {
        let hundredths = String(rate % 100)
        let decimals = (rate % 100 < 10 ? "0" : "") + hundredths
        let trimmed = decimals.hasSuffix("0") ? String(decimals.dropLast()) : decimals
        return "\(rate / 100)" + (rate % 100 == 0 ? "" : "." + trimmed) + "%"
    }

    /// What `part` takes of `lines`, and what it leaves: of each line pro rata, so that the grosses
    /// add up to `part` and the last part takes all that is left.
    ///
    /// A line gives floor(part x upTo / sum) less the same of the lines before it, `upTo` being what
    /// the lines come to up to and with this one; of its tax stays tax x left / gross, half rounded
    /// up. `part` is at most what the lines come to. Lines with nothing are left out.
    public static func split(_ lines: [VATLine], taking part: UInt64) -> (
        taken: [VATLine], left: [VATLine]
    ) {
        let sum = lines.reduce(0) { $0 + $1.gross }
        precondition(part <= sum, "No part is more than what the lines come to.")
        var (taken, left): ([VATLine], [VATLine]) = ([], [])
        var (upTo, given): (UInt64, UInt64) = (0, 0)
        for line in lines {
            upTo += line.gross
            let through = UInt64(UInt128(part) * UInt128(upTo) / UInt128(sum))
            let gross = through - given
            given = through
            let stays = line.gross - gross
            let tax = share(line.tax, stays, of: line.gross)
            if gross > 0 { taken.append(VATLine(line, gross: gross, tax: line.tax - tax)) }
            if stays > 0 { left.append(VATLine(line, gross: stays, tax: tax)) }
        }
        return (taken, left)
    }

    /// What is left of `lines` after `gone` was taken, each of whose lines is of a letter in them.
    public static func left(of lines: [VATLine], after gone: [VATLine]) -> [VATLine] {
        lines.compactMap { line in
            let away = gone.filter { $0.code == line.code }
            let (gross, tax) = away.reduce((0, 0)) { ($0.0 + $1.gross, $0.1 + $1.tax) }
            guard gross < line.gross, tax <= line.tax else { return nil }
            return VATLine(line, gross: line.gross - gross, tax: line.tax - tax)
        }
    }
}

/// A line as an external till gives it: what it leaves away, the terminal works out.
public struct VATClaim: Hashable, Sendable {
    /// The letter; nil: by its place, `A`, `B` and so on.
    public let code: String?
    /// Basis points.
    public let rate: UInt64
    /// Minor units.
    public let gross: UInt64
    /// Minor units; must be what the rule makes of it.
    public let net: UInt64?
    /// Minor units; must be what the rule makes of it.
    public let tax: UInt64?

    /// Makes a claim; see the properties for units.
    public init(
        code: String? = nil, rate: UInt64, gross: UInt64, net: UInt64? = nil, tax: UInt64? = nil
    ) {
        self.code = code
        self.rate = rate
        self.gross = gross
        self.net = net
        self.tax = tax
    }
}

/// Why the lines that came with a sale are not taken.
public enum VATRefusal: Error, Hashable, Sendable {
    /// There are more than ``VATLine/maximumCount``.
    case tooMany(Int)
    /// A letter, a rate or an amount is none; the line's place, from 1.
    case malformed(line: Int)
    /// Two lines have one letter.
    case codeTwice(String)
    /// The lines come to something else than the sale: to so many minor units, or to more than can be
    /// counted.
    case sumDiffers(UInt64?)
    /// A line's net or tax is not what the rule makes of its gross and rate; its letter, and the tax by
    /// the rule in minor units.
    case taxDiffers(code: String, rule: UInt64)

    /// The stable code.
    public var reason: String {
        switch self {
        case .tooMany: "vat-too-many-lines"
        case .malformed: "vat-malformed"
        case .codeTwice: "vat-code-twice"
        case .sumDiffers: "vat-sum-differs"
        case .taxDiffers: "vat-tax-differs"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .tooMany(let count):
            "The sale came with \(count) VAT lines, and has \(VATLine.maximumCount) at most. No sale "
                + "was opened. Add up what has the same rate."
        case .malformed(let line):
            "VAT line \(line) has no letter A to Z, no rate of 0 to \(VATLine.maximumRate) basis "
                + "points, or no amount. No sale was opened. Mend the line, or leave all of them away."
        case .codeTwice(let code):
            "Two VAT lines have the letter \(code). No sale was opened. Give each rate a letter of its "
                + "own, or none."
        case .sumDiffers(let sum):
            "The VAT lines come to \(sum.map { "\($0)" } ?? "more") minor units, which is not the "
                + "sale's amount. No sale was opened. Each part of the sale belongs to one line, at 0 % "
                + "too."
        case .taxDiffers(let code, let rule):
            "VAT line \(code) has another net or tax than gross x rate / (100 % + rate), half rounded "
                + "up, which is a tax of \(rule) minor units. No sale was opened. Leave net and tax "
                + "away, and the terminal works them out."
        }
    }
}

extension VATLine {
    /// The lines of a sale that comes to `total` minor units, in the order of their letters; none where
    /// none was given.
    public static func lines(_ claims: [VATClaim], of total: UInt64) throws(VATRefusal) -> [VATLine]
    {
        guard claims.count <= maximumCount else { throw .tooMany(claims.count) }
        var lines: [VATLine] = []
        var sum: UInt64 = 0
        for (place, claim) in claims.enumerated() {
            let code = claim.code ?? String(UnicodeScalar(UInt8(0x41 + place)))
            guard let rate = UInt16(exactly: claim.rate), rate <= maximumRate,
                claim.gross <= Amount.maximumMinorUnits,
                let line = VATLine(
                    code: code, rate: rate, gross: claim.gross,
                    tax: tax(in: claim.gross, at: rate))
            else { throw .malformed(line: place + 1) }
            guard !lines.contains(where: { $0.code == code }) else { throw .codeTwice(code) }
            guard claim.tax ?? line.tax == line.tax, claim.net ?? line.net == line.net else {
                throw .taxDiffers(code: code, rule: line.tax)
            }
            let (next, overflow) = sum.addingReportingOverflow(line.gross)
            guard !overflow else { throw .sumDiffers(nil) }
            sum = next
            lines.append(line)
        }
        guard claims.isEmpty || sum == total else { throw .sumDiffers(sum) }
        return lines.sorted { $0.code < $1.code }
    }
}
