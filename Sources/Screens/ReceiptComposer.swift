public import Clocks
import Money
public import Payments
import Vouchers

/// Makes the text of a receipt: lines of at most 42 characters but for names, as a till roll has
/// them. A pure function, in English.
public struct ReceiptComposer: Sendable {
    /// The merchant's name, as the hub signed it.
    public let merchant: String
    /// The terminal's id.
    public let terminal: String
    /// Whether the terminal is in training: a receipt begins and ends with that.
    public let isTraining: Bool

    /// By which the times on it are told.
    public let calendar: ShopCalendar

    /// The first and the last line of each receipt in training.
    public static let trainingLine = "*** TRAINING: NO RECEIPT, NO MONEY ***"

    /// Makes a composer.
    public init(
        merchant: String, terminal: String, isTraining: Bool = false,
        calendar: ShopCalendar = .utc
    ) {
        self.merchant = merchant
        self.terminal = terminal
        self.isTraining = isTraining
        self.calendar = calendar
    }

    private func marked(_ lines: [String]) -> [String] {
        isTraining ? [Self.trainingLine] + lines + [Self.trainingLine] : lines
    }

    /// The customer's receipt of an undoing; `receipt` is nil for a reversal, which has none.
    /// `vat` is what of the amount was taxed, `tip` what of it was a tip, in minor units.
    public func lines(of undo: Undo, receipt: ReceiptNumber?, vat: [VATLine] = [], tip: UInt64 = 0)
        -> [String]
    {
        let payment = undo.payment
        var lines = [
            merchant, terminal, Self.title(undo.kind),
            receipt.map { "Receipt \($0)" } ?? "No receipt number",
            "For receipt \(payment.receipt) of \(payment.amount)",
            "Given back: \(undo.amount)", "\(calendar.local(undo.at))",
            ScreenLanguage.english.text(UndoSentences(undo).customer),
        ]
        let left = payment.amount.minorUnits - payment.undone.refunded
        if case .refund = undo.kind, left > undo.amount.minorUnits {
            let rest = Amount(
                minorUnits: left - undo.amount.minorUnits, currency: undo.amount.currency)
            lines.insert("Stays paid: \(rest)", at: 6)
        }
        lines += Self.line(ofTip: tip, in: undo.amount.currency)
        lines += Self.table(of: vat, in: undo.amount.currency)
        if let reason = undo.reason { lines.append("Reason: \(reason)") }
        return marked(lines)
    }

    /// The receipt of a payment once more, for who asks for it later: it says so in its first line,
    /// and how the payment stands now. `vat` and `tip` are what of the amount is
    /// taxed, and what is a tip in minor units, as it was paid.
    public func copy(of payment: CapturedPayment, vat: [VATLine] = [], tip: UInt64 = 0)
        -> [String]
    {
        var lines = [
            "COPY", merchant, terminal, "Receipt \(payment.receipt)", "Paid: \(payment.amount)",
            "\(calendar.local(payment.at))", "Sale \(payment.sale.text)",
            "By \(payment.voucher.shortName) (\(payment.voucherKind.name))",
        ]
        lines += Self.line(ofTip: tip, in: payment.amount.currency)
        lines += Self.table(of: vat, in: payment.amount.currency)
        switch payment.standing {
        case .unclear, .complete: break
        case .cancelled: lines.append("CANCELLED: nothing was paid.")
        case .reversed: lines.append("REVERSED: nothing was paid.")
        case .refunded, .refundedInPart:
            let back = Amount(
                minorUnits: payment.undone.refunded, currency: payment.amount.currency)
            lines.append("Given back since: \(back)")
        }
        return marked(lines)
    }

    private static func line(ofTip tip: UInt64, in currency: Currency) -> [String] {
        tip > 0 ? ["Of it tip: \(Amount(minorUnits: tip, currency: currency))"] : []
    }

    /// Value-added tax, a line for each rate: 32 characters, which the narrowest rolls have, while no
    /// amount has more than seven digits.
    static func table(of vat: [VATLine], in currency: Currency) -> [String] {
        guard !vat.isEmpty else { return [] }
        func row(_ head: String, _ cells: [String]) -> String {
            let padded = head + String(repeating: " ", count: max(0, 8 - head.count))
            return cells.reduce(padded) { row, cell in
                row + String(repeating: " ", count: max(1, 8 - cell.count)) + cell
            }
        }
        func written(_ minorUnits: UInt64) -> String {
            Amount(minorUnits: minorUnits, currency: currency).decimalText
        }
        return [row("VAT", ["gross", "net", "tax"])]
            + vat.map { line in
                row(
                    "\(line.code) \(line.rateText)",
                    [written(line.gross), written(line.net), written(line.tax)])
            }
    }

    private static func title(_ kind: UndoKind) -> String {
        switch kind {
        case .cancellation: "CANCELLATION"
        case .refund: "REFUND"
        case .reversal: "REVERSAL"
        }
    }
}
