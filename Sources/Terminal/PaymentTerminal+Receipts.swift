import COSE
import HubProtocol
import Money
public import Payments
import Screens
import Vouchers

// Receipts as codes (`docs/spec/receipt.md`), and the screens after a sale.
extension PaymentTerminal {
    /// How long a customer sees that the payment was approved before the receipt's code stands there,
    /// in seconds: long enough to be read by both sides of the counter.
    static let approvedSeconds: UInt64 = 5
    /// How long the receipt's code stands there, in seconds, where no other sale begins: time to find
    /// the phone's camera, and not so long that the next customer takes it for a request to pay.
    static let receiptSeconds: UInt64 = 45

    /// What is shown once a payment has been approved: times in seconds since 1970 UTC.
    struct ReceiptTurn: Sendable {
        let screen: Screen
        let from: UInt64
        let until: UInt64
    }

    /// The signed text of a payment's receipt; nil where nothing of it counts, or it is not known
    /// whether anybody was told. A copy has the same text.
    public func receiptCode(of payment: CapturedPayment) -> String? {
        switch payment.standing {
        case .complete, .refundedInPart: break
        case .unclear, .refunded, .cancelled, .reversed: return nil
        }
        return SignedReceipt(
            terminal: configuration.terminal, receipt: payment.receipt, kind: .payment,
            at: payment.at, amount: payment.amount, issuer: payment.voucher.issuer
        ).text(signedBy: parts.key)
    }

    /// The signed text of an undoing's receipt; nil for a reversal, which has none.
    public func receiptCode(of undo: Undo, receipt: ReceiptNumber?) -> String? {
        let kind: SignedReceipt.Kind
        switch undo.kind {
        case .cancellation: kind = .cancellation
        case .refund: kind = .refund
        case .reversal: return nil
        }
        guard let receipt, undo.amount.minorUnits > 0 else { return nil }
        return SignedReceipt(
            terminal: configuration.terminal, receipt: receipt, kind: kind, at: undo.at,
            amount: undo.amount, payment: undo.payment.receipt,
            issuer: undo.payment.voucher.issuer
        ).text(signedBy: parts.key)
    }

    /// Keeps the receipt's screen of an approved capture for when its sale is over.
    func keepReceipt(of capture: Capture, _ number: ReceiptNumber) {
        let text = SignedReceipt(
            terminal: configuration.terminal, receipt: number, kind: .payment, at: capture.at,
            amount: capture.amount, issuer: capture.voucher.identity.issuer
        ).text(signedBy: parts.key)
        let now = parts.clock.now()
        receiptTurn = parts.encoder.symbol(forText: text).map { symbol in
            ReceiptTurn(
                screen: screens.composer.receipt(capture.amount, number: number, symbol: symbol),
                from: now + Self.approvedSeconds,
                until: now + Self.approvedSeconds + Self.receiptSeconds)
        }
    }

    /// Shows the receipt once the approval has been read, and nothing more once the receipt has been
    /// there long enough. Whatever else is shown meanwhile stays.
    func turnReceipt() {
        guard let turn = receiptTurn, machine.sale == nil else { return }
        let now = parts.clock.now()
        if now >= turn.until {
            receiptTurn = nil
            if shownScreen == turn.screen { showIdle() }
        } else if now >= turn.from, let approved = shownScreen, approved.kind == .approved {
            show(turn.screen)
            guard shownScreen == nil else { return }
            // A panel that is too small for the code goes on saying that it was paid.
            receiptTurn = nil
            show(approved)
        }
    }
}
