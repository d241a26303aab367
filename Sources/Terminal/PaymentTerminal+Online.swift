import HubProtocol
import Money
import Payments
import Screens
import Vouchers

// The hub in the loop (`docs/spec/sale.md`, *Asking the hub*).
extension PaymentTerminal {
    /// Random bytes in an authorisation request's id.
    private static let requestIdentityBytes = AuthorisationRequest.identityLength

    /// Asks the hub, and answers with whichever comes first: its reply, or the end of the budget.
    ///
    /// A reply that comes later is handed to the machine as well, which has gone on and does not
    /// listen: that a late answer changes nothing is the machine's rule, not a matter of luck in
    /// cancelling it.
    func ask(_ question: OnlineQuestion) async -> SaleMachine.Event {
        guard let hub = parts.hub else {
            return .hubReplied(question.number, .unreachable(reason: "no-hub-url"))
        }
        let request = request(for: question)
        let (terminal, number) = (self, question.number)
        let answer = BudgetedAnswer<HubReply?>(within: question.budgetMilliseconds) { limit in
            let answer = await Self.answer(of: hub, to: request, milliseconds: limit)
            return await terminal.reply(answer, to: request)
        } late: { reply in
            if let reply { await terminal.hearLate(reply, to: number) }
        }
        show(screens.composer.asking(question.capture.amount))
        let reply = await answer.value(else: nil)
        let event: SaleMachine.Event = reply.map { .hubReplied(number, $0) } ?? .hubSilent(number)
        settledQuestion = max(settledQuestion, number)
        noteConnection(after: event)
        return event
    }

    /// Hands a reply that lost against the end of the budget to the machine. Until the machine has
    /// heard of that end it would still listen: then the reply is dropped, for the budget is over.
    private func hearLate(_ reply: HubReply, to number: UInt64) async {
        guard settledQuestion >= number else { return }
        await run(.hubReplied(number, reply))
    }

    private func request(for question: OnlineQuestion) -> [UInt8] {
        let capture = question.capture
        return AuthorisationRequest(
            terminal: configuration.terminal, journal: parts.journal.identity,
            identity: parts.random.bytes(Self.requestIdentityBytes), at: capture.at,
            terms: AuthorisationRequest.Terms(
                sale: capture.sale.text, currencyNumber: capture.amount.currency.number,
                amount: capture.amount.minorUnits, consumed: capture.consumed,
                requestNonce: capture.requestNonce, evidence: capture.voucher.evidence)
        ).signed(by: parts.key)
    }

    private func reply(_ answer: Result<[UInt8], HubLinkError>, to request: [UInt8]) -> HubReply {
        let bytes: [UInt8]
        do { bytes = try answer.get() } catch {
            switch error {
            case .unreachable, .captivePortal, .badAnswer: return .unreachable(reason: error.reason)
            case .refused(_, let reason, _): return .refused(reason: reason)
            }
        }
        let answer: AuthorisationAnswer
        do {
            // Any of the hub's keys: between two keys the hub signs by the newer one.
            answer = try byHub { (hub) throws(MessageError) in
                try AuthorisationAnswer.verify(bytes, answering: request, signedBy: hub)
            }
        } catch {
            // Whoever answered, it was not this terminal's hub about this payment.
            let isStranger = error == .wrongSigner || error == .badSignature
            return .unreachable(reason: isStranger ? "hub-identity" : error.reason)
        }
        switch answer.verdict {
        case .approved(let until): return .approved(reservedUntil: until)
        case .declined(let reason, let other):
            return .declined(
                HubDecline(
                    reason: reason,
                    other: other.map {
                        OtherPayment(
                            terminal: $0.terminal, receipt: $0.receipt, at: $0.at,
                            amount: $0.amount)
                    }))
        }
    }

    private static func answer(
        of hub: any HubLink, to request: [UInt8], milliseconds: UInt64
    ) async -> Result<[UInt8], HubLinkError> {
        do throws(HubLinkError) {
            return .success(try await hub.authorise(request: request, milliseconds: milliseconds))
        } catch { return .failure(error) }
    }

    private func noteConnection(after event: SaleMachine.Event) {
        switch event {
        case .hubReplied(_, .unreachable(reason: "captive-portal")):
            syncState.network = .captivePortal
        case .hubSilent, .hubReplied(_, .unreachable): syncState.network = .offline
        default: syncState.network = .online
        }
    }
}
