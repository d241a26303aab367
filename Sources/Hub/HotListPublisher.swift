public import COSE
public import HotLists
import HubProtocol
import Synchronization
public import Vouchers

/// Why no hot list was published, or a revocation not entered. Nothing was changed.
public enum HotListRefusal: Error, Hashable, Sendable {
    /// There is no revocation of this to take back.
    case notRevoked
    /// More than a hot list may hold; the text names what.
    case tooMany(String)
    /// Another process has published in between.
    case busy
    /// No salt was found under which the list is exact: the randomness that is handed in fails.
    case noSalt
    /// The newest list in the ledger is not one that this hub has signed.
    case damaged(HotListError)

    /// The stable code of the refusal in JSON.
    public var reason: String {
        switch self {
        case .notRevoked: "not-revoked"
        case .tooMany: "hot-list-full"
        case .busy: "hub-busy"
        case .noSalt: "hot-list-no-salt"
        case .damaged: "hot-list-damaged"
        }
    }

    /// What happened, what it means, and what to do.
    public var message: String {
        switch self {
        case .notRevoked:
            "That is not revoked, so there is nothing to take back. Nothing was changed. "
                + "tillhub hot-list show lists what is."
        case .tooMany(let what):
            "A hot list cannot hold so many \(what). Nothing was published; the terminals keep "
                + "the list they have. Revoke the issuer's or the wallet's key instead."
        case .busy: "Another list was published in between. Nothing was changed. Try again."
        case .noSalt:
            "No exact list could be made. Nothing was published. Try again; if it happens twice, "
                + "this machine's random numbers are broken."
        case .damaged(let error):
            "The newest hot list in the ledger cannot be read: \(error.description) Nothing was "
                + "published. Restore the hub's folder from its copy."
        }
    }
}

/// Enters revocations, makes hot lists of them, and answers terminals that ask for one.
public final class HotListPublisher: Sendable {
    /// A voucher stays listed for so long after its expiry, in seconds (7 days): no terminal's
    /// clock that is believed is so far behind.
    public static let expiryMarginSeconds: UInt64 = 7 * 86_400
    /// A voucher is in the ledger so many seconds after its time of issue at the latest: a younger
    /// one may be missing while the list is made.
    static let settlingSeconds: UInt64 = 60
    /// Vouchers read from the ledger at a time: some megabytes of memory.
    static let pageLength = 50_000
    /// Another salt is tried so often. One in ten billion lists needs a second.
    static let maximumSalts = 4

    private let ledger: any HotListLedger
    private let key: PrivateKey
    private let issuer: IssuerID
    /// The deltas to the newest version, by the version that they start from.
    private let deltas = Mutex<(version: UInt64, bytes: [UInt64: [UInt8]])>((0, [:]))

    /// A publisher of the hub with this key, which speaks for `issuer`: of its vouchers the ledger
    /// has every one.
    public init(ledger: any HotListLedger, key: PrivateKey, issuer: IssuerID) {
        self.ledger = ledger
        self.key = key
        self.issuer = issuer
    }

    /// What is revoked now, in the order of its entering: the book less what was taken back.
    public func revoked() async throws(HubLedgerError) -> [Revocation] {
        var current: [RevocationSubject: Int] = [:]
        let book = try await ledger.revocations()
        for (index, line) in book.enumerated() {
            current[line.subject] = line.isWithdrawal ? nil : index
        }
        return current.values.sorted().map { book[$0] }
    }

    /// Revokes these from `from` on (seconds since 1970 UTC), but for what is revoked already
    /// from then or earlier; answers with what was entered.
    public func revoke(
        _ subjects: [RevocationSubject], from: UInt64, expiry: UInt64?, reason: String,
        at now: UInt64
    ) async throws(HubLedgerError) -> [Revocation] {
        let known = Dictionary(
            try await revoked().map { ($0.subject, $0.from) }, uniquingKeysWith: min)
        var lines: [Revocation] = []
        for subject in subjects where known[subject].map({ $0 > from }) ?? true {
            var expiry = expiry
            if case .voucher(let voucher) = subject, expiry == nil {
                expiry = try await ledger.expiry(of: voucher)
            }
            lines.append(
                Revocation(
                    subject: subject, from: from, expiry: expiry, reason: reason, at: now))
        }
        try await ledger.append(lines)
        return lines
    }

    /// Revokes every voucher that terminals have captured for more than it is worth.
    public func revokeOverspent(reason: String, at now: UInt64) async throws(HubLedgerError)
        -> [Revocation]
    {
        let subjects = try await ledger.overspentVouchers().map(RevocationSubject.voucher)
        return try await revoke(subjects, from: now, expiry: nil, reason: reason, at: now)
    }

    /// Takes a revocation back; nil where there is none.
    public func withdraw(_ subject: RevocationSubject, reason: String, at now: UInt64)
        async throws(HubLedgerError) -> HotListRefusal?
    {
        guard try await revoked().contains(where: { $0.subject == subject }) else {
            return .notRevoked
        }
        try await ledger.append([
            Revocation(
                subject: subject, isWithdrawal: true, from: now, reason: reason, at: now)
        ])
        return nil
    }

    /// What came of publishing.
    public enum Publication: Hashable, Sendable {
        /// The list, new in force; `changed` is false where its content is that of the one before.
        case published(SignedHotList, changed: Bool)
        /// Nothing was published.
        case refused(HotListRefusal)
    }

    /// Makes the hot list of now, signs it and publishes it, also where nothing has changed: a
    /// list's age is what terminals go by. `salt` gives 16 random bytes.
    public func publish(at now: UInt64, salt: () -> [UInt8]) async throws(HubLedgerError)
        -> Publication
    {
        var base: SignedHotList?
        if let latest = try await ledger.latestHotList() {
            do { base = try SignedHotList(latest.bytes, signedBy: key.publicKey) } catch {
                return .refused(.damaged(error))
            }
        }
        let listed = try await revoked().filter { line in
            line.expiry.map { $0 + Self.expiryMarginSeconds > now } ?? true
        }
        var after = base?.list
        for _ in 0..<Self.maximumSalts {
            switch try await list(of: listed, after: after, salt: salt(), base: base, at: now) {
            case .success(let list):
                let signed = SignedHotList(list, by: key)
                let published = PublishedHotList(
                    version: list.version, at: now, bytes: signed.bytes)
                guard try await ledger.append(published) else { return .refused(.busy) }
                return .published(
                    signed, changed: base.map { !$0.list.lists(theSameAs: list) } ?? true)
            case .failure(.saltUnlucky): after = nil
            case .failure(.tooMany(let what)): return .refused(.tooMany(what))
            }
        }
        return .refused(.noSalt)
    }

    private func list(
        of listed: [Revocation], after: HotList?, salt: [UInt8], base: SignedHotList?,
        at now: UInt64
    ) async throws(HubLedgerError) -> Result<HotList, HotListBuilder.Refusal> {
        var vouchers: [VoucherIdentity] = []
        var walletKeys: [RevokedKey] = []
        var issuerKeys: [RevokedKey] = []
        for line in listed {
            switch line.subject {
            case .voucher(let voucher): vouchers.append(voucher)
            case .walletKey(let thumbprint):
                walletKeys.append(RevokedKey(thumbprint: thumbprint, from: line.from))
            case .issuerKey(let thumbprint):
                issuerKeys.append(RevokedKey(thumbprint: thumbprint, from: line.from))
            }
        }
        guard vouchers.count <= HotList.maximumVouchers else {
            return .failure(.tooMany("vouchers"))
        }
        let through = now - min(now, Self.settlingSeconds)
        var builder = HotListBuilder(
            revoked: vouchers, settled: [SettledIssuer(issuer: issuer, through: through)],
            after: after, salt: salt)
        var row: UInt64 = 0
        while true {
            let page = try await ledger.issuedIdentities(after: row, limit: Self.pageLength)
            guard !page.vouchers.isEmpty else { break }
            for voucher in page.vouchers { builder.admit(voucher) }
            row = page.last
        }
        do {
            return .success(
                try builder.list(
                    version: (base?.list.version ?? 0) + 1, issuedAt: now,
                    walletKeys: walletKeys, issuerKeys: issuerKeys))
        } catch { return .failure(error) }
    }

    /// The newest signed list, if one was published.
    public func latest() async throws(HubLedgerError) -> [UInt8]? {
        try await ledger.latestHotList()?.bytes
    }

    /// What the hub answers to a terminal that has `version` of the list, of this digest: a signed
    /// delta where that is shorter, else the newest list whole; nil where the terminal has it.
    public func newer(than version: UInt64, digest: [UInt8]) async throws(HubLedgerError)
        -> [UInt8]?
    {
        guard let latest = try await ledger.latestHotList() else { return nil }
        let isHeld = latest.version == version && Hashing.sha256(latest.bytes) == digest
        if isHeld { return nil }
        guard version >= 1, version < latest.version else { return latest.bytes }
        let known = deltas.withLock { $0.version == latest.version ? $0.bytes[version] : nil }
        if let known, Self.starts(known, from: digest, signedBy: key.publicKey) { return known }
        guard let held = try await ledger.hotList(version: version),
            Hashing.sha256(held.bytes) == digest,
            let from = try? SignedHotList(held.bytes, signedBy: key.publicKey),
            let to = try? SignedHotList(latest.bytes, signedBy: key.publicKey),
            let delta = HotListDelta(from: from, to: to)?.signed(by: key),
            delta.count < latest.bytes.count, delta.count <= HotListDelta.maximumBytes
        else { return latest.bytes }
        deltas.withLock { known in
            if known.version != latest.version { known = (latest.version, [:]) }
            known.bytes[version] = delta
        }
        return delta
    }

    /// What a file for a terminal with `version` of the list holds: a delta where the hub still has
    /// that version, else the newest list whole; nil where there is nothing newer.
    public func export(since version: UInt64) async throws(HubLedgerError) -> [UInt8]? {
        guard version > 0, let held = try await ledger.hotList(version: version) else {
            return try await latest()
        }
        return try await newer(than: version, digest: Hashing.sha256(held.bytes))
    }

    /// Publishes the list anew where there is one that is older than `seconds`: terminals go by a
    /// list's age. Nil where nothing was due.
    public func publishIfOlder(than seconds: UInt64, at now: UInt64, salt: () -> [UInt8])
        async throws(HubLedgerError) -> Publication?
    {
        guard let latest = try await ledger.latestHotList(), now >= latest.at + seconds else {
            return nil
        }
        return try await publish(at: now, salt: salt)
    }

    private static func starts(
        _ delta: [UInt8], from digest: [UInt8], signedBy key: PublicKey
    ) -> Bool {
        (try? HotListDelta.open(delta, signedBy: key))?.baseDigest == digest
    }
}
