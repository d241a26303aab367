import ArgumentParser
import COSE
import CommandSupport
import Hub
import HubProtocol
import Vouchers

/// `tillhub issuer`: whose vouchers the terminals accept.
struct IssuerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issuer", abstract: "Trust issuers and list them.",
        subcommands: [IssuerAddCommand.self, IssuerListCommand.self])
}

/// `tillhub issuer add`: the terminals accept this issuer's vouchers from their next exchange on.
struct IssuerAddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trust an issuer by its public keys.",
        discussion: "The terminals learn it with their next exchange (tillctl sync).")

    @Argument(help: "The issuer's name in the trust list: 1 to 32 of A-Z a-z 0-9 . _ -")
    var name: String
    @Argument(help: "Its public keys: each a COSE_Key in CBOR, in hexadecimal.")
    var keys: [String]
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let issuer: String
        let keys: [String]
        let changed: Bool
        let version: UInt64
    }

    func perform() async throws {
        let now = try Clock.believable()
        guard let id = IssuerID(name) else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "An issuer's name is 1 to 32 of A-Z a-z 0-9 . _ - and nothing was changed."
            )
        }
        var read: [PublicKey] = []
        for key in try keys.map(Parsing.publicKey) where !read.contains(key) { read.append(key) }
        let folder = hub.folder
        let registrar = HubRegistrar(ledger: try folder.openLedger(), key: try folder.identity())
        let answer: HubRegistrar.ChangeAnswer
        do { answer = try await registrar.addIssuer(Issuer(id: id, keys: read), at: now) } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .done(let terms, let changed):
            let told = Answer(
                issuer: id.name, keys: read.map(\.coseKey.hex), changed: changed,
                version: terms.version)
            if output.json { return try Output.json(told) }
            Output.line(
                changed
                    ? "Issuer \(id.name) is trusted from configuration version \(terms.version) on."
                    : "Issuer \(id.name) was trusted already with these keys.")
        }
    }
}

/// `tillhub issuer list`: the trust list, the hub's own entry first.
struct IssuerListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the issuers that the terminals trust.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let issuer: String
        let keys: [String]
        let own: Bool
    }

    private struct Answer: Encodable {
        let version: UInt64
        let issuers: [Line]
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let terms: TermsVersion
        let profile: HubProfile
        do {
            guard let latest = try await ledger.latestTerms(), let own = try await ledger.profile()
            else { throw CommandFailure(RegistrarRefusal.notInitialised) }
            (terms, profile) = (latest, own)
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        let lines = terms.terms.issuers.map { issuer in
            Line(
                issuer: issuer.id.name, keys: issuer.keys.map(\.coseKey.hex),
                own: issuer.id == profile.issuer)
        }
        if output.json { return try Output.json(Answer(version: terms.version, issuers: lines)) }
        Output.line("Configuration version \(terms.version)")
        for line in lines {
            Output.line(line.issuer + (line.own ? "  (this hub)" : ""))
            for key in line.keys { Output.line("  \(key)") }
        }
    }
}
