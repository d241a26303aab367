import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import HubProtocol
import Screens
import Terminal
import TerminalState
import Trust
import Vouchers

/// `tillctl trust`: whom this terminal trusts.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Show, verify and import whom this terminal trusts.",
        subcommands: [TrustShowCommand.self, TrustVerifyCommand.self, TrustImportCommand.self])
}

/// What is held, in JSON.
private struct TrustReport: Encodable {
    let rootVersion: UInt64
    let rootFingerprint: String
    let rootExpires: String
    let generation: UInt64
    let listVersion: UInt64
    let listIssued: String
    let listExpires: String
    let expired: Bool
    let freshnessVersion: UInt64?
    let confirmed: String
    let ageSeconds: UInt64
    let issuers: [String]
    let hubs: Int
    let terminals: Int

    init(_ store: TrustStore, at now: UInt64) {
        let list = store.list.list
        rootVersion = store.root.root.version
        rootFingerprint = store.root.root.fingerprint.hex
        rootExpires = UTCTime(store.root.root.expiresAt).rfc3339
        generation = list.generation
        listVersion = list.version
        listIssued = UTCTime(list.issuedAt).rfc3339
        listExpires = UTCTime(list.expiresAt).rfc3339
        expired = store.isExpired(at: now)
        freshnessVersion = store.freshness?.statement.version
        confirmed = UTCTime(store.confirmedAt).rfc3339
        ageSeconds = store.age(at: now)
        issuers = list.issuers.map(\.id.name)
        hubs = list.entries(.hub).count
        terminals = list.entries(.terminal).count
    }

    func tell() {
        Output.line("Root \(rootVersion), fingerprint \(rootFingerprint), expires \(rootExpires)")
        Output.line(
            "Trust list \(listVersion) of \(listIssued)\(expired ? ", EXPIRED" : ", expires") "
                + "\(listExpires)")
        Output.line("Last confirmed \(confirmed), \(ageSeconds / 60) minutes ago")
        Output.line(
            "Issuers: \(issuers.joined(separator: ", ")); hub keys: \(hubs); terminals' keys: "
                + "\(terminals)")
    }
}

/// `tillctl trust show`.
struct TrustShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is in force, and how old it is.",
        discussion: "Works without the daemon. Exit code 4 where the list has expired.")

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let report = TrustReport(try StateFolder(state.folder).trust(), at: secondsNow())
        if output.json { try Output.json(report) } else { report.tell() }
        if report.expired { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}

/// `tillctl trust verify`: what would become of a file.
struct TrustVerifyCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say whether this terminal would take a file, and change nothing.")

    @Argument(help: "A file that `tillhub trust export`, `sign` or `root rotate` wrote.")
    var file: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let accepted = true
        let changed: Bool
        let trust: TrustReport
    }

    func perform() async throws {
        let now = secondsNow()
        let held = try StateFolder(state.folder).trust()
        let offer = try StateFolder.offer(in: file, held: held, at: now)
        let update = held.update(with: offer, at: now)
        if let refusal = update.refusal {
            throw CommandFailure(refusal, file: file, held: held, at: now)
        }
        let answer = Answer(
            changed: update.changed, trust: TrustReport(update.store, at: now))
        if output.json { return try Output.json(answer) }
        Output.line(
            update.changed ? "It would be taken:" : "It is what is held already:")
        answer.trust.tell()
    }
}

/// `tillctl trust import`: takes a file.
struct TrustImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take roots, a trust list and a statement from a file.",
        discussion: """
            Through the daemon where it runs, else past it; by the same rules as from the hub. \
            What is refused changes nothing, and the versions held before are never forgotten.
            """)

    @Argument(help: "A file that `tillhub trust export`, `sign` or `root rotate` wrote.")
    var file: String
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let changed: Bool
        let trust: TrustReport
    }

    func perform() async throws {
        let now = secondsNow()
        let folder = StateFolder(daemon.state.folder)
        let offer = try StateFolder.offer(in: file, held: try? folder.trust(), at: now)
        let changed: Bool
        do {
            let before = try? folder.trust()
            try await daemon.ask { try await $0.take(trust: offer.encoded()) }
            changed = try folder.trust() != before
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            changed = try folder.take(offer, file: file, at: now).changed
        }
        let answer = Answer(
            changed: changed, trust: TrustReport(try folder.trust(), at: now))
        if output.json { return try Output.json(answer) }
        Output.line(changed ? "In force:" : "It was in force already:")
        answer.trust.tell()
    }
}
