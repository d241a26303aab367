public import COSE
import HubProtocol
import Trust
import Vouchers

/// Takes terminals' batches into the ledger, each exactly once.
///
/// Whether a batch continues what the hub has is decided on a snapshot and written under the
/// arrival number that came next in it. If another batch took that number in between, the
/// decision is taken again: no lock is held while signatures are verified, and no decision is
/// ever written over another.
public struct BatchAcceptor: Sendable {
    /// How often a decision is taken again. With so many batches arriving at the same moment as
    /// to lose this often, the terminal's own repetition is the better queue.
    public static let maximumAttempts = 64

    let ledger: any HubLedger
    let key: PrivateKey
    private let trust: TrustRegistrar

    /// Makes an acceptor; `key` is the hub's identity and signs the acknowledgements, `trust` says
    /// whose vouchers count.
    public init(ledger: any HubLedger, key: PrivateKey, trust: TrustRegistrar? = nil) {
        self.ledger = ledger
        self.key = key
        self.trust = trust ?? TrustRegistrar(ledger: ledger)
    }

    /// Takes a signed batch at `now`, in seconds since 1970 UTC. The same bytes again get the
    /// same answer again, byte for byte. An acknowledgement is durable before it is returned.
    public func accept(_ bytes: [UInt8], at now: UInt64) async throws(HubLedgerError) -> BatchAnswer
    {
        let unverified: UnverifiedBatch
        do { unverified = try UnverifiedBatch(decoding: bytes) } catch {
            return .refused(.message(error))
        }
        guard let profile = try await ledger.profile() else { return .refused(.notInitialised) }
        guard
            let enrolment = try await ledger.enrolment(
                of: unverified.terminal, journal: unverified.journal)
        else { return .refused(try await strangerRefusal(unverified)) }
        let batch: VerifiedBatch
        let signer: PublicKey
        let signers = TerminalSigners(ledger: ledger)
        switch try await signers.read(for: enrolment, unverified.verified(signedBy:)) {
        case .success(let verified): (batch, signer) = verified
        case .failure(let error):
            return try await refuse(.message(error), unverified, bytes, at: now)
        }
        let revokedSince = try await signers.revocation(of: signer)
        let evidence = CaptureEvidence(
            issuers: try await trust.issuers(at: now), terminal: batch.batch.terminal)
        let judge = BatchJudge(batch: batch, evidence: evidence)
        for _ in 0..<Self.maximumAttempts {
            let snapshot = try await ledger.snapshot(for: judge.query)
            switch judge.judge(bytes, on: snapshot) {
            case .repeated(let acknowledgement):
                return .acknowledged(acknowledgement, repeated: true)
            case .refused(let refusal):
                return try await refuse(refusal, unverified, bytes, at: now)
            case .accepted(let rows, let position):
                let accepted = answer(
                    batch, bytes, rows: Self.quarantine(rows, since: revokedSince),
                    position: position, on: snapshot, of: profile, at: now)
                if try await ledger.append(accepted) {
                    return .acknowledged(accepted.acknowledgement, repeated: false)
                }
            }
        }
        return .refused(.busy)
    }

    /// What a terminal captured after its key was revoked is kept, and answered for, but a person
    /// has to look: whoever has the terminal now made it.
    private static func quarantine(_ rows: [LedgerRow], since: UInt64?) -> [LedgerRow] {
        guard let since else { return rows }
        return rows.map { row in
            guard case .captured = row.standing, row.at >= since else { return row }
            return row.standing(
                .quarantined(
                    reason: "terminal-revoked",
                    detail: "The terminal's key is revoked since \(since)."))
        }
    }

    private func answer(
        _ batch: VerifiedBatch, _ bytes: [UInt8], rows: [LedgerRow], position: JournalPosition,
        on snapshot: BatchSnapshot, of profile: HubProfile, at now: UInt64
    ) -> LedgerBatch {
        let quarantined = rows.compactMap { row -> QuarantinedEntry? in
            guard case .quarantined(let reason, _) = row.standing else { return nil }
            return QuarantinedEntry(sequence: row.sequence, reason: reason)
        }
        let acknowledgement = Acknowledgement(
            of: batch, bytes: bytes, at: now, quarantined: quarantined
        ).signed(by: key)
        let (terminal, journal) = (batch.batch.terminal, batch.batch.journal)
        let number = batch.batch.number
        var log = snapshot.log
        log.append(
            HubLogLeaf(
                terminal: terminal, journal: journal, number: number, batch: bytes,
                acknowledgement: acknowledgement
            ).hash)
        return LedgerBatch(
            arrival: snapshot.nextArrival, terminal: terminal, journal: journal, number: number,
            at: now, bytes: bytes, acknowledgement: acknowledgement, position: position,
            rows: rows,
            checkpoint: batch.checkpoint.map { KnownCheckpoint(size: $0.size, hash: $0.hash) },
            logCheckpoint: HubLog.sign(log, profile: profile, at: now, key: key))
    }

    private func strangerRefusal(_ batch: UnverifiedBatch) async throws(HubLedgerError)
        -> BatchRefusal
    {
        let isKnown = try await ledger.enrolments().contains { $0.terminal == batch.terminal }
        return isKnown ? .unknownJournal(batch.terminal) : .unknownTerminal(batch.terminal)
    }

    private func refuse(
        _ refusal: BatchRefusal, _ batch: UnverifiedBatch, _ bytes: [UInt8], at now: UInt64
    ) async throws(HubLedgerError) -> BatchAnswer {
        if refusal.isEvidence {
            try await ledger.keep(
                RefusedBatch(
                    terminal: batch.terminal, journal: batch.journal, number: batch.number,
                    reason: refusal.reason, at: now, bytes: bytes))
        }
        return .refused(refusal)
    }
}
