import HubProtocol
import Vouchers

/// What a verifier knows of the vouchers and redemptions that it has seen.
struct ExportMemory: Sendable {
    private var vouchers: [VoucherIdentity: (voucher: ExportedVoucher, consumed: UInt64)] = [:]
    private var lastVoucher: VoucherIdentity?
    private var lastRedemption: UInt64 = 0

    mutating func take(_ voucher: ExportedVoucher, _ list: inout FindingList) {
        let place = Self.place(voucher.identity)
        if let last = lastVoucher, !Self.precedes(last, voucher.identity) {
            list.find("voucher-out-of-order", at: place, "The voucher is not where it belongs.")
        }
        let isWhole = voucher.kind != 1 || voucher.spent == 0 || voucher.spent == voucher.ceiling
        if voucher.spent > voucher.ceiling || voucher.ceiling == 0 || voucher.kind > 3 || !isWhole {
            list.find(
                "voucher-above-its-worth", at: place, "More is spent of the voucher than it holds.")
        }
        lastVoucher = voucher.identity
        vouchers[voucher.identity] = (voucher, 0)
    }

    mutating func take(
        _ made: ExportedRedemption, on chain: inout ExportChain, _ list: inout FindingList
    ) {
        let place = "redemption by entry \(made.sequence)"
        if made.sequence <= lastRedemption {
            list.find(
                "redemption-out-of-order", at: place, "The redemption is not where it belongs.")
        }
        lastRedemption = made.sequence
        if made.sequence >= chain.first {
            if let captured = chain.captures[made.sequence], Self.agrees(made, captured) {
                chain.captures[made.sequence]?.hasRedemption = true
            } else {
                list.find(
                    "redemption-differs", at: place,
                    "The redemption is not what entry \(made.sequence) captured.")
            }
        }
        guard let known = vouchers[made.voucher], known.voucher.kind == made.kind else {
            list.find(
                "voucher-missing", at: place,
                "What is remembered of voucher \(made.voucher.shortName) is not there.")
            return
        }
        let (sum, overflow) = known.consumed.addingReportingOverflow(made.consumed)
        vouchers[made.voucher] = (known.voucher, overflow ? .max : sum)
    }

    func finish(_ chain: ExportChain, _ list: inout FindingList) {
        let short = vouchers.values.filter { $0.voucher.spent < $0.consumed }
        for line in short.sorted(by: { Self.precedes($0.voucher.identity, $1.voucher.identity) }) {
            list.find(
                "voucher-memory-falls", at: Self.place(line.voucher.identity),
                "More was redeemed of the voucher than is remembered.")
        }
        let alone = chain.captures.filter { !$0.value.hasRedemption }.keys
        for sequence in alone.sorted() {
            list.find(
                "redemption-missing", at: "entry \(sequence)",
                "What entry \(sequence) used up of its voucher is not remembered.")
        }
    }

    private static func agrees(_ made: ExportedRedemption, _ captured: ExportChain.Captured)
        -> Bool
    {
        made.voucher == captured.capture.voucher && made.kind == captured.capture.kind
            && made.consumed == captured.capture.consumed
            && made.nonce == captured.capture.requestNonce && made.at == captured.at
            && made.amount == captured.subject.amount
            && made.receipt == captured.capture.receipt
    }

    private static func place(_ identity: VoucherIdentity) -> String {
        "voucher \(identity.shortName)"
    }

    private static func precedes(_ one: VoucherIdentity, _ other: VoucherIdentity) -> Bool {
        if one.issuer != other.issuer {
            return one.issuer.name.utf8.lexicographicallyPrecedes(other.issuer.name.utf8)
        }
        return one.cti.lexicographicallyPrecedes(other.cti)
    }
}
