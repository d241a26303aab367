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

    private let ledger: any HubLedger
    private let trust: TrustRegistrar
    private let key: PrivateKey

    /// Makes an authoriser; `key` is the hub's identity and signs the answers.
    public init(ledger: any HubLedger, key: PrivateKey) {
        self.ledger = ledger
        trust = TrustRegistrar(ledger: ledger)
        self.key = key
    }

    /// Answers a signed request at `now`, in seconds since 1970 UTC. The same bytes again get the
    /// same answer again, byte for byte. An approval is durable before it is returned.
    public func authorise(_ bytes: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> AuthorisationReply
    {
        let unverified: UnverifiedAuthorisationRequest
        do { unverified = try UnverifiedAuthorisationRequest(decoding: bytes) } catch {
            return .refused(.message(error))
        }
        guard try await ledger.latestTerms() != nil else { return .refused(.notInitialised) }
        guard
            let enrolment = try await ledger.enrolment(
                of: unverified.terminal, journal: unverified.journal)
        else { return .refused(try await strangerRefusal(unverified)) }
        let request: AuthorisationRequest
        do { request = try unverified.verified(signedBy: enrolment.key) } catch {
            return .refused(.message(error))
        }
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
                let record = record(
                    judge, verdict: verdict, reservation: reservation, on: snapshot)
                if try await ledger.append(record) {
                    return .answered(record.answer, repeated: false)
                }
            }
        }
        return .refused(.busy)
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
