internal import Terminal

extension LumaFrame {
    /// Whether a black-and-white frame shows the three finder patterns of a QR code (ISO/IEC 18004,
    /// 6.3.3): without them there is none in it, and zbar need not spend its time.
    ///
    /// It errs on the side of yes: three marks that look like finder patterns, of like size and
    /// roughly at the corners of half a square, are enough.
    func showsFinderPatterns() -> Bool {
        pixels.withUnsafeBufferPointer { pixels in
            var search = FinderSearch(pixels: pixels, width: width, height: height)
            search.search(all: false)
            return search.isFound
        }
    }

    /// The marks in a black-and-white frame that look like finder patterns, 48 at the most.
    func finderMarks() -> FinderMarks {
        pixels.withUnsafeBufferPointer { pixels in
            var search = FinderSearch(pixels: pixels, width: width, height: height)
            search.search(all: true)
            return FinderMarks(
                modules: search.centres.map(\.module), symbolModule: search.symbolModule)
        }
    }
}

/// What a frame shows of finder patterns (ISO/IEC 18004, 6.3.3).
struct FinderMarks {
    /// The size of a module of each mark, in pixels.
    let modules: [Double]
    /// That of three that lie like those of one symbol; of several such, of the smallest.
    let symbolModule: Double?
}

/// Looks for the runs 1:1:3:1:1 of a finder pattern along rows, and then along the column and both
/// diagonals through the middle.
private struct FinderSearch {
    /// Every second row: the middle of a pattern is three modules high, of a pixel each at least.
    private static let rowStep = 2

    private let pixels: UnsafeBufferPointer<UInt8>
    private let width: Int
    private let height: Int
    private(set) var centres: [Centre] = []
    private(set) var isFound = false
    private(set) var symbolModule: Double?

    /// With so many marks the frame is too busy to say no, and to compare them takes too long.
    private static let maximumCentres = 48

    init(pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int) {
        self.pixels = pixels
        self.width = width
        self.height = height
    }

    /// Searches the rows, all of them or until three patterns of a symbol are found.
    mutating func search(all: Bool) {
        for y in stride(from: 0, to: height, by: Self.rowStep) {
            search(row: y)
            if isFound, !all || centres.count > Self.maximumCentres { return }
        }
    }

    private mutating func search(row y: Int) {
        let start = y &* width
        // The ends of the last five runs; a dark run that ends may complete a pattern.
        var runs = Runs()
        var runStart = 0
        var x = 1
        while x <= width {
            if x < width, pixels[start &+ x] == pixels[start &+ x &- 1] {
                x &+= 1
                continue
            }
            runs.append(x &- runStart)
            runStart = x
            if pixels[start &+ x &- 1] == 0, runs.isFinderPattern {
                note(x: x - runs.e - runs.d - (runs.c + 1) / 2, y: y, side: runs.total)
            }
            x &+= 1
        }
    }

    /// Takes a mark for a pattern if other lines through its middle show the same runs.
    private mutating func note(x: Int, y: Int, side: Int) {
        guard let column = runs(throughX: x, y: y, stepX: 0, stepY: 1, limit: side) else { return }
        // Perspective and tilt make a pattern longer in one direction, though not twice as long.
        guard column.runs.total * 2 > side, side * 2 > column.runs.total else { return }
        let y = y + column.offset
        // Other rows through the same middle, which is three modules of seven, are the same mark.
        for centre in centres
        where abs(centre.x - x) * 4 < centre.side && abs(centre.y - y) * 4 < centre.side {
            return
        }
        if pixels[y * width + x] == 0,
            let falling = runs(throughX: x, y: y, stepX: 1, stepY: 1, limit: side),
            let rising = runs(throughX: x, y: y, stepX: 1, stepY: -1, limit: side)
        {
            // However it is turned, one of the four lines crosses it within 22.5 degrees of straight.
            let diagonal = Double(min(falling.runs.total, rising.runs.total)) * 2.0.squareRoot()
            let straight = Double(min(side, column.runs.total))
            let centre = Centre(
                x: x, y: y, side: max(side, column.runs.total), module: min(diagonal, straight) / 7)
            if completesCorner(centre) {
                isFound = true
                symbolModule = min(symbolModule ?? centre.module, centre.module)
            }
            isFound = isFound || centres.count == Self.maximumCentres
            centres.append(centre)
        }
    }

    /// Whether the mark makes the corners of half a square with two that were found before.
    private func completesCorner(_ new: Centre) -> Bool {
        for (index, second) in centres.enumerated() where new.isLike(second) {
            for third in centres[..<index] where third.isLike(new) && third.isLike(second) {
                if Centre.areCorner(new, second, third) || Centre.areCorner(second, new, third)
                    || Centre.areCorner(third, new, second)
                {
                    return true
                }
            }
        }
        return false
    }

    /// The runs in a line through a dark pixel, both ways, if they are a finder pattern's, and how
    /// many steps on from the pixel their middle lies.
    ///
    /// Every straight line through a pattern's middle shows the same runs, however it is turned.
    private func runs(
        throughX x: Int, y: Int, stepX: Int, stepY: Int, limit: Int
    ) -> (runs: Runs, offset: Int)? {
        guard let on = halfRuns(fromX: x, y: y, stepX: stepX, stepY: stepY, limit: limit),
            let back = halfRuns(fromX: x, y: y, stepX: -stepX, stepY: -stepY, limit: limit)
        else { return nil }
        // The middle pixel is counted both ways.
        let runs = Runs(
            a: back.outer, b: back.light, c: back.middle + on.middle - 1, d: on.light, e: on.outer)
        return runs.isFinderPattern ? (runs, (on.middle - back.middle) / 2) : nil
    }

    /// The lengths of the dark, light and dark run from a dark pixel on, in one direction.
    private func halfRuns(
        fromX x: Int, y: Int, stepX: Int, stepY: Int, limit: Int
    ) -> (middle: Int, light: Int, outer: Int)? {
        var (x, y) = (x, y)
        func run(dark: Bool) -> Int? {
            var length = 0
            while x >= 0, x < width, y >= 0, y < height, (pixels[y * width + x] == 0) == dark {
                length += 1
                if length > limit { return nil }
                x += stepX
                y += stepY
            }
            return length > 0 ? length : nil
        }
        guard let middle = run(dark: true), let light = run(dark: false),
            let outer = run(dark: true)
        else { return nil }
        return (middle, light, outer)
    }
}

/// A mark that looks like a finder pattern: its middle, and its side of seven modules, in pixels.
private struct Centre {
    let x: Int
    let y: Int
    let side: Int
    /// The size of a module in pixels, however the mark is turned.
    let module: Double

    /// Whether two patterns may belong to one symbol, seen aslant though it be.
    func isLike(_ other: Centre) -> Bool {
        max(side, other.side) <= min(side, other.side) * 2
    }

    /// Whether two patterns lie at about a right angle from a third, about as far from it.
    ///
    /// Two patterns' middles are 14 modules apart in version 1, two sides, and 170 in version 40.
    static func areCorner(_ corner: Centre, _ first: Centre, _ second: Centre) -> Bool {
        let (ax, ay) = (Double(first.x - corner.x), Double(first.y - corner.y))
        let (bx, by) = (Double(second.x - corner.x), Double(second.y - corner.y))
        let (a, b) = (ax * ax + ay * ay, bx * bx + by * by)
        let side = Double(max(corner.side, first.side, second.side))
        let range = (side * side)...(side * side * 30 * 30)
        guard range.contains(a), range.contains(b) else { return false }
        // Legs up to twice as long as each other, and an angle between 53 and 127 degrees.
        let product = ax * bx + ay * by
        return max(a, b) <= 4 * min(a, b) && product * product <= 0.36 * a * b
    }
}

/// Five runs of pixels in a line, the last one last.
private struct Runs {
    var a = 0
    var b = 0
    var c = 0
    var d = 0
    var e = 0

    var total: Int { a &+ b &+ c &+ d &+ e }

    mutating func append(_ length: Int) {
        (a, b, c, d, e) = (b, c, d, e, length)
    }

    /// Whether the runs are 1:1:3:1:1, each to about half a module.
    ///
    /// In integers: a run of one module times 7 is the total, to within half of one and what rounding takes.
    var isFinderPattern: Bool {
        let total = total
        if a == 0 || total < 7 { return false }
        let slack = total / 2 + 3
        return abs(c &* 7 &- total &* 3) <= slack &* 2
            && abs(a &* 7 &- total) <= slack && abs(b &* 7 &- total) <= slack
            && abs(d &* 7 &- total) <= slack && abs(e &* 7 &- total) <= slack
    }
}
