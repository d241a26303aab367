import COSE
import Clocks
import HotLists
import HubProtocol
import Payments
import Trust

// What the terminal knows about itself when it decides.
extension PaymentTerminal {
    /// The facts of a decision at `now`, in seconds since 1970 UTC.
    func terminalFacts(at now: UInt64) -> TerminalFacts {
        judgeClock()
        var answer = HotListAnswer.notHeld
        var agreed: AgreedLimits?
        if case .lookingUp(_, let voucher) = machine.phase {
            answer = hotListAnswer(on: voucher, at: now)
            agreed = acceptanceLimits.limits(on: voucher)
        }
        let hotList = hotListInForce
        return TerminalFacts(
            now: now, clockFloor: machine.clockFloor,
            clockUncertainty: parts.clock.estimate().uncertainty,
            trustListAge: trustListAge(at: now), hotListAge: hotList?.age,
            lastSyncAge: now > lastContact ? now - lastContact : 0, hotList: answer,
            agreed: agreed,
            documents: DocumentsInForce(
                policy: configurationDocument,
                trustList: DocumentReference(
                    version: trust.list.list.version, hash: trust.list.digest),
                hotList: hotList.map {
                    DocumentReference(version: $0.list.list.version, hash: $0.list.digest)
                }))
    }

    /// How long ago the trust list was known to be the newest, in seconds. One that has expired is
    /// as old as the policy lets nothing be, whatever the policy says.
    private func trustListAge(at now: UInt64) -> UInt64 {
        let age = trust.age(at: now)
        return trust.isExpired(at: now)
            ? max(age, configuration.policy.bands.trustList.stopped) : age
    }

    /// When the hub was last heard, in seconds since 1970 UTC: at the latest when it signed the
    /// configuration in force.
    var lastContact: UInt64 {
        max(configuration.issuedAt, parts.lastContact ?? 0, syncState.lastSuccess ?? 0)
    }

    /// Makes the journal keep the trust list in force, where it keeps the configuration too. A
    /// journal that cannot be written approves nothing, so that no decision misses it.
    func keepTrustList() async {
        guard parts.configurationMessage != nil else { return }
        let list = trust.list
        let document = SignedDocument(
            kind: .trustList, version: list.list.version, bytes: list.bytes)
        _ = try? await parts.journal.adopt(document, at: parts.clock.now())
        await keepFreshness()
    }

    /// Statements that name the same documents are kept once an hour: a hub makes one every five
    /// minutes, and what a day of them would add to the journal says nothing that two dozen do not.
    static let statementNoteSeconds: UInt64 = 3_600

    /// Makes the journal keep the freshness statement in force, by which the lists' ages are told.
    private func keepFreshness() async {
        guard let held = trust.freshness else { return }
        let statement = held.statement
        if let kept = try? await parts.journal.documentInForce(.freshness),
            let known = try? Freshness.unverified(kept.bytes), known.names == statement.names,
            statement.issuedAt < known.issuedAt + Self.statementNoteSeconds
        {
            return
        }
        let document = SignedDocument(
            kind: .freshness, version: statement.version, bytes: held.bytes)
        _ = try? await parts.journal.adopt(document, at: parts.clock.now())
    }

    /// Makes the journal keep the signed configuration of `version`, by which decisions are
    /// explained later.
    func keep(_ message: [UInt8], of version: UInt64) async throws(JournalError) {
        let document = SignedDocument(kind: .configuration, version: version, bytes: message)
        _ = try await parts.journal.adopt(document, at: parts.clock.now())
        configurationDocument = DocumentReference(version: version, hash: document.digest)
    }
}
