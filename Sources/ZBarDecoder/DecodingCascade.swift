/// One way to look at a frame: at which size, with which threshold, as it is or inverted.
public struct DecodingStep: Hashable, Sendable {
    /// Which library reads.
    public enum Reader: Hashable, Sendable {
        /// zbar.
        case zbar

        /// ZXing, which looks at several sizes by itself.
        case zxing
    }

    /// At which size a step looks at the frame.
    public enum Size: Hashable, Sendable {
        /// Enlarged to twice its sides, by linear interpolation; for modules under 2 pixels.
        case doubled

        /// As it is.
        case full

        /// Reduced so many times in both directions, each pixel the mean of those it stands for.
        case reduced(Int)
    }

    /// The library that reads.
    public let reader: Reader

    /// The size that the step looks at.
    public let size: Size

    /// The side, in pixels, of the square whose mean parts dark from light; nil for grey as it is.
    public let thresholdWindow: Int?

    /// Whether light modules on dark ground are looked for.
    public let isInverted: Bool

    /// Frames of more pixels skip this step.
    public let maximumPixels: Int

    /// Makes a step; a window is odd, and from 3 to 255 pixels.
    public init(
        _ size: Size, by reader: Reader = .zbar, thresholdWindow: Int? = nil,
        isInverted: Bool = false, maximumPixels: Int = .max
    ) {
        if let window = thresholdWindow {
            precondition(
                window % 2 == 1 && (3...255).contains(window),
                "A threshold's window is odd, and from 3 to 255 pixels.")
        }
        if case .reduced(let factor) = size {
            precondition(factor >= 2, "A reduced step reduces twice at least.")
        }
        self.reader = reader
        self.size = size
        self.thresholdWindow = thresholdWindow
        self.isInverted = isInverted
        self.maximumPixels = maximumPixels
    }
}

/// The steps by which a frame is looked at until one of them reads something.
public struct DecodingCascade: Hashable, Sendable {
    /// The steps, in order; the first that reads a symbol ends the search.
    public let steps: [DecodingStep]

    /// The steps that look once more at a frame in which symbols were read, all of them, with what
    /// was read painted over: a symbol that the reading step was too coarse for must not stay
    /// hidden behind another.
    public let secondLooks: [DecodingStep]

    /// Whether frames larger than a camera's are looked at reduced first.
    public let reducesStills: Bool

    /// Makes a cascade of steps.
    public init(
        steps: [DecodingStep], secondLooks: [DecodingStep] = [], reducesStills: Bool = true
    ) {
        self.steps = steps
        self.secondLooks = secondLooks
        self.reducesStills = reducesStills
    }

    /// zbar alone, to compare with.
    public static let plain = DecodingCascade(
        steps: [DecodingStep(.full)], reducesStills: false)

    /// Cascade C of the measurements: 78 % read where zbar alone reads 65 %.
    public static let c = DecodingCascade(steps: [
        DecodingStep(.reduced(2), thresholdWindow: 21),
        DecodingStep(.full, thresholdWindow: 31),
        DecodingStep(.reduced(3)),
        DecodingStep(.reduced(2), thresholdWindow: 21, isInverted: true),
    ])

    /// What the terminal uses for pictures: ZXing first, which is the quickest, then cascade C and
    /// what else still pays (cascade E of the measurements). The last nine steps are for pictures that
    /// nothing else reads, and take as long again as all others: nobody waits for the next picture.
    ///
    /// Zbar alone comes after the cheaper steps, so that nothing that it reads is lost.
    public static let standard = DecodingCascade(
        steps: [
            DecodingStep(.full, by: .zxing),
            DecodingStep(.reduced(2), thresholdWindow: 21),
            DecodingStep(.full, thresholdWindow: 31),
            DecodingStep(.reduced(3)),
            DecodingStep(.reduced(4)),
            DecodingStep(.reduced(2), thresholdWindow: 21, isInverted: true),
            DecodingStep(.full),
            DecodingStep(.doubled, thresholdWindow: 21, maximumPixels: doubledPixels),
            DecodingStep(.full, by: .zxing, isInverted: true),
            DecodingStep(.reduced(2), by: .zxing),
            DecodingStep(.reduced(2), by: .zxing, thresholdWindow: 21),
            DecodingStep(.full, by: .zxing, thresholdWindow: 31),
            DecodingStep(.reduced(3), by: .zxing),
            DecodingStep(.full, thresholdWindow: 21),
            DecodingStep(.full, thresholdWindow: 63),
            DecodingStep(.full, thresholdWindow: 31, isInverted: true),
            DecodingStep(.doubled, by: .zxing, maximumPixels: doubledPixels),
        ],
        secondLooks: [
            DecodingStep(.full, thresholdWindow: 31),
            DecodingStep(.full, thresholdWindow: 31, isInverted: true),
        ])

    /// The ways of looking dealt out over five frames of a live camera: ZXing looks at each frame,
    /// and zbar in one way or another, so that a frame stays within its time and what each way is
    /// for is met within five frames.
    ///
    /// Over simulated presentations this read 53 of 54 where zbar alone read 41, at little more
    /// than half of its processor time while nothing is in view.
    public static let live: [DecodingCascade] = [
        [DecodingStep(.reduced(2), thresholdWindow: 21)],
        [DecodingStep(.full, thresholdWindow: 31)],
        [DecodingStep(.reduced(2), thresholdWindow: 21, isInverted: true)],
        [DecodingStep(.reduced(3)), DecodingStep(.reduced(4))],
        [DecodingStep(.full)],
    ].map { steps in
        DecodingCascade(
            steps: [DecodingStep(.full, by: .zxing)] + steps, secondLooks: standard.secondLooks)
    }

    /// Enlarging costs twice what all other steps do together, and pays where few pixels make the
    /// picture: at most 640 x 480 of them.
    private static let doubledPixels = 640 * 480

    /// A cascade by the name that commands know it by: `standard`, `c` or `plain`.
    public init?(named name: String) {
        switch name {
        case "standard": self = .standard
        case "c": self = .c
        case "plain": self = .plain
        default: return nil
        }
    }
}
