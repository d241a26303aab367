public import Terminal

/// Reads QR codes with zbar, and ZXing as its second, looking at each frame in several ways until
/// one reads.
///
/// A decoder belongs to one thread at a time. It keeps nothing of a frame once it has answered.
public final class ZBarDecoder: SymbolDecoder {
    /// After how many frames zbar's scanner is made anew.
    ///
    /// zbar loses some 230 bytes with every code it reads and gives them back with its scanner;
    /// renewing it every few hundred frames costs nothing that can be measured.
    static let framesPerScanner = 300

    /// The least side, in pixels, in which a QR code can lie: 21 modules of one pixel.
    static let minimumSide = 21

    /// A frame of more pixels is a still, and is looked at reduced before it is looked at whole.
    ///
    /// Cameras give 1920 x 1080 at most. In a phone's photo modules are larger and noisier than
    /// the steps are made for, and every step takes ten times as long.
    static let stillPixels = 1_920 * 1_080

    /// The longer side to which a still is reduced, in pixels: that of a camera's frame.
    static let stillLongSide = 1_280

    private let cascade: DecodingCascade
    private var scanner = ZBarScanner()
    private var framesLeft = ZBarDecoder.framesPerScanner

    /// Makes a decoder that looks at frames in these ways.
    public init(cascade: DecodingCascade = .standard) {
        self.cascade = cascade
    }

    /// Every symbol that the first reading step and the second look find.
    public func decode(_ frame: LumaFrame) -> [DecodedSymbol] {
        decode(frame.pixels.span, width: frame.width, height: frame.height) { true }.symbols
    }

    /// What one frame held.
    public struct Look: Hashable, Sendable {
        /// Each payload once.
        public let symbols: [DecodedSymbol]
        /// Whether there was no time left for every way of looking.
        public let isCutShort: Bool
    }

    /// The same of pixels on loan, `width * height` of them, which are not copied to be looked at,
    /// and by another cascade than the decoder's own where one is given.
    ///
    /// Before each further way of looking `mayGoOn` is asked whether there is time for it: a way
    /// that has begun is not broken off.
    public func decode(
        _ pixels: Span<UInt8>, width: Int, height: Int, by other: DecodingCascade? = nil,
        mayGoOn: () -> Bool
    ) -> Look {
        precondition(pixels.count == width * height, "A frame has width times height pixels.")
        renewScannerWhenDue()
        return pixels.withUnsafeBufferPointer { pixels in
            look(
                at: LumaView(pixels: pixels, width: width, height: height), by: other ?? cascade,
                mayGoOn)
        }
    }

    private func look(
        at luma: LumaView, by cascade: DecodingCascade, _ mayGoOn: () -> Bool
    ) -> Look {
        if cascade.reducesStills, luma.pixels.count > Self.stillPixels {
            let ratio = Double(max(luma.width, luma.height)) / Double(Self.stillLongSide)
            let first = luma.reduced(toLongSide: Self.stillLongSide).withView { reduced in
                look(at: View(luma: reduced, pixelsPerPixel: ratio), by: cascade, mayGoOn)
            }
            if !first.symbols.isEmpty || first.isCutShort { return first }
        }
        return look(at: View(luma: luma, pixelsPerPixel: 1), by: cascade, mayGoOn)
    }

    /// A frame, or a reduced copy of one, with what leads back to the frame's own pixels.
    private struct View {
        let luma: LumaView
        let pixelsPerPixel: Double
    }

    private func look(
        at view: View, by cascade: DecodingCascade, _ mayGoOn: () -> Bool
    ) -> Look {
        for (index, step) in cascade.steps.enumerated() {
            if index > 0, !mayGoOn() { return Look(symbols: [], isCutShort: true) }
            let found = symbols(in: view, by: step)
            if found.isEmpty { continue }
            let more = secondLooks(cascade.secondLooks, at: view, beside: found)
            return Look(symbols: distinct(found + more), isCutShort: false)
        }
        return Look(symbols: [], isCutShort: false)
    }

    /// What there is in a view beside the symbols that a step has found in it.
    ///
    /// There is always time for it: one of two codes must not pass for the only one.
    private func secondLooks(
        _ steps: [DecodingStep], at view: View, beside found: [DecodedSymbol]
    ) -> [DecodedSymbol] {
        var more: [DecodedSymbol] = []
        for step in steps {
            let outlines = (found + more).map { $0.scaled(by: 1 / view.pixelsPerPixel) }
            more += view.luma.painted(over: outlines).withView { rest in
                symbols(
                    in: View(luma: rest, pixelsPerPixel: view.pixelsPerPixel), by: step,
                    isSecondLook: true)
            }
        }
        return more
    }

    private func symbols(
        in view: View, by step: DecodingStep, isSecondLook: Bool = false
    ) -> [DecodedSymbol] {
        if view.luma.pixels.count > step.maximumPixels { return [] }
        let sized: LumaFrame? =
            switch step.size {
            case .doubled: view.luma.doubled()
            case .full: nil
            case .reduced(let factor): view.luma.reduced(by: factor)
            }
        let looks = { (luma: LumaView) in
            self.symbols(inSized: luma, by: step, isSecondLook: isSecondLook)
        }
        let scale = step.size.pixelsPerPixel * view.pixelsPerPixel
        let found = sized?.withView(looks) ?? looks(view.luma)
        return found.map { $0.scaled(by: scale) }
    }

    private func symbols(
        inSized luma: LumaView, by step: DecodingStep, isSecondLook: Bool
    ) -> [DecodedSymbol] {
        if min(luma.width, luma.height) < Self.minimumSide { return [] }
        if step.isInverted {
            let upright = DecodingStep(
                .full, by: step.reader, thresholdWindow: step.thresholdWindow)
            return luma.inverted().withView { inverted in
                symbols(inSized: inverted, by: upright, isSecondLook: isSecondLook)
            }
        }
        guard let window = step.thresholdWindow else { return read(luma, by: step.reader) }
        let thresholded = luma.thresholded(window: window)
        // A second look mostly finds nothing, and zbar takes ten times as long to say so.
        if isSecondLook, !thresholded.showsFinderPatterns() { return [] }
        return thresholded.withView { read($0, by: step.reader) }
    }

    private func read(_ luma: LumaView, by reader: DecodingStep.Reader) -> [DecodedSymbol] {
        switch reader {
        case .zbar: scanner.scan(luma)
        case .zxing: ZXingReader.read(luma)
        }
    }

    /// Each payload once, as it was found first.
    private func distinct(_ symbols: [DecodedSymbol]) -> [DecodedSymbol] {
        var known: Set<[UInt8]> = []
        return symbols.filter { known.insert($0.bytes).inserted }
    }

    private func renewScannerWhenDue() {
        if framesLeft == 0 {
            scanner = ZBarScanner()
            framesLeft = Self.framesPerScanner
        }
        framesLeft -= 1
    }
}

extension DecodingStep.Size {
    /// How many of the frame's pixels one pixel at this size stands for, in one direction.
    fileprivate var pixelsPerPixel: Double {
        switch self {
        case .doubled: 0.5
        case .full: 1
        case .reduced(let factor): Double(factor)
        }
    }
}

extension DecodedSymbol {
    fileprivate func scaled(by factor: Double) -> DecodedSymbol {
        let scaled = corners.map { corner in
            Corner(
                x: Int((Double(corner.x) * factor).rounded()),
                y: Int((Double(corner.y) * factor).rounded()))
        }
        return DecodedSymbol(kind: kind, bytes: bytes, corners: scaled)
    }
}
