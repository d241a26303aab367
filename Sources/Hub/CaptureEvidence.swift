import HubProtocol
import Money
import Payments
import Vouchers

/// What the hub finds when it looks at a capture's evidence itself.
enum EvidenceFinding {
    /// The evidence is genuine and says what the entry says.
    case right(Voucher)
    /// It is not, or does not; a stable reason, and a sentence.
    case wrong(reason: String, detail: String)
}

/// Verifies again what a terminal has accepted: a terminal is trusted to keep a journal, not to
/// make money.
struct CaptureEvidence {
    /// The terminal decides a moment after it has verified: a code that was good then may have
    /// run out when the decision was noted. Twice the time budget of a decision.
    static let decisionSlackSeconds: UInt64 = 10

    /// Whom the hub trusts.
    let issuers: IssuerDirectory
    /// The terminal that captured.
    let terminal: TerminalID

    /// Judges `capture`, which `entry` is about.
    func judge(_ capture: CaptureEntry, of entry: JournalEntry) -> EvidenceFinding {
        guard let subject = entry.subject else {
            preconditionFailure("A capture is about a sale.")
        }
        switch verify(capture, at: entry.at) {
        case .accepted(let voucher): return compare(voucher, capture, subject)
        case .refused(let refusal):
            if entry.at >= Self.decisionSlackSeconds,
                case .accepted(let voucher) = verify(
                    capture, at: entry.at - Self.decisionSlackSeconds)
            {
                return compare(voucher, capture, subject)
            }
            return .wrong(reason: refusal.reason.rawValue, detail: refusal.detail)
        }
    }

    private func verify(_ capture: CaptureEntry, at now: UInt64) -> VoucherVerification {
        voucher(in: capture.evidence, nonce: capture.requestNonce, at: now)
    }

    /// Verifies a code as the terminal would at `now`, in seconds since 1970 UTC, with the request
    /// of this `nonce` open.
    func voucher(in code: [UInt8], nonce: [UInt8]?, at now: UInt64) -> VoucherVerification {
        let context = VerificationContext(
            now: now, terminal: terminal, openNonce: nonce,
            confirmableNonces: nonce.map { Set([$0]) } ?? [], issuers: issuers)
        return VoucherVerifier.verify(Array(VoucherText.encode(code).utf8), in: context)
    }

    private func compare(_ voucher: Voucher, _ capture: CaptureEntry, _ entry: EntrySubject)
        -> EvidenceFinding
    {
        func wrong(_ reason: String, _ detail: String) -> EvidenceFinding {
            .wrong(reason: reason, detail: detail)
        }
        guard voucher.identity == capture.voucher else {
            return wrong(
                "evidence-identity-differs",
                "The entry names voucher \(capture.voucher.shortName), the code shown is "
                    + "\(voucher.identity.shortName).")
        }
        guard voucher.value.kind.rawValue == capture.kind else {
            return wrong("evidence-kind-differs", "The entry names another kind than the code.")
        }
        guard voucher.currencyNumber == entry.currencyNumber else {
            return wrong(
                "evidence-currency-differs",
                "The entry is in currency \(entry.currencyNumber), the code in "
                    + "\(voucher.currencyNumber).")
        }
        let answered = voucher.confirmationNonce ?? voucher.presentation?.nonce
        guard answered == capture.requestNonce else {
            return wrong("evidence-nonce-differs", "The entry and the code answer two requests.")
        }
        if let problem = amountProblem(voucher, capture, entry) {
            return wrong("evidence-amount-differs", problem)
        }
        return .right(voucher)
    }

    /// Why the captured and the consumed amount cannot come from `voucher`; nil where they can.
    private func amountProblem(
        _ voucher: Voucher, _ capture: CaptureEntry, _ entry: EntrySubject
    ) -> String? {
        guard entry.amount > 0 else { return "Nothing was captured." }
        if let ceiling = voucher.presentation?.amount, entry.amount > ceiling {
            return "\(entry.amount) was captured; the holder had signed \(ceiling)."
        }
        if voucher.confirmationNonce != nil, entry.amount != voucher.value.ceiling {
            return "\(entry.amount) was captured; the issuer had confirmed "
                + "\(voucher.value.ceiling)."
        }
        switch voucher.value {
        case .fixed(let amount):
            guard capture.consumed == amount, entry.amount <= amount else {
                return "A fixed voucher of \(amount) is spent whole; \(capture.consumed) was "
                    + "noted as spent and \(entry.amount) as captured."
            }
        case .stored:
            // How much is left depends on the other objects of the identity: see `BatchJudge`.
            guard capture.consumed == entry.amount else {
                return "\(entry.amount) was captured and \(capture.consumed) noted as spent."
            }
        case .certificate(let perPayment, let offlineTotal):
            guard capture.consumed == entry.amount, entry.amount <= min(perPayment, offlineTotal)
            else {
                return "\(entry.amount) was captured and \(capture.consumed) noted as spent of a "
                    + "maximum of \(min(perPayment, offlineTotal))."
            }
        }
        return nil
    }
}
