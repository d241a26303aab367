import Money

// What a scheme's wallet has paid, and of which no word has come
// (`docs/spec/sale.md`, *Paid by a scheme's wallet*).
extension SaleMachine {
    /// The hub has been asked for its word on the open sale, because the customer says that it is
    /// paid, and has none. The first time that goes into the journal, so that the sale cannot end
    /// as if nobody had paid.
    mutating func wordMissing(_ reference: SaleReference, at now: UInt64) -> [Effect] {
        guard case .waiting(let sale) = phase, sale.reference == reference else { return [] }
        guard !sale.isClaimed else { return goOn(sale, telling: .unconfirmed) }
        return record(.unconfirmed, voucher: nil, for: sale, at: now)
    }

    mutating func mark(_ order: MarkOrder) -> [Effect] {
        let open: Sale?
        switch standing {
        case .free(let sale): open = sale
        case .halted(let detail):
            return [.refuseMark(order.number, .journalUnavailable(detail: detail))]
        case .busy: return [.refuseMark(order.number, .busy)]
        }
        let sale = order.sale
        guard order.at >= clockFloor else {
            return [.refuseMark(order.number, .clockSuspect(floor: clockFloor))]
        }
        guard sale.state == .unconfirmed else {
            return [.refuseMark(order.number, .notUnconfirmed(sale.state))]
        }
        let mark = PaidMark(
            sale: sale.reference,
            amount: Amount(minorUnits: sale.due, currency: sale.total.currency),
            requestNonce: sale.request.nonce, operatedBy: order.operatedBy, at: order.at)
        phase = .recording(open: open, .mark(mark, after: sale.marked(), order: order.number))
        return [.record(.mark(mark))]
    }

    mutating func marked(_ sale: Sale, order: UInt64, open: Sale?) -> [Effect] {
        phase = open.map { .waiting($0) } ?? .idle
        return [.marked(sale, order: order)] + (open.map { [.show($0)] } ?? [])
    }

    /// Nothing was marked: what was on the screen before goes on.
    mutating func refuseMark(_ order: UInt64, _ refusal: MarkRefusal, open: Sale?) -> [Effect] {
        phase = open.map { .waiting($0) } ?? .idle
        return [.refuseMark(order, refusal)]
    }
}
