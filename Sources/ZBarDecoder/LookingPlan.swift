public import Terminal

/// Which way of looking each frame of a live camera gets, and which frames get none.
///
/// While the scene changes, the cascades take turns. A scene that has not changed since each of
/// them has looked at it holds what was read in it, and is looked at again only now and then: that
/// makes a terminal that nobody stands before cheap, and a code held still stays one sighting.
public struct LookingPlan {
    /// Among how many unchanged frames one is looked at all the same: one a second at 15 frames.
    /// Light that fades very slowly never counts as a change.
    public static let framesPerAssurance = 15

    /// What one frame gets.
    public struct Step {
        /// How to look; nil: not at all.
        public let cascade: DecodingCascade?
        /// What the scene is known to hold, where it is not looked at.
        public let known: [DecodedSymbol]
        /// Whether the scene has changed with this frame.
        public let hasMoved: Bool
    }

    private let cascades: [DecodingCascade]
    private var turn = 0
    private var looksAtScene = 0
    private var unchangedFrames = 0
    private var scene: FramePicture?
    private var known: [DecodedSymbol] = []

    /// Makes a plan in which these cascades take turns; one at least.
    public init(cascades: [DecodingCascade]) {
        precondition(!cascades.isEmpty, "A plan has a way of looking.")
        self.cascades = cascades
    }

    /// Forgets the scene: another camera looks from now on.
    public mutating func forget() {
        scene = nil
        known = []
        looksAtScene = 0
    }

    /// What the next frame gets, which looks so.
    public mutating func next(for picture: FramePicture) -> Step {
        let hadScene = scene != nil
        var hasMoved = false
        if let scene, !picture.differs(from: scene) {
            unchangedFrames += 1
        } else {
            // Each frame is compared with the one that the scene began with: slow changes add up.
            scene = picture
            hasMoved = hadScene
            unchangedFrames = 0
            looksAtScene = 0
            known = []
        }
        let isExhausted = !known.isEmpty || looksAtScene >= cascades.count
        if isExhausted, !unchangedFrames.isMultiple(of: Self.framesPerAssurance) {
            return Step(cascade: nil, known: known, hasMoved: hasMoved)
        }
        return Step(cascade: cascades[turn], known: [], hasMoved: hasMoved)
    }

    /// Takes in what a look at the last frame has found; the way that reads comes again next time.
    public mutating func note(_ symbols: [DecodedSymbol], isWhole: Bool) {
        known = symbols
        if symbols.isEmpty { turn = (turn + 1) % cascades.count }
        if isWhole { looksAtScene += 1 }
    }
}
