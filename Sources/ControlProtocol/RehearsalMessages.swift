/// Whether a terminal in training is offline on purpose (`docs/spec/training.md`).
public struct RehearsalMessage: Codable, Sendable {
    /// The version of this message.
    public let version: Int
    /// Whether the way to the hub is cut.
    public let offline: Bool
    /// For how many seconds it stays so; 0 where it is not.
    public let secondsLeft: UInt64

    /// Makes the message.
    public init(offline: Bool, secondsLeft: UInt64) {
        version = 1
        self.offline = offline
        self.secondsLeft = secondsLeft
    }
}

/// The order to cut the way to the hub, or to mend it.
public struct RehearsalOrderMessage: Codable, Sendable {
    /// For how many minutes it is cut, at most 480; 0 mends it.
    public let offlineMinutes: UInt64

    /// An order for this long.
    public init(offlineMinutes: UInt64) { self.offlineMinutes = offlineMinutes }
}
