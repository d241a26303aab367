public import HubProtocol
public import Vouchers

/// Why the hub did not take a batch. The terminal keeps it.
public enum BatchRefusal: Error, Hashable, Sendable {
    /// What a refusal means for whoever carries the batch.
    public enum Category: Hashable, Sendable {
        /// The bytes are not a batch.
        case malformed
        /// The bytes are too many.
        case tooLarge
        /// The sender is not one whose batches are taken.
        case forbidden
        /// The batch does not continue what the hub has.
        case conflict
        /// Not now; the same again later.
        case unavailable
    }

    /// The bytes are not a batch that the expected key has signed.
    case message(MessageError)
    /// No such terminal is enrolled.
    case unknownTerminal(TerminalID)
    /// The terminal is enrolled, but with another journal.
    case unknownJournal(TerminalID)
    /// Another batch has been accepted under this number.
    case numberReused(UInt64)
    /// A batch is missing before this one.
    case numberGap(expected: UInt64, found: UInt64)
    /// The first entry does not continue the last one accepted; the expected sequence number.
    case chainBroken(expected: UInt64, found: UInt64)
    /// The journal says that it has fewer entries than it once signed for.
    case journalSetBack(signed: UInt64, found: UInt64)
    /// Of the entries up to this one the journal has signed others before.
    case journalForked(at: UInt64)
    /// So many batches arrive at once that this one found no turn.
    case busy
    /// The hub has not been initialised.
    case notInitialised

    /// The stable code of the refusal in problem details.
    public var reason: String {
        switch self {
        case .message(let error): error.reason
        case .unknownTerminal: "unknown-terminal"
        case .unknownJournal: "unknown-journal"
        case .numberReused: "batch-number-reused"
        case .numberGap: "batch-number-gap"
        case .chainBroken: "chain-broken"
        case .journalSetBack: "journal-set-back"
        case .journalForked: "journal-forked"
        case .busy: "hub-busy"
        case .notInitialised: "hub-not-initialised"
        }
    }

    /// The number that the hub expects, where the refusal is about a number.
    public var expected: UInt64? {
        switch self {
        case .numberGap(let expected, _), .chainBroken(let expected, _): expected
        default: nil
        }
    }

    /// What the refusal means for whoever carries the batch.
    public var category: Category {
        switch self {
        case .message(.tooLong): .tooLarge
        case .message(.wrongSigner), .message(.badSignature), .unknownTerminal, .unknownJournal:
            .forbidden
        case .message: .malformed
        case .numberReused, .numberGap, .chainBroken, .journalSetBack, .journalForked: .conflict
        case .busy, .notInitialised: .unavailable
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        let kept = "The terminal keeps the batch; nothing is lost."
        return switch self {
        case .message(let error): "\(error.description) \(kept)"
        case .unknownTerminal(let terminal):
            "Terminal \(terminal.text) is not enrolled. \(kept) Enrol it with "
                + "tillhub terminal enrol."
        case .unknownJournal(let terminal):
            "Terminal \(terminal.text) is enrolled with another journal. \(kept) If its journal "
                + "was made anew, enrol it again with tillhub terminal enrol --replace."
        case .numberReused(let number):
            "Another batch was accepted under number \(number). \(kept) The journal may be an old "
                + "copy: compare it with tillhub ledger before enrolling it anew."
        case .numberGap(let expected, let found):
            "Batch \(expected) is missing before batch \(found). \(kept) Send batch \(expected)."
        case .chainBroken(let expected, let found):
            "The batch begins with entry \(found), which does not continue what the hub has; "
                + "entry \(expected) comes next. \(kept) The journal may be an old copy or edited."
        case .journalSetBack(let signed, let found):
            "The journal once signed that it had \(signed) entries, and now says \(found): an older "
                + "copy was restored. \(kept) Do not take payments on it: what was spent since is "
                + "forgotten. Enrol the terminal anew with a new journal."
        case .journalForked(let size):
            "The journal has signed other entries up to \(size) before: it was edited, or an older "
                + "copy went on. \(kept) Do not take payments on it; compare it with tillhub ledger."
        case .busy: "Too many batches arrive at once. \(kept) Send it again."
        case .notInitialised: "The hub is not initialised. \(kept) Run tillhub init."
        }
    }

    /// Whether a signed batch refused so is kept: its terminal contradicts itself.
    var isEvidence: Bool {
        switch self {
        case .message(.entry), .message(.chainBroken), .message(.shape), .message(.checkpoint),
            .numberReused, .chainBroken, .journalSetBack, .journalForked:
            true
        default: false
        }
    }
}

/// What the hub answers to a batch.
public enum BatchAnswer: Hashable, Sendable {
    /// The signed acknowledgement; whether it had been given before, for the same bytes.
    case acknowledged([UInt8], repeated: Bool)
    /// Not taken.
    case refused(BatchRefusal)
}
