public import HubProtocol
import Payments
import Vouchers

/// An accepted undoing, as the hub keeps it beside the entry.
public struct LedgerUndo: Hashable, Sendable {
    /// Which way of undoing it is, with its receipt number where it takes one.
    public let kind: UndoEntry.Kind
    /// The sequence number of the capture that is undone, in the same journal.
    public let capture: UInt64
    /// What goes back, if anything does: to the voucher that paid, or by a refund voucher.
    public let restoration: UndoEntry.Restoration?
    /// Why, as the terminal says.
    public let reason: String?

    /// Makes an undoing.
    public init(
        kind: UndoEntry.Kind, capture: UInt64, restoration: UndoEntry.Restoration?,
        reason: String?
    ) {
        self.kind = kind
        self.capture = capture
        self.restoration = restoration
        self.reason = reason
    }

    /// The kind of its entry (key 4).
    public var entryKind: JournalEntry.Kind {
        switch kind {
        case .cancellation: .cancellation
        case .refund: .refund
        case .reversal: .reversal
        }
    }

    /// What may be spent again of the voucher that paid, in minor units.
    public var returned: UInt64 {
        if case .refund(_, let way) = kind, way != .storedValue { return 0 }
        return restoration?.amount ?? 0
    }

    /// Whether it undoes the whole capture, and nothing may have been undone before.
    public var isWhole: Bool {
        switch kind {
        case .cancellation, .reversal: true
        case .refund: false
        }
    }
}

/// An accepted capture that an entry of a batch undoes, with what was undone of it before.
public struct UndoableCapture: Hashable, Sendable {
    /// The capture.
    public let capture: LedgerCapture
    /// The sale and the money that it is about.
    public let subject: EntrySubject
    /// Minor units that were undone before.
    public private(set) var undone: UInt64
    /// Whether it was cancelled or reversed before.
    public private(set) var isWhole: Bool

    /// Makes a capture that may be undone; see the properties for units.
    public init(capture: LedgerCapture, subject: EntrySubject, undone: UInt64, isWhole: Bool) {
        self.capture = capture
        self.subject = subject
        self.undone = undone
        self.isWhole = isWhole
    }

    /// The same after `undo` of so many minor units.
    func undoing(_ undo: LedgerUndo, _ amount: UInt64) -> UndoableCapture {
        var after = self
        after.undone += amount
        after.isWhole = isWhole || undo.isWhole
        return after
    }
}

/// Decides whether an undoing is right: linked to an accepted capture, and never more than was
/// captured (`docs/spec/hub-protocol.md`, *Quarantine*).
enum UndoJudge {
    /// Why an undoing goes into quarantine; a stable reason, and a sentence.
    struct Problem: Error {
        let reason: String
        let detail: String
    }

    /// Judges `undo` of `subject`, which undoes `target`; nil is no accepted capture.
    static func judge(
        _ undo: UndoEntry, of subject: EntrySubject, target: UndoableCapture?
    ) throws(Problem) -> LedgerUndo {
        guard let target else {
            throw Problem(
                reason: "undo-of-no-capture",
                detail: "Entry \(undo.undone) is no capture that the hub has accepted.")
        }
        guard subject.sale == target.subject.sale,
            subject.currencyNumber == target.subject.currencyNumber
        else {
            throw Problem(
                reason: "undo-of-other-sale",
                detail: "It names another sale or currency than the capture.")
        }
        let accepted = LedgerUndo(
            kind: undo.kind, capture: undo.undone, restoration: undo.restoration,
            reason: undo.reason)
        if target.isWhole || (accepted.isWhole && target.undone > 0) {
            throw Problem(
                reason: "undo-repeated", detail: "The capture was undone before, or a part of it.")
        }
        let left = target.subject.amount - target.undone
        guard subject.amount > 0, subject.amount <= left else {
            throw Problem(
                reason: "undo-above-capture",
                detail: "\(subject.amount) would go back, and \(left) of the capture are left.")
        }
        guard !accepted.isWhole || subject.amount == left else {
            throw Problem(
                reason: "undo-in-part", detail: "A cancellation is of the whole capture.")
        }
        guard restoresRightly(accepted, subject.amount, target) else {
            throw Problem(
                reason: "undo-restoration-differs",
                detail: "What it gives back is not what such an undoing gives back.")
        }
        return accepted
    }

    private static func restoresRightly(
        _ undo: LedgerUndo, _ amount: UInt64, _ target: UndoableCapture
    ) -> Bool {
        let paid = target.capture
        let fixed = VoucherKind.fixed.rawValue
        switch undo.kind {
        case .cancellation, .reversal:
            return undo.restoration
                == UndoEntry.Restoration(
                    voucher: paid.voucher, kind: paid.kind, amount: paid.consumed)
        case .refund(_, .storedValue):
            return paid.kind != fixed
                && undo.restoration
                    == UndoEntry.Restoration(
                        voucher: paid.voucher, kind: paid.kind, amount: amount)
        case .refund(_, .voucher):
            return undo.restoration?.kind == fixed && undo.restoration?.amount == amount
                && undo.restoration?.voucher != paid.voucher
        case .refund(_, .outside): return undo.restoration == nil
        }
    }
}
