import CALSA
public import Screens
public import Terminal

/// A loudspeaker on ALSA (alsa-lib, *PCM Interface*): a tune for each verdict, and where a voice is
/// chosen, what it says after it.
///
/// The device is opened for each signal and closed after it: a USB loudspeaker that is plugged in
/// again is heard again, and another program may use it between.
public final class Loudspeaker: VerdictSignals {
    /// What ALSA calls the machine's usual device.
    public static let usualDevice = "default"
    /// How loud, in per cent, where nobody says: heard across a counter, not across the shop.
    public static let usualVolume = 60

    /// The sound card's buffer, in microseconds: a signal that is stale ends within it.
    private static let latencyMicroseconds: UInt32 = 100_000
    /// So many samples are handed over at a time: 20 milliseconds of them.
    private static let chunksPerSecond = 50

    private let device: String
    private let volume: Int
    private let voice: Voice?
    private let queue = SignalQueue("till.loudspeaker")
    private let faults: FaultTeller
    private let voiceFaults: FaultTeller

    /// A loudspeaker by ALSA's name of it (`default`, `plughw:0,0`); `volume` is in per cent; each
    /// fault is told once.
    public init(
        device: String = usualDevice, volume: Int = usualVolume, voice: Voice? = nil,
        note: @escaping @Sendable (SignalFault) -> Void
    ) {
        till_alsa_be_quiet()
        self.device = device
        self.volume = volume
        self.voice = voice
        faults = FaultTeller(note)
        voiceFaults = FaultTeller(note)
    }

    /// See ``Terminal/VerdictSignals/give(_:)``.
    public func give(_ signal: Signal) {
        queue.begin { [self] isStale in
            do throws(SignalFault) {
                try play(Tune(signal.sound, volume: volume), isStale)
                faults.tell(nil)
            } catch {
                faults.tell(error)
                return
            }
            guard let voice, !isStale() else { return }
            do throws(SignalFault) {
                try speak(signal.words, with: voice, isStale)
                voiceFaults.tell(nil)
            } catch { voiceFaults.tell(error) }
        }
    }

    /// Plays a sound to its end: for whoever tries the loudspeaker.
    public func play(_ sound: VerdictSigns.Sound) throws(SignalFault) {
        try play(Tune(sound, volume: volume)) { false }
    }

    /// Speaks a sentence to its end: for whoever tries the voice.
    public func speak(_ words: String, with voice: Voice) throws(SignalFault) {
        try speak(words, with: voice) { false }
    }

    private func speak(_ words: String, with voice: Voice, _ isStale: () -> Bool)
        throws(SignalFault)
    {
        try play(voice.tune(of: words).at(volume: volume), isStale)
    }

    /// Opens the device and closes it: whether it can be played on, without a sound.
    public func tryOut() throws(SignalFault) {
        snd_pcm_close(try opened(Tune.samplesPerSecond))
    }

    /// Returns once what was given has been heard.
    public func drain() { queue.drain() }

    private func opened(_ samplesPerSecond: Int) throws(SignalFault) -> OpaquePointer {
        var handle: OpaquePointer?
        // Not blocking: a device that another program holds is refused, not waited for.
        var code = snd_pcm_open(&handle, device, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK)
        guard code == 0, let handle else { throw .sound(device, Self.text(code)) }
        snd_pcm_nonblock(handle, 0)
        code = snd_pcm_set_params(
            handle, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED, 1, UInt32(samplesPerSecond),
            1, Self.latencyMicroseconds)
        guard code == 0 else {
            snd_pcm_close(handle)
            throw .sound(device, Self.text(code))
        }
        return handle
    }

    private func play(_ tune: Tune, _ isStale: () -> Bool) throws(SignalFault) {
        let handle = try opened(tune.samplesPerSecond)
        defer { snd_pcm_close(handle) }
        let chunk = tune.samplesPerSecond / Self.chunksPerSecond
        var at = 0
        while at < tune.samples.count {
            if isStale() {
                snd_pcm_drop(handle)
                return
            }
            let count = min(chunk, tune.samples.count - at)
            let written = tune.samples.withUnsafeBufferPointer {
                snd_pcm_writei(handle, $0.baseAddress! + at, snd_pcm_uframes_t(count))
            }
            if written < 0 {
                // An underrun or a suspend is mended where it can be; else the device is gone.
                let code = snd_pcm_recover(handle, Int32(written), 1)
                guard code == 0 else { throw .sound(device, Self.text(code)) }
            } else {
                at += Int(written)
            }
        }
        snd_pcm_drain(handle)
    }

    private static func text(_ code: Int32) -> String {
        snd_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
