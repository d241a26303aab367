import Trust
public import Vouchers

/// Why the hub did not answer as hoped. Nothing leaves the queue on any of these.
public enum HubLinkError: Error, Hashable, Sendable {
    /// No connection, or it broke, or it took longer than its limit.
    case unreachable(String)
    /// The network's log-in page answers in the hub's place; the text says what gives it away.
    case captivePortal(String)
    /// The hub answered with a refusal: the HTTP status and the problem's own words.
    case refused(status: Int, reason: String, detail: String)
    /// The answer is longer than allowed or not of the promised type.
    case badAnswer(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .unreachable: "hub-unreachable"
        case .captivePortal: "captive-portal"
        case .refused(_, let reason, _): reason
        case .badAnswer: "hub-bad-answer"
        }
    }
}

/// A signed document that a hub serves to every terminal alike; the raw value is its name in the
/// hub's routes.
public enum ServedDocument: String, Hashable, Sendable, CaseIterable {
    /// The trust list.
    case trustList = "trust-list"
    /// The statement of the newest versions.
    case freshness

    /// The longest document of this kind in bytes.
    public var maximumBytes: Int {
        switch self {
        case .trustList: TrustDefaults.maximumListBytes
        case .freshness: TrustDefaults.maximumFreshnessBytes
        }
    }
}

/// The way to the hub: bytes out, bytes in. What they mean is judged by signature elsewhere.
public protocol HubLink: Sendable {
    /// Delivers a signed batch and returns the hub's acknowledgement, not yet verified.
    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8]

    /// Asks the hub about one payment and returns its signed answer, not yet verified. It gives up
    /// after `milliseconds`, when nobody waits for the answer any more.
    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8]

    /// Asks the hub whether a scheme's wallet has paid a request, and returns its word, a payment
    /// confirmation that is not yet verified; nil where it has none. It gives up after
    /// `milliseconds`.
    func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?

    /// The root that follows this version, not yet verified, or nil where there is none.
    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]?

    /// The newest document of a kind, not yet verified, or nil where the one whose SHA-256 is
    /// `held` is it. No more than the longest document of its kind is ever read.
    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError) -> [UInt8]?

    /// The newest configuration for `terminal`, not yet verified, or nil where `version` is it.
    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?

    /// The hub's time for `terminal`, in answer to `question` (8 to 16 bytes), not yet verified;
    /// nil where this way tells none.
    func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError) -> [UInt8]?

    /// What leads from the hot list with this version and digest (32 bytes) to the newest: a delta
    /// or a whole list, not yet verified; nil where it is the newest. Version 0 asks for it whole.
    func hotList(newerThan version: UInt64, digest: [UInt8]?) async throws(HubLinkError) -> [UInt8]?

    /// What other terminals have redeemed and arrived at the hub after `after`, for this terminal's
    /// journal, not yet verified; nil where nothing has.
    func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?

    /// The hub's proof that its log begins as it did when it had `size` leaves, with its newest
    /// checkpoint (``HubProtocol/HubLogConsistency``), not yet verified; nil where this way shows none.
    func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]?

    /// The key that the other side says is its own, a COSE_Key, not proven by anything: asked only
    /// to say it better when the hub refuses. Nil where it does not say.
    func identity() async -> [UInt8]?
}

extension HubLink {
    /// Has no word.
    public func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?
    { nil }

    /// Has no newer root.
    public func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { nil }

    /// Has no newer document.
    public func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { nil }

    /// Tells no time.
    public func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError)
        -> [UInt8]?
    { nil }

    /// Has no hot list.
    public func hotList(newerThan version: UInt64, digest: [UInt8]?)
        async throws(HubLinkError) -> [UInt8]?
    { nil }

    /// Tells of no redemptions.
    public func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }

    /// Shows no log.
    public func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]? { nil }

    /// Says nothing.
    public func identity() async -> [UInt8]? { nil }
}
