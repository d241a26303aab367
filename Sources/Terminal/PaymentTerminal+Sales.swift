import HubProtocol
public import Money
public import Payments

// Opening, giving up and watching a sale.
extension PaymentTerminal {
    /// Opens a sale of `total`. With a `key` that is known, answers with that sale instead. `vat` has the
    /// sale's lines of value-added tax, which come to the total less the tip, or none; `tip` is what of the
    /// total is one, in minor units.
    public func charge(_ total: Amount, key: String?, vat: [VATLine] = [], tip: UInt64 = 0)
        async throws(SaleRefusal) -> SaleView
    {
        if let key, let known = try await knownSale(key: key, total: total, vat: vat, tip: tip) {
            return known
        }
        guard !trustStanding().isRevoked else {
            throw SaleRefusal(
                reason: "terminal-revoked",
                message: "This terminal's key is revoked by its hub. No sale was opened. Ask the "
                    + "hub's operator.")
        }
        let reference = newReference()
        judgeClock()
        await run(
            .charge(
                SaleOrder(
                    reference: reference, key: key, total: total,
                    nonce: parts.random.bytes(PaymentRequest.nonceLength), at: parts.clock.now(),
                    vat: vat, tip: tip)))
        if let refusal = refusals.removeValue(forKey: reference) { throw SaleRefusal(refusal) }
        guard let view, view.sale.reference == reference else {
            throw SaleRefusal(.busy)
        }
        // It has its tip, whatever was asked meanwhile.
        tipQuestion = nil
        return view
    }

    private func knownSale(key: String, total: Amount, vat: [VATLine], tip: UInt64)
        async throws(SaleRefusal) -> SaleView?
    {
        let known: Sale?
        do { known = try await parts.journal.sale(key: key) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
        guard let known else { return nil }
        guard known.total == total, known.vat == vat, known.tip == tip else {
            throw SaleRefusal(
                reason: "key-used-otherwise",
                message: "This key belongs to sale \(known.reference) of \(known.total)"
                    + (known.total == total ? " with other VAT lines or another tip. " : ". ")
                    + "No sale was opened. Take another key for another sale.")
        }
        do {
            // Whoever asks is told of its payments now: their completion is clear.
            try await confirmPayments(of: known)
            var told = view?.sale.reference == known.reference ? view : nil
            told = told ?? SaleView(sale: known, version: version)
            told?.undone = try await parts.journal.undone(of: known.reference)
            return told
        } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
    }

    /// Gives up the open sale; where `reference` is given, that one or none. What was captured stays
    /// captured.
    public func cancel(_ reference: String? = nil) async throws(SaleRefusal) -> SaleView {
        guard let open = machine.sale else {
            throw SaleRefusal(
                reason: "no-sale-open", message: "No sale is open. Nothing was changed.")
        }
        if let reference, reference != open.reference.text {
            throw SaleRefusal(
                reason: "sale-otherwise",
                message: "Another sale is open than the one that was to be given up. "
                    + "Nothing was changed. Look at the open one first.")
        }
        await run(.cancel)
        guard let view, view.sale.reference == open.reference, view.sale.state != .open else {
            throw SaleRefusal(
                reason: "sale-busy",
                message: "A code is being recorded for this sale. Look at its result first.")
        }
        return view
    }

    /// The sale on the screen, or the last that was.
    public var currentSale: SaleView? { view }

    /// Waits until something changes past `version`, at most `milliseconds`.
    public func change(after version: UInt64, milliseconds: UInt64) async -> SaleView? {
        guard self.version <= version else { return view }
        let id = nextWaiter
        nextWaiter += 1
        let alarm = Task {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            wake(id)
        }
        await withCheckedContinuation { waiters[id] = $0 }
        alarm.cancel()
        return view
    }

    /// Waits for an outcome that nobody has been told yet, or for the sale's end, at most
    /// `milliseconds`; answers with the view and with how many outcomes were told before.
    public func nextOutcome(milliseconds: UInt64) async -> (view: SaleView, told: UInt64)? {
        guard let first = view else { return nil }
        let told = first.toldCount
        let deadline = ContinuousClock.now.advanced(by: .milliseconds(milliseconds))
        while let now = view, now.sale.reference == first.sale.reference,
            now.outcomeCount <= told, now.sale.state == .open
        {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { break }
            _ = await change(
                after: version, milliseconds: UInt64(left / .milliseconds(1)) + 1)
        }
        guard var now = view else { return nil }
        now.toldCount = max(now.toldCount, now.outcomeCount)
        view?.toldCount = now.toldCount
        return (now, told)
    }

    private func wake(_ id: UInt64) { waiters.removeValue(forKey: id)?.resume() }

    func changed() {
        version += 1
        view?.version = version
        let all = waiters
        waiters = [:]
        for waiter in all.values { waiter.resume() }
    }

    private func newReference() -> SaleReference {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let text = String(parts.random.bytes(Self.referenceBytes).map { alphabet[Int($0 & 31)] })
        guard let reference = SaleReference(text) else {
            preconditionFailure("Crockford's alphabet is within a reference's.")
        }
        return reference
    }
}
