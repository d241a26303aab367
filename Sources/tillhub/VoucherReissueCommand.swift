import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Foundation
import Hub
import Payments
import Vouchers

/// `tillhub voucher reissue`: another voucher for the rest of one whose key was revoked.
struct VoucherReissueCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "reissue",
        abstract: "Give a holder another voucher for what is left of one whose key was revoked.",
        discussion: """
            Only for vouchers that the hub has issued: what a thief made with the key is not among \
            them. What is left is what the captures tell that have arrived; let the terminals \
            synchronise first.
            """)

    /// A text of a code is far shorter, in bytes.
    private static let maximumFileBytes = 4_096

    @Argument(help: "The file with the old voucher's text (NAME.txt).")
    var file: String
    @Option(help: "The folder to write to.")
    var out = "."
    @Option(help: "The files' name without ending (default: reissued and the short name).")
    var name: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let old: String
        let voucher: String
        let kind: String
        let amount: MoneyMessage
        let expiry: String
        let text: String
        let picture: String
    }

    func validate() throws {
        guard name.map({ !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".") }) ?? true else {
            throw ValidationError("--name is a file's name without folder and ending.")
        }
    }

    func perform() async throws {
        let now = try Clock.believable()
        let code = try InputFile.read(
            file, upTo: Self.maximumFileBytes, consequence: "No voucher was made.")
        let folder = hub.folder
        let issuer = VoucherIssuer(
            ledger: try folder.openLedger(), keys: try folder.issuers())
        try OutputFile.makeFolder(out)
        let answer: VoucherIssuer.ReissueAnswer
        do {
            answer = try await issuer.reissue(
                code, cti: Random.bytes(VoucherIssuer.ctiLength), at: now)
        } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal):
            throw CommandFailure(reason: refusal.reason, message: refusal.message)
        case .issued(let voucher, let code, let old): try deliver(voucher, code, old)
        }
    }

    private func deliver(_ voucher: IssuedVoucher, _ code: String, _ old: VoucherIdentity) throws {
        let shortName = voucher.identity.shortName
        let tail = shortName.split(separator: "/").last.map(String.init) ?? shortName
        let path = "\(out)/\(name ?? "reissued-\(tail)")"
        let picture = try VoucherPicture.png(of: code, voucher)
        try OutputFile.create(path + ".txt", Array((code + "\n").utf8))
        try OutputFile.create(path + ".png", picture)
        let answer = Answer(
            old: old.shortName, voucher: shortName, kind: voucher.value.kind.name,
            amount: MoneyMessage(voucher.value.ceiling, currency: voucher.currencyNumber),
            expiry: Shown.time(voucher.expiry), text: path + ".txt", picture: path + ".png")
        if output.json { return try Output.json(answer) }
        Output.line("\(answer.voucher) takes the place of \(answer.old): \(answer.amount.shown)")
        Output.line("  \(answer.picture)")
        Output.line("  \(answer.text)")
    }
}
