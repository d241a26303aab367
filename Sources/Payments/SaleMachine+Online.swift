import Money

// The hub in the loop: asked before a payment is recorded, never after.
//
// Whether it is asked is the policy's to say (`OfflineAuthoriser`). Whatever comes of the question,
// it ends in one of the cases of `OnlineOutcome`, which is told with the verdict, and the decision
// is taken again with what is known then. An answer counts only while its question is being asked:
// once the budget is over the terminal has gone on by its own rules, and a late answer finds nobody
// listening. So it cannot approve a second time, and alters nothing that is in the journal.
extension SaleMachine {
    mutating func ask(about capture: Capture, for payment: PendingPayment, open: Sale?) -> [Effect]
    {
        lastQuestion = payment.question
        phase = .asking(open: open, payment)
        return [
            .ask(
                OnlineQuestion(
                    number: payment.question, capture: capture,
                    budgetMilliseconds: policy.onlineBudgetMilliseconds))
        ]
    }

    mutating func hubReplied(_ number: UInt64, _ reply: HubReply) -> [Effect] {
        guard case .asking(let open, let payment) = phase, payment.question == number else {
            return []
        }
        switch reply {
        case .approved: return settle(payment.answered(.approved), open: open, online: .approved)
        case .declined(let decline):
            return settle(
                payment.answered(.declined(decline.reason)), open: open,
                online: .declined(decline))
        case .refused(let reason):
            return settle(
                payment.answered(.unanswered), open: open, online: .refused(reason: reason))
        case .unreachable(let reason):
            // Nobody waits for it again until an exchange has succeeded.
            connection = .down
            return settle(
                payment.answered(.unanswered), open: open, online: .unreachable(reason: reason))
        }
    }

    mutating func hubSilent(_ number: UInt64) -> [Effect] {
        guard case .asking(let open, let payment) = phase, payment.question == number else {
            return []
        }
        connection = .down
        return settle(
            payment.answered(.unanswered), open: open,
            online: .noAnswer(budgetMilliseconds: policy.onlineBudgetMilliseconds))
    }
}

extension DeclineReason {
    /// What part the hub had, where its own word declined.
    public var online: OnlineOutcome? {
        if case .declinedOnline(let decline) = self { .declined(decline) } else { nil }
    }

    /// The same reason, with what stands in the way where the hub has named it.
    func naming(_ online: OnlineOutcome) -> DeclineReason {
        if case .declinedOnline = self, case .declined(let decline) = online {
            .declinedOnline(decline)
        } else {
            self
        }
    }
}
