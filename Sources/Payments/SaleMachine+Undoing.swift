import Money

// How a payment is undone: beside the open sale, if there is one, and never while something else
// is being looked up or recorded.
extension SaleMachine {
    mutating func undo(_ order: UndoOrder, _ role: RefundVoucherRole?) -> [Effect] {
        switch standing {
        case .free(let open):
            phase = .undoing(open: open, order, role)
            return [.lookUpReceipt(order.receipt)]
        case .halted(let detail):
            return [.refuseUndo(order.number, .journalUnavailable(detail: detail))]
        case .busy: return [.refuseUndo(order.number, .busy)]
        }
    }

    /// Whether an order beside the open sale can be taken.
    enum Standing {
        /// It can; the sale on the screen, if any.
        case free(open: Sale?)
        /// Something else is being looked up or recorded.
        case busy
        /// The journal could not say whether a record was written.
        case halted(String)
    }

    var standing: Standing {
        switch phase {
        case .idle: .free(open: nil)
        case .waiting(let sale): .free(open: sale)
        case .halted(let detail): .halted(detail)
        case .opening, .lookingUp, .asking, .undoing, .recording: .busy
        }
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
