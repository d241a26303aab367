public import HardwareProfiles
public import LinuxSignals
public import Screens

extension SoundProfile {
    /// The loudspeaker; `volume` is in per cent, `voice` what is spoken, where anything is.
    public func loudspeaker(
        volume: Int, voice: ScreenLanguage?, note: @escaping @Sendable (SignalFault) -> Void
    ) -> Loudspeaker {
        Loudspeaker(device: device, volume: volume, voice: voice.map { Voice($0) }, note: note)
    }
}

extension LampProfile {
    /// The lamp.
    public func lamp(note: @escaping @Sendable (SignalFault) -> Void) -> Lamp {
        Lamp(
            GPIOLines(
                path: path, offsets: lines.map { UInt32($0.line) }, isActiveLow: isActiveLow),
            parts: lines.compactMap { Lamp.Part(rawValue: $0.part) }, note: note)
    }
}
