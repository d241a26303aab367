public import Screens

/// What is told without a picture as a verdict falls.
public struct Signal: Hashable, Sendable {
    /// The sound, which is the rhythm and the colour of a lamp too.
    public let sound: VerdictSigns.Sound
    /// What a voice says, in the customer's language.
    public let words: String

    /// Makes a signal.
    public init(_ sound: VerdictSigns.Sound, words: String) {
        self.sound = sound
        self.words = words
    }

    /// The signal that goes with a screen: its amount and its headline are spoken.
    public init(_ sound: VerdictSigns.Sound, _ screen: Screen) {
        self.init(
            sound,
            words: [screen.amount, screen.headline].compactMap { $0 }.joined(separator: ". "))
    }
}

/// A loudspeaker, a lamp, a voice: what tells a verdict across the counter.
///
/// A signal never holds up a sale and never fails one: what was decided is in the journal and on the
/// screen before it is given.
public protocol VerdictSignals: Sendable {
    /// Begins the signal and returns at once; one that is still being given ends for it.
    func give(_ signal: Signal)
}
