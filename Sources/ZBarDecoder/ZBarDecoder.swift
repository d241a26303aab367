public import Terminal

/// Reads QR codes with zbar, looking at each frame in several ways until one reads.
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
        renewScannerWhenDue()
        let views = views(of: frame)
        for view in views {
            for step in cascade.steps {
                let found = symbols(in: view, by: step)
                if found.isEmpty { continue }
                return distinct(found + secondLooks(at: view, beside: found))
            }
        }
        return []
    }

    /// A frame, or a reduced copy of one, with what leads back to the frame's own pixels.
    private struct View {
        let frame: LumaFrame
        let pixelsPerPixel: Double
    }

    private func views(of frame: LumaFrame) -> [View] {
        let whole = View(frame: frame, pixelsPerPixel: 1)
        guard cascade.reducesStills, frame.pixels.count > Self.stillPixels else { return [whole] }
        let reduced = frame.reduced(toLongSide: Self.stillLongSide)
        let ratio = Double(max(frame.width, frame.height)) / Double(Self.stillLongSide)
        return [View(frame: reduced, pixelsPerPixel: ratio), whole]
    }

    /// What there is in a view beside the symbols that a step has found in it.
    private func secondLooks(at view: View, beside found: [DecodedSymbol]) -> [DecodedSymbol] {
        var more: [DecodedSymbol] = []
        for step in cascade.secondLooks {
            let outlines = (found + more).map { $0.scaled(by: 1 / view.pixelsPerPixel) }
            let rest = View(
                frame: view.frame.painted(over: outlines), pixelsPerPixel: view.pixelsPerPixel)
            more += symbols(in: rest, by: step, isSecondLook: true)
        }
        return more
    }

    private func symbols(
        in view: View, by step: DecodingStep, isSecondLook: Bool = false
    ) -> [DecodedSymbol] {
        let frame = view.frame
        if frame.pixels.count > step.maximumPixels { return [] }
        var looked = frame
        switch step.size {
        case .doubled: looked = frame.doubled()
        case .full: break
        case .reduced(let factor): looked = frame.reduced(by: factor)
        }
        if min(looked.width, looked.height) < Self.minimumSide { return [] }
        if step.isInverted { looked = looked.inverted() }
        if let window = step.thresholdWindow {
            looked = looked.thresholded(window: window)
            // A second look mostly finds nothing, and zbar takes ten times as long to say so.
            if isSecondLook, !looked.showsFinderPatterns() { return [] }
        }
        let scale = step.size.pixelsPerPixel * view.pixelsPerPixel
        return scanner.scan(looked).map { $0.scaled(by: scale) }
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
