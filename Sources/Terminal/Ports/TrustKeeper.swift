public import Trust

/// Why trust documents could not be made durable. What was in force stays in force.
public struct TrustKeepingError: Error, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// What happened, what it means for the money, and what to do.
    public let message: String

    /// Makes an error.
    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}

/// Where a terminal keeps its trust documents and, apart from them, their floors.
public protocol TrustKeeper: Sendable {
    /// Makes what is held durable, documents and floors: when this returns, both survive a power
    /// cut, and no older document is ever believed again.
    func keep(_ store: TrustStore) throws(TrustKeepingError)
}
