import Money

// How a sale is opened, restored and ended.
extension SaleMachine {
    mutating func charge(_ order: SaleOrder) -> [Effect] {
        var effects: [Effect] = []
        func refused(_ refusal: OrderRefusal) -> [Effect] {
            effects + [.refuse(order.reference, refusal)]
        }
        switch phase {
        case .idle: break
        case .halted(let detail): return refused(.journalUnavailable(detail))
        case .waiting where isAbandonable: effects = end(as: .cancelled)
        case .opening(let open), .waiting(let open): return refused(.saleOpen(open.reference))
        case .lookingUp(let open, _), .recording(let open, _), .asking(let open, _),
            .undoing(let open, _, _):
            return refused(open.map { .saleOpen($0.reference) } ?? .busy)
        }
        guard order.at >= clockFloor else {
            return refused(.clockSuspect(floor: clockFloor))
        }
        guard policy.limits(for: order.total.currency) != nil else {
            return refused(.currencyNotAccepted(order.total.currency))
        }
        let sale = Sale(
            reference: order.reference, key: order.key, total: order.total,
            request: PaymentRequest(
                nonce: order.nonce, amount: order.total,
                expiry: order.at + policy.requestLifetimeSeconds),
            openedAt: order.at, vat: order.vat, tip: order.tip)
        phase = .opening(sale)
        isAbandonable = false
        return effects + [.store(sale)]
    }

    mutating func restore(_ sale: Sale) -> [Effect] {
        guard case .idle = phase, sale.state == .open else { return [] }
        phase = .waiting(sale)
        return [.show(sale)]
    }

    mutating func saleStored(_ reference: SaleReference) -> [Effect] {
        guard case .opening(let sale) = phase, sale.reference == reference else { return [] }
        phase = .waiting(sale)
        return [.show(sale)]
    }

    mutating func saleNotStored(_ reference: SaleReference, _ detail: String) -> [Effect] {
        guard case .opening(let sale) = phase, sale.reference == reference else { return [] }
        // With a part captured the sale is real: it ends as partly paid. Else it never was.
        guard sale.captured == 0 else { return end(as: .cancelled) }
        phase = .idle
        return [.refuse(reference, .journalUnavailable(detail))]
    }

    mutating func end(as state: SaleState) -> [Effect] {
        let open: Sale
        switch phase {
        case .waiting(let sale), .opening(let sale): open = sale
        case .idle, .lookingUp, .asking, .undoing, .recording, .halted: return []
        }
        phase = .idle
        isAbandonable = false
        let sale = open.ended(state)
        return [.store(sale), .ended(sale)]
    }
}
