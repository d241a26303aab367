import Glibc
import Screens
public import Terminal

/// Lines that are switched on and off: a chip of the kernel's, or a double of one.
public protocol OutputLines: Sendable {
    /// Takes the lines and switches on those that are `true`, in the order that they were named in;
    /// the others are off. They are the taker's until ``release()``.
    func set(_ values: [Bool]) throws(SignalFault)

    /// Gives the lines back, switched off.
    func release()
}

/// A signal lamp with up to three colours and a buzzer, which give a verdict's rhythm; the colour then
/// stays lit for a while.
public final class Lamp: VerdictSignals {
    /// What a lamp may have, in the order of its lines.
    public enum Part: String, Hashable, Sendable, CaseIterable {
        /// Paid, given back.
        case green
        /// Look again, or get a network.
        case amber
        /// Not paid, or out of order.
        case red
        /// Sounds with any of them.
        case buzzer
    }

    /// The colour stays lit so many milliseconds after the rhythm: long enough to look up.
    public static let heldMilliseconds = 3_000
    /// A signal that is stale ends within so many milliseconds.
    private static let stepMilliseconds = 10

    private let lines: any OutputLines
    private let parts: [Part]
    private let queue = SignalQueue("till.lamp")
    private let faults: FaultTeller
    private let pause: @Sendable (Int) -> Void

    /// A lamp whose `parts` hang on `lines`, one each; `pause` waits for so many milliseconds, in real
    /// time where it is nil.
    public init(
        _ lines: any OutputLines, parts: [Part],
        pause: (@Sendable (Int) -> Void)? = nil,
        note: @escaping @Sendable (SignalFault) -> Void
    ) {
        self.lines = lines
        self.parts = parts
        self.pause = pause ?? { usleep(UInt32($0) * 1_000) }
        faults = FaultTeller(note)
    }

    /// See ``Terminal/VerdictSignals/give(_:)``.
    public func give(_ signal: Signal) {
        queue.begin { [self] isStale in
            do throws(SignalFault) {
                try blink(signal, isStale)
                faults.tell(nil)
            } catch { faults.tell(error) }
        }
    }

    /// Gives one signal to its end: for whoever tries the lamp.
    public func play(_ signal: Signal) throws(SignalFault) {
        try blink(signal) { false }
    }

    /// Returns once what was given has ended.
    public func drain() { queue.drain() }

    private func blink(_ signal: Signal, _ isStale: () -> Bool) throws(SignalFault) {
        let lit: Set<Part> = [Self.part(of: signal.sound.colour)]
        defer { lines.release() }
        for (at, milliseconds) in signal.sound.tones.enumerated() {
            if at > 0 {
                try set([])
                guard wait(VerdictSigns.Sound.shortMilliseconds, isStale) else { return }
            }
            try set(lit.union([.buzzer]))
            guard wait(milliseconds, isStale) else { return }
        }
        try set(lit)
        _ = wait(Self.heldMilliseconds, isStale)
    }

    private func set(_ on: Set<Part>) throws(SignalFault) {
        try lines.set(parts.map { on.contains($0) })
    }

    /// Whether the signal is still the newest after so many milliseconds.
    private func wait(_ milliseconds: Int, _ isStale: () -> Bool) -> Bool {
        for _ in 0..<milliseconds / Self.stepMilliseconds {
            if isStale() { return false }
            pause(Self.stepMilliseconds)
        }
        return !isStale()
    }

    /// The colour that stands for one of the screen's.
    static func part(of colour: VerdictSigns.Colour) -> Part {
        switch colour {
        case .green, .teal: .green
        case .amber, .blue: .amber
        case .red, .grey: .red
        }
    }
}
