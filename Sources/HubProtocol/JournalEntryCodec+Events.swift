import CBOR
import Payments
import Vouchers

// One extension for each kind of event: its keys out, and its keys in.
private typealias Key = JournalEntry.Key
typealias EntryField = (Int64, CBORValue)

extension VoucherIdentity {
    fileprivate var fields: [EntryField] {
        [(Key.issuer, .text(issuer.name)), (Key.cti, .bytes(cti))]
    }

    fileprivate init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let name = try fields.text(Key.issuer, "issuer (key 9)")
        guard let issuer = IssuerID(name) else { throw .shape("issuer (key 9)") }
        self.init(issuer: issuer, cti: try fields.bytes(Key.cti, "cti (key 10)", count: 8...16))
    }
}

extension EntryFields {
    fileprivate mutating func voucherKind() throws(JournalEntryError) -> UInt8 {
        let kind = try unsigned(Key.voucherKind, "voucher kind (key 11)")
        guard let kind = UInt8(exactly: kind) else { throw .shape("voucher kind (key 11)") }
        return kind
    }

    fileprivate mutating func reason() throws(JournalEntryError) -> String {
        try text(Key.reason, "reason (key 15)", count: 1...JournalEntry.maximumReasonLength)
    }

    fileprivate mutating func evidence() throws(JournalEntryError) -> [UInt8] {
        try bytes(
            Key.evidence, "evidence (key 14)", count: 1...JournalEntry.maximumEvidenceBytes)
    }

    fileprivate mutating func tip() throws(JournalEntryError) -> UInt64 {
        guard has(Key.tip) else { return 0 }
        let tip = try unsigned(Key.tip, "tip (key 30)")
        guard tip > 0 else { throw .shape("tip (key 30)") }
        return tip
    }

    fileprivate mutating func decision() throws(JournalEntryError) -> DecisionRecord? {
        guard has(Key.decision) else { return nil }
        let name = "decision record (key 16)"
        let fields = try array(Key.decision, name, count: 1...DecisionRecord.maximumBytes)
        guard CBORValue.array(fields).encoded().count <= DecisionRecord.maximumBytes else {
            throw .shape(name)
        }
        return DecisionRecord(fields: fields)
    }
}

extension CaptureEntry {
    var fields: [EntryField] {
        var fields: [EntryField] = [
            (Key.receipt, .unsigned(receipt)), (Key.voucherKind, .unsigned(UInt64(kind))),
            (Key.consumed, .unsigned(consumed)), (Key.evidence, .bytes(evidence)),
        ]
        fields += voucher.fields
        if let requestNonce { fields.append((Key.requestNonce, .bytes(requestNonce))) }
        if let decision { fields.append((Key.decision, .array(decision.fields))) }
        if !vat.isEmpty { fields.append((Key.vat, VATLine.field(of: vat))) }
        if tip > 0 { fields.append((Key.tip, .unsigned(tip))) }
        return fields
    }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        self.init(
            receipt: try fields.unsigned(Key.receipt, "receipt number (key 8)"),
            voucher: try VoucherIdentity(&fields), kind: try fields.voucherKind(),
            consumed: try fields.unsigned(Key.consumed, "consumed amount (key 12)"),
            requestNonce: try fields.bytesIfPresent(
                Key.requestNonce, "request nonce (key 13)", count: 8...16),
            evidence: try fields.evidence(), decision: try fields.decision(),
            vat: try VATLine.lines(&fields), tip: try fields.tip())
    }
}

extension DeclineEntry {
    var fields: [EntryField] {
        var fields: [EntryField] = [(Key.reason, .text(reason))]
        if let voucher { fields += voucher.fields }
        switch shown {
        case .own(let code): fields.append((Key.evidence, .bytes(code)))
        case .foreign(let kind, let digest):
            fields.append((Key.foreignCode, .array([.text(kind), .bytes(digest)])))
        case nil: break
        }
        if let decision { fields.append((Key.decision, .array(decision.fields))) }
        return fields
    }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let reason = try fields.reason()
        let voucher = fields.has(Key.issuer) ? try VoucherIdentity(&fields) : nil
        let shown: ShownCode?
        if fields.has(Key.evidence) {
            shown = .own(try fields.evidence())
        } else if fields.has(Key.foreignCode) {
            let name = "code of another scheme (key 18)"
            let pair = try fields.array(Key.foreignCode, name, count: 2...2)
            guard let kind = pair[0].asText, let digest = pair[1].asBytes,
                (1...ShownCode.maximumKindLength).contains(kind.utf8.count),
                Payload.isDisplayable(kind), digest.count == JournalEntry.hashLength
            else { throw .shape(name) }
            shown = .foreign(kind: kind, digest: digest)
        } else {
            shown = nil
        }
        self.init(
            reason: reason, voucher: voucher, shown: shown, decision: try fields.decision())
    }
}

extension UndoEntry {
    var fields: [EntryField] {
        var fields: [EntryField] = [(Key.undone, .unsigned(undone))]
        if let receipt { fields.append((Key.receipt, .unsigned(receipt))) }
        if case .refund(_, let way) = kind {
            fields.append((Key.refundWay, .unsigned(UInt64(way.rawValue))))
        }
        if let restoration {
            fields += restoration.voucher.fields
            fields += [
                (Key.voucherKind, .unsigned(UInt64(restoration.kind))),
                (Key.consumed, .unsigned(restoration.amount)),
            ]
        }
        if let evidence { fields.append((Key.evidence, .bytes(evidence))) }
        if let reason { fields.append((Key.reason, .text(reason))) }
        if !vat.isEmpty { fields.append((Key.vat, VATLine.field(of: vat))) }
        if tip > 0 { fields.append((Key.tip, .unsigned(tip))) }
        return fields
    }

    init(_ kind: JournalEntry.Kind, _ fields: inout EntryFields) throws(JournalEntryError) {
        let undoing: Kind
        switch kind {
        case .refund:
            let receipt = try fields.unsigned(Key.receipt, "receipt number (key 8)")
            let number = try fields.unsigned(Key.refundWay, "way of the refund (key 21)")
            guard let number = UInt8(exactly: number), let way = RefundWay(rawValue: number) else {
                throw .shape("way of the refund (key 21)")
            }
            undoing = .refund(receipt: receipt, way: way)
        case .cancellation:
            undoing = .cancellation(
                receipt: try fields.unsigned(Key.receipt, "receipt number (key 8)"))
        default: undoing = .reversal
        }
        let undone = try fields.unsigned(Key.undone, "entry undone (key 20)")
        guard undone >= 1 else { throw .shape("entry undone (key 20)") }
        let restoration =
            fields.has(Key.issuer)
            ? Restoration(
                voucher: try VoucherIdentity(&fields), kind: try fields.voucherKind(),
                amount: try fields.unsigned(Key.consumed, "restored amount (key 12)")) : nil
        self.init(
            kind: undoing, undone: undone, restoration: restoration,
            evidence: fields.has(Key.evidence) ? try fields.evidence() : nil,
            reason: fields.has(Key.reason) ? try fields.reason() : nil,
            vat: try VATLine.lines(&fields), tip: try fields.tip())
    }
}

extension PeriodEntry {
    var fields: [EntryField] {
        var fields: [EntryField] = [
            (Key.periodNumber, .unsigned(number)),
            (
                Key.totals,
                .array(totals.map { .array($0.numbers.map { .unsigned($0) }) })
            ),
        ]
        if let drawer { fields.append((Key.drawer, drawer.field)) }
        return fields
    }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let number = try fields.unsigned(Key.periodNumber, "period number (key 22)")
        guard number >= 1 else { throw .shape("period number (key 22)") }
        var totals: [PeriodTotals] = []
        for value in try fields.array(
            Key.totals, "totals (key 23)", count: 0...Self.maximumCurrencies)
        {
            let line = try PeriodTotals(value)
            guard totals.last.map({ $0.currencyNumber < line.currencyNumber }) ?? true else {
                throw .shape("totals (key 23): their order")
            }
            totals.append(line)
        }
        self.init(number: number, totals: totals, drawer: try CashDrawer(&fields))
    }
}

extension PeriodTotals {
    /// The sums in the order in which they are written.
    private static var order: [WritableKeyPath<PeriodTotals, CountedSum>] {
        [
            \.captures, \.cancellations, \.reversals, \.refundsToStoredValue, \.refundsByVoucher,
            \.refundsOutside,
        ]
    }

    fileprivate var numbers: [UInt64] {
        [UInt64(currencyNumber)]
            + Self.order.flatMap { [self[keyPath: $0].count, self[keyPath: $0].amount] }
    }

    fileprivate init(_ value: CBORValue) throws(JournalEntryError) {
        let name = "totals (key 23)"
        let numbers = try EntryFields.numbers(in: value, name, 1 + 2 * Self.order.count)
        guard let currency = UInt16(exactly: numbers[0]), (1...999).contains(currency) else {
            throw .shape(name)
        }
        self.init(currencyNumber: currency)
        for (index, sum) in Self.order.enumerated() {
            let count = numbers[1 + 2 * index]
            let amount = numbers[2 + 2 * index]
            guard count <= UInt64(UInt32.max), (count == 0) == (amount == 0) else {
                throw .shape(name)
            }
            self[keyPath: sum] = CountedSum(count: count, amount: amount)
        }
        guard numbers.dropFirst().contains(where: { $0 > 0 }) else { throw .shape(name) }
    }
}

extension DocumentEntry {
    var fields: [EntryField] {
        [
            (
                Key.document,
                .array([.unsigned(UInt64(kind.rawValue)), .unsigned(version), .bytes(digest)])
            )
        ]
    }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let name = "document (key 24)"
        let parts = try fields.array(Key.document, name, count: 3...3)
        guard let number = parts[0].asUnsigned.flatMap({ UInt8(exactly: $0) }),
            let kind = DocumentKind(rawValue: number), let version = parts[1].asUnsigned,
            version <= MessageLimits.maximumInteger, let digest = parts[2].asBytes,
            digest.count == JournalEntry.hashLength
        else { throw .shape(name) }
        self.init(kind: kind, version: version, digest: digest)
    }
}

extension ClockEntry {
    var fields: [EntryField] {
        [
            (
                Key.clock,
                .array([
                    .unsigned(UInt64(kind.rawValue)), .unsigned(expected), .unsigned(found),
                    .unsigned(uncertaintySeconds),
                ])
            )
        ]
    }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let name = "clock event (key 25)"
        let numbers = try fields.numbers(Key.clock, name, count: 4)
        guard let number = UInt8(exactly: numbers[0]), let kind = Kind(rawValue: number) else {
            throw .shape(name)
        }
        self.init(
            kind: kind, expected: numbers[1], found: numbers[2], uncertaintySeconds: numbers[3])
    }
}
