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

    /// What is shown once a payment has been approved: times in seconds since 1970 UTC. The code is
    /// signed and drawn when its turn comes, not while somebody waits for the approval.
    struct ReceiptTurn: Sendable {
        let capture: Capture
        let number: ReceiptNumber
        let from: UInt64
        let until: UInt64
        /// The receipt's screen, once it was shown.
        var screen: Screen?
    }

    /// The signed text of a payment's receipt; nil where nothing of it counts, or it is not known
    /// whether anybody was told. A copy has the same text.
    public func receiptCode(of payment: CapturedPayment) -> String? {
        switch payment.standing {
        case .complete, .refundedInPart: break
        case .unclear, .refunded, .cancelled, .reversed: return nil
        }
        return receiptText(
            .payment, number: payment.receipt, at: payment.at, amount: payment.amount,
            issuer: payment.voucher.issuer)
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
        return receiptText(
            kind, number: receipt, at: undo.at, amount: undo.amount, payment: undo.payment.receipt,
            issuer: undo.payment.voucher.issuer)
    }

    private func receiptText(
        _ kind: SignedReceipt.Kind, number: ReceiptNumber, at time: UInt64, amount: Amount,
        payment: ReceiptNumber? = nil, issuer: IssuerID
    ) -> String {
        SignedReceipt(
            terminal: configuration.terminal, receipt: number, kind: kind, at: time, amount: amount,
            payment: payment, issuer: issuer
        ).text(signedBy: parts.key)
    }

    /// Keeps an approved capture, whose receipt is shown when its sale is over.
    func keepReceipt(of capture: Capture, _ number: ReceiptNumber) {
        let from = parts.clock.now() + Self.approvedSeconds
        receiptTurn = ReceiptTurn(
            capture: capture, number: number, from: from, until: from + Self.receiptSeconds)
    }

    /// Shows the receipt once the approval has been read, and nothing more once the receipt has been
    /// there long enough. Whatever else is shown meanwhile stays.
    func turnReceipt() {
        guard let turn = receiptTurn, machine.sale == nil else { return }
        let now = parts.clock.now()
        if now >= turn.until {
            receiptTurn = nil
            if let screen = turn.screen, shownScreen == screen { showIdle() }
        } else if now >= turn.from, let approved = shownScreen, approved.kind == .approved {
            receiptTurn = nil
            guard let receipt = receiptScreen(of: turn) else { return }
            show(receipt)
            guard shownScreen == receipt else {
                // A panel that is too small for the code goes on saying that it was paid.
                return show(approved)
            }
            receiptTurn = turn
            receiptTurn?.screen = receipt
        }
    }

    /// The receipt's screen; nil where its code is too long for a symbol.
    private func receiptScreen(of turn: ReceiptTurn) -> Screen? {
        let capture = turn.capture
        let text = receiptText(
            .payment, number: turn.number, at: capture.at, amount: capture.amount,
            issuer: capture.voucher.identity.issuer)
        return parts.encoder.symbol(forText: text).map {
            screens.composer.receipt(capture.amount, number: turn.number, symbol: $0)
        }
    }
}
