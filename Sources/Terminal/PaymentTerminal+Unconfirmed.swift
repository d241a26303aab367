import HubProtocol
import Money
public import Payments
import Vouchers

// Sales that a scheme's wallet pays (`docs/spec/sale.md`, *Paid by a scheme's wallet*).
extension PaymentTerminal {
    /// The terminal asks by itself once in so many seconds while its shop QR is on the screen:
    /// often enough that nobody need press a key, and one small request for the hub.
    static let wordIntervalSeconds: UInt64 = 4

    /// Asks the hub whether a scheme's wallet has paid the open sale, because the customer says so;
    /// where `reference` is given, that sale or none. Answers with the sale and with how many
    /// outcomes there were before, so that the newest is this one's: paid, or unconfirmed. Where the
    /// terminal itself was told just before, that sale is answered as it stands.
    ///
    /// The hub's word is a payment confirmation for this very request. It is verified, weighed and
    /// recorded as if the customer had shown it to the camera.
    public func askWhetherPaid(_ reference: String? = nil) async throws(SaleRefusal)
        -> (view: SaleView, told: UInt64)
    {
        guard let sale = machine.sale, let before = view, before.sale.reference == sale.reference
        else {
            if let told = view, told.sale.reference.text == reference, told.outcomeCount > 0,
                [.paid, .unconfirmed].contains(told.sale.state)
            {
                return (told, told.outcomeCount - 1)
            }
            throw SaleRefusal(
                reason: "no-sale-open",
                message: "No sale is open. Nothing was changed. Open one first.")
        }
        if let reference, reference != sale.reference.text {
            throw SaleRefusal(
                reason: "sale-otherwise",
                message: "Another sale is open than the one that was asked about. Nothing was "
                    + "changed. Look at the open one first.")
        }
        // A word that the policy does not take is no payment here, and the money may be at the bank.
        _ = await takeWord(on: sale, quietly: false)
        if machine.sale?.reference == sale.reference {
            await run(.wordMissing(sale.reference, at: parts.clock.now()))
        }
        guard let after = view, after.sale.reference == sale.reference,
            after.outcomeCount > before.outcomeCount
        else {
            throw SaleRefusal(
                reason: "sale-busy",
                message: "A code is being dealt with for this sale. Look at its result first, then "
                    + "ask again.")
        }
        return (after, before.outcomeCount)
    }

    /// Asks in the background, where the shop QR is on the screen, the hub is within reach and it
    /// was not asked just now. Without a word nothing happens.
    func askInPassing() {
        guard let sale = machine.sale, case .waiting = machine.phase, view?.symbol != nil,
            machine.connection == .up, !isAskingForWord, judgedWord != sale.request.nonce
        else { return }
        let now = parts.clock.now()
        let isRecent = askedForWordAt..<askedForWordAt + Self.wordIntervalSeconds ~= now
        guard !isRecent else { return }
        askedForWordAt = now
        Task { _ = await takeWord(on: sale, quietly: true) }
    }

    /// Whether the hub's word on the sale's request came within the budget, and was taken.
    private func takeWord(on sale: Sale, quietly: Bool) async -> Bool {
        guard let hub = parts.hub else { return false }
        isAskingForWord = true
        defer { isAskingForWord = false }
        let request = ConfirmationRequest(
            terminal: configuration.terminal, journal: parts.journal.identity,
            at: parts.clock.now(), sale: sale.reference.text, amount: sale.request.amount,
            nonce: sale.request.nonce, expiry: sale.request.expiry
        ).signed(by: parts.key)
        let terminal = self
        let answer = BudgetedAnswer<[UInt8]?>(within: machine.policy.onlineBudgetMilliseconds) {
            try? await hub.confirmation(request: request, milliseconds: $0)
        } late: { word in
            if word != nil { await terminal.hearLateWord() }
        }
        guard let word = await answer.value(else: nil) else { return false }
        return await take(word: word, on: sale, quietly: quietly)
    }

    /// A word has come after its budget, and something else was told by then. It is not listened to:
    /// the hub has it still, and is asked again at once.
    private func hearLateWord() { askedForWordAt = 0 }

    /// Presents the hub's word as if it had been shown. Anything else than the confirmation of this
    /// sale's request is no word; where nobody has asked, neither is one that does not verify, so
    /// that whoever stands in between cannot make the terminal say anything.
    private func take(word: [UInt8], on sale: Sale, quietly: Bool) async -> Bool {
        guard let code = try? VoucherCode(word),
            code.claims.confirmationNonce == sale.request.nonce
        else { return false }
        let text = [UInt8](VoucherText.encode(word).utf8)
        if quietly {
            guard suspectFloor == nil,
                case .voucher = try? await read(text, at: parts.clock.now())
            else { return false }
        }
        let before = view?.outcomeCount
        await see(.code(text))
        // What was judged once would be judged the same in four seconds.
        if view?.outcomeCount != before { judgedWord = sale.request.nonce }
        return true
    }

    /// Marks an unconfirmed sale as paid, by the word of a supervisor who has seen the money. A sale
    /// that was marked before is answered as it stands.
    public func markPaid(_ reference: String, by operatedBy: EntryOperator)
        async throws(SaleRefusal) -> SaleView
    {
        var known: Sale?
        if let reference = SaleReference(reference) {
            do { known = try await parts.journal.sale(reference: reference) } catch {
                throw SaleRefusal(reason: error.reason, message: error.message)
            }
        }
        guard let known else {
            throw SaleRefusal(
                reason: "sale-unknown",
                message: "This terminal's journal has no such sale. Nothing was changed.")
        }
        if known.state == .markedPaid { return SaleView(sale: known, version: version) }
        lastUndoOrder += 1
        let number = lastUndoOrder
        await run(
            .mark(
                MarkOrder(
                    number: number, sale: known, operatedBy: operatedBy, at: parts.clock.now())))
        switch markAnswers.removeValue(forKey: number) {
        case .done(let sale): return SaleView(sale: sale, version: version)
        case .refused(let refusal): throw SaleRefusal(refusal, sale: known)
        case nil: throw SaleRefusal(.busy, sale: known)
        }
    }

    /// Tells of a mark that is durable.
    func tellMarked(_ sale: Sale, order: UInt64) {
        markAnswers[order] = .done(sale)
        if view?.sale.reference == sale.reference { view?.sale = sale }
        changed()
    }
}

/// What the machine answered to the order to mark a sale as paid.
enum MarkAnswer: Sendable {
    case done(Sale)
    case refused(MarkRefusal)
}

extension SaleRefusal {
    /// The refusal to mark a sale as paid, in words.
    init(_ refusal: MarkRefusal, sale: Sale) {
        let end = "Nothing was changed."
        switch refusal {
        case .busy:
            self.init(
                reason: "sale-busy",
                message: "Another payment is being recorded. \(end) Ask again.")
        case .clockSuspect: self = .clockSuspect(end)
        case .notUnconfirmed(let state):
            self.init(
                reason: "sale-not-unconfirmed",
                message: "Sale \(sale.reference) is \(state.rawValue). \(end) Only a sale that "
                    + "ended unconfirmed is marked as paid: ask first whether it is paid by an "
                    + "app, and end it without a word.")
        case .journalUnavailable(let detail):
            self.init(reason: "journal-unavailable", message: detail)
        }
    }
}
