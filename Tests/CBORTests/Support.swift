import CBOR

/// The bytes that these hex digits stand for; spaces are for the reader.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { $0 != " " }.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// SplitMix64: a seed makes the same test again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension CBORValue {
    /// A random item with at most so many containers inside each other, its maps in order.
    static func random(depth: Int, using generator: inout SeededGenerator) -> CBORValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .unsigned(number(using: &generator))
        case 1: return .negative(number(using: &generator))
        case 2:
            let count = Int.random(in: 0...300, using: &generator)
            return .bytes((0..<count).map { _ in .random(in: 0...255, using: &generator) })
        case 3: return .text(text(using: &generator))
        case 4: return .bool(.random(using: &generator))
        case 5: return .null
        case 6:
            let count = Int.random(in: 0...30, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        case 7: return .map(pairs(depth: depth, using: &generator))
        default:
            return .tagged(
                number(using: &generator), random(depth: depth - 1, using: &generator))
        }
    }

    private static func pairs(
        depth: Int, using generator: inout SeededGenerator
    ) -> [CBORPair] {
        var keys: Set<CBORValue> = []
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: keys.insert(.unsigned(number(using: &generator)))
            case 1: keys.insert(.negative(number(using: &generator)))
            default: keys.insert(.text(text(using: &generator)))
            }
        }
        return keys.sorted { $0.encoded().lexicographicallyPrecedes($1.encoded()) }.map {
            CBORPair($0, random(depth: depth - 1, using: &generator))
        }
    }

    /// Small, or near a boundary of the five lengths of a head.
    private static func number(using generator: inout SeededGenerator) -> UInt64 {
        let exponent = [0, 5, 8, 16, 32, 63].randomElement(using: &generator) ?? 0
        let offset = UInt64.random(in: 0...3, using: &generator)
        return (UInt64(1) << exponent) &- 2 &+ offset
    }

    private static func text(using generator: inout SeededGenerator) -> String {
        let scalars: [Character] = [
            "a", "Z", "0", "ü", "水", "𐅑", "\u{212A}", "K", "e\u{301}", "\0",
        ]
        let count = Int.random(in: 0...40, using: &generator)
        return String((0..<count).map { _ in scalars.randomElement(using: &generator) ?? "a" })
    }
}
