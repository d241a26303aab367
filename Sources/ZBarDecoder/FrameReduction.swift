internal import Terminal

extension LumaView {
    /// The frame reduced until its longer side has so many pixels, by area: each new pixel is the
    /// mean of what it covers, parts of pixels by their part; its longer side must have more.
    func reduced(toLongSide longSide: Int) -> LumaFrame {
        let long = max(width, height)
        let newWidth = max(1, width * longSide / long)
        let newHeight = max(1, height * longSide / long)
        let rowSpans = AreaSpan.spans(of: height, over: newHeight)
        let columnSpans = AreaSpan.spans(of: width, over: newWidth)
        var sums = [Float](repeating: 0, count: width)
        let reduced = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight) { out, count in
            sums.withUnsafeMutableBufferPointer { sums in
                for (row, span) in rowSpans.enumerated() {
                    sums.update(repeating: 0)
                    for line in span.first...span.last {
                        Self.add(pixels, row: line, weight: span.weight(of: line), to: sums)
                    }
                    for (column, span) in columnSpans.enumerated() {
                        var sum: Float = 0
                        for x in span.first...span.last { sum += sums[x] * span.weight(of: x) }
                        out[row * newWidth + column] = UInt8(min(max(sum + 0.5, 0), 255))
                    }
                }
            }
            count = newWidth * newHeight
        }
        return LumaFrame(width: newWidth, height: newHeight, pixels: reduced)
    }

    private static func add(
        _ source: UnsafeBufferPointer<UInt8>, row: Int, weight: Float,
        to sums: UnsafeMutableBufferPointer<Float>
    ) {
        let start = row * sums.count
        for x in sums.indices { sums[x] += Float(source[start &+ x]) * weight }
    }
}

/// The old pixels that one new pixel covers in one direction; their weights add up to 1.
private struct AreaSpan {
    let first: Int
    let last: Int
    private let firstWeight: Float
    private let lastWeight: Float
    private let innerWeight: Float

    func weight(of index: Int) -> Float {
        index == first ? firstWeight : index == last ? lastWeight : innerWeight
    }

    static func spans(of old: Int, over new: Int) -> [AreaSpan] {
        let ratio = Double(old) / Double(new)
        return (0..<new).map { index in
            let start = Double(index) * ratio
            let end = min(Double(index + 1) * ratio, Double(old))
            let first = Int(start)
            let last = min(max(first, Int(end.rounded(.up)) - 1), old - 1)
            let firstPart = min(Double(first + 1), end) - start
            let lastPart = last == first ? firstPart : end - Double(last)
            return AreaSpan(
                first: first, last: last, firstWeight: Float(firstPart / (end - start)),
                lastWeight: Float(lastPart / (end - start)), innerWeight: Float(1 / (end - start)))
        }
    }
}
