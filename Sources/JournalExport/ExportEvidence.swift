import HubProtocol
import Payments
import Vouchers

/// What the codes in a journal's entries say, held against the entries and against what is remembered
/// of their vouchers (`docs/spec/journal-export.md`, *Verifying*).
///
/// A code that breaks its own form is not looked into: it stands in the chain as it was shown.
struct ExportEvidence: Sendable {
    /// What all objects of a voucher share, and the most that one of them was worth.
    private struct Terms {
        let kind: VoucherKind
        let currencyNumber: UInt16
        let core: [UInt8]
        let expiry: UInt64
        var ceiling: UInt64
    }

    private var terms: [VoucherIdentity: Terms] = [:]

    mutating func take(_ entry: JournalEntry, _ list: inout FindingList) {
        switch entry.event {
        case .capture(let capture):
            guard let code = try? VoucherCode(capture.evidence) else { return }
            let nonce = code.claims.confirmationNonce ?? code.presentation?.nonce
            if code.claims.cti != capture.voucher.cti
                || code.claims.value.kind.rawValue != capture.kind
                || code.claims.currencyNumber != entry.subject?.currencyNumber
                || nonce != capture.requestNonce
            {
                differs(entry, &list)
            } else {
                learn(code, of: capture.voucher)
            }
        case .decline(let decline):
            // Of two that conflict, the one that was seen first is remembered.
            guard let voucher = decline.voucher, decline.reason != "conflicting-voucher",
                case .own(let shown) = decline.shown, let code = try? VoucherCode(shown)
            else { return }
            if code.claims.cti != voucher.cti {
                differs(entry, &list)
            } else {
                learn(code, of: voucher)
            }
        case .undo, .periodClosed, .document, .clock, .markedPaid: return
        }
    }

    /// Holds what is remembered of a voucher against the codes that were shown of it.
    func hold(_ voucher: ExportedVoucher, _ list: inout FindingList) {
        guard let known = terms[voucher.identity] else { return }
        let isWorthAsMuch =
            known.kind == .stored
            ? voucher.ceiling >= known.ceiling : voucher.ceiling == known.ceiling
        guard
            voucher.kind != known.kind.rawValue || voucher.currencyNumber != known.currencyNumber
                || voucher.core != known.core || voucher.expiry != known.expiry || !isWorthAsMuch
        else { return }
        list.find(
            "voucher-differs", at: "voucher \(voucher.identity.shortName)",
            "What is remembered of the voucher is not what its code says.")
    }

    private func differs(_ entry: JournalEntry, _ list: inout FindingList) {
        list.find(
            "evidence-differs", at: "entry \(entry.sequence)",
            "Entry \(entry.sequence) says something else than the code that was shown.")
    }

    /// The first code of a voucher says what all share; of stored value the highest credit counts.
    private mutating func learn(_ code: VoucherCode, of voucher: VoucherIdentity) {
        let ceiling = code.claims.value.ceiling
        guard let known = terms[voucher] else {
            terms[voucher] = Terms(
                kind: code.claims.value.kind, currencyNumber: code.claims.currencyNumber,
                core: code.claims.coreDigest, expiry: code.claims.expiry, ceiling: ceiling)
            return
        }
        if known.kind == .stored { terms[voucher]?.ceiling = max(known.ceiling, ceiling) }
    }
}
