import HardwareProfiles
import LinuxSignals
import Logging
import ProfileHardware
import Screens
import Terminal

/// How verdicts are told without a picture, on the parts that the hardware profile names.
struct SignalChoice: Sendable {
    /// How loud, in per cent.
    let volume: Int
    /// What a voice speaks; nil: none does.
    let voice: ScreenLanguage?
    let logger: Logger

    /// What tells them; nil where the profile names nothing that could.
    func signals(of profile: HardwareProfile) -> (any VerdictSignals)? {
        let note: @Sendable (SignalFault) -> Void = { [logger] fault in
            logger.warning("\(fault.message)", metadata: ["reason": "\(fault.reason)"])
        }
        if voice != nil, profile.sound == nil {
            logger.warning(
                "--speak says nothing: the hardware profile names no loudspeaker (sound).")
        }
        var all: [any VerdictSignals] = []
        if let sound = profile.sound {
            all.append(sound.loudspeaker(volume: volume, voice: voice, note: note))
        }
        if let lamp = profile.lamp { all.append(lamp.lamp(note: note)) }
        return all.isEmpty ? nil : SignalGroup(members: all)
    }
}

/// Several signals at once.
private struct SignalGroup: VerdictSignals {
    let members: [any VerdictSignals]

    func give(_ signal: Signal) { for member in members { member.give(signal) } }
}
