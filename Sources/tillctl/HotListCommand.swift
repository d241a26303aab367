import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import HotLists
import HubProtocol
import Terminal
import TerminalState
import Trust

/// `tillctl hot-list`: the list of what is no longer good.
struct HotListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hot-list", abstract: "Show, verify and import the hot list.",
        subcommands: [
            HotListShowCommand.self, HotListVerifyCommand.self, HotListImportCommand.self,
        ])

    /// A list for people.
    static func tell(_ list: HotListMessage) {
        let time = Date(timeIntervalSince1970: Double(list.issuedAt)).formatted(.iso8601)
        let age = list.ageSeconds.map { ", \($0 / 3_600) hours old" } ?? ""
        Output.line("Hot list version \(list.version) of \(time)\(age), \(list.bytes) bytes")
        Output.line(
            "\(list.vouchers) vouchers, \(list.walletKeys) wallets' keys, \(list.issuerKeys) "
                + "issuers' keys")
        Output.line("SHA-256 \(list.digest)")
    }

    /// The bytes of a file, within the limit of a hot list.
    static func read(_ path: String) throws -> [UInt8] {
        let data = try InputFile.read(path, upTo: HotList.maximumBytes + 1)
        guard data.count <= HotList.maximumBytes else {
            throw CommandFailure(
                reason: "message-too-long",
                message: "\(path) is longer than any hot list (\(HotList.maximumBytes) bytes). "
                    + "The old one stays in force.")
        }
        return data
    }

    /// What came of a list offered past the daemon.
    static func message(_ offer: HotListShelf.Offer) throws -> HotListMessage {
        switch offer {
        case .taken(let list): return message(list, taken: true)
        case .held(let list): return message(list, taken: false)
        case .refused(let error):
            throw CommandFailure(
                reason: error.reason,
                message: "\(error.description) The old hot list stays in force.")
        case .notKept(let detail):
            throw CommandFailure(
                reason: "hot-list-not-kept",
                message: "The hot list could not be written (\(detail)). The old one stays in "
                    + "force.")
        }
    }

    static func message(_ signed: SignedHotList, taken: Bool?) -> HotListMessage {
        let now = secondsNow()
        return HotListMessage(
            version: signed.list.version, issuedAt: signed.list.issuedAt,
            ageSeconds: now - min(now, signed.list.issuedAt), digest: signed.digest.hex,
            bytes: signed.bytes.count, vouchers: signed.list.vouchers.count,
            walletKeys: signed.list.walletKeys.count, issuerKeys: signed.list.issuerKeys.count,
            taken: taken)
    }

    /// The shelf of a terminal whose daemon does not run.
    static func shelf(_ folder: StateFolder) throws -> (shelf: HotListShelf, folder: StateFolder) {
        let hubs = try folder.trust().hubKeys
        return (
            HotListShelf(keeper: HotListFile(path: folder.hotListPath), hubs: hubs), folder
        )
    }
}

/// `tillctl hot-list show`.
struct HotListShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the hot list in force and its age.",
        discussion: "Asks the daemon, and reads the file where none runs.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        var list: HotListMessage
        do {
            list = try await daemon.ask { try await $0.hotList() }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let (shelf, _) = try HotListCommand.shelf(StateFolder(daemon.state.folder))
            guard let held = shelf.held else {
                throw CommandFailure(
                    .notFound, reason: "hot-list-missing",
                    message: "This terminal has no hot list yet. Import one from a file "
                        + "(tillctl hot-list import), or start tilld.")
            }
            list = HotListCommand.message(held, taken: nil)
        }
        if output.json { return try Output.json(list) }
        HotListCommand.tell(list)
    }
}

/// A keeper that is only asked: what it is told to keep it forgets.
private struct LookingKeeper: HotListKeeper {
    let kept: HotListFile

    func load() -> [UInt8]? { kept.load() }
    func floor() -> UInt64 { kept.floor() }
    func keep(_ list: [UInt8], version: UInt64) throws {}
}

/// `tillctl hot-list verify`.
struct HotListVerifyCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Say whether a file is a hot list of this terminal's hub.",
        discussion: "Changes nothing.")

    @Argument(help: "A file that tillhub hot-list export wrote.")
    var file: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let bytes = try HotListCommand.read(file)
        let folder = StateFolder(state.folder)
        let keeper = LookingKeeper(kept: HotListFile(path: folder.hotListPath))
        let hubs = try folder.trust().hubKeys
        var shelf = HotListShelf(keeper: keeper, hubs: hubs)
        let answer: HotListMessage
        switch shelf.take(bytes, signedBy: hubs, latest: nil) {
        case .refused(let error):
            throw CommandFailure(
                reason: error.reason, message: "\(file): \(error.description) Nothing was changed.")
        case .taken(let signed), .held(let signed):
            answer = HotListCommand.message(signed, taken: nil)
        case .notKept(let detail):
            throw CommandFailure(
                reason: "hot-list-not-verified",
                message: "\(file) could not be looked at (\(detail)). Nothing was changed.")
        }
        if output.json { return try Output.json(answer) }
        HotListCommand.tell(answer)
    }
}

/// `tillctl hot-list import`.
struct HotListImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Put a hot list from a file in force.",
        discussion: "Through the daemon, and past it where none runs.")

    @Argument(help: "A file that tillhub hot-list export wrote.")
    var file: String
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let bytes = try HotListCommand.read(file)
        var list: HotListMessage
        do {
            list = try await daemon.ask { try await $0.takeHotList(bytes) }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            var (shelf, folder) = try HotListCommand.shelf(StateFolder(daemon.state.folder))
            let hubs = try folder.trust().hubKeys
            list = try HotListCommand.message(shelf.take(bytes, signedBy: hubs, latest: nil))
        }
        if output.json { return try Output.json(list) }
        Output.line(list.taken == true ? "In force now:" : "In force already:")
        HotListCommand.tell(list)
    }
}
