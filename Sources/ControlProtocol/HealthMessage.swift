/// A health report that stands on the customer's screen (`docs/spec/health.md`).
public struct HealthMessage: Codable, Sendable {
    /// The version of this message.
    public let version: Int
    /// The code's text, signed.
    public let text: String
    /// The code for a text terminal; absent where it is too long for a symbol.
    public let halfBlocks: String?
    /// Whether it stands on the customer's screen.
    public let shown: Bool
    /// For how many seconds it does.
    public let seconds: UInt64

    /// Makes the message.
    public init(text: String, halfBlocks: String?, shown: Bool, seconds: UInt64) {
        version = 1
        self.text = text
        self.halfBlocks = halfBlocks
        self.shown = shown
        self.seconds = seconds
    }
}
