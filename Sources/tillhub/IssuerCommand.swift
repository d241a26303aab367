import ArgumentParser
import COSE
import CommandSupport
import Hub
import Money
import Trust
import Vouchers

/// `tillhub issuer`: whose vouchers the terminals accept.
struct IssuerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issuer", abstract: "Trust issuers, rotate the hub's own key, revoke keys.",
        discussion: "Changes are in force once they are published: tillhub trust publish.",
        subcommands: [
            IssuerAddCommand.self, IssuerRotateCommand.self, IssuerRevokeCommand.self,
            IssuerListCommand.self,
        ])
}

/// How long an issuer's key signs, and how long what it signed is honoured.
struct KeyLifeOptions: ParsableArguments {
    @Option(help: "How long the key signs: a number and s, m, h or d.")
    var expiresIn = "90d"
    @Option(help: "How much longer what it signed is honoured.")
    var honouredFor = "396d"

    func entry(
        _ issuer: IssuerID, _ key: PublicKey, at now: UInt64, limits: [TrustLimit] = []
    ) throws -> TrustEntry {
        let until = now + (try Parsing.seconds(expiresIn, option: "--expires-in"))
        return TrustEntry(
            subject: .issuer(issuer), key: key, from: now, until: until,
            honouredUntil: until + (try Parsing.seconds(honouredFor, option: "--honoured-for")),
            limits: limits)
    }
}

/// What came of a change of keys, in JSON.
private struct KeysAnswer: Encodable {
    let issuer: String
    let keys: [TrustKeyMessage]

    func tell(json: Bool, _ sentence: String) throws {
        if json { return try Output.json(self) }
        for key in keys { key.tell() }
        Output.line(sentence)
        Output.line("Next: tillhub trust publish, sign, import.")
    }
}

/// `tillhub issuer add`: the next list has this issuer's keys.
struct IssuerAddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trust an issuer by its public keys.")

    @Argument(help: "The issuer's name in the trust list: 1 to 32 of A-Z a-z 0-9 . _ -")
    var name: String
    @Argument(help: "Its public keys: each a COSE_Key in CBOR, in hexadecimal.")
    var keys: [String]
    @Option(
        help: ArgumentHelp(
            "What may be accepted of it in a currency, a payment and outstanding; may be repeated.",
            valueName: "EUR:50.00:200.00"))
    var limit: [String] = []
    @OptionGroup var life: KeyLifeOptions
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        guard let id = IssuerID(name) else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "An issuer's name is 1 to 32 of A-Z a-z 0-9 . _ - and nothing was changed."
            )
        }
        let limits = try limit.map(Self.limit)
        guard Set(limits.map(\.currency)).count == limits.count else { throw Self.malformedLimit }
        var read: [PublicKey] = []
        for key in try keys.map(Parsing.publicKey) where !read.contains(key) { read.append(key) }
        let registrar = TrustRegistrar(ledger: try hub.folder.openLedger())
        var entries: [TrustEntry] = []
        for key in read {
            let entry = try life.entry(id, key, at: now, limits: limits)
            let refusal: TrustKeyRefusal?
            do { refusal = try await registrar.addKey(entry, at: now) } catch {
                throw CommandFailure(error)
            }
            if let refusal { throw CommandFailure(refusal) }
            entries.append(entry)
        }
        try KeysAnswer(issuer: id.name, keys: entries.map(TrustKeyMessage.init)).tell(
            json: output.json, "Issuer \(id.name) is trusted from the next list on.")
    }

    private static func limit(_ text: String) throws -> TrustLimit {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3 else { throw malformedLimit }
        let currency = try Parsing.currency(parts[0])
        return TrustLimit(
            currency: currency,
            perPayment: try Parsing.amount(parts[1], currency, option: "--limit"),
            outstanding: try Parsing.amount(parts[2], currency, option: "--limit"))
    }

    private static let malformedLimit = CommandFailure(
        .usage, reason: "limit-malformed",
        message: "--limit is written EUR:50.00:200.00, each currency once. Nothing was changed.")
}

/// `tillhub issuer rotate`: makes the hub's own next key.
struct IssuerRotateCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make the next key for the hub's own vouchers.",
        discussion: """
            With --scheme, a key by which the hub signs its word on what a bank's statements show of \
            that scheme (tillhub statement): takings by it stand under its name.
            The key before it goes on signing until its time is over, and vouchers are signed by \
            the new one as soon as the list that names it is in force. Do it when 30 days are left.
            """)

    @Option(
        help: ArgumentHelp(
            "Make it for this scheme: 1 to 32 of A-Z a-z 0-9 . _ -", valueName: "name"))
    var scheme: String?
    @OptionGroup var life: KeyLifeOptions
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let scheme = try scheme.map(StatementOptions.scheme)
        let profile: HubProfile?
        do { profile = try await ledger.profile() } catch { throw CommandFailure(error) }
        guard let profile else { throw CommandFailure(.notInitialised) }
        let issuer = scheme ?? profile.issuer
        let entry = try life.entry(
            issuer, try folder.makeIssuer().publicKey, at: now)
        let refusal: TrustKeyRefusal?
        do { refusal = try await TrustRegistrar(ledger: ledger).addKey(entry, at: now) } catch {
            throw CommandFailure(error)
        }
        if let refusal { throw CommandFailure(refusal) }
        try KeysAnswer(issuer: issuer.name, keys: [TrustKeyMessage(entry)]).tell(
            json: output.json, "The hub signs by this key once the next list is in force.")
    }
}

/// `tillhub issuer revoke`: nothing that a key signed is accepted any more.
struct IssuerRevokeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke an issuer's key: nothing it signed is accepted.",
        discussion: """
            Honest holders of the hub's own vouchers get another for what is left: tillhub voucher \
            reissue. A revocation is for good.
            """)

    @Argument(help: "The key: a COSE_Key in CBOR, in hexadecimal.")
    var key: String
    @Option(help: "From when on (default: now): 2026-12-24T00:00:00Z or seconds since 1970 UTC.")
    var since: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let key = try Parsing.publicKey(key)
        let since = try since.map { try Parsing.moment($0, option: "--since") } ?? now
        guard since > 0, since <= now else {
            throw CommandFailure(
                .usage, reason: "time-in-the-future",
                message: "--since is not after now. Nothing was changed.")
        }
        let registrar = TrustRegistrar(ledger: try hub.folder.openLedger())
        let revoked: [TrustEntry]
        do {
            revoked = try await registrar.revoke(since: since, at: now) {
                $0.key == key && $0.subject.role == .issuer
            }
        } catch {
            throw CommandFailure(error)
        }
        guard let first = revoked.first else { throw CommandFailure(TrustKeyRefusal.unknown) }
        try KeysAnswer(issuer: first.subject.text, keys: revoked.map(TrustKeyMessage.init)).tell(
            json: output.json, "Revoked. Terminals refuse it once they have the next list.")
    }
}

/// `tillhub issuer list`: the issuers as the next list will have them.
struct IssuerListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the issuers that the hub knows, and their keys.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let issuer: String
        let own: Bool
        let keys: [TrustKeyMessage]
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let entries: [TrustEntry]
        let profile: HubProfile?
        do throws(HubLedgerError) {
            profile = try await ledger.profile()
            entries = try await TrustRegistrar(ledger: ledger).entries(at: Clock.seconds())
        } catch {
            throw CommandFailure(error)
        }
        guard let profile else { throw CommandFailure(RegistrarRefusal.notInitialised) }
        let names = Dictionary(
            grouping: entries.filter { $0.subject.role == .issuer }, by: \.subject.text)
        let lines = names.sorted { $0.key < $1.key }.map { name, entries in
            Line(
                issuer: name, own: name == profile.issuer.name,
                keys: entries.sorted { $0.from < $1.from }.map(TrustKeyMessage.init))
        }
        if output.json { return try Output.json(["issuers": lines]) }
        for line in lines {
            Output.line(line.issuer + (line.own ? "  (this hub)" : ""))
            for key in line.keys { key.tell() }
        }
    }
}
