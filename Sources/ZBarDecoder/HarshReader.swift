public import Terminal

/// Reads a drawn picture as cameras across a counter will see it: what it reads is what can be read
/// from the picture itself, and blurred, and noisy, and pale. What is lost in one of these does not
/// count.
public struct HarshReader: Sendable {
    /// How the picture is spoilt.
    public struct Trial: Hashable, Sendable {
        /// How often each pixel becomes the mean of its nine neighbours: twice is about the blur
        /// (sigma 1.2 pixels) of a lens that is a little out of focus, and nearly half of the
        /// smallest module that is drawn.
        public let blurs: Int
        /// The most that a pixel is lightened or darkened at random, of 255.
        public let noise: Int
        /// What is left of the contrast, in percent: glass reflects.
        public let contrast: Int

        /// Makes a trial.
        public init(blurs: Int, noise: Int, contrast: Int) {
            self.blurs = blurs
            self.noise = noise
            self.contrast = contrast
        }
    }

    /// What every shop QR has to pass.
    public static let usualTrials = [
        Trial(blurs: 2, noise: 0, contrast: 100), Trial(blurs: 1, noise: 40, contrast: 60),
    ]

    private let trials: [Trial]

    /// A reader with its trials.
    public init(trials: [Trial] = HarshReader.usualTrials) { self.trials = trials }

    /// The contents that were read every time.
    public func read(_ picture: LumaFrame) -> [[UInt8]] {
        let decoder = ZBarDecoder()
        var contents = decoder.decode(picture).map(\.bytes)
        for trial in trials where !contents.isEmpty {
            let seen = decoder.decode(Self.spoil(picture, trial)).map(\.bytes)
            contents.removeAll { !seen.contains($0) }
        }
        return contents
    }

    /// The picture after a trial: the same each time.
    static func spoil(_ picture: LumaFrame, _ trial: Trial) -> LumaFrame {
        var pixels = picture.pixels
        for _ in 0..<trial.blurs {
            pixels = blurred(pixels, width: picture.width, height: picture.height)
        }
        var state: UInt32 = 0x9E37_79B9
        for index in pixels.indices {
            // A xorshift generator (Marsaglia 2003): noise need not be good, only repeatable.
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            let noise =
                trial.noise == 0 ? 0 : Int(state % UInt32(2 * trial.noise + 1)) - trial.noise
            let pale = 128 + (Int(pixels[index]) - 128) * trial.contrast / 100
            pixels[index] = UInt8(clamping: pale + noise)
        }
        return LumaFrame(width: picture.width, height: picture.height, pixels: pixels)
    }

    private static func blurred(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
        guard width > 2, height > 2 else { return pixels }
        // The mean of three in each row, then of three rows: the edge's pixels stay as they are.
        var rows = pixels.map(UInt16.init)
        for y in 0..<height {
            let start = y * width
            for x in 1..<width - 1 {
                rows[start + x] =
                    UInt16(pixels[start + x - 1]) + UInt16(pixels[start + x])
                    + UInt16(pixels[start + x + 1])
            }
        }
        var result = pixels
        for y in 1..<height - 1 {
            for x in 1..<width - 1 {
                let place = y * width + x
                result[place] = UInt8(
                    (rows[place - width] + rows[place] + rows[place + width]) / 9)
            }
        }
        return result
    }
}
