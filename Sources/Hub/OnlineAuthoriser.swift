public import COSE
import HubProtocol
import Vouchers

/// Answers terminals that ask before they approve (`docs/spec/hub-protocol.md`, *Authorisation*).
///
/// As with batches, what is decided on a snapshot is written under the numbers that came next in
/// it; if another answer or another batch took its place in between, it is decided again. So of
/// two terminals that ask about one voucher at the same moment, one is told no.
public struct OnlineAuthoriser: Sendable {
    /// How often a decision is taken again before the terminal is told to go by its own rules.
    public static let maximumAttempts = 64
    /// How far the request's time may be from the hub's: further, and it was held back on the
    /// way, or one of the clocks is wrong. Ten minutes are more than any network delays, and less
    /// than makes an old request useful to whoever has recorded it.
    public static let maximumDifferenceSeconds: UInt64 = 600
    /// How long a voucher is kept for a terminal whose capture has not arrived. A terminal
    /// delivers every half minute, so that a quarter of an hour outlasts a router's restart; a
    /// customer whose payment broke off can pay at the same terminal at once, and elsewhere then.
    public static let reservationSeconds: UInt64 = 900

    /// What a terminal is told whose key is revoked: whoever has it now, it approves nothing.
    static let terminalRevoked = "terminal-revoked"

    private let ledger: any HubLedger
    private let key: PrivateKey
    private let trust: TrustRegistrar

    /// Makes an authoriser; `key` is the hub's identity and signs the answers, `trust` says whose
    /// vouchers count.
    public init(ledger: any HubLedger, key: PrivateKey, trust: TrustRegistrar? = nil) {
        self.ledger = ledger
        self.key = key
        self.trust = trust ?? TrustRegistrar(ledger: ledger)
    }

    /// The reason of a decline for what the hub's book of revocations holds.
    static let hotListed = "hot-listed"

    /// Answers a signed request at `now`, in seconds since 1970 UTC. The same bytes again get the
    /// same answer again, byte for byte. An approval is durable before it is returned.
    public func authorise(_ bytes: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> AuthorisationReply
    {
        let unverified: UnverifiedAuthorisationRequest
        do { unverified = try UnverifiedAuthorisationRequest(decoding: bytes) } catch {
            return .refused(.message(error))
        }
        guard try await ledger.profile() != nil else { return .refused(.notInitialised) }
        guard
            let enrolment = try await ledger.enrolment(
                of: unverified.terminal, journal: unverified.journal)
        else { return .refused(try await strangerRefusal(unverified)) }
        let request: AuthorisationRequest
        let signer: PublicKey
        let signers = TerminalSigners(ledger: ledger)
        switch try await signers.read(for: enrolment, unverified.verified(signedBy:)) {
        case .success(let verified): (request, signer) = verified
        case .failure(let error): return .refused(.message(error))
        }
        let isRevoked = try await signers.revocation(of: signer).map { $0 <= now } ?? false
        let judge = AuthorisationJudge(
            request, bytes: bytes,
            evidence: CaptureEvidence(
                issuers: try await trust.issuers(at: now), terminal: request.terminal),
            now: now)
        for _ in 0..<Self.maximumAttempts {
            let snapshot = try await ledger.authorisationSnapshot(for: judge.query)
            switch judge.judge(on: snapshot) {
            case .repeated(let answer): return .answered(answer, repeated: true)
            case .refused(let refusal): return .refused(refusal)
            case .decided(let verdict, let reservation):
                // What would be approved has still to be good: a hot list's suspicion is settled here.
                var reason = isRevoked ? Self.terminalRevoked : nil
                if reason == nil, case .approved = verdict, try await isHotListed(judge) {
                    reason = Self.hotListed
                }
                let record =
                    if let reason {
                        self.record(
                            judge, verdict: .declined(reason: reason, other: nil),
                            reservation: nil, on: snapshot)
                    } else {
                        self.record(
                            judge, verdict: verdict, reservation: reservation, on: snapshot)
                    }
                if try await ledger.append(record) {
                    return .answered(record.answer, repeated: false)
                }
            }
        }
        return .refused(.busy)
    }

    /// Whether the hub's book has revoked the voucher, its holder's key or the key that signed it.
    private func isHotListed(_ judge: AuthorisationJudge) async throws(HubLedgerError) -> Bool {
        for subject in judge.subjects {
            if let line = try await ledger.revocation(of: subject), line.from <= judge.now {
                return true
            }
        }
        return false
    }

    private func record(
        _ judge: AuthorisationJudge, verdict: AuthorisationAnswer.Verdict,
        reservation: Reservation?, on snapshot: AuthorisationSnapshot
    ) -> LedgerAuthorisation {
        let request = judge.request
        let answer = AuthorisationAnswer(
            to: request, bytes: judge.bytes, at: judge.now, verdict: verdict)
        var reason: String?
        if case .declined(let code, _) = verdict { reason = code }
        return LedgerAuthorisation(
            number: snapshot.nextNumber, nextArrival: snapshot.nextArrival,
            terminal: request.terminal, journal: request.journal, identity: request.identity,
            digest: answer.digest, sale: request.terms.sale, at: judge.now, reason: reason,
            reservation: reservation, answer: answer.signed(by: key))
    }

    private func strangerRefusal(_ request: UnverifiedAuthorisationRequest)
        async throws(HubLedgerError) -> AuthorisationRefusal
    {
        let isKnown = try await ledger.enrolments().contains { $0.terminal == request.terminal }
        return isKnown ? .unknownJournal(request.terminal) : .unknownTerminal(request.terminal)
    }
}
