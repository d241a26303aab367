public import HubProtocol
import Payments
import Screens
import Vouchers

extension EntryMessage {
    /// What is told of a journal entry; the hub has acknowledged all up to `acknowledgedThrough`.
    public init(_ entry: JournalEntry, acknowledgedThrough: UInt64) {
        var receipt: UInt64?
        var reason: String?
        let voucher: String?
        var voucherKind: String?
        let kind: String
        switch entry.event {
        case .capture(let capture):
            kind = "capture"
            receipt = capture.receipt
            voucher = capture.voucher.shortName
            voucherKind = VoucherKind(rawValue: capture.kind)?.name
        case .decline(let decline):
            kind = "decline"
            reason = decline.reason
            voucher = decline.voucher?.shortName
        }
        self.init(
            sequence: entry.sequence, at: UTCTime(entry.at).rfc3339, kind: kind, sale: entry.sale,
            amount: MoneyMessage(entry.amount, currency: entry.currencyNumber), receipt: receipt,
            reason: reason, voucher: voucher, voucherKind: voucherKind,
            acknowledged: entry.sequence <= acknowledgedThrough)
    }
}
