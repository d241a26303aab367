import Money

// How a payment is undone: beside the open sale, if there is one, and never while something else
// is being looked up or recorded.
extension SaleMachine {
    mutating func undo(_ order: UndoOrder, _ role: RefundVoucherRole?) -> [Effect] {
        let open: Sale?
        switch phase {
        case .idle: open = nil
        case .waiting(let sale): open = sale
        case .halted(let detail):
            return [.refuseUndo(order.number, .journalUnavailable(detail: detail))]
        case .opening, .lookingUp, .asking, .undoing, .recording:
            return [.refuseUndo(order.number, .busy)]
        }
        phase = .undoing(open: open, order, role)
        return [.lookUpReceipt(order.receipt)]
    }

    mutating func receiptUnreadable(_ detail: String) -> [Effect] {
        guard case .undoing(let open, let order, _) = phase else { return [] }
        return refuse(order.number, .journalUnavailable(detail: detail), open: open)
    }

    mutating func decideUndo(_ found: ReceiptLookUp) -> [Effect] {
        guard case .undoing(let open, let order, let role) = phase else { return [] }
        let decision = UndoAuthoriser.decide(
            order, found: found, open: open?.reference, role: role, clockFloor: clockFloor)
        switch decision {
        case .refuse(let refusal): return refuse(order.number, refusal, open: open)
        case .undo(let undo):
            phase = .recording(open: open, .undo(undo, order: order.number))
            return [.record(.undo(undo))]
        }
    }

    mutating func undone(
        _ undo: Undo, receipt: ReceiptNumber?, order: UInt64, open: Sale?
    ) -> [Effect] {
        phase = open.map { .waiting($0) } ?? .idle
        // The request that was on the screen before is there again.
        return [.undone(undo, receipt: receipt, order: order)] + (open.map { [.show($0)] } ?? [])
    }

    /// Nothing was undone: what was on the screen before goes on.
    mutating func refuse(_ order: UInt64, _ refusal: UndoRefusal, open: Sale?) -> [Effect] {
        phase = open.map { .waiting($0) } ?? .idle
        return [.refuseUndo(order, refusal)]
    }
}
