import COSE
public import HubProtocol
import Trust
public import Vouchers

extension HubRegistrar {
    /// How an operator vouches for a request that the hub would not take by itself.
    public enum Consent: Hashable, Sendable {
        /// Not at all.
        case none
        /// The terminal was set up anew: it has another journal now.
        case newJournal
        /// The key of the journal is lost: another may sign its batches, and the lost one none.
        case keyLost
    }

    /// What became of an enrolment request.
    public enum EnrolmentOutcome: Hashable, Sendable {
        /// The terminal is known, and this is the hub's signed answer; `again` where it was known
        /// just so before.
        case enrolled(EnrolmentRequest, answer: [UInt8], again: Bool)
        /// It is not.
        case refused(RegistrarRefusal)
    }

    /// How long a terminal's former key may still sign once another has taken its place: batches
    /// under way arrive, and every terminal and wallet learns the new one.
    static let keyOverlapSeconds: UInt64 = 30 * 86_400

    /// Z numbers of a terminal's second journal begin at 100,001, of its third at 200,001: whatever
    /// a lost terminal has closed and not sent, none is ever used twice. With a period closed a
    /// day that lasts for 270 years.
    static let zNumbersPerEpoch: UInt64 = 100_000

    /// Makes a terminal known by its signed request, at `now` in seconds since 1970 UTC.
    ///
    /// A terminal that is known with another key or journal is refused without the operator's
    /// consent; its former journals stay known, for batches that are still under way. A former key
    /// that has signed the change is consent enough.
    public func enrol(_ request: [UInt8], consent: Consent, at now: UInt64)
        async throws(HubLedgerError) -> EnrolmentOutcome
    {
        let asked: EnrolmentRequest
        do { asked = try EnrolmentRequest.verify(request) } catch {
            return .refused(.message(error))
        }
        guard let profile = try await ledger.profile(), let terms = try await ledger.latestTerms()
        else { return .refused(.notInitialised) }
        guard asked.terminal.merchant == profile.merchant else {
            return .refused(.otherMerchant(asked.terminal, merchant: profile.merchant))
        }
        guard let offer = try await trust.offer(at: now, by: key) else { return .refused(.noTrust) }
        let entry = try await trust.entries(at: now).first { $0.key == asked.key }
        if case .revoked = entry?.status { return .refused(.keyRevoked(asked.terminal)) }
        let known = try await ledger.enrolments().filter { $0.terminal == asked.terminal }
        let isNew: Bool
        if let same = known.first(where: { $0.journal == asked.journal }) {
            switch try await takeKey(of: asked, enrolment: same, consent: consent, at: now) {
            case .success(let isAdded): isNew = isAdded
            case .failure(let refusal): return .refused(refusal)
            }
        } else {
            guard known.isEmpty || consent == .newJournal else {
                return .refused(.enrolledOtherwise(asked.terminal))
            }
            let enrolment = Enrolment(
                terminal: asked.terminal, journal: asked.journal, key: asked.key, at: now)
            guard try await ledger.append(enrolment) else { return .refused(.busy) }
            try await retire(known.map(\.key).filter { $0 != asked.key }, at: now)
            isNew = true
        }
        let answer = try await answer(
            to: asked, configuration: configuration(of: asked.terminal, terms: terms),
            offer: offer, at: now)
        return .enrolled(asked, answer: answer, again: !isNew)
    }

    /// Takes the key that a known journal asks for, if it is another one; answers whether it is
    /// new to the hub.
    private func takeKey(
        of asked: EnrolmentRequest, enrolment: Enrolment, consent: Consent, at now: UInt64
    ) async throws(HubLedgerError) -> Result<Bool, RegistrarRefusal> {
        let former = [enrolment.key] + (try await addedKeys(of: asked.terminal, asked.journal))
        if former.contains(asked.key) { return .success(false) }
        let entries = try await trust.entries(at: now)
        // A lost key's word for another is the thief's: only keys that may sign hand over.
        let isHandedOver = former.contains { key in
            asked.isHandedOver(by: key)
                && entries.contains { $0.key == key && $0.maySign(at: now) }
        }
        guard isHandedOver || consent == .keyLost else {
            return .failure(.journalHasOtherKey(asked.terminal))
        }
        let added = try await ledger.append(
            JournalKey(
                terminal: asked.terminal, journal: asked.journal, key: asked.key, at: now,
                isHandedOver: isHandedOver))
        guard added else { return .failure(.busy) }
        if isHandedOver {
            // The new key has the old one's right to refund: it is the same terminal.
            let right = entries.last { former.contains($0.key) && $0.refunds != nil }?.refunds
            try await retire(former, at: now)
            if let right { try await grant(right, to: asked.key, at: now) }
        } else {
            // Who has the lost key may go on using it: from now on nothing that it signs counts.
            _ = try await trust.revoke(since: now, at: now) { former.contains($0.key) }
        }
        return .success(true)
    }

    /// The keys that a journal has got since its enrolment, in the order of their coming.
    func addedKeys(of terminal: TerminalID, _ journal: [UInt8]) async throws(HubLedgerError)
        -> [PublicKey]
    {
        try await ledger.journalKeys()
            .filter { $0.terminal == terminal && $0.journal == journal }.map(\.key)
    }

    /// Lets former keys sign for the time of overlap and no longer.
    private func retire(_ keys: [PublicKey], at now: UInt64) async throws(HubLedgerError) {
        let end = now + Self.keyOverlapSeconds
        let retired = try await trust.entries(at: now).filter {
            keys.contains($0.key) && $0.status == .active && $0.until > end && $0.from < end
        }
        guard !retired.isEmpty else { return }
        try await ledger.append(
            retired.map {
                TrustKey(
                    entry: $0.changing(until: end, honouredUntil: end).granting($0.refunds),
                    at: now)
            })
    }

    /// Gives a key that the hub knows as a terminal's this right to refund.
    private func grant(_ right: RefundRight, to key: PublicKey, at now: UInt64)
        async throws(HubLedgerError)
    {
        guard let entry = try await trust.entries(at: now).first(where: { $0.key == key }) else {
            return
        }
        try await ledger.append([TrustKey(entry: entry.granting(right), at: now)])
    }

    private func answer(
        to asked: EnrolmentRequest, configuration: [UInt8], offer: TrustOffer, at now: UInt64
    ) async throws(HubLedgerError) -> [UInt8] {
        let journals = try await ledger.enrolments().filter { $0.terminal == asked.terminal }
        let place = journals.firstIndex { $0.journal == asked.journal } ?? journals.count
        let epoch = UInt64(place) + 1
        return EnrolmentAnswer(
            terminal: asked.terminal, key: asked.key, journal: asked.journal, epoch: epoch,
            firstZNumber: (epoch - 1) * Self.zNumbersPerEpoch + 1, issuedAt: now,
            configuration: configuration, trust: offer
        ).signed(by: key)
    }

    /// The newest statement of freshness, signed by the hub's online key.
    public func freshness(at now: UInt64) async throws(HubLedgerError) -> [UInt8]? {
        try await trust.freshness(at: now, by: key)
    }

    /// Revokes every key of a terminal from `since` on. Batches still arrive; what the terminal
    /// captured from then on lies in quarantine. Answers how many keys that were.
    public func revoke(_ terminal: TerminalID, since: UInt64, at now: UInt64)
        async throws(HubLedgerError) -> Int
    {
        try await trust.revoke(since: since, at: now) { $0.subject == .terminal(terminal) }.count
    }
}
