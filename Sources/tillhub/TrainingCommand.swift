import ArgumentParser
import COSE
import CommandSupport
import Foundation
import Hub
import HubProtocol
import Money
import Terminal
import TerminalState
import Vouchers

/// `tillhub training`: a terminal to practise on, with a hub and root keys of its own.
struct TrainingCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Make a terminal for training, with keys and a hub of its own.",
        discussion: """
            All in one folder: the terminal's state, its hub (hub), root keys (root) and vouchers \
            to practise with (vouchers). Nothing of it is money: every name in it begins with \
            training., screens and receipts say so, and no terminal takes what is the other's.

              tillhub training --state till-training
              tillhub serve --hub till-training/hub --port 8481
              tilld --training --state till-training
            """)

    /// The vouchers that are made: two that are spent whole, and stored value for sales in parts.
    private static let vouchers = [("fixed", "12.50"), ("fixed", "5.00"), ("stored", "50.00")]
    /// How long they are good: as long as the first trust list.
    private static let voucherLife = "90d"

    @Option(
        help: ArgumentHelp(
            "The folder (default: $TILL_TRAINING_STATE, else ./till-training).", valueName: "dir"))
    var state: String?
    @Option(help: "The shop's name on the screens, at most 25 characters.")
    var merchantName = "Till Shop"
    @Option(help: "The shop's city, at most 15 characters.")
    var city = "Berlin"
    @Option(help: "The currency to practise in.")
    var currency = "EUR"
    @Option(help: "The port of 127.0.0.1 on which its hub will listen.")
    var hubPort = 8481
    @Flag(help: "Make everything anew, whoever may log in excepted: the old is deleted.")
    var fresh = false
    @OptionGroup var output: OutputOptions

    /// The merchant of every training: never a live one's (`docs/spec/training.md`).
    static let merchant = Training.idPrefix + "m42"
    static let issuer = Training.idPrefix + "till-hub"
    static let terminal = "till:\(merchant)/t1"

    private struct Answer: Encodable {
        let state: String
        let terminal: String
        let merchant: String
        let hub: String
        let vouchers: String
    }

    func perform() async throws {
        guard (1...65_535).contains(hubPort) else {
            throw CommandFailure(
                .usage, reason: "port-out-of-range",
                message: "--hub-port is \(hubPort), not 1 to 65535. Nothing was made.")
        }
        let now = try Clock.believable()
        let folder = StateFolder(
            state ?? ProcessInfo.processInfo.environment["TILL_TRAINING_STATE"] ?? "till-training")
        try clear(folder)
        let hub = folder.path + "/hub"
        let vouchers = folder.path + "/vouchers"
        // Before all else, so that what breaks off is known for training's and can be made anew.
        guard let id = TerminalID(Self.terminal) else {
            preconditionFailure("The id of every training is one.")
        }
        _ = try folder.identity(as: id)
        try await makeHub(hub, root: folder.path + "/root", at: now)
        try await enrol(folder, as: id, hub: HubFolder(hub), at: now)
        for (kind, amount) in Self.vouchers {
            var command = try VoucherIssueCommand.parse([
                kind, "--hub", hub, "--out", vouchers, "--expires-in", Self.voucherLife,
                "--name", "\(kind)-\(amount)",
            ])
            command.amount = try amountText(amount)
            _ = try await command.make()
        }
        let answer = Answer(
            state: folder.path, terminal: Self.terminal, merchant: merchantName, hub: hub,
            vouchers: vouchers)
        if output.json { return try Output.json(answer) }
        Output.line("Made \(Self.terminal) for training in \(folder.path): nothing in it is money.")
        Output.line(
            "Who may log in: tillctl staff add NAME --role supervisor --state \(folder.path)")
        Output.line("Start it: systemctl start tilld-training, or by hand")
        Output.line("  tillhub serve --hub \(hub) --port \(hubPort)")
        Output.line("  tilld --training --state \(folder.path)")
        Output.line("Vouchers to practise with: \(vouchers)")
    }

    /// `12.50` in a currency that has other decimals: `12` or `12.500`.
    private func amountText(_ text: String) throws -> String {
        let decimals = try Parsing.currency(currency).exponent
        let parts = text.split(separator: ".")
        guard decimals > 0 else { return String(parts[0]) }
        let rest = (parts[1] + "000").prefix(decimals)
        return "\(parts[0]).\(rest)"
    }

    /// The hub, which knows of no other, and the root keys that only this terminal trusts.
    private func makeHub(_ path: String, root: String, at now: UInt64) async throws {
        let command = try InitCommand.parse([
            "--hub", path, "--root", root, "--merchant", Self.merchant, "--issuer", Self.issuer,
            "--name", "\(Training.issuerNamePrefix): no money", "--merchant-name", merchantName,
            "--city", city, "--currency", currency, "--url", "http://127.0.0.1:\(hubPort)",
        ])
        _ = try await command.make(try command.profile(), at: now)
    }

    /// Both sides are here, so that no file need be carried.
    private func enrol(
        _ folder: StateFolder, as id: TerminalID, hub: HubFolder, at now: UInt64
    ) async throws {
        let (key, journal) = try folder.identity(as: id)
        let request = EnrolmentRequest.signed(terminal: id, journal: journal, by: key)
        let registrar = HubRegistrar(ledger: try hub.openLedger(), key: try hub.identity())
        let outcome: HubRegistrar.EnrolmentOutcome
        do { outcome = try await registrar.enrol(request, consent: .none, at: now) } catch {
            throw CommandFailure(error)
        }
        switch outcome {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .enrolled(_, let answer, _):
            _ = try folder.enrol(with: answer, from: "the training hub's answer", at: now)
        }
    }
}

extension TrainingCommand {
    /// Sees to it that the folder is there and empty, but for who may log in.
    private func clear(_ folder: StateFolder) throws {
        let files = FileManager.default
        let names = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).filter {
            folder.path + "/" + $0 != folder.staffPath
        }
        guard !names.isEmpty else { return }
        let holder = try? folder.terminal()
        // The folder that a package makes holds the camera's, before there is a terminal.
        guard holder != nil || names != ["camera"] else { return }
        guard holder?.isTraining == true else {
            throw CommandFailure(
                reason: "other-terminal",
                message: "\(folder.path) is no terminal's in training. Nothing was changed. Name "
                    + "an empty folder with --state.")
        }
        guard fresh else {
            throw CommandFailure(
                reason: "training-exists",
                message: "\(folder.path) holds \(Self.terminal). Nothing was changed. Start it, "
                    + "or make it anew with --fresh.")
        }
        // The journal's lock says whether a daemon runs on it; a damaged one is nobody's.
        do { _ = try folder.openJournal() } catch let failure as CommandFailure
            where failure.reason == JournalError.locked.reason
        { throw failure } catch {}
        do {
            for name in names where name != "camera" {
                try files.removeItem(atPath: folder.path + "/" + name)
            }
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "\(folder.path) cannot be emptied: \(error.localizedDescription) No money "
                    + "is in it. Check its owner, or name another folder with --state.")
        }
    }
}
