import ArgumentParser
import CommandSupport
import Foundation
import Glibc
import HardwareProfiles
import LinuxSignals
import ProfileHardware
import Screens
import Terminal

/// `tillctl signals`: what tells verdicts beside the screen, for whoever sets up a kiosk.
struct SignalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signals",
        abstract: "Hear and see how verdicts are told by loudspeaker, voice and lamp.",
        subcommands: [SignalsTestCommand.self])
}

/// `tillctl signals test`.
struct SignalsTestCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Give each signal once on what the hardware profile names.",
        discussion: """
            The signals are told apart by their rhythm; what each means is printed as it is given. \
            No payment is concerned, and the daemon may run meanwhile. Exit code: 0 all were given, \
            1 a part gave none, 10 the profile names neither a loudspeaker nor a lamp.
            """)

    @Option(
        help: ArgumentHelp(
            "One signal alone: \(VerdictSigns.Sound.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "rhythm"))
    var only: String?
    @Option(
        help: ArgumentHelp(
            "The loudspeaker by ALSA's name (default: the hardware profile's).", valueName: "device"
        ))
    var device: String?
    @Option(help: ArgumentHelp("How loud, 0 to 100.", valueName: "per cent"))
    var volume = Loudspeaker.usualVolume
    @Option(
        help: ArgumentHelp(
            "Have a voice speak a sample in this language: en, de, fr, es, zh or ar.",
            valueName: "tag"))
    var speak: String?
    @Option(
        help: ArgumentHelp(
            "The hardware profile (default: $TILL_PROFILE, else those that fit the machine).",
            valueName: "file"))
    var profile: String?
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        struct Part: Encodable {
            /// `loudspeaker`, `voice` or `lamp`.
            let part: String
            /// The fault's code; absent where all signals were given.
            let reason: String?
            let message: String?
        }

        let version = 1
        let signals: [String]
        let parts: [Part]
    }

    func perform() async throws {
        let sounds = try chosen()
        let language = try speak.map { try ScreenLanguage(tag: $0) }
        // Who names a loudspeaker tries that alone.
        let profile = device == nil ? try held() : nil
        let loudspeaker = (device ?? profile?.sound?.device).map {
            Loudspeaker(device: $0, volume: volume) { _ in }
        }
        let lamp = profile?.lamp?.lamp { _ in }
        guard loudspeaker != nil || lamp != nil else {
            throw CommandFailure(
                .notFound, reason: "signals-missing",
                message: "The hardware profile names neither a loudspeaker (sound) nor a lamp. "
                    + "Verdicts are on the screen alone. Name one in "
                    + "/etc/till/hardware-profiles.d, or a loudspeaker with --device.")
        }
        var parts: [Answer.Part] = []
        for sound in sounds where !output.json {
            Output.line("\(sound.rawValue): \(Self.meaning(of: sound))")
        }
        if let loudspeaker {
            parts.append(
                Self.part("loudspeaker") { () throws(SignalFault) in
                    for sound in sounds {
                        try loudspeaker.play(sound)
                        usleep(Self.pauseMicroseconds)
                    }
                })
        }
        if let loudspeaker, let language {
            parts.append(
                Self.part("voice") { () throws(SignalFault) in
                    try loudspeaker.speak(
                        SampleScreens.spoken(in: language), with: Voice(language))
                })
        }
        if let lamp {
            parts.append(
                Self.part("lamp") { () throws(SignalFault) in
                    for sound in sounds {
                        try lamp.play(Signal(sound, words: ""))
                    }
                })
        }
        try tell(Answer(signals: sounds.map(\.rawValue), parts: parts))
    }

    /// Between two signals, so that each is heard for itself.
    private static let pauseMicroseconds: UInt32 = 600_000

    private func held() throws -> HardwareProfile {
        do throws(ProfileError) {
            return try HardwareProfile.holding(
                at: profile ?? ProcessInfo.processInfo.environment["TILL_PROFILE"])
        } catch { throw CommandFailure(error) }
    }

    private func chosen() throws -> [VerdictSigns.Sound] {
        guard (0...100).contains(volume) else {
            throw CommandFailure(
                .usage, reason: "volume-out-of-range",
                message: "--volume is \(volume), not 0 to 100.")
        }
        guard let only else { return VerdictSigns.Sound.allCases }
        guard let sound = VerdictSigns.Sound(rawValue: only) else {
            throw CommandFailure(
                .usage, reason: "signal-unknown",
                message: "No signal is \"\(only)\": name one of "
                    + VerdictSigns.Sound.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return [sound]
    }

    private static func part(_ name: String, _ body: () throws(SignalFault) -> Void) -> Answer.Part
    {
        do throws(SignalFault) {
            try body()
            return Answer.Part(part: name, reason: nil, message: nil)
        } catch {
            return Answer.Part(part: name, reason: error.reason, message: error.message)
        }
    }

    private func tell(_ answer: Answer) throws {
        if output.json {
            try Output.json(answer)
        } else {
            for part in answer.parts {
                Output.line("\(part.part): \(part.message ?? "all were given.")")
            }
        }
        if answer.parts.contains(where: { $0.reason != nil }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    static func meaning(of sound: VerdictSigns.Sound) -> String {
        switch sound {
        case .paid: "paid"
        case .part: "paid in part, the rest is still due"
        case .again: "the code was used before"
        case .retry: "try again"
        case .declined: "not paid"
        case .network: "it takes a network"
        case .fault: "out of order"
        case .undone: "money was given back"
        }
    }
}
