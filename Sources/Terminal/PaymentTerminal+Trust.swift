public import COSE
import Clocks
import HubProtocol
import Payments
public import Trust
import Vouchers

/// How much the terminal's trust documents are worth at this moment.
public struct TrustStanding: Hashable, Sendable {
    /// The root's version.
    public let rootVersion: UInt64
    /// The generation of the trust list.
    public let generation: UInt64
    /// The trust list's version.
    public let listVersion: UInt64
    /// The freshness statement's version; nil where none names the list in force.
    public let freshnessVersion: UInt64?
    /// When the list was last known to be the newest, in seconds since 1970 UTC.
    public let confirmedAt: UInt64
    /// How long ago that is, in seconds.
    public let ageSeconds: UInt64
    /// When the list expires, in seconds since 1970 UTC.
    public let expiresAt: UInt64
    /// Whether it has.
    public let isExpired: Bool
    /// Whether this terminal's own key is in the list and not revoked.
    public let isListed: Bool
    /// Whether this terminal's own key is revoked.
    public let isRevoked: Bool
    /// What the last document that was offered was refused for, if it was.
    public let problem: String?
}

// Whom the terminal trusts: how it learns it, and what it says of it.
extension PaymentTerminal {
    /// The keys that the trust list in force names as hubs'.
    public var hubKeys: [PublicKey] { trust.hubKeys }

    /// How much the trust documents are worth now.
    public func trustStanding() -> TrustStanding {
        let now = parts.clock.now()
        let own = trust.list.list.entry(of: parts.key.publicKey, as: .terminal)
        let isRevoked = own.map { $0.status != .active } ?? false
        return TrustStanding(
            rootVersion: trust.root.root.version, generation: trust.list.list.generation,
            listVersion: trust.list.list.version,
            freshnessVersion: trust.freshness?.statement.version,
            confirmedAt: trust.confirmedAt, ageSeconds: trust.age(at: now),
            expiresAt: trust.list.list.expiresAt, isExpired: trust.isExpired(at: now),
            isListed: own != nil && !isRevoked, isRevoked: isRevoked,
            problem: trustProblem)
    }

    /// Which list is in force and how old it is, as a sentence.
    public var trustInWords: String { trust.standing(at: parts.clock.now()) }

    /// Takes documents that a person or the hub offers; what they are refused for, if they are.
    ///
    /// What is newly held is made durable before it is in force.
    public func take(_ offer: TrustOffer) async throws(TrustKeepingError) -> TrustRefusal? {
        let update = trust.update(with: offer, at: parts.clock.now())
        if update.changed {
            try parts.trustKeeper.keep(update.store)
            await put(update.store)
        }
        trustProblem = update.refusal?.reason
        return update.refusal
    }

    private func put(_ store: TrustStore) async {
        trust = store
        issuers = IssuerDirectory(store.list.list.issuers)
        acceptanceLimits = AcceptanceLimits(store.list.list, terminal: configuration.terminal)
        await learn(store.latestTime, by: .signed)
        await keepTrustList()
        changed()
    }

    /// Asks the hub for newer documents and takes them: roots in their order, then the statement,
    /// and the list only where the statement names another than the one that is held.
    func downloadTrust(over link: any HubLink) async throws(SyncReport.Failure) {
        let offer: TrustOffer?
        do throws(HubLinkError) {
            offer = try await TrustDownload.offer(over: link, held: trust)
        } catch {
            throw SyncReport.Failure(error)
        }
        guard let offer else { return }
        let refusal: TrustRefusal?
        do throws(TrustKeepingError) { refusal = try await take(offer) } catch {
            throw SyncReport.Failure(reason: error.reason, message: error.message)
        }
        if let refusal {
            throw SyncReport.Failure(
                reason: refusal.reason,
                message: "The hub's trust documents cannot be taken: \(refusal.description) "
                    + "\(trustInWords) \(refusal.advice)")
        }
    }

    /// What a message says that one of the hub's keys has signed.
    func byHub<Value>(
        _ read: (PublicKey) throws(MessageError) -> Value
    ) throws(MessageError) -> Value {
        var refusal = MessageError.wrongSigner
        for key in trust.hubKeys {
            do throws(MessageError) { return try read(key) } catch {
                if error != .wrongSigner { refusal = error }
            }
        }
        throw refusal
    }
}
