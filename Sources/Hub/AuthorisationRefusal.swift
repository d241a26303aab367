public import HubProtocol
public import Vouchers

/// Why the hub did not answer an authorisation request. The terminal decides by its own rules.
public enum AuthorisationRefusal: Error, Hashable, Sendable {
    /// The bytes are not a request that the expected key has signed.
    case message(MessageError)
    /// No such terminal is enrolled.
    case unknownTerminal(TerminalID)
    /// The terminal is enrolled, but with another journal.
    case unknownJournal(TerminalID)
    /// Another request was answered under this id.
    case identityReused
    /// The request was made too long ago, or by a clock too far from the hub's, in seconds.
    case stale(differenceSeconds: UInt64)
    /// So many ask at once that this one found no turn.
    case busy
    /// The hub has not been initialised.
    case notInitialised

    /// The stable code of the refusal in problem details.
    public var reason: String {
        switch self {
        case .message(let error): error.reason
        case .unknownTerminal: "unknown-terminal"
        case .unknownJournal: "unknown-journal"
        case .identityReused: "request-id-reused"
        case .stale: "request-stale"
        case .busy: "hub-busy"
        case .notInitialised: "hub-not-initialised"
        }
    }

    /// What the refusal means for whoever carries the request.
    public var category: BatchRefusal.Category {
        switch self {
        case .message(.tooLong): .tooLarge
        case .message(.wrongSigner), .message(.badSignature), .unknownTerminal, .unknownJournal:
            .forbidden
        case .message: .malformed
        case .identityReused, .stale: .conflict
        case .busy, .notInitialised: .unavailable
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        let end = "Nothing was reserved; the terminal decides by its offline rules."
        return switch self {
        case .message(let error): "\(error.description) \(end)"
        case .unknownTerminal(let terminal):
            "Terminal \(terminal.text) is not enrolled. \(end) Enrol it with tillhub terminal "
                + "enrol."
        case .unknownJournal(let terminal):
            "Terminal \(terminal.text) is enrolled with another journal. \(end) If its journal "
                + "was made anew, enrol it again with tillhub terminal enrol --replace."
        case .identityReused: "Another request was answered under this id. \(end)"
        case .stale(let seconds):
            "The request's time is \(seconds) seconds from the hub's. \(end) Set the terminal's "
                + "clock right, or the hub's."
        case .busy: "Too many requests arrive at once. \(end)"
        case .notInitialised: "The hub is not initialised. \(end) Run tillhub init."
        }
    }
}

/// What the hub answers to an authorisation request.
public enum AuthorisationReply: Hashable, Sendable {
    /// The signed answer; whether it had been given before, for the same bytes.
    case answered([UInt8], repeated: Bool)
    /// Not answered.
    case refused(AuthorisationRefusal)
}
