import ArgumentParser
import CairoDisplay
import CommandSupport
import Foundation
import Hub
import HubProtocol
import QRencodeEncoder
import Vouchers

/// `tillhub clock-code`: the time, signed for a terminal whose clock is not believed.
struct ClockCodeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock-code",
        abstract: "Sign the time for a terminal whose clock is suspect.",
        discussion: """
            The terminal shows a challenge (tillctl clock challenge) that is good for 15 minutes. \
            Bring the code back by then: as text or as a picture (tillctl clock settle). The less \
            time passes, the better the terminal's clock is settled.
            """)

    @Argument(help: "The terminal's id (till:m42/t7).")
    var terminal: String
    @Argument(help: "The challenge that it shows (XXXX-XXXX).")
    var challenge: String
    @Flag(
        help: ArgumentHelp(
            "Also where it is before a time that this hub has signed.",
            discussion: "For after this machine's own clock was wrong."))
    var overrule = false
    @Option(help: ArgumentHelp("Also write the code as a QR code (PNG).", valueName: "file"))
    var out: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let code: String
        let at: UInt64
        let picture: String?
    }

    func perform() async throws {
        let now = try Clock.believable()
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-malformed",
                message: "\"\(terminal.prefix(40))\" is no terminal id, such as till:m42/t7. "
                    + "Nothing was signed.")
        }
        guard let challenge = ClockChallenge(typed: challenge) else {
            throw CommandFailure(
                .usage, reason: "challenge-malformed",
                message: "A challenge is 8 letters and digits, such as 7Q2K-M0XA; look at it "
                    + "again. Nothing was signed.")
        }
        let folder = hub.folder
        let ledger = try folder.openLedger()
        do {
            guard try await ledger.enrolments().contains(where: { $0.terminal == id }) else {
                throw CommandFailure(
                    .notFound, reason: "unknown-terminal",
                    message: "Terminal \(id.text) is not enrolled with this hub. Nothing was "
                        + "signed.")
            }
        } catch let error as HubLedgerError { throw CommandFailure(error) }
        let message = SignedTime(
            terminal: id, nonce: challenge.characters, at: now, overrules: overrule
        ).signed(by: try folder.identity())
        let code = SignedTime.text(of: message)
        if let out { try Self.draw(code, captions: [id.text, Shown.time(now)], to: out) }
        let answer = Answer(code: code, at: now, picture: out)
        if output.json { return try Output.json(answer) }
        Output.line(code)
    }

    private static func draw(_ code: String, captions: [String], to path: String) throws {
        do {
            let symbol = try SymbolEncoder.encode(
                Array(code.utf8), mode: .alphanumeric, level: .medium)
            let picture = try SymbolPicture.draw(symbol, captions: captions)
            try Data(picture.png).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                reason: "picture-not-made",
                message: "The picture of the code could not be made: \(error). Run the command "
                    + "again without --out: the code is text too.")
        }
    }
}
