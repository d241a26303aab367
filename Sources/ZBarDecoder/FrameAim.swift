public import Screens
internal import Terminal

/// What a frame shows of a code beside what was read: how large its modules are, and what would
/// help it to be read. A pure function of the picture.
///
/// The thresholds were chosen on frames of `scripts/make-camera-frames.py` (`docs/measurements.md`).
public struct FrameAim: Hashable, Sendable {
    /// The size of a module of the code in view, in pixels; nil where no code is found. Of several
    /// codes it is the smallest one's.
    public let modulePixels: Double?
    /// What would help; nil where a code was read, none is in view, or nothing is known to help.
    public let hint: AimHint?

    /// The window of the local threshold under which finder patterns are looked for, in pixels.
    static let window = 31
    /// By how much a frame is reduced in which codes of usual size are looked for: their finder
    /// patterns stand out of noise there, and a ninth of the pixels is looked at.
    static let coarseFactor = 3
    /// Of a frame no larger than this, in pixels, everything is looked at whole: reduced, codes of
    /// usual size would be too small.
    static let smallFramePixels = 400_000
    /// A code whose modules are smaller than this many pixels is too far away to be read for sure.
    static let smallModule = 2.6
    /// Below this many pixels a module, three marks that lie like a code's are noise.
    static let leastModule = 1.2
    /// With more small marks than this the frame is noisy, and none of them tells anything.
    static let mostSmallMarks = 4
    /// From this many pixels a module on, a code of which less than three corners are seen does not
    /// fit into the picture: the smallest that is paid with has 29 modules, the usual ones 45 and more.
    static let largeModule = 10.0
    /// Below this mean grey value there is too little light.
    static let darkBrightness: UInt8 = 40
    /// By how much the grey values of a dark frame are stretched at the most.
    static let mostBrightening: UInt8 = 8
    /// So many finder patterns at usual size are a code, and not by chance.
    static let leastMarks = 2

    /// Looks at a frame of `width * height` grey values, with a coarse picture of it. `wasRead`
    /// says that a code was read in it; `hasMoved`, that it differs from the frame before.
    public init(
        _ pixels: Span<UInt8>, width: Int, height: Int, picture: FramePicture, wasRead: Bool,
        hasMoved: Bool
    ) {
        self = pixels.withUnsafeBufferPointer { pixels in
            let view = LumaView(pixels: pixels, width: width, height: height)
            return FrameAim(view, picture, wasRead: wasRead, hasMoved: hasMoved)
        }
    }

    private init(_ view: LumaView, _ picture: FramePicture, wasRead: Bool, hasMoved: Bool) {
        guard min(view.width, view.height) >= ZBarDecoder.minimumSide * Self.coarseFactor else {
            modulePixels = nil
            hint = nil
            return
        }
        let isSmall = view.pixels.count <= Self.smallFramePixels
        let coarse =
            isSmall
            ? FinderMarks(modules: [], symbolModule: nil)
            : view.reduced(by: Self.coarseFactor).brightened(from: picture.brightness)
                .thresholded(window: Self.window).finderMarks()
                .scaled(by: Double(Self.coarseFactor))
        if let module = coarse.symbolModule, wasRead {
            modulePixels = module
            hint = nil
            return
        }
        let fine =
            coarse.symbolModule == nil
            ? view.thresholded(window: Self.window).finderMarks() : nil
        let small = fine.flatMap { Self.believable($0) }
        modulePixels = coarse.symbolModule ?? small
        hint =
            wasRead
            ? nil
            : Self.hint(
                small: small, marks: coarse.modules + (isSmall ? fine?.modules ?? [] : []),
                hasSymbol: coarse.symbolModule != nil, picture, hasMoved: hasMoved)
    }

    /// The module of a code among small marks, unless they are noise.
    private static func believable(_ marks: FinderMarks) -> Double? {
        guard marks.modules.count <= mostSmallMarks, let module = marks.symbolModule,
            module >= leastModule
        else { return nil }
        return module
    }

    private static func hint(
        small: Double?, marks: [Double], hasSymbol: Bool, _ picture: FramePicture, hasMoved: Bool
    ) -> AimHint? {
        if picture.brightness < darkBrightness { return marks.isEmpty ? nil : .brighter }
        if !hasSymbol, let small, small < smallModule { return .closer }
        if !hasSymbol, small == nil, let largest = marks.max(), largest >= largeModule {
            return .further
        }
        return hasMoved && marks.count >= leastMarks ? .holdStill : nil
    }
}

extension LumaFrame {
    /// The frame with its grey values stretched, if it is too dark: the threshold's offset is for
    /// frames with light in them. The noise of a pixel that is the mean of nine stays below it.
    fileprivate func brightened(from brightness: UInt8) -> LumaFrame {
        guard brightness < FrameAim.darkBrightness else { return self }
        let factor = min(
            FrameAim.mostBrightening, 2 * FrameAim.darkBrightness / max(1, brightness))
        return LumaFrame(
            width: width, height: height,
            pixels: pixels.map { UInt8(clamping: Int($0) * Int(factor)) })
    }
}

extension FinderMarks {
    fileprivate func scaled(by factor: Double) -> FinderMarks {
        FinderMarks(
            modules: modules.map { $0 * factor }, symbolModule: symbolModule.map { $0 * factor })
    }
}
