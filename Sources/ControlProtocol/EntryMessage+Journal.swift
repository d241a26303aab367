public import HubProtocol
import Payments
import Screens
import Vouchers

extension EntryMessage {
    /// What is told of a journal entry; the hub has acknowledged all up to `acknowledgedThrough`.
    public init(_ entry: JournalEntry, acknowledgedThrough: UInt64) {
        var reason: String?
        var undone: UInt64?
        var period: UInt64?
        var detail: String?
        var voucher: VoucherIdentity?
        var voucherKind: UInt8?
        switch entry.event {
        case .capture(let capture):
            voucher = capture.voucher
            voucherKind = capture.kind
        case .decline(let decline):
            reason = decline.reason
            voucher = decline.voucher
        case .undo(let undo):
            reason = undo.reason
            undone = undo.undone
            voucher = undo.restoration?.voucher
            voucherKind = undo.restoration?.kind
        case .periodClosed(let closed): period = closed.number
        case .markedPaid: break
        case .document(let document):
            detail = "\(document.kind.name), version \(document.version)"
        case .clock(let clock):
            detail =
                "\(clock.kind.name): expected \(UTCTime(clock.expected).rfc3339), "
                + "found \(UTCTime(clock.found).rfc3339)"
        }
        self.init(
            sequence: entry.sequence, at: UTCTime(entry.at).rfc3339, kind: entry.kind.name,
            sale: entry.subject?.sale,
            amount: entry.subject.map { MoneyMessage($0.amount, currency: $0.currencyNumber) },
            receipt: entry.receipt, reason: reason, undone: undone, period: period,
            detail: detail, voucher: voucher?.shortName,
            voucherKind: voucherKind.flatMap { VoucherKind(rawValue: $0)?.name },
            operatedBy: entry.operatedBy.map { StaffMessage(name: $0.id, role: $0.role.name) },
            acknowledged: entry.sequence <= acknowledgedThrough,
            vat: entry.subject.flatMap {
                VATLineMessage.messages(entry.event.vat, currency: $0.currencyNumber)
            },
            tip: entry.subject.flatMap {
                MoneyMessage.unlessZero(entry.event.tip, currency: $0.currencyNumber)
            })
    }
}

extension JournalEntry.Kind {
    /// The stable name of the kind in JSON.
    public var name: String {
        switch self {
        case .capture: "capture"
        case .decline: "decline"
        case .cancellation: "cancellation"
        case .refund: "refund"
        case .reversal: "reversal"
        case .periodClosed: "period-closed"
        case .document: "document"
        case .clock: "clock"
        case .markedPaid: "marked-paid"
        }
    }
}

extension DocumentKind {
    /// The kind in words.
    public var name: String {
        switch self {
        case .configuration: "configuration"
        case .trustList: "trust list"
        case .policy: "policy"
        case .hotList: "hot list"
        case .freshness: "freshness statement"
        }
    }
}

extension ClockEntry.Kind {
    /// The kind in words.
    public var name: String {
        switch self {
        case .steppedForward: "clock set forward"
        case .steppedBack: "clock set back"
        case .suspect: "clock suspect"
        case .settledByHub: "clock settled by the hub"
        case .settledByTechnician: "clock settled by a technician"
        }
    }
}
