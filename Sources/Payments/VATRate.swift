/// One of a shop's rates of value-added tax.
public struct VATRate: Hashable, Sendable {
    /// The letter that receipts call it by, `A` to `Z`.
    public let code: String
    /// The rate in basis points of the net amount.
    public let rate: UInt16

    /// Reads what a technician configures: `A=19,B=7,C=5.5`, rates in per cent with at most two
    /// decimals, at most ``VATLine/maximumCount``; nil where that is broken, or a letter comes twice.
    public static func list(_ text: String) -> [VATRate]? {
        var rates: [VATRate] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, VATLine.isCode(pair[0]), let rate = basisPoints(pair[1]),
                !rates.contains(where: { $0.code == pair[0] })
            else { return nil }
            rates.append(VATRate(code: pair[0], rate: rate))
        }
        return rates.count <= VATLine.maximumCount ? rates : nil
    }

    /// Per cent with at most two decimals, in basis points; nil where it is no rate.
    public static func basisPoints(_ text: String) -> UInt16? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...3).contains(parts[0].utf8.count),
            parts.allSatisfy({ part in
                !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }), let whole = UInt16(parts[0])
        else { return nil }
        var hundredths: UInt16 = 0
        if parts.count == 2 {
            guard parts[1].utf8.count <= 2, let decimals = UInt16(parts[1]) else { return nil }
            hundredths = parts[1].utf8.count == 1 ? decimals * 10 : decimals
        }
        let rate = whole * 100 + hundredths
        return whole <= 100 && rate <= VATLine.maximumRate ? rate : nil
    }
}
