import ArgumentParser
import COSE
import CommandSupport
import FileKeyStore
import Hub
import HubProtocol
import Money
import Trust
import Vouchers

/// `tillhub trust`: whom the terminals trust.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Publish the list of keys that the terminals trust.",
        discussion: """
            Three steps: `publish` writes the next list from what the hub knows; `sign` adds a \
            root key's signature, on a machine without a network; `import` puts the signed list in \
            force, and the terminals fetch it with their next exchange.
            """,
        subcommands: [
            TrustBeginCommand.self, TrustPublishCommand.self, TrustSignCommand.self,
            TrustImportCommand.self,
            TrustExportCommand.self, TrustShowCommand.self,
        ])
}

/// A key of a list in JSON.
struct TrustKeyMessage: Encodable {
    let role: String
    let subject: String
    let key: String
    let from: String
    let until: String
    let honouredUntil: String
    let status: String
    let limits: [String]
    let refunds: [String]

    init(_ entry: TrustEntry) {
        role = entry.subject.role.name
        subject = entry.subject.text
        key = entry.key.coseKey.hex
        from = Shown.time(entry.from)
        until = Shown.time(entry.until)
        honouredUntil = Shown.time(entry.honouredUntil)
        switch entry.status {
        case .active: status = "active"
        case .revoked(let since): status = "revoked since \(Shown.time(since))"
        }
        limits = entry.limits.map {
            "\($0.currency.code) \(Shown.decimal($0.perPayment, $0.currency.number)) a payment, "
                + "\(Shown.decimal($0.outstanding, $0.currency.number)) outstanding"
        }
        refunds = (entry.refunds?.limits ?? []).map {
            "refund vouchers as \(entry.refunds?.issuer.name ?? ""), at most \($0.currency.code) "
                + Shown.decimal($0.most, $0.currency.number)
        }
    }

    func tell() {
        Output.line("\(role) \(subject): \(status), until \(until)")
        Output.line("  key \(key)")
        for line in limits + refunds { Output.line("  \(line)") }
    }
}

/// `tillhub trust publish`: drafts the next list.
struct TrustPublishCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Write the next list, which nobody has signed yet.")

    @Option(help: "How long it lasts: a number and s, m, h or d.")
    var expiresIn = "90d"
    @Option(help: ArgumentHelp("Where to write it.", valueName: "file"))
    var out = "trust-list.till"
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let file: String
        let version: UInt64
        let keys: Int
        let signaturesNeeded: Int
    }

    func perform() async throws {
        let now = try Clock.believable()
        let life = try Parsing.seconds(expiresIn, option: "--expires-in")
        let folder = hub.folder
        let registrar = TrustRegistrar(ledger: try folder.openLedger())
        let store = try await folder.trust(at: now)
        let list: TrustList?
        do { list = try await registrar.draft(at: now, lifeSeconds: life) } catch {
            throw CommandFailure(error)
        }
        guard let list else { throw CommandFailure(.noTrust) }
        try OutputFile.replace(
            out, with: MessageFile.trustList.text(of: list.draft().encoded()))
        let answer = Answer(
            file: out, version: list.version, keys: list.entries.count,
            signaturesNeeded: store.root.root.threshold)
        if output.json { return try Output.json(answer) }
        Output.line("Trust list \(answer.version) with \(answer.keys) keys: \(answer.file)")
        Output.line(
            "Next: tillhub trust sign \(out) --key FILE with \(answer.signaturesNeeded) root keys, "
                + "then tillhub trust import \(out).")
    }
}

/// `tillhub trust sign`: the offline half.
struct TrustSignCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Add a root key's signature to a list or a root. Needs no hub and no network.",
        discussion: "Shows what is signed. Look at it before you carry the file on.")

    @Argument(help: "The file that `publish` or `root rotate` wrote.")
    var file: String
    @Option(help: ArgumentHelp("The root key's file.", valueName: "root-1.key"))
    var key: String
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let file: String
        let document: String
        let version: UInt64
        let signatures: Int
        let signer: String
        let keys: [TrustKeyMessage]
    }

    func perform() async throws {
        let (kind, bytes) = try TrustDocumentFile.read(file)
        let signer: PrivateKey
        do { signer = try FileKeyStore.load(path: key) } catch { throw CommandFailure(error) }
        let version: UInt64
        var keys: [TrustKeyMessage] = []
        let object: Sign
        do {
            object = try Sign.decode(bytes)
            switch kind {
            case .root: version = try Root.unverified(bytes).version
            case .trustList:
                let list = try TrustList.unverified(bytes)
                version = list.version
                keys = list.entries.map(TrustKeyMessage.init)
            default:
                throw CommandFailure(
                    reason: "file-other-kind",
                    message: "\(file) holds \(kind.words); a list or a root is signed. Nothing was "
                        + "changed.")
            }
        } catch let refusal as TrustRefusal {
            throw CommandFailure(refusal, file: file)
        } catch let error as Sign1Error {
            throw CommandFailure(
                reason: "trust-not-a-document",
                message: "\(file) is no signed document: \(error). Nothing was changed.")
        }
        let signed =
            object.isSigned(by: signer.publicKey)
            ? object : object.adding(signatureBy: signer)
        guard let signed else {
            throw CommandFailure(
                reason: "trust-too-many-signatures",
                message: "\(file) has \(Sign.maximumSignatures) signatures, and no room for "
                    + "another. Nothing was changed.")
        }
        try OutputFile.replace(file, with: kind.text(of: signed.encoded()))
        let answer = Answer(
            file: file, document: kind == .root ? "root" : "trust list", version: version,
            signatures: signed.signatures.count,
            signer: Array(signer.publicKey.thumbprint.prefix(8)).hex, keys: keys)
        if output.json { return try Output.json(answer) }
        for key in keys { key.tell() }
        Output.line(
            "Signed \(answer.document) \(version) by key \(answer.signer): "
                + "\(answer.signatures) signatures now.")
    }
}

/// `tillhub trust import`: puts signed documents in force.
struct TrustImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Put signed lists and roots in force.")

    @Argument(help: "Files that root keys have signed: roots in their order, then a list.")
    var files: [String]
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let changed: Bool
        let root: UInt64
        let list: UInt64
        let expires: String
    }

    func perform() async throws {
        let now = try Clock.believable()
        var roots: [[UInt8]] = []
        var list: [UInt8]?
        for file in files {
            let (kind, bytes) = try TrustDocumentFile.read(file)
            switch kind {
            case .root: roots.append(bytes)
            case .trustList: list = bytes
            default:
                do throws(TrustRefusal) {
                    let offer = try TrustOffer(decoding: bytes)
                    roots += offer.roots
                    list = offer.list ?? list
                } catch {
                    throw CommandFailure(error, file: file)
                }
            }
        }
        let registrar = TrustRegistrar(ledger: try hub.folder.openLedger())
        let answer: TrustRegistrar.Answer
        do { answer = try await registrar.adopt(roots: roots, list: list, at: now) } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal):
            throw CommandFailure(refusal, file: files.joined(separator: ", "))
        case .busy: throw CommandFailure(RegistrarRefusal.busy)
        case .adopted(let store): try tell(store, changed: true)
        case .unchanged(let store): try tell(store, changed: false)
        }
    }

    private func tell(_ store: TrustStore, changed: Bool) throws {
        let answer = Answer(
            changed: changed, root: store.root.root.version, list: store.list.list.version,
            expires: Shown.time(store.list.list.expiresAt))
        if output.json { return try Output.json(answer) }
        Output.line(
            "\(changed ? "In force" : "Was in force"): trust list \(answer.list), root "
                + "\(answer.root), until \(answer.expires). The terminals fetch it by themselves.")
    }
}

/// `tillhub trust export`: everything for a terminal or a wallet without a network.
struct TrustExportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write roots, list and a statement of freshness, to be carried to a terminal.")

    @Option(help: ArgumentHelp("Where to write them.", valueName: "file"))
    var out = "trust.till"
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let file: String
        let list: UInt64
        let goodUntil: String
    }

    func perform() async throws {
        let now = try Clock.believable()
        let folder = hub.folder
        let registrar = HubRegistrar(ledger: try folder.openLedger(), key: try folder.identity())
        let offer: TrustOffer?
        var roots: [[UInt8]] = []
        do {
            offer = try await registrar.trust.offer(at: now, by: try folder.identity())
            while roots.count < TrustDefaults.maximumRootSteps,
                let next = try await registrar.trust.root(after: UInt64(roots.count))
            {
                roots.append(next)
            }
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        guard let offer, let list = offer.list else { throw CommandFailure(.noTrust) }
        let whole = TrustOffer(roots: roots, list: list, freshness: offer.freshness)
        try OutputFile.replace(out, with: MessageFile.trust.text(of: whole.encoded()))
        let version: UInt64
        do throws(TrustRefusal) { version = try TrustList.unverified(list).version } catch {
            throw CommandFailure(error, file: out)
        }
        let answer = Answer(
            file: out, list: version,
            goodUntil: Shown.time(now + TrustDefaults.freshnessLifeSeconds))
        if output.json { return try Output.json(answer) }
        Output.line(
            "Trust list \(version) and all it needs: \(out), to be taken before "
                + "\(answer.goodUntil).")
        Output.line("Carry it: tillctl trust import \(out), tillwallet trust import \(out)")
    }
}

/// `tillhub trust show`: the list in force, and what the next one will change.
struct TrustShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the list in force, and what is not published yet.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let root: RootMessage
        let version: UInt64
        let issued: String
        let expires: String
        let keys: [TrustKeyMessage]
        let unpublished: [TrustKeyMessage]
    }

    func perform() async throws {
        let now = Clock.seconds()
        let folder = hub.folder
        let store = try await folder.trust(at: now)
        let known: [TrustEntry]
        do {
            known = try await TrustRegistrar(ledger: try folder.openLedger()).entries(at: now)
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        let list = store.list.list
        let published = Set(list.entries)
        let answer = Answer(
            root: RootMessage(store.root.root), version: list.version,
            issued: Shown.time(list.issuedAt), expires: Shown.time(list.expiresAt),
            keys: list.entries.map(TrustKeyMessage.init),
            unpublished: known.filter { !published.contains($0) }
                .sorted { $0.subject.text < $1.subject.text }.map(TrustKeyMessage.init))
        if output.json { return try Output.json(answer) }
        answer.root.tell()
        Output.line(
            "Trust list \(answer.version) of \(answer.issued), expires \(answer.expires):")
        for key in answer.keys { key.tell() }
        if !answer.unpublished.isEmpty {
            Output.line("Not published yet (tillhub trust publish):")
            for key in answer.unpublished { key.tell() }
        }
    }
}
