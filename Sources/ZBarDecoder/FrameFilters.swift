internal import Terminal

// Filters that make a frame easier for zbar. They run on every frame of a live camera, so the
// inner loops are written for the vectoriser: unsafe buffers, no branch, wrapping arithmetic.

/// A frame's pixels on loan: a camera's own buffer, or a frame that is kept elsewhere.
struct LumaView {
    let pixels: UnsafeBufferPointer<UInt8>
    let width: Int
    let height: Int
}

extension LumaFrame {
    /// The frame's pixels, on loan for the call.
    func withView<Result>(_ body: (LumaView) -> Result) -> Result {
        pixels.withUnsafeBufferPointer { pixels in
            body(LumaView(pixels: pixels, width: width, height: height))
        }
    }

    // The filters of a frame that is kept, as of one on loan.

    func reduced(by factor: Int) -> LumaFrame { withView { $0.reduced(by: factor) } }

    func thresholded(window: Int) -> LumaFrame { withView { $0.thresholded(window: window) } }

    func inverted() -> LumaFrame { withView { $0.inverted() } }

    func doubled() -> LumaFrame { withView { $0.doubled() } }

    func painted(over symbols: [DecodedSymbol]) -> LumaFrame {
        withView { $0.painted(over: symbols) }
    }

    /// The frame reduced until its longer side has so many pixels; no larger, it stays as it is.
    func reduced(toLongSide longSide: Int) -> LumaFrame {
        max(width, height) <= longSide ? self : withView { $0.reduced(toLongSide: longSide) }
    }
}

extension LumaView {
    /// How much darker than the mean around it a pixel must be to count as dark, in grey levels.
    ///
    /// The noise of an even surface stays below it, a module on the dimmest screen does not.
    static let thresholdOffset = 5

    /// The frame reduced so many times, each pixel the mean of a square of `factor` pixels a side.
    ///
    /// Pixels that fill no square, at the right and at the bottom, are left out.
    func reduced(by factor: Int) -> LumaFrame {
        let newWidth = width / factor
        let newHeight = height / factor
        let area = UInt32(factor * factor)
        let half = area / 2
        var columns = [UInt32](repeating: 0, count: newWidth * factor)
        let reduced = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight) { out, count in
            columns.withUnsafeMutableBufferPointer { columns in
                for row in 0..<newHeight {
                    columns.update(repeating: 0)
                    for line in 0..<factor {
                        let start = (row * factor + line) * width
                        for x in columns.indices {
                            columns[x] &+= UInt32(pixels[start &+ x])
                        }
                    }
                    for x in 0..<newWidth {
                        var sum = half
                        for offset in 0..<factor { sum &+= columns[x &* factor &+ offset] }
                        out[row &* newWidth &+ x] = UInt8(truncatingIfNeeded: sum / area)
                    }
                }
            }
            count = newWidth * newHeight
        }
        return LumaFrame(width: newWidth, height: newHeight, pixels: reduced)
    }

    /// The frame in black and white: a pixel is white unless it is darker, by more than the
    /// threshold's offset, than the mean of the square of `window` pixels a side around it.
    ///
    /// At the edges the square is the part of it that lies in the frame.
    func thresholded(window: Int) -> LumaFrame {
        let radius = window / 2
        // A column's sum is at most 255 * 255 and so fits 16 bits.
        var columns = [UInt16](repeating: 0, count: width)
        var sums = [UInt32](repeating: 0, count: width + 1)
        let thresholded = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
            columns.withUnsafeMutableBufferPointer { columns in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<min(radius, height) {
                        Self.add(pixels, row: y, to: columns)
                    }
                    for y in 0..<height {
                        if y + radius < height {
                            Self.add(pixels, row: y + radius, to: columns)
                        }
                        if y > radius {
                            Self.subtract(pixels, row: y - radius - 1, from: columns)
                        }
                        let rows = min(y + radius, height - 1) - max(y - radius, 0) + 1
                        Self.accumulate(columns, into: sums)
                        Self.threshold(
                            UnsafeBufferPointer(
                                rebasing: pixels[(y * width)..<((y + 1) * width)]),
                            sums: UnsafeBufferPointer(sums), rows: rows, radius: radius,
                            into: UnsafeMutableBufferPointer(
                                rebasing: out[(y * width)..<((y + 1) * width)]))
                    }
                }
            }
            count = pixels.count
        }
        return LumaFrame(width: width, height: height, pixels: thresholded)
    }

    /// The frame with dark and light exchanged.
    func inverted() -> LumaFrame {
        LumaFrame(width: width, height: height, pixels: pixels.map { 255 &- $0 })
    }

    /// The frame enlarged to twice its sides, by linear interpolation.
    func doubled() -> LumaFrame {
        let newWidth = width * 2
        let doubled = [UInt8](unsafeUninitializedCapacity: pixels.count * 4) { out, count in
            for y in 0..<(height * 2) {
                // A new row lies a quarter of a row off an old one, towards its neighbour.
                let near = y / 2
                let far = min(max(near + (y % 2) * 2 - 1, 0), height - 1)
                for x in 0..<width {
                    let left = max(x - 1, 0)
                    let right = min(x + 1, width - 1)
                    let middle = Self.mix(pixels, near, far, width, x)
                    let leftSum = 3 * middle + Self.mix(pixels, near, far, width, left)
                    let rightSum = 3 * middle + Self.mix(pixels, near, far, width, right)
                    out[y * newWidth + 2 * x] = UInt8(truncatingIfNeeded: (leftSum + 8) >> 4)
                    out[y * newWidth + 2 * x + 1] = UInt8(
                        truncatingIfNeeded: (rightSum + 8) >> 4)
                }
            }
            count = pixels.count * 4
        }
        return LumaFrame(width: newWidth, height: height * 2, pixels: doubled)
    }

    /// Four times a point a quarter of the way from one row to another.
    private static func mix(
        _ source: UnsafeBufferPointer<UInt8>, _ near: Int, _ far: Int, _ width: Int, _ x: Int
    ) -> UInt32 {
        3 &* UInt32(source[near &* width &+ x]) &+ UInt32(source[far &* width &+ x])
    }

    private static func add(
        _ source: UnsafeBufferPointer<UInt8>, row: Int,
        to columns: UnsafeMutableBufferPointer<UInt16>
    ) {
        let start = row * columns.count
        for x in columns.indices { columns[x] &+= UInt16(source[start &+ x]) }
    }

    private static func subtract(
        _ source: UnsafeBufferPointer<UInt8>, row: Int,
        from columns: UnsafeMutableBufferPointer<UInt16>
    ) {
        let start = row * columns.count
        for x in columns.indices { columns[x] &-= UInt16(source[start &+ x]) }
    }

    /// `sums[x]` becomes the sum of the first x columns.
    private static func accumulate(
        _ columns: UnsafeMutableBufferPointer<UInt16>,
        into sums: UnsafeMutableBufferPointer<UInt32>
    ) {
        var sum: UInt32 = 0
        for x in columns.indices {
            sums[x] = sum
            sum &+= UInt32(columns[x])
        }
        sums[columns.count] = sum
    }

    private static func threshold(
        _ row: UnsafeBufferPointer<UInt8>, sums: UnsafeBufferPointer<UInt32>, rows: Int,
        radius: Int, into out: UnsafeMutableBufferPointer<UInt8>
    ) {
        let width = row.count
        let offset = UInt32(thresholdOffset)
        let edge = min(radius, width)
        let innerEnd = max(edge, width - radius)
        for x in 0..<edge {
            let end = min(x + radius + 1, width)
            let area = UInt32(end * rows)
            out[x] = (UInt32(row[x]) + offset) * area > sums[end] ? 255 : 0
        }
        let area = UInt32((2 * radius + 1) * rows)
        for x in edge..<innerEnd {
            let sum = sums[x &+ radius &+ 1] &- sums[x &- radius]
            out[x] = (UInt32(row[x]) &+ offset) &* area > sum ? 255 : 0
        }
        for x in innerEnd..<width {
            let start = max(x - radius, 0)
            let area = UInt32((width - start) * rows)
            out[x] = (UInt32(row[x]) + offset) * area > sums[width] - sums[start] ? 255 : 0
        }
    }
}
