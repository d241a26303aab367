import COSE
import HubProtocol
public import Money
public import Payments
public import Screens
import Trust
import Vouchers

/// What an order to undo a payment came to.
public struct UndoResult: Hashable, Sendable {
    /// The undoing, durable.
    public let undo: Undo
    /// Its receipt number; nil for a reversal.
    public let receipt: ReceiptNumber?
    /// The text of the refund voucher, where the money goes back by one: whoever has it has the
    /// money.
    public let code: String?
    /// The same as a QR code.
    public let symbol: SymbolMatrix?
    /// Whether it had been made before, under the same key.
    public let isRepeated: Bool
}

/// What the machine answered to one order.
enum UndoAnswer: Sendable {
    case done(Undo, ReceiptNumber?)
    case refused(UndoRefusal)
}

// Undoing payments (`docs/spec/sale.md`, *Undoing a payment*).
extension PaymentTerminal {
    /// Undoes the payment with `receipt`. With a `key` that is known, answers with what was made
    /// under it.
    ///
    /// - Parameters:
    ///   - amount: of a refund, how much; nil for all that is left.
    ///   - reason: why, for the records; at most ``UndoOrder/maximumReasonLength`` bytes.
    ///   - operatedBy: who orders it, where somebody is logged in; kept with the entry.
    public func undo(
        receipt: ReceiptNumber, kind: UndoKind, amount: Amount? = nil, reason: String? = nil,
        key: String? = nil, by operatedBy: EntryOperator? = nil
    ) async throws(SaleRefusal) -> UndoResult {
        if let key, let known = try await knownUndo(key, receipt, kind, amount) { return known }
        if let reason, !Self.isReason(reason) {
            throw SaleRefusal(
                reason: "reason-malformed",
                message: "A reason has 1 to \(UndoOrder.maximumReasonLength) bytes of text "
                    + "without control characters. Nothing was undone.")
        }
        lastUndoOrder += 1
        let number = lastUndoOrder
        await run(
            .undo(
                UndoOrder(
                    number: number, receipt: receipt, kind: kind, amount: amount, reason: reason,
                    key: key, operatedBy: operatedBy, cti: parts.random.bytes(UndoOrder.ctiLength),
                    at: parts.clock.now()), refundRole))
        switch undoAnswers.removeValue(forKey: number) {
        case .done(let undo, let receipt):
            return result(of: undo, receipt: receipt, isRepeated: false)
        case .refused(let refusal):
            throw SaleRefusal(
                UndoWords(refusal, receipt: receipt, terminal: configuration.terminal))
        case nil: throw SaleRefusal(UndoWords(.busy, receipt: receipt, terminal: nil))
        }
    }

    /// The payment that a receipt number names, for people.
    public func payment(receipt: ReceiptNumber) async throws(SaleRefusal) -> CapturedPayment {
        let found: ReceiptLookUp
        do { found = try await parts.journal.receipt(receipt) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
        switch found {
        case .payment(let payment): return payment
        case .unknown:
            throw SaleRefusal(UndoWords(.receiptUnknown, receipt: receipt, terminal: nil))
        case .undoing: throw SaleRefusal(UndoWords(.notAPayment, receipt: receipt, terminal: nil))
        }
    }

    /// How a refund of `payment` gives the money back unless somebody says otherwise: to what paid,
    /// where that takes money back; else by a refund voucher, where this terminal may sign one.
    public func usualWay(for payment: CapturedPayment) throws(SaleRefusal) -> RefundWay {
        if payment.voucherKind != .fixed { return .storedValue }
        if refundRole?.limits[payment.amount.currency.number] != nil { return .voucher }
        throw SaleRefusal(
            reason: "way-needed",
            message: "Receipt \(payment.receipt) was paid by a voucher that is spent whole and "
                + "takes nothing back. Nothing was refunded. Say how the money goes back: "
                + "--to cash.")
    }

    /// This terminal's right to sign refund vouchers, as the trust list in force has it for its key.
    private var listedRefundRole: RefundVoucherRole? {
        guard let entry = ownEntry, let right = entry.refunds else { return nil }
        return RefundVoucherRole(
            issuer: right.issuer, merchant: trust.list.list.merchant,
            limits: Dictionary(
                uniqueKeysWithValues: right.limits.map { ($0.currency.number, $0.most) }))
    }

    /// The same where it may be used now: the key signs, and the list has not expired.
    private var refundRole: RefundVoucherRole? {
        let now = parts.clock.now()
        guard ownEntry?.maySign(at: now) == true, !trust.isExpired(at: now) else { return nil }
        return listedRefundRole
    }

    private var ownEntry: TrustEntry? {
        trust.list.list.entry(of: parts.key.publicKey, as: .terminal)
    }

    /// The payments whose completion is unclear.
    public func unclearPayments() async throws(JournalError) -> [CapturedPayment] {
        try await parts.journal.unclearPayments()
    }

    /// Makes it known that people were told of a sale's payments.
    func confirmPayments(of sale: Sale) async throws(JournalError) {
        guard sale.captured > 0 else { return }
        for payment in try await parts.journal.unclearPayments()
        where payment.sale == sale.reference {
            try await parts.journal.confirm(payment.receipt)
        }
    }

    /// Tells people of an undoing that is durable.
    func tell(_ undo: Undo, receipt: ReceiptNumber?, order: UInt64) {
        undoAnswers[order] = .done(undo, receipt)
        if view?.sale.reference == undo.payment.sale { view?.undone += undo.amount.minorUnits }
        let symbol = code(of: undo).flatMap { parts.encoder.symbol(forText: $0) }
        // A display that fails takes nothing back: what was undone is in the journal.
        let screen = screens.composer.undone(undo, receipt: receipt, symbol: symbol)
        show(screen)
        parts.signals?.give(Signal(.undone, screen))
        changed()
    }

    private func knownUndo(
        _ key: String, _ receipt: ReceiptNumber, _ kind: UndoKind, _ amount: Amount?
    ) async throws(SaleRefusal) -> UndoResult? {
        let known: RecordedUndo?
        do { known = try await parts.journal.undoing(key: key) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
        guard let known else { return nil }
        let undo = known.undo
        guard undo.payment.receipt == receipt, undo.kind == kind,
            amount == nil || undo.amount == amount
        else {
            throw SaleRefusal(
                reason: "key-used-otherwise",
                message: "This key belongs to the \(undo.kind.name) of \(undo.amount) of receipt "
                    + "\(undo.payment.receipt). Nothing was undone. Take another key.")
        }
        return result(of: undo, receipt: known.receipt, isRepeated: true)
    }

    private func result(of undo: Undo, receipt: ReceiptNumber?, isRepeated: Bool) -> UndoResult {
        let code = code(of: undo)
        return UndoResult(
            undo: undo, receipt: receipt, code: code,
            symbol: code.flatMap { parts.encoder.symbol(forText: $0) }, isRepeated: isRepeated)
    }

    /// The refund voucher of an undoing, signed anew: the same bytes every time.
    private func code(of undo: Undo) -> String? {
        guard undo.kind == .refund(.voucher), let restoration = undo.restoration,
            let role = listedRefundRole, role.issuer == restoration.voucher.issuer
        else { return nil }
        return VoucherText.encode(
            role.claims(of: undo.amount, cti: restoration.voucher.cti, at: undo.at)
                .signed(by: parts.key))
    }

    private static func isReason(_ text: String) -> Bool {
        (1...UndoOrder.maximumReasonLength).contains(text.utf8.count) && text.isDisplayable
    }
}
