/// A set of integers below 2^63, as it crosses the wire: sorted, and the gaps between them written
/// in Rice's code (`docs/spec/hot-list.md`, *Rice set*).
///
/// Random values need about log2(range / count) + 1.5 bits each, which is within a tenth of a bit
/// of the least that any structure for the same set could need.
public struct RiceSet: Hashable, Sendable {
    /// The largest parameter.
    static let maximumParameter: UInt8 = 62
    /// Values are below 2 to this power, so that sums of gaps do not wrap around.
    static let maximumBits = 63

    /// How many values.
    public let count: Int
    /// How many low bits of each gap are written as they are.
    public let parameter: UInt8
    /// The code, most significant bit first, filled up with zero bits.
    public let bytes: [UInt8]

    /// A set as it was read; ``values(below:)`` says whether it is one.
    public init(count: Int, parameter: UInt8, bytes: [UInt8]) {
        self.count = count
        self.parameter = parameter
        self.bytes = bytes
    }

    /// Encodes strictly ascending values with the parameter that makes them shortest, or with the
    /// one given.
    public init(_ values: [UInt64], parameter: UInt8? = nil) {
        let parameter = parameter ?? Self.bestParameter(for: values)
        var writer = BitWriter()
        var next: UInt64 = 0
        for value in values {
            precondition(value >= next, "the values of a set ascend")
            let gap = value - next
            writer.appendUnary(gap >> UInt64(parameter))
            writer.append(gap, bits: Int(parameter))
            next = value + 1
        }
        count = values.count
        self.parameter = parameter
        bytes = writer.finished()
    }

    /// The values in ascending order, each below `limit`; or nil where the bytes are no such set
    /// in the one spelling that it has with this parameter.
    public func values(below limit: UInt64) -> [UInt64]? {
        // Each value takes a bit at least: a count that cannot be true reserves no memory.
        guard count >= 0, count <= bytes.count * 8, parameter <= Self.maximumParameter else {
            return nil
        }
        var values: [UInt64] = []
        values.reserveCapacity(count)
        var reader = BitReader()
        let span = bytes.span
        let low = Int(parameter)
        let largestQuotient = limit >> UInt64(parameter)
        var next: UInt64 = 0
        for _ in 0..<count {
            guard let quotient = reader.unary(in: span, atMost: largestQuotient),
                let rest = reader.bits(low, in: span)
            else { return nil }
            // The quotient is at most that of `limit`, so the gap is below 2^64.
            let gap = quotient << UInt64(parameter) | rest
            guard gap < limit - next else { return nil }
            values.append(next + gap)
            next += gap + 1
        }
        return reader.isAtEnd(of: span) ? values : nil
    }

    /// The parameter with the shortest code: the logarithm of the mean gap, or a neighbour of it.
    static func bestParameter(for values: [UInt64]) -> UInt8 {
        guard let last = values.last else { return 0 }
        let mean = last / UInt64(values.count)
        let middle = mean == 0 ? 0 : 63 - mean.leadingZeroBitCount
        let candidates = max(0, middle - 1)...min(Int(maximumParameter), middle + 1)
        let best = candidates.min { length(values, $0) < length(values, $1) }
        return UInt8(best ?? 0)
    }

    /// The length of the code in bits.
    private static func length(_ values: [UInt64], _ parameter: Int) -> UInt64 {
        var next: UInt64 = 0
        var bits = UInt64(values.count) * UInt64(parameter + 1)
        for value in values {
            bits += (value - next) >> UInt64(parameter)
            next = value + 1
        }
        return bits
    }
}

/// Writes bits, the most significant first.
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt8 = 0
    private var free = 8

    /// So many one bits, and a zero.
    mutating func appendUnary(_ count: UInt64) {
        var left = count
        while left > 0 {
            let part = min(left, 62)
            append(UInt64.max, bits: Int(part))
            left -= part
        }
        append(0, bits: 1)
    }

    /// The lowest `bits` of `value`.
    mutating func append(_ value: UInt64, bits: Int) {
        var left = bits
        while left > 0 {
            let part = min(left, free)
            let chunk = UInt8(truncatingIfNeeded: value >> UInt64(left - part))
            let mask: UInt8 = part == 8 ? 0xFF : (1 << UInt8(part)) - 1
            pending |= (chunk & mask) << UInt8(free - part)
            free -= part
            left -= part
            if free == 0 { flush() }
        }
    }

    private mutating func flush() {
        bytes.append(pending)
        pending = 0
        free = 8
    }

    mutating func finished() -> [UInt8] {
        if free < 8 { flush() }
        return bytes
    }
}

/// Reads bits, the most significant first, through a window of 64.
private struct BitReader {
    /// The next byte that is not in the window yet.
    private var position = 0
    /// The window: the next bits, at its top; what lies below them is zero.
    private var window: UInt64 = 0
    private var filled = 0

    private mutating func fill(from bytes: Span<UInt8>) {
        while filled <= 56, position < bytes.count {
            window |= UInt64(bytes[position]) << UInt64(56 - filled)
            filled += 8
            position += 1
        }
    }

    /// How many one bits stand before the next zero, which is taken too; nil where they are more
    /// than `limit` or the bytes end.
    mutating func unary(in bytes: Span<UInt8>, atMost limit: UInt64) -> UInt64? {
        var count: UInt64 = 0
        while true {
            fill(from: bytes)
            guard filled > 0 else { return nil }
            let ones = min((~window).leadingZeroBitCount, filled)
            count += UInt64(ones)
            guard count <= limit else { return nil }
            if ones < filled {
                drop(ones + 1)
                return count
            }
            drop(ones)
        }
    }

    /// The next `count` bits (62 at most) as a number, or nil where the bytes end.
    mutating func bits(_ count: Int, in bytes: Span<UInt8>) -> UInt64? {
        guard count > 32 else { return few(count, in: bytes) }
        guard let high = few(count - 32, in: bytes), let low = few(32, in: bytes) else {
            return nil
        }
        return high << 32 | low
    }

    private mutating func few(_ count: Int, in bytes: Span<UInt8>) -> UInt64? {
        guard count > 0 else { return 0 }
        fill(from: bytes)
        guard filled >= count else { return nil }
        let value = window >> UInt64(64 - count)
        drop(count)
        return value
    }

    private mutating func drop(_ count: Int) {
        window = count == 64 ? 0 : window << UInt64(count)
        filled -= count
    }

    /// Whether less than a byte of bits is left, all of them zero.
    func isAtEnd(of bytes: Span<UInt8>) -> Bool {
        position == bytes.count && filled < 8 && window == 0
    }
}
