import ArgumentParser
import COSE
import CommandSupport
import Foundation
import HotLists
import Hub
import HubProtocol
import Vouchers

/// `tillhub hot-list`: what is no longer good although it verifies.
struct HotListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hot-list",
        abstract: "Revoke vouchers and keys, and publish the list of them.",
        discussion: """
            What is added is in the hub's book at once; terminals learn of it by the list that is \
            published next, with their next exchange (tillctl sync) or as a file \
            (tillhub hot-list export, tillctl hot-list import).
            """,
        subcommands: [
            HotListAddCommand.self, HotListWithdrawCommand.self, HotListPublishCommand.self,
            HotListShowCommand.self, HotListExportCommand.self,
        ])
}

/// What a command revokes or takes back.
struct RevocationOptions: ParsableArguments {
    @Option(help: "A voucher, by its code (TV1:…).")
    var voucher: String?
    @Option(help: "A voucher, by its cti in hexadecimal; with --issuer.")
    var cti: String?
    @Option(help: "The issuer of --cti: its name in the trust list (default: this hub's own).")
    var issuer: String?
    @Option(help: "A wallet's public key: a COSE_Key in hexadecimal (tillwallet key prints it).")
    var walletKey: String?
    @Option(help: "An issuer's public key: a COSE_Key in hexadecimal.")
    var issuerKey: String?

    /// What is named; a voucher's own expiry with it.
    func subjects(of issuers: IssuerDirectory, own: IssuerID) throws
        -> [(subject: RevocationSubject, expiry: UInt64?)]
    {
        var subjects: [(RevocationSubject, UInt64?)] = []
        if let voucher { subjects.append(try Self.voucher(voucher, issuers)) }
        if let cti { subjects.append((try self.voucher(cti: cti, own: own), nil)) }
        if let walletKey {
            subjects.append((.walletKey(try Parsing.publicKey(walletKey).thumbprint), nil))
        }
        if let issuerKey {
            subjects.append((.issuerKey(try Parsing.publicKey(issuerKey).thumbprint), nil))
        }
        return subjects
    }

    private static func voucher(_ text: String, _ issuers: IssuerDirectory) throws
        -> (RevocationSubject, UInt64?)
    {
        let code: VoucherCode
        do { code = try VoucherCode(text: Array(text.utf8)) } catch {
            throw CommandFailure(
                .usage, reason: error.reason.rawValue,
                message: "--voucher is no voucher's code: \(error.detail) Nothing was changed.")
        }
        let object = try? Sign1.decode(code.issuerBytes)
        let candidates = issuers.candidates(keyID: object?.keyID ?? [])
        guard let signer = candidates.first(where: { object?.isSigned(by: $0.key.key) == true })
        else {
            throw CommandFailure(
                reason: "issuer-unknown",
                message: "No issuer in the trust list has signed that voucher: no terminal takes "
                    + "it. Nothing was changed.")
        }
        let identity = VoucherIdentity(issuer: signer.issuer, cti: code.claims.cti)
        return (.voucher(identity), code.claims.expiry)
    }

    private func voucher(cti: String, own: IssuerID) throws -> RevocationSubject {
        guard let bytes = [UInt8](hex: cti), (8...16).contains(bytes.count) else {
            throw CommandFailure(
                .usage, reason: "cti-malformed",
                message: "--cti is 8 to 16 bytes in hexadecimal. Nothing was changed.")
        }
        guard let issuer = issuer.map(IssuerID.init) ?? own else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "--issuer is 1 to 32 of A-Z a-z 0-9 . _ - and nothing was changed.")
        }
        return .voucher(VoucherIdentity(issuer: issuer, cti: bytes))
    }
}

/// The hub's book and publisher, opened.
struct HotListDesk {
    let publisher: HotListPublisher
    let issuers: IssuerDirectory
    let own: IssuerID

    init(_ folder: HubFolder) async throws {
        let ledger = try folder.openLedger()
        do {
            guard let profile = try await ledger.profile() else {
                throw CommandFailure(RegistrarRefusal.notInitialised)
            }
            own = profile.issuer
            issuers = try await TrustRegistrar(ledger: ledger).issuers(at: Clock.believable())
        } catch let error as HubLedgerError { throw CommandFailure(error) }
        publisher = HotListPublisher(ledger: ledger, key: try folder.identity(), issuer: own)
    }

    static func failure(_ refusal: HotListRefusal) -> CommandFailure {
        let status: ExitStatus =
            switch refusal {
            case .notRevoked: .notFound
            case .damaged: .dataDamaged
            default: .failed
            }
        return CommandFailure(status, reason: refusal.reason, message: refusal.message)
    }

    /// A person's reason, fit for the book.
    static func checked(reason: String) throws -> String {
        guard (1...Revocation.maximumReasonLength).contains(reason.utf8.count),
            reason.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw CommandFailure(
                .usage, reason: "reason-malformed",
                message: "--reason has 1 to \(Revocation.maximumReasonLength) bytes without "
                    + "control characters. Nothing was changed.")
        }
        return reason
    }
}

/// `tillhub hot-list add`.
struct HotListAddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Revoke a voucher, a wallet's key, an issuer's key.",
        discussion: "Publish the list afterwards: tillhub hot-list publish.")

    @OptionGroup var what: RevocationOptions
    @Flag(help: "Every voucher that terminals have captured for more than it is worth.")
    var overspent = false
    @Option(
        help: "From when on a key is no longer good (2026-12-24T00:00:00Z; default: now).")
    var from: String?
    @Option(help: "Why, for people.")
    var reason = "revoked at the hub"
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let added: [RevocationAnswer]
    }

    func perform() async throws {
        let now = try Clock.believable()
        let reason = try HotListDesk.checked(reason: reason)
        let from = try from.map { try Parsing.moment($0, option: "--from") } ?? now
        let desk = try await HotListDesk(hub.folder)
        let subjects = try what.subjects(of: desk.issuers, own: desk.own)
        guard !subjects.isEmpty || overspent else {
            throw CommandFailure(
                .usage, reason: "nothing-named",
                message: "Name what is revoked: --voucher, --cti, --wallet-key, --issuer-key or "
                    + "--overspent. Nothing was changed.")
        }
        var added: [Revocation] = []
        do {
            for (subject, expiry) in subjects {
                added += try await desk.publisher.revoke(
                    [subject], from: from, expiry: expiry, reason: reason, at: now)
            }
            if overspent {
                added += try await desk.publisher.revokeOverspent(reason: reason, at: now)
            }
        } catch { throw CommandFailure(error) }
        let answer = Answer(added: added.map(RevocationAnswer.init))
        if output.json { return try Output.json(answer) }
        for line in answer.added { Output.line("Revoked \(line.text)") }
        Output.line(
            added.isEmpty
                ? "Nothing was added: it is revoked already."
                : "Next: tillhub hot-list publish")
    }
}

/// A revocation as JSON and as a line. Of a voucher only the short name is told: the whole `cti`
/// of a bearer voucher is the money.
struct RevocationAnswer: Encodable {
    let kind: String
    let what: String
    let from: UInt64
    let reason: String

    init(_ line: Revocation) {
        kind = line.subject.kind.name
        switch line.subject {
        case .voucher(let voucher): what = voucher.shortName
        case .walletKey(let thumbprint), .issuerKey(let thumbprint): what = thumbprint.hex
        }
        from = line.from
        reason = line.reason
    }

    var text: String { "\(kind) \(what) from \(Shown.time(from)): \(reason)" }
}

/// `tillhub hot-list withdraw`.
struct HotListWithdrawCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take a revocation back.")

    @OptionGroup var what: RevocationOptions
    @Option(help: "Why, for people.")
    var reason = "withdrawn at the hub"
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let withdrawn: Int
    }

    func perform() async throws {
        let now = try Clock.believable()
        let reason = try HotListDesk.checked(reason: reason)
        let desk = try await HotListDesk(hub.folder)
        let subjects = try what.subjects(of: desk.issuers, own: desk.own)
        for (subject, _) in subjects {
            let refusal: HotListRefusal?
            do {
                refusal = try await desk.publisher.withdraw(subject, reason: reason, at: now)
            } catch { throw CommandFailure(error) }
            if let refusal { throw HotListDesk.failure(refusal) }
        }
        if output.json { return try Output.json(Answer(withdrawn: subjects.count)) }
        Output.line("Withdrew \(subjects.count). Next: tillhub hot-list publish")
    }
}
