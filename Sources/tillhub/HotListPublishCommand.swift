import ArgumentParser
import COSE
import CommandSupport
import Foundation
import HotLists
import Hub

/// A published list as JSON and for people.
struct PublishedAnswer: Encodable {
    let version: UInt64
    let issuedAt: UInt64
    let digest: String
    let bytes: Int
    let vouchers: Int
    let exceptions: Int
    let walletKeys: Int
    let issuerKeys: Int
    let changed: Bool?

    init(_ signed: SignedHotList, changed: Bool?) {
        version = signed.list.version
        issuedAt = signed.list.issuedAt
        digest = signed.digest.hex
        bytes = signed.bytes.count
        vouchers = signed.list.vouchers.count
        exceptions = signed.list.exceptions.count
        walletKeys = signed.list.walletKeys.count
        issuerKeys = signed.list.issuerKeys.count
        self.changed = changed
    }

    func tell() {
        Output.line("Hot list version \(version) of \(Shown.time(issuedAt)), \(bytes) bytes")
        Output.line(
            "\(vouchers) vouchers (\(exceptions) exceptions), \(walletKeys) wallets' keys, "
                + "\(issuerKeys) issuers' keys")
        Output.line("SHA-256 \(digest)")
    }
}

/// `tillhub hot-list publish`.
struct HotListPublishCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Make the hot list of now, sign it and publish it.",
        discussion: "Publish at least daily, also where nothing has changed: terminals go by the "
            + "list's age.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let desk = try await HotListDesk(hub.folder)
        let publication: HotListPublisher.Publication
        do {
            publication = try await desk.publisher.publish(at: now) {
                Random.bytes(HotListFingerprint.saltLength)
            }
        } catch { throw CommandFailure(error) }
        switch publication {
        case .refused(let refusal): throw HotListDesk.failure(refusal)
        case .published(let signed, let changed):
            let answer = PublishedAnswer(signed, changed: changed)
            if output.json { return try Output.json(answer) }
            answer.tell()
        }
    }
}

/// `tillhub hot-list show`.
struct HotListShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is revoked, and the list last published.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let published: PublishedAnswer?
        let revoked: [RevocationAnswer]
    }

    func perform() async throws {
        let folder = hub.folder
        let desk = try await HotListDesk(folder)
        var published: PublishedAnswer?
        let revoked: [Revocation]
        do {
            revoked = try await desk.publisher.revoked()
            if let bytes = try await desk.publisher.latest() {
                let signed = try SignedHotList(bytes, signedBy: try folder.identity().publicKey)
                published = PublishedAnswer(signed, changed: nil)
            }
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        } catch let error as HotListError {
            throw HotListDesk.failure(.damaged(error))
        }
        let answer = Answer(published: published, revoked: revoked.map(RevocationAnswer.init))
        if output.json { return try Output.json(answer) }
        for line in answer.revoked { Output.line(line.text) }
        if let published { published.tell() } else { Output.line("No hot list was published yet.") }
    }
}

/// `tillhub hot-list export`.
struct HotListExportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the published list, or the change to it, to a file for a terminal.",
        discussion: "For terminals without a network: tillctl hot-list import takes the file.")

    @Option(help: ArgumentHelp("Where to write it.", valueName: "file"))
    var out: String
    @Option(help: "The version that the terminal has, for a file with the change alone.")
    var since: UInt64?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let file: String
        let bytes: Int
        let whole: Bool
    }

    func perform() async throws {
        let desk = try await HotListDesk(hub.folder)
        let bytes: [UInt8]?
        do { bytes = try await desk.publisher.export(since: since ?? 0) } catch {
            throw CommandFailure(error)
        }
        guard let bytes else {
            throw CommandFailure(
                .notFound, reason: "hot-list-not-published",
                message: "There is nothing newer to write. Run tillhub hot-list publish first.")
        }
        do { try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic) } catch {
            throw CommandFailure(
                reason: "file-not-writable",
                message: "\(out) cannot be written (\(error.localizedDescription)). The list is "
                    + "published all the same; write it elsewhere with --out.")
        }
        let whole = !HotListDelta.isDelta(bytes)
        let answer = Answer(file: out, bytes: bytes.count, whole: whole)
        if output.json { return try Output.json(answer) }
        Output.line("Wrote \(out): \(bytes.count) bytes, \(whole ? "the whole list" : "a change").")
        Output.line("Carry it to the terminal: tillctl hot-list import \(out)")
    }
}
