import CBOR
import HubProtocol
import Payments
import Testing
import Vouchers

/// Entries of every kind, with what each may have.
@Suite struct EntryKindTests {
    static let voucher = VoucherIdentity(
        issuer: IssuerID("gifts")!, cti: [UInt8](repeating: 9, count: 10))
    static let digest = [UInt8](repeating: 7, count: 32)
    static let record = DecisionRecord(fields: [1, "fresh", .bytes(digest), .null])

    static func about(_ event: JournalEntry.Event, by: EntryOperator? = nil) -> JournalEntry {
        JournalEntry(
            sequence: 12, previousHash: digest, at: 1_800_000_000, sale: "A1",
            currencyNumber: 978, amount: 500, event: event, operatedBy: by)
    }

    static func alone(_ event: JournalEntry.Event, by: EntryOperator? = nil) -> JournalEntry {
        JournalEntry(
            sequence: 12, previousHash: digest, at: 1_800_000_000, subject: nil, event: event,
            operatedBy: by)
    }

    static var totals: PeriodTotals {
        var totals = PeriodTotals(currencyNumber: 978)
        totals.captures = CountedSum(count: 2, amount: 1_750)
        totals.cancellations = CountedSum(count: 1, amount: 500)
        totals.reversals = CountedSum(count: 3, amount: 3)
        totals.refundsToStoredValue = CountedSum(count: 4, amount: 4)
        totals.refundsByVoucher = CountedSum(count: 5, amount: 5)
        totals.refundsOutside = CountedSum(count: 6, amount: 6)
        return totals
    }

    static let restoration = UndoEntry.Restoration(voucher: voucher, kind: 2, amount: 500)
    static let refund = about(
        .undo(
            UndoEntry(
                kind: .refund(receipt: 4, way: .storedValue), undone: 3, restoration: restoration,
                evidence: [0xD2], reason: "goods-returned")))
    static let cancellation = about(
        .undo(UndoEntry(kind: .cancellation(receipt: 4), undone: 11)),
        by: EntryOperator(role: .supervisor, id: "17"))
    static let reversal = about(
        .undo(UndoEntry(kind: .reversal, undone: 1, reason: "completion-unclear")))
    static let period = alone(
        .periodClosed(PeriodEntry(number: 1, totals: [totals])),
        by: EntryOperator(role: .cashier, id: "Åsa"))
    static let document = alone(
        .document(DocumentEntry(kind: .policy, version: 3, digest: digest)))
    static let clock = alone(
        .clock(ClockEntry(kind: .steppedBack, expected: 100, found: 40, uncertaintySeconds: 5)))
    static let decline = about(
        .decline(
            DeclineEntry(
                reason: "expired", voucher: voucher, shown: .own([1, 2, 3]), decision: record)))
    static let foreign = about(
        .decline(
            DeclineEntry(
                reason: "other-scheme", voucher: nil,
                shown: .foreign(kind: "wechat-pay", digest: digest))))
    static let decided = about(
        .capture(
            CaptureEntry(
                receipt: 9, voucher: voucher, kind: 2, consumed: 500, requestNonce: nil,
                evidence: [1], decision: record)))

    static let mark = about(
        .markedPaid(MarkEntry(requestNonce: [1, 2, 3, 4, 5, 6, 7, 8])),
        by: EntryOperator(role: .supervisor, id: "Ada"))

    static let samples = [
        refund, cancellation, reversal, period, document, clock, decline, foreign, decided,
        mark,
        alone(.periodClosed(PeriodEntry(number: 2, totals: []))),
    ]

    @Test("An entry of every kind reads back whole", arguments: samples)
    func readsBack(_ entry: JournalEntry) throws {
        let bytes = entry.encoded()
        #expect(try JournalEntry(decoding: bytes) == entry)
        #expect(try CBORValue.decode(bytes)[4] == .unsigned(UInt64(entry.kind.rawValue)))
    }

    @Test("Receipts are taken by captures, cancellations and refunds")
    func receipts() {
        #expect(Self.samples.map(\.receipt) == [4, 4, nil, nil, nil, nil, nil, nil, 9, nil, nil])
    }

    @Test("The largest closing of a period is within an entry's limit")
    func largestPeriod() {
        let sum = CountedSum(count: UInt64(UInt32.max), amount: (1 << 53) - 1)
        let lines = (0..<UInt16(PeriodEntry.maximumCurrencies)).map {
            var line = PeriodTotals(currencyNumber: 900 + $0)
            line.captures = sum
            line.cancellations = sum
            line.reversals = sum
            line.refundsToStoredValue = sum
            line.refundsByVoucher = sum
            line.refundsOutside = sum
            return line
        }
        let entry = Self.alone(
            .periodClosed(PeriodEntry(number: (1 << 53) - 1, totals: lines)),
            by: EntryOperator(role: .technician, id: String(repeating: "o", count: 32)))
        #expect(entry.encoded().count <= JournalEntry.maximumBytes)
        #expect(throws: Never.self) { try JournalEntry(decoding: entry.encoded()) }
    }

    /// An entry with another value under a key, which is refused, naming that key.
    struct Fault: Sendable, CustomTestStringConvertible {
        let entry: JournalEntry
        let key: UInt64
        let value: CBORValue?
        let named: String

        init(_ entry: JournalEntry, _ key: UInt64, _ value: CBORValue?, _ named: String? = nil) {
            self.entry = entry
            self.key = key
            self.value = value
            self.named = named ?? "(key \(key))"
        }

        var testDescription: String { "\(entry.kind), key \(key)" }
    }

    static let unknown = "an unknown one is there"
    static let line: CBORValue = .array([978, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    static let faults = [
        Fault(mark, 13, nil), Fault(mark, 13, .bytes([1, 2, 3, 4, 5, 6, 7, 8, 9])),
        Fault(mark, 17, nil), Fault(mark, 5, nil), Fault(mark, 8, 1, unknown),
        Fault(refund, 20, nil), Fault(refund, 20, 0), Fault(refund, 20, 12),
        Fault(refund, 21, nil), Fault(refund, 21, 4), Fault(refund, 8, nil),
        Fault(refund, 10, nil), Fault(refund, 11, nil), Fault(refund, 12, nil),
        Fault(refund, 13, .bytes([1, 2, 3, 4, 5, 6, 7, 8]), unknown),
        Fault(refund, 5, nil), Fault(refund, 6, nil), Fault(refund, 7, nil),
        Fault(cancellation, 21, 1, unknown), Fault(cancellation, 17, .array([4, "17"])),
        Fault(cancellation, 17, .array([1])), Fault(cancellation, 17, .array([1, ""])),
        Fault(cancellation, 17, .array([1, "a\nb"])),
        Fault(cancellation, 17, .array([1, .text(String(repeating: "o", count: 33))])),
        Fault(reversal, 8, 1, unknown), Fault(reversal, 15, ""),
        Fault(period, 22, nil), Fault(period, 22, 0), Fault(period, 23, nil),
        Fault(period, 5, "A1", unknown), Fault(period, 23, .array([line, line])),
        Fault(period, 23, .array([.array([978, 1, 5])])),
        Fault(period, 23, .array([.array([978, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])])),
        Fault(period, 23, .array([.array([978, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])])),
        Fault(period, 23, .array([.array([0, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])])),
        Fault(document, 24, nil), Fault(document, 24, .array([9, 3, .bytes(digest)])),
        Fault(document, 24, .array([1, 3, .bytes([1])])), Fault(document, 7, 1, unknown),
        Fault(clock, 25, nil), Fault(clock, 25, .array([6, 1, 1, 1])),
        Fault(clock, 25, .array([1, 1, 1])), Fault(clock, 25, .array([1, 1, 1, .negative(0)])),
        Fault(decline, 16, .array([])), Fault(decline, 16, 1),
        Fault(decline, 16, .array([.bytes([UInt8](repeating: 1, count: 400))])),
        Fault(decline, 18, .array(["x", .bytes(digest)]), unknown),
        Fault(foreign, 18, .array(["", .bytes(digest)])),
        Fault(foreign, 18, .array(["wechat-pay", .bytes([1])])), Fault(foreign, 8, 1, unknown),
    ]

    @Test("A fault in an entry is refused, and the key named", arguments: faults)
    func refused(_ fault: Fault) throws {
        let map = try CBORValue.decode(fault.entry.encoded())
        #expect {
            try JournalEntry(decoding: map.setting(fault.key, to: fault.value).encoded())
        } throws: { error in
            (error as? JournalEntryError)?.description.contains(fault.named) ?? false
        }
    }
}
