/// A coarse picture of a frame: enough to tell whether the scene has changed, how bright it is, how
/// sharp, and how much of it glares. One pixel in 64 is looked at.
public struct FramePicture: Sendable {
    /// Every how many pixels one is taken, along both sides.
    static let pitch = 8

    /// By how many grey levels a sample must differ to count, well above a camera's noise.
    static let sampleDifference = 40

    /// The share of samples that must differ for the scene to count as changed, as a divisor: a
    /// symbol of 100 by 100 pixels, the least that is read in a frame of 1280 x 720, has 1 in 92,
    /// and half of its modules are dark.
    static let changedShare = 400

    /// From which grey level on a pixel is all but white.
    static let glareLevel: UInt8 = 250

    /// The mean grey value.
    public let brightness: UInt8

    /// The share of samples that are all but white, in 255ths.
    public let glare: UInt8

    /// How sharp edges are: the difference of neighbouring pixels that one in a hundred exceeds.
    public let sharpness: UInt8

    private let samples: [UInt8]
    private let width: Int
    private let height: Int

    /// Takes the samples of `width * height` grey values.
    public init(_ pixels: Span<UInt8>, width: Int, height: Int) {
        self.width = width
        self.height = height
        var samples: [UInt8] = []
        samples.reserveCapacity((width / Self.pitch + 1) * (height / Self.pitch + 1))
        var edges = [Int](repeating: 0, count: 256)
        var sum = 0
        var bright = 0
        for y in stride(from: 0, to: height, by: Self.pitch) {
            for x in stride(from: 0, to: max(0, width - 2), by: Self.pitch) {
                let index = y &* width &+ x
                let value = pixels[index]
                let neighbour = pixels[index &+ 2]
                samples.append(value)
                sum &+= Int(value)
                if value >= Self.glareLevel { bright &+= 1 }
                edges[abs(Int(value) - Int(neighbour))] &+= 1
            }
        }
        self.samples = samples
        let count = max(1, samples.count)
        brightness = UInt8(clamping: sum / count)
        glare = UInt8(clamping: bright * 255 / count)
        sharpness = Self.upperHundredth(of: edges, count: samples.count)
    }

    private static func upperHundredth(of counts: [Int], count: Int) -> UInt8 {
        var left = count / 100
        for level in counts.indices.reversed() {
            left -= counts[level]
            if left < 0 { return UInt8(clamping: level) }
        }
        return 0
    }

    /// Whether another scene is seen than in an earlier picture.
    public func differs(from other: FramePicture) -> Bool {
        guard width == other.width, height == other.height else { return true }
        var changed = 0
        for index in samples.indices {
            let difference = abs(Int(samples[index]) - Int(other.samples[index]))
            if difference > Self.sampleDifference { changed &+= 1 }
        }
        return changed > samples.count / Self.changedShare
    }
}
