import ArgumentParser
import CommandSupport
import Hub
import Vouchers

// Vouchers that are paid with by reference: a pack for terminals, and references for cards.
extension VoucherIssueCommand {
    /// More is issued in several packs: a pack is made in memory, and each voucher is a commit.
    static let maximumCount = 100_000

    private struct PackAnswer: Encodable {
        let vouchers: Int
        let storeFile: String
        let references: String
    }

    func validate() throws {
        guard storeFile != nil else {
            if count != 1 { throw ValidationError("--count goes with --store-file.") }
            return
        }
        guard (1...Self.maximumCount).contains(count) else {
            throw ValidationError("--count is between 1 and \(Self.maximumCount).")
        }
        if holder != nil || kind == .certificate {
            throw ValidationError(
                "A reference pays for whoever has it: a voucher with a holder has none.")
        }
        if showCode || name != nil {
            throw ValidationError("--show-code and --name do not go with --store-file.")
        }
    }

    /// Issues `count` vouchers and writes them into a new pack.
    func issue(
        _ order: VoucherOrder, into path: String, by issuer: VoucherIssuer, at now: UInt64
    ) async throws {
        var objects: [[UInt8]] = []
        for _ in 0..<count {
            let answer: VoucherIssuer.Answer
            do {
                answer = try await issuer.issue(
                    order, cti: Random.bytes(VoucherIssuer.ctiLength), at: now)
            } catch {
                throw CommandFailure(error)
            }
            switch answer {
            case .refused(let refusal):
                throw CommandFailure(reason: refusal.reason, message: refusal.message)
            case .issued(_, let code):
                guard let object = try? VoucherText.decode(Array(code.utf8)) else {
                    preconditionFailure("An issued code is a voucher's text.")
                }
                objects.append(object)
            }
        }
        try VoucherPackFile.write(objects, to: path)
        let answer = PackAnswer(
            vouchers: count, storeFile: path,
            references: path + VoucherPackFile.referencesSuffix)
        if output.json { return try Output.json(answer) }
        Output.line("Issued \(count) vouchers: \(answer.storeFile), \(answer.references)")
        Output.line("Both files are the money. Import the pack with `tillctl voucher import`.")
    }
}
