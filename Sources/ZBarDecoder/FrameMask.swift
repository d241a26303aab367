internal import Terminal

extension LumaView {
    /// What is painted over a symbol that has been read: mid grey, which makes no module.
    private static let paint: UInt8 = 128

    /// The frame with each symbol's outline painted over, so that what else there is gets found.
    func painted(over symbols: [DecodedSymbol]) -> LumaFrame {
        var pixels = Array(pixels)
        for symbol in symbols where symbol.corners.count >= 3 {
            let rows = symbol.corners.map(\.y)
            let first = max(rows.min() ?? 0, 0)
            let last = min(rows.max() ?? -1, height - 1)
            if first > last { continue }
            for row in first...last {
                guard let span = Self.span(of: symbol.corners, atRow: row) else { continue }
                let left = max(span.lowerBound, 0)
                let right = min(span.upperBound, width - 1)
                if left > right { continue }
                for index in (row * width + left)...(row * width + right) {
                    pixels[index] = Self.paint
                }
            }
        }
        return LumaFrame(width: width, height: height, pixels: pixels)
    }

    /// From where to where a convex outline reaches in one row.
    private static func span(
        of corners: [DecodedSymbol.Corner], atRow row: Int
    ) -> ClosedRange<Int>? {
        var crossings: [Int] = []
        for (index, start) in corners.enumerated() {
            let end = corners[(index + 1) % corners.count]
            guard (min(start.y, end.y)...max(start.y, end.y)).contains(row) else { continue }
            if start.y == end.y {
                crossings += [start.x, end.x]
            } else {
                crossings.append(
                    start.x + (end.x - start.x) * (row - start.y) / (end.y - start.y))
            }
        }
        guard let left = crossings.min(), let right = crossings.max() else { return nil }
        return left...right
    }
}
