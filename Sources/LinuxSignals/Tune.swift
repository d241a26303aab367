import Glibc
import Screens

/// Sound as samples: one channel, 16 bits with a sign, in the machine's order.
struct Tune: Sendable {
    /// Samples a second of what is made here: every sound card has this rate.
    static let samplesPerSecond = 48_000
    /// Each tone rises and falls for so many milliseconds, so that it does not click.
    static let edgeMilliseconds = 8
    /// The loudest that a tune may be, of what a sample can say: a sine at full scale is clipped by
    /// cheap amplifiers.
    static let headroom = 0.8

    let samples: [Int16]
    let samplesPerSecond: Int

    init(samples: [Int16], samplesPerSecond: Int) {
        self.samples = samples
        self.samplesPerSecond = samplesPerSecond
    }

    /// The tones of a sound; `volume` is in per cent.
    init(_ sound: VerdictSigns.Sound, volume: Int) {
        let pause = Self.count(VerdictSigns.Sound.shortMilliseconds)
        let edge = Self.count(Self.edgeMilliseconds)
        let peak = Double(Int16.max) * Self.headroom * Self.amplitude(volume)
        let step = 2 * Double.pi * Double(sound.hertz) / Double(Self.samplesPerSecond)
        var samples: [Int16] = []
        for milliseconds in sound.tones {
            if !samples.isEmpty { samples += [Int16](repeating: 0, count: pause) }
            let count = Self.count(milliseconds)
            for at in 0..<count {
                let rise = min(1, Double(min(at, count - 1 - at)) / Double(edge))
                samples.append(Int16(peak * rise * sin(step * Double(at))))
            }
        }
        self.init(samples: samples, samplesPerSecond: Self.samplesPerSecond)
    }

    /// The same, quieter; `volume` is in per cent.
    func at(volume: Int) -> Tune {
        let factor = Self.amplitude(volume)
        return Tune(
            samples: samples.map { Int16(Double($0) * factor) }, samplesPerSecond: samplesPerSecond)
    }

    /// The ear hears in powers: half of the way to full is a quarter of the amplitude.
    private static func amplitude(_ volume: Int) -> Double {
        let share = Double(min(max(volume, 0), 100)) / 100
        return share * share
    }

    private static func count(_ milliseconds: Int) -> Int {
        samplesPerSecond * milliseconds / 1_000
    }
}
