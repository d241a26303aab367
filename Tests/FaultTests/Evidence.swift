import HubProtocol
import Payments
import Terminal
import Vouchers

@testable import SQLiteJournal

/// What a journal holds when it is opened on a sound disk, to be compared with what was told.
struct Evidence {
    /// Every capture, as one would be told.
    let captures: [Told.Approval]
    /// Minor units redeemed of each voucher, and the most that may be.
    private let redeemed: [(voucher: VoucherIdentity, consumed: UInt64, ceiling: UInt64)]
    /// Minor units undone of each capture, by its receipt.
    let undone: [ReceiptNumber: UInt64]
    private let queue: QueueStatus
    private let waiting: PendingBatch?

    /// Opens the journal, which audits its chain, numbers and sums, and reads it whole.
    init(folder: String, vfs: String?) async throws(JournalError) {
        let journal = try SQLiteJournal(
            folder: folder, identityIfNew: Counter.identity, vfs: vfs)
        var captures: [Told.Approval] = []
        var receipts: [UInt64: ReceiptNumber] = [:]
        var undone: [ReceiptNumber: UInt64] = [:]
        var redeemed: [VoucherIdentity: (consumed: UInt64, ceiling: UInt64)] = [:]
        for entry in try await journal.entries(after: 0, limit: .max) {
            guard let subject = entry.subject else { continue }
            if case .undo(let undo) = entry.event, let receipt = receipts[undo.undone] {
                undone[receipt, default: 0] += subject.amount
            }
            guard case .capture(let capture) = entry.event else { continue }
            receipts[entry.sequence] = capture.receipt
            captures.append(
                Told.Approval(
                    receipt: capture.receipt, sale: subject.sale, minorUnits: subject.amount))
            guard let code = try? VoucherCode(capture.evidence) else {
                throw .damaged("the evidence of receipt \(capture.receipt) is no voucher")
            }
            let before = redeemed[capture.voucher]
            redeemed[capture.voucher] = (
                (before?.consumed ?? 0) + capture.consumed,
                max(before?.ceiling ?? 0, code.claims.value.ceiling)
            )
        }
        self.captures = captures
        self.undone = undone
        self.redeemed = redeemed.map { ($0.key, $0.value.consumed, $0.value.ceiling) }
        queue = try await journal.queue()
        waiting = try await journal.pendingBatch(maximumEntries: 1) { _, _ in [0] }
    }

    /// What is not as it was told. A journal may hold one capture more than was told, where the
    /// terminal has said that it does not know, or never came to say anything.
    func violations(of told: Told, mayHoldMore: Bool) -> [String] {
        var found: [String] = []
        for approval in told.approvals where !captures.contains(approval) {
            found.append("receipt \(approval.receipt) was told and is not there")
        }
        let untold = captures.filter { !told.approvals.contains($0) }
        if untold.count > (mayHoldMore ? 1 : 0) {
            found.append("\(untold.count) payments are there that were told as not made")
        }
        if Set(told.approvals.map(\.receipt)).count != told.approvals.count {
            found.append("a receipt number was told twice")
        }
        for capture in captures {
            let (there, said) = (undone[capture.receipt] ?? 0, told.undone[capture.receipt] ?? 0)
            if there > capture.minorUnits {
                found.append("\(there) of receipt \(capture.receipt) are undone")
            }
            if there < said || there > said && !mayHoldMore {
                found.append("\(said) of receipt \(capture.receipt) were told as undone: \(there)")
            }
        }
        for one in redeemed where one.consumed > one.ceiling {
            found.append("\(one.voucher.shortName) paid \(one.consumed) of \(one.ceiling)")
        }
        if let sent = told.sent {
            if told.acknowledged == sent.number, queue.acknowledgedThrough < sent.entries.upperBound
            {
                found.append("batch \(sent.number) was acknowledged, and is in the queue again")
            }
            if told.acknowledged < sent.number, let waiting, waiting.number == sent.number,
                waiting != sent
            {
                found.append("batch \(sent.number) was sent, and is another now")
            }
            if told.acknowledged < sent.number, waiting.map({ $0.number < sent.number }) ?? false {
                found.append("batch \(sent.number) was sent, and was never made")
            }
        }
        return found
    }
}
