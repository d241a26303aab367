import Clocks
import HubProtocol
import Money
import PaymentCodes
import Payments
public import Screens
import Vouchers

// Performing the machine's effects.
extension PaymentTerminal {
    func run(_ first: SaleMachine.Event) async {
        var effects = machine.handle(first)
        while !effects.isEmpty {
            let effect = effects.removeFirst()
            if let event = await perform(effect) { effects += machine.handle(event) }
        }
    }

    private func perform(_ effect: SaleMachine.Effect) async -> SaleMachine.Event? {
        switch effect {
        case .store(let sale): return await store(sale)
        case .lookUp(let query): return await lookUp(query)
        case .ask(let question): return await ask(question)
        case .lookUpReceipt(let number):
            do { return .receiptRead(try await parts.journal.receipt(number)) } catch {
                return .receiptUnreadable(error.message)
            }
        case .record(let record): return await write(record)
        case .show(let sale):
            show(sale)
            return nil
        case .tell(let outcome, let sale):
            tell(outcome, sale)
            return nil
        case .ended(let sale):
            end(sale)
            return nil
        case .refuse(let reference, let refusal):
            refusals[reference] = refusal
            return nil
        case .confirm(let receipt):
            // Where this fails the payment is durable all the same; after a restart a person is
            // asked whether it was told.
            try? await parts.journal.confirm(receipt)
            return nil
        case .undone(let undo, let receipt, let order):
            tell(undo, receipt: receipt, order: order)
            return nil
        case .refuseUndo(let order, let refusal):
            undoAnswers[order] = .refused(refusal)
            return nil
        case .marked(let sale, let order):
            tellMarked(sale, order: order)
            return nil
        case .refuseMark(let order, let refusal):
            markAnswers[order] = .refused(refusal)
            return nil
        }
    }

    private func lookUp(_ asked: FactsQuery) async -> SaleMachine.Event {
        var query = asked
        query.addsUpIssuer = acceptanceLimits.limitsOutstanding(of: asked.voucher.issuer)
        do {
            let facts = try await parts.journal.facts(for: query)
            return .factsRead(
                try await withRedemptionsElsewhere(facts, of: asked.voucher),
                terminalFacts(at: parts.clock.now()),
                Draw(bytes: parts.random.bytes(Draw.seedLength)))
        } catch let error as JournalError {
            return .factsUnreadable(error.message)
        } catch let error as StandingShelfError {
            return .factsUnreadable(error.message)
        } catch {
            return .factsUnreadable("\(error)")
        }
    }

    private func store(_ sale: Sale) async -> SaleMachine.Event? {
        do {
            try await storeEnded()
            try await parts.journal.store(sale)
            return sale.state == .open ? .saleStored(sale.reference) : nil
        } catch {
            guard sale.state != .open else { return .saleNotStored(sale.reference, error.message) }
            ended = sale
            return nil
        }
    }

    /// Stores the sale that ended while the journal could not be written: until then it stands as
    /// open there, and no other can be opened.
    func storeEnded() async throws(JournalError) {
        guard let sale = ended else { return }
        do { try await parts.journal.store(sale) } catch {
            // What the journal has of it by now says more: it was paid after all.
            guard case .constraint = error else { throw error }
        }
        ended = nil
    }

    /// Writes a record. After an error it is read back before anybody is told anything: an I/O
    /// error does not mean "not committed".
    private func write(_ record: JournalRecord) async -> SaleMachine.Event {
        let nonce = parts.random.bytes(PaymentRequest.nonceLength)
        parts.trace(.recording)
        do {
            let receipt = try await parts.journal.record(record)
            hasUnsentRecords = true
            return .recorded(receipt: receipt.receipt, nonce: nonce, at: parts.clock.now())
        } catch {
            do {
                if let receipt = try await parts.journal.find(record) {
                    return .recorded(receipt: receipt.receipt, nonce: nonce, at: parts.clock.now())
                }
                return .notRecorded(error.message)
            } catch {
                // Whether money moved is not known: the screen must not go on asking for it.
                let screen = screens.composer.outOfOrder()
                show(screen)
                parts.signals?.give(Signal(.fault, screen))
                return .recordUncertain(error.message)
            }
        }
    }

    private func show(_ sale: Sale) {
        if view?.sale.reference != sale.reference {
            view = SaleView(sale: sale, version: version)
        }
        let shown = screens.show(sale, at: parts.clock.now())
        shownScreen = shown.screen
        view?.sale = sale
        view?.symbol = shown.symbol
        view?.symbolProblem = shown.problem
        changed()
    }

    private func tell(_ outcome: Outcome, _ sale: Sale) {
        if view?.sale.reference == sale.reference { view?.sale = sale }
        view?.add(outcome)
        switch outcome {
        case .approved(let capture, let receipt), .approvedInPart(let capture, let receipt, _):
            parts.trace(
                .approved(
                    receipt: receipt, sale: capture.sale, minorUnits: capture.amount.minorUnits))
            keepReceipt(of: capture, receipt)
        case .declined: break
        }
        // A display that fails takes no payment back: what was approved is in the journal.
        let screen = screens.composer.outcome(outcome, of: sale)
        show(screen)
        parts.signals?.give(Signal(VerdictSigns(outcome).sound, screen))
        changed()
    }

    private func end(_ sale: Sale) {
        if view?.sale.reference == sale.reference {
            view?.sale = sale
            view?.symbol = nil
        }
        if sale.state != .paid { departedUntil = max(departedUntil, sale.request.expiry) }
        switch sale.state {
        case .paid: break
        // What it means for the money stays on the customer's screen.
        case .unconfirmed: show(screens.composer.outcome(.declined(.unconfirmed), of: sale))
        default: showIdle()
        }
        changed()
    }

    /// What the customer's screen shows; nil where its display has failed.
    public var customerScreen: Screen? { shownScreen }

    func showIdle() { show(screens.composer.idle()) }

    /// Shows a screen; one that stands there already is not drawn again, and a display that fails
    /// stops no payment.
    func show(_ screen: Screen) {
        guard screen != shownScreen else { return }
        if screen.kind != shownScreen?.kind { stillSince = parts.clock.now() }
        do {
            try parts.display.show(screen)
            shownScreen = screen
        } catch {
            shownScreen = nil
        }
    }

    /// Dims and moves what stands for hours, so that no panel keeps its picture.
    func careForPanel() {
        let now = parts.clock.now()
        let still = now > stillSince ? now - stillSince : 0
        switch shownScreen?.kind {
        case .idle: show(screens.composer.idle(stillSeconds: still))
        case .closed: show(screens.composer.closed(stillSeconds: still))
        default: break
        }
    }

    /// Shows how long the open sale's request is still good for, while the screen shows it.
    func countDown() {
        guard shownScreen?.kind == .shopQR, let view, let sale = machine.sale,
            sale.state == .open, view.sale.reference == sale.reference
        else { return }
        show(screens.waiting(sale, symbol: view.symbol, at: parts.clock.now(), hint: aimHint))
    }

    /// Takes what would help the code before the camera to be read; nil: nothing would, or none is
    /// there. The customer's screen says it while it asks for a code.
    public func advise(_ hint: AimHint?) {
        aimHint = wantsCodes ? hint : nil
        countDown()
    }

    /// Puts a newer configuration, verified by the caller, in force.
    func adopt(
        _ newer: TerminalConfiguration, merchant: MerchantProfile, message: [UInt8]
    ) async throws(JournalError) {
        if parts.configurationMessage != nil { try await keep(message, of: newer.version) }
        configuration = newer
        screens = Self.screens(parts, merchant: merchant)
        await run(.policyChanged(newer.policy))
        await learn(newer.issuedAt, by: .signed)
        changed()
    }
}
