import HotLists
import Testing

@Suite struct RiceSetTests {
    private func random(_ count: Int, below limit: UInt64, seed: UInt64) -> [UInt64] {
        var state = seed
        var values: Set<UInt64> = []
        while values.count < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            values.insert((state >> 1) % limit)
        }
        return values.sorted()
    }

    @Test func aSetReadsBackWholeWhateverItsSizeAndRange() {
        let cases: [(count: Int, limit: UInt64)] = [
            (0, 1), (1, 1), (1, 1 << 63), (16, 16), (100, 1_000), (1_000, 1 << 34),
            (5_000, 1 << 63),
        ]
        for (index, (count, limit)) in cases.enumerated() {
            let values = random(count, below: limit, seed: UInt64(index))
            #expect(RiceSet(values).values(below: limit) == values, "\(count) below \(limit)")
        }
        let ends: [UInt64] = [0, UInt64.max >> 1]
        #expect(RiceSet(ends).values(below: 1 << 63) == ends)
    }

    @Test func everyParameterReadsBackTheSame() {
        let values: [UInt64] = [0, 1, 5, 300, 301, 4_000]
        for parameter in UInt8(0)...62 {
            let set = RiceSet(values, parameter: parameter)
            #expect(set.values(below: 4_001) == values, "parameter \(parameter)")
            #expect(set.values(below: 4_000) == nil, "parameter \(parameter)")
        }
    }

    @Test func theChosenParameterIsTheShortest() {
        let values = random(2_000, below: 1 << 31, seed: 1)
        let shortest = (UInt8(0)...62).filter { $0 > 12 }
            .map { RiceSet(values, parameter: $0).bytes.count }.min()
        #expect(RiceSet(values).bytes.count == shortest)
    }

    @Test func randomValuesNeedALittleMoreThanTheirEntropy() {
        // log2(2^34 / 100,000) + 1.6 bits each, and less than a byte to fill up.
        let values = random(100_000, below: 1 << 34, seed: 2)
        #expect(RiceSet(values).bytes.count < 100_000 * 191 / 80)
    }

    @Test func aCutAFillingBitAndAByteMoreAreRefused() {
        let set = RiceSet(random(50, below: 100_000, seed: 3))
        let bytes = set.bytes
        func read(_ bytes: [UInt8], count: Int = 50) -> [UInt64]? {
            RiceSet(count: count, parameter: set.parameter, bytes: bytes).values(below: 100_000)
        }
        #expect(read(bytes) != nil)
        for length in 0..<bytes.count { #expect(read(Array(bytes[..<length])) == nil) }
        #expect(read(bytes + [0]) == nil)
        #expect(read(bytes, count: 49) == nil)
        #expect(read(bytes, count: 51) == nil)
        let open = RiceSet([3], parameter: 3)
        #expect(open.bytes == [0b0011_0000])
        #expect(RiceSet(count: 1, parameter: 3, bytes: [0b0011_0001]).values(below: 9) == nil)
    }

    @Test func countsAndQuotientsThatCannotBeTrueAreRefusedAtOnce() {
        let ones = [UInt8](repeating: 0xFF, count: 1_000)
        #expect(RiceSet(count: .max, parameter: 0, bytes: ones).values(below: 1 << 63) == nil)
        #expect(RiceSet(count: -1, parameter: 0, bytes: ones).values(below: 1 << 63) == nil)
        #expect(RiceSet(count: 1, parameter: 62, bytes: ones).values(below: 1 << 63) == nil)
        #expect(RiceSet(count: 1, parameter: 0, bytes: ones).values(below: 1 << 63) == nil)
        #expect(RiceSet(count: 0, parameter: 63, bytes: []).values(below: 1 << 63) == nil)
        // 2^63 - 1, and the gap after it would wrap around.
        let wrapping = RiceSet([UInt64.max >> 1], parameter: 62).bytes
        for count in 1...3 {
            let set = RiceSet(count: count, parameter: 62, bytes: wrapping + wrapping + wrapping)
            #expect(set.values(below: 1 << 63) == nil)
        }
    }
}
