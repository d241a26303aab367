import COSE
public import Trust
public import Vouchers

/// Why a key was not made known. Nothing was changed.
public enum TrustKeyRefusal: Error, Hashable, Sendable {
    /// The key is known in another role, or as another's.
    case knownOtherwise(TrustSubject)
    /// No such key is known.
    case unknown
    /// It is revoked already.
    case revoked(since: UInt64)
    /// There is no room in a trust list.
    case tooMany(limit: Int)
    /// The name is an issuer's, or another terminal refunds under it.
    case nameTaken(IssuerID, TrustSubject)
    /// The name is for training and the hub is not, or the other way round.
    case apart(IssuerID, MerchantID)

    /// The stable code of the refusal in JSON.
    public var reason: String {
        switch self {
        case .knownOtherwise: "key-known-otherwise"
        case .unknown: "key-unknown"
        case .revoked: "key-revoked-before"
        case .tooMany: "trust-list-full"
        case .nameTaken: "issuer-name-taken"
        case .apart: "training-apart"
        }
    }

    /// What happened and what to do.
    public var message: String {
        switch self {
        case .knownOtherwise(let subject):
            "That key is known as the \(subject.role.name) \(subject.text)'s. Nothing was changed: "
                + "a key has one role, and vouchers under two names could be spent twice."
        case .unknown:
            "No such key is known. Nothing was changed. tillhub trust show lists the keys."
        case .revoked(let since):
            "That key is revoked since \(since). Nothing was changed: a revocation is for good. "
                + "Make a new key."
        case .nameTaken(let name, let owner):
            "\(name.name) is the name of the \(owner.role.name) \(owner.text). Nothing was changed: "
                + "vouchers under one name could be spent twice. Choose another."
        case .apart(let name, let merchant):
            "\(name.name) and \(merchant.text) are not both for training. Nothing was changed: "
                + "training and money never meet. The names of training, and no others, begin "
                + "with \(Training.idPrefix)"
        case .tooMany(let limit):
            "The trust list would pass its limit of \(limit) keys. Nothing was changed."
        }
    }
}

extension TrustRegistrar {
    /// Makes an issuer's or the hub's key known for the next list, or changes its times or limits.
    public func addKey(_ entry: TrustEntry, at now: UInt64) async throws(HubLedgerError)
        -> TrustKeyRefusal?
    {
        let entries = try await entries(at: now)
        if let known = entries.first(where: { $0.key == entry.key }) {
            guard known.subject == entry.subject else { return .knownOtherwise(known.subject) }
            if case .revoked(let since) = known.status { return .revoked(since: since) }
        } else if entries.count >= TrustDefaults.maximumEntries {
            return .tooMany(limit: TrustDefaults.maximumEntries)
        }
        if case .issuer(let name) = entry.subject, let refusal = try await apart(name) {
            return refusal
        }
        if case .issuer(let name) = entry.subject,
            let refunder = entries.first(where: { $0.refunds?.issuer == name })
        {
            return .nameTaken(name, refunder.subject)
        }
        try await ledger.append([TrustKey(entry: entry, at: now)])
        return nil
    }

    /// A hub in training has issuers in training and no others.
    private func apart(_ issuer: IssuerID) async throws(HubLedgerError) -> TrustKeyRefusal? {
        guard let merchant = try await ledger.profile()?.merchant,
            merchant.isTraining != issuer.isTraining
        else { return nil }
        return .apart(issuer, merchant)
    }

    /// Revokes every key that `isMeant` says, from `since` on: the next list says so.
    public func revoke(
        since: UInt64, at now: UInt64, where isMeant: (TrustEntry) -> Bool
    ) async throws(HubLedgerError) -> [TrustEntry] {
        let meant = try await entries(at: now).filter { isMeant($0) && $0.status == .active }
        let revoked = meant.map { entry in
            TrustKey(entry: entry.changing(status: .revoked(since: since)), at: now)
        }
        guard !revoked.isEmpty else { return [] }
        try await ledger.append(revoked)
        return revoked.map(\.entry)
    }

    /// Gives every key of a terminal that may still sign a right to refund, or takes it away (nil):
    /// the next list says so. Answers with the entries as they will be; none where the terminal is
    /// not known.
    public func setRefunds(
        _ right: RefundRight?, of terminal: TerminalID, at now: UInt64
    ) async throws(HubLedgerError) -> Result<[TrustEntry], TrustKeyRefusal> {
        let entries = try await entries(at: now)
        if let right {
            if let refusal = try await apart(right.issuer) { return .failure(refusal) }
            let other = entries.first {
                $0.subject == .issuer(right.issuer)
                    || ($0.refunds?.issuer == right.issuer && $0.subject != .terminal(terminal))
            }
            if let other { return .failure(.nameTaken(right.issuer, other.subject)) }
        }
        let changed = entries.filter {
            $0.subject == .terminal(terminal) && $0.status == .active
                && (now < $0.until || $0.refunds != nil) && $0.refunds != right
        }.map { $0.granting(right) }
        if !changed.isEmpty {
            try await ledger.append(changed.map { TrustKey(entry: $0, at: now) })
        }
        return .success(
            try await self.entries(at: now).filter {
                $0.subject == .terminal(terminal) && $0.status == .active
            })
    }

    /// Every key that the hub knows, as the next list will have it. Keys whose time of honour is
    /// over are left out.
    public func entries(at now: UInt64) async throws(HubLedgerError) -> [TrustEntry] {
        var entries: [PublicKey: TrustEntry] = [:]
        func add(_ terminal: TerminalID, _ key: PublicKey, from: UInt64) {
            guard entries[key] == nil else { return }
            entries[key] = TrustEntry(
                subject: .terminal(terminal), key: key, from: from,
                until: from + TrustDefaults.deviceKeyLifeSeconds)
        }
        for enrolment in try await ledger.enrolments() {
            add(enrolment.terminal, enrolment.key, from: enrolment.at)
        }
        for key in try await ledger.journalKeys() { add(key.terminal, key.key, from: key.at) }
        for record in try await ledger.trustKeys() { entries[record.entry.key] = record.entry }
        return entries.values.filter { now < $0.honouredUntil }
    }

    /// The next list, which nobody has signed yet; nil where the hub has no root.
    public func draft(at now: UInt64, lifeSeconds: UInt64) async throws(HubLedgerError)
        -> TrustList?
    {
        guard let store = try await store(at: now) else { return nil }
        let root = store.root.root
        let held = store.list.list
        return TrustList(
            merchant: root.merchant, generation: root.generation,
            version: held.generation == root.generation ? held.version + 1 : 1,
            issuedAt: now, expiresAt: now + lifeSeconds, entries: try await entries(at: now))
    }
}
