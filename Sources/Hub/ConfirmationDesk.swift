import COSE
public import HubProtocol

/// Why a terminal was given no answer. The sale stays open.
public enum ConfirmationRefusal: Error, Hashable, Sendable {
    /// The bytes are not a request that the expected key has signed.
    case message(MessageError)
    /// The hub has not been initialised.
    case notInitialised
    /// No such journal of no such terminal is enrolled.
    case unknownTerminal
    /// The terminal's key is revoked.
    case revoked
    /// The request was made too long ago, or by a clock too far from the hub's, in seconds.
    case stale(differenceSeconds: UInt64)
    /// A scheme that might know cannot say.
    case scheme(SchemeFault)

    /// The stable code of the refusal in problem details.
    public var reason: String {
        switch self {
        case .message(let error): error.reason
        case .notInitialised: "hub-not-initialised"
        case .unknownTerminal: "unknown-terminal"
        case .revoked: "terminal-revoked"
        case .stale: "request-stale"
        case .scheme(let fault): fault.reason
        }
    }

    /// What the refusal means for whoever carries the request.
    public var category: BatchRefusal.Category {
        switch self {
        case .message(.tooLong): .tooLarge
        case .message(.wrongSigner), .message(.badSignature), .unknownTerminal, .revoked:
            .forbidden
        case .message: .malformed
        case .stale: .conflict
        case .notInitialised, .scheme: .unavailable
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        let end = "No word was given on the payment; the sale stays open."
        return switch self {
        case .message(let error): "\(error.description) \(end)"
        case .notInitialised: "The hub is not initialised. \(end) Run tillhub init."
        case .unknownTerminal:
            "This journal of this terminal is not enrolled. \(end) Enrol it with tillhub terminal "
                + "enrol."
        case .revoked: "The terminal's key is revoked. \(end)"
        case .stale(let seconds):
            "The request's time is \(seconds) seconds from the hub's. \(end) Set the terminal's "
                + "clock right, or the hub's."
        case .scheme(let fault): "\(fault.message) \(end)"
        }
    }
}

/// What the hub answers to a confirmation request.
public enum ConfirmationReply: Hashable, Sendable {
    /// The request is paid: the payment confirmation's text, and by which scheme.
    case confirmed(code: String, scheme: String, repeated: Bool)
    /// No scheme has a word of it, yet.
    case noWord
    /// Not answered.
    case refused(ConfirmationRefusal)
}

/// Answers terminals that ask whether a scheme's wallet has paid a request of theirs
/// (`docs/spec/hub-protocol.md`, *Confirmations*).
public struct ConfirmationDesk: Sendable {
    private let ledger: any HubLedger
    private let schemes: [any SchemeConfirmation]

    /// Makes a desk that asks `schemes` in their order; the first that has a word gives it.
    public init(ledger: any HubLedger, schemes: [any SchemeConfirmation]) {
        self.ledger = ledger
        self.schemes = schemes
    }

    /// Answers a signed request at `now`, in seconds since 1970 UTC; `cti` is
    /// ``VoucherIssuer/ctiLength`` random bytes. A word is durable before it is returned, and the
    /// same request gets it again.
    public func answer(_ bytes: [UInt8], cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> ConfirmationReply
    {
        let request: ConfirmationRequest
        switch try await verified(bytes, at: now) {
        case .success(let asked): request = asked
        case .failure(let refusal): return .refused(refusal)
        }
        var fault: SchemeFault?
        for scheme in schemes {
            switch try await scheme.word(on: request, cti: cti, at: now) {
            case .none: continue
            case .confirmed(let code, let repeated):
                return .confirmed(code: code, scheme: scheme.name, repeated: repeated)
            // Another scheme may still know.
            case .unavailable(let found): fault = fault ?? found
            }
        }
        return fault.map { .refused(.scheme($0)) } ?? .noWord
    }

    private func verified(_ bytes: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> Result<ConfirmationRequest, ConfirmationRefusal>
    {
        let unverified: ConfirmationRequest.Unverified
        do { unverified = try ConfirmationRequest.Unverified(decoding: bytes) } catch {
            return .failure(.message(error))
        }
        guard try await ledger.profile() != nil else { return .failure(.notInitialised) }
        guard
            let enrolment = try await ledger.enrolment(
                of: unverified.terminal, journal: unverified.journal)
        else { return .failure(.unknownTerminal) }
        let signers = TerminalSigners(ledger: ledger)
        let request: ConfirmationRequest
        let signer: PublicKey
        switch try await signers.read(for: enrolment, unverified.verified(signedBy:)) {
        case .success(let verified): (request, signer) = verified
        case .failure(let error): return .failure(.message(error))
        }
        if let since = try await signers.revocation(of: signer), since <= now {
            return .failure(.revoked)
        }
        let difference = max(request.at, now) - min(request.at, now)
        guard difference <= OnlineAuthoriser.maximumDifferenceSeconds else {
            return .failure(.stale(differenceSeconds: difference))
        }
        return .success(request)
    }
}
