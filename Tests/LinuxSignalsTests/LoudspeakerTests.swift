import Foundation
import LinuxSignals
import Screens
import Synchronization
import Terminal
import Testing

/// A loudspeaker whose samples go into a file, through alsa-lib's own file plug-in.
private final class RecordedLoudspeaker {
    let path = NSTemporaryDirectory() + "till-sound-\(UUID().uuidString).raw"
    var device: String { "file:'\(path)',raw" }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What was played, as samples of 16 bits at 48,000 a second.
    func samples() throws -> [Int16] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return stride(from: 0, to: data.count - 1, by: 2).map {
            Int16(truncatingIfNeeded: Int(data[$0]) | Int(data[$0 + 1]) << 8)
        }
    }
}

/// The lengths in milliseconds of what is loud and of the silences between, as an ear takes them.
private func rhythm(of samples: [Int16], per second: Int = 48_000) -> [Int] {
    let window = second / 100
    let loud = stride(from: 0, to: samples.count - window, by: window).map { start in
        samples[start..<start + window].contains { abs(Int($0)) > 500 }
    }
    var runs: [(isLoud: Bool, count: Int)] = []
    for isLoud in loud {
        if runs.last?.isLoud == isLoud {
            runs[runs.count - 1].count += 1
        } else {
            runs.append((isLoud, 1))
        }
    }
    if runs.last?.isLoud == false { runs.removeLast() }
    return runs.map { $0.count * 10 }
}

@Suite struct LoudspeakerTests {
    private func play(_ sound: VerdictSigns.Sound, volume: Int = 60) throws -> [Int16] {
        let file = RecordedLoudspeaker()
        try Loudspeaker(device: file.device, volume: volume) { _ in }.play(sound)
        return try file.samples()
    }

    @Test("What ALSA is handed has the rhythm that the sound is named after")
    func rhythms() throws {
        for sound in VerdictSigns.Sound.allCases {
            let heard = rhythm(of: try play(sound))
            let tones = stride(from: 0, to: heard.count, by: 2).map { heard[$0] }
            #expect(tones.count == sound.tones.count, "\(sound)")
            for (tone, meant) in zip(tones, sound.tones) {
                // An edge of 8 ms on either side is not yet loud.
                #expect(abs(tone - meant) <= 20, "\(sound): \(heard)")
            }
        }
    }

    @Test("Without its pitch each sound is still told from every other")
    func toldApartByRhythm() {
        let rhythms = VerdictSigns.Sound.allCases.map(\.tones)
        #expect(Set(rhythms).count == rhythms.count)
        // Long is more than twice short, so that nobody needs to hear one to know the other.
        #expect(
            VerdictSigns.Sound.longMilliseconds > 2 * VerdictSigns.Sound.shortMilliseconds)
    }

    @Test("Half the volume is a quarter of the amplitude, none is silence, all is below full scale")
    func volume() throws {
        let peaks = try [0, 50, 100].map { volume in
            try play(.paid, volume: volume).map { abs(Int($0)) }.max() ?? 0
        }
        #expect(peaks[0] == 0 && peaks[2] < Int(Int16.max))
        #expect(abs(peaks[2] - 4 * peaks[1]) < 40)
    }

    @Test("A device that is not there is a fault, told once, and nothing waits for it")
    func missingDevice() throws {
        let faults = Mutex<[SignalFault]>([])
        let loudspeaker = Loudspeaker(device: "plughw:31,7") { fault in
            faults.withLock { $0.append(fault) }
        }
        for _ in 0..<3 {
            loudspeaker.give(Signal(.paid, words: "12.50 EUR"))
            loudspeaker.drain()
        }
        let told = faults.withLock { $0 }
        #expect(told.map(\.reason) == ["sound-unusable"])
        #expect(told.first?.message.contains("Payments go on") == true)
        #expect(throws: SignalFault.self) { try loudspeaker.tryOut() }
    }

    @Test("In six languages a voice speaks after the tones, and another sentence sounds otherwise")
    func voices() throws {
        for language in ScreenLanguage.allCases {
            func spoken(_ words: String) throws -> [Int16] {
                let file = RecordedLoudspeaker()
                try Loudspeaker(device: file.device) { _ in }
                    .speak(words, with: Voice(language))
                return try file.samples()
            }
            let short = try spoken("12")
            let long = try spoken(
                "\u{2068}12.50\u{A0}EUR\u{2069}. " + language.text(.paid))
            #expect(short.contains { abs(Int($0)) > 500 }, "\(language)")
            #expect(long.count > short.count, "\(language)")
        }
    }

    @Test("A given signal is the tones, then the voice")
    func signalWithVoice() throws {
        let file = RecordedLoudspeaker()
        let loudspeaker = Loudspeaker(device: file.device, voice: Voice(.english)) {
            Issue.record("\($0)")
        }
        loudspeaker.give(Signal(.declined, words: "Not paid"))
        loudspeaker.drain()
        // The voice is the last that the file was opened for.
        #expect(try !file.samples().isEmpty)
    }

    @Test("A voice program that is missing, dies or never ends is a fault, and the tones are heard")
    func brokenVoices() throws {
        let folder = NSTemporaryDirectory() + "till-voice-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func program(_ name: String, _ script: String) throws -> String {
            let path = folder + "/" + name
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }
        let programs = [
            folder + "/nobody", try program("dies", "exit 1"), try program("mute", "exit 0"),
            try program("babbles", "echo RIFFnonsense"),
            try program("endless", "exec cat /dev/zero"), try program("sleeps", "exec sleep 600"),
        ]
        for program in programs {
            let faults = Mutex<[SignalFault]>([])
            let file = RecordedLoudspeaker()
            let loudspeaker = Loudspeaker(
                device: file.device, voice: Voice(.german, program: program)
            ) { fault in faults.withLock { $0.append(fault) } }
            loudspeaker.give(Signal(.paid, words: "12,50 EUR"))
            loudspeaker.drain()
            #expect(faults.withLock { $0.map(\.reason) } == ["voice-unusable"], "\(program)")
            #expect(rhythm(of: try file.samples()).count == 5, "\(program)")
        }
    }
}
