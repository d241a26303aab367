import ArgumentParser
import COSE
import CommandSupport
import Hub
import Trust
import Vouchers

/// The first root and the first list of a hub: where all three steps of publishing are done at once,
/// because nobody trusts anything yet.
struct FirstTrust {
    let folder: HubFolder
    /// Where the root keys are made; nil for the usual folder.
    let rootPath: String?
    /// Since when the hub's own vouchers have been issued, in seconds since 1970 UTC.
    let issuedSince: UInt64

    /// Makes root keys, makes the hub's own keys known, and puts the first root and a list of all
    /// that the hub knows in force.
    func make(_ profile: HubProfile, _ registrar: TrustRegistrar, at now: UInt64) async throws
        -> TrustStore
    {
        let made = try RootFolder(rootPath ?? folder.usualRootPath).create(
            merchant: profile.merchant, count: TrustDefaults.rootKeyCount,
            threshold: TrustDefaults.rootThreshold, lifeSeconds: TrustDefaults.rootLifeSeconds,
            at: now)
        let answer: TrustRegistrar.Answer
        do {
            for entry in try entries(of: profile, at: now) {
                if let refusal = try await registrar.addKey(entry, at: now) {
                    throw CommandFailure(refusal)
                }
            }
            let list = TrustList(
                merchant: profile.merchant, generation: 1, version: 1, issuedAt: now,
                expiresAt: now + TrustDefaults.listLifeSeconds,
                entries: try await registrar.entries(at: now))
            let signed = RootFolder.sign(
                list.draft(), by: Array(made.keys.prefix(TrustDefaults.rootThreshold)))
            answer = try await registrar.adopt(roots: [made.root], list: signed, at: now)
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        switch answer {
        case .adopted(let store), .unchanged(let store): return store
        case .refused(let refusal): throw CommandFailure(refusal, file: "the first trust list")
        case .busy: throw CommandFailure(RegistrarRefusal.busy)
        }
    }

    private func entries(of profile: HubProfile, at now: UInt64) throws -> [TrustEntry] {
        let hub = TrustEntry(
            subject: .hub(profile.merchant), key: try folder.identity().publicKey, from: now,
            until: now + TrustDefaults.deviceKeyLifeSeconds)
        let own = try folder.issuers().map { key in
            TrustEntry(
                subject: .issuer(profile.issuer), key: key.publicKey, from: issuedSince,
                until: now + TrustDefaults.issuerKeyLifeSeconds,
                honouredUntil: now + TrustDefaults.issuerKeyLifeSeconds
                    + TrustDefaults.issuerKeyHonourSeconds)
        }
        return [hub] + own
    }
}

/// `tillhub trust begin`: the first root and list of a hub that a program without them has made.
struct TrustBeginCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin",
        abstract: "Give a hub of an older version its first root keys and its first list.",
        discussion: """
            `tillhub init` does this for a new hub. The list has the hub's own keys and every \
            terminal that is enrolled; other companies' issuers are added afterwards (tillhub \
            issuer add, trust publish). Each terminal that was enrolled before takes it once as a \
            file: tillhub trust export, tillctl trust import.
            """)

    @Option(
        help: ArgumentHelp(
            "The folder to make the root keys in (default: the hub's folder with -root).",
            valueName: "folder"))
    var root: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let root: RootMessage
        let version: UInt64
        let keys: [TrustKeyMessage]
        let rootKeys: String
    }

    func perform() async throws {
        let now = try Clock.believable()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let registrar = TrustRegistrar(ledger: ledger)
        let profile: HubProfile?
        let issuedSince: UInt64
        do {
            profile = try await ledger.profile()
            guard try await registrar.store(at: now) == nil else {
                throw CommandFailure(
                    reason: "trust-begun",
                    message: "This hub has root keys and a trust list. Nothing was changed. "
                        + "tillhub trust show shows them; tillhub root rotate replaces root keys.")
            }
            issuedSince = try await ledger.issuedVouchers().map(\.at).min() ?? now
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        guard let profile else { throw CommandFailure(RegistrarRefusal.notInitialised) }
        let store = try await FirstTrust(
            folder: folder, rootPath: root, issuedSince: min(issuedSince, now)
        ).make(profile, registrar, at: now)
        let answer = Answer(
            root: RootMessage(store.root.root), version: store.list.list.version,
            keys: store.list.list.entries.map(TrustKeyMessage.init),
            rootKeys: root ?? folder.usualRootPath)
        if output.json { return try Output.json(answer) }
        answer.root.tell()
        for key in answer.keys { key.tell() }
        Output.line(
            "Root keys: \(answer.rootKeys). Move that folder off this machine, each key to other "
                + "hands.")
        Output.line("Next: tillhub trust export, and tillctl trust import on each terminal.")
    }
}
