import CBOR
import HubProtocol
import Payments
import Testing
import Vouchers

@Suite struct JournalEntryTests {
    @Test(arguments: [
        Samples.capture, Samples.decline,
        JournalEntry(
            sequence: (1 << 53) - 1, previousHash: JournalEntry.genesis, at: 0, sale: "Z",
            currencyNumber: 999, amount: (1 << 53) - 1,
            event: .decline(
                DeclineEntry(
                    reason: "conflicting-voucher",
                    voucher: VoucherIdentity(
                        issuer: IssuerID("i")!, cti: [UInt8](repeating: 1, count: 16))))),
    ])
    func anEntryReadsBackWhole(entry: JournalEntry) throws {
        #expect(try JournalEntry(decoding: entry.encoded()) == entry)
    }

    @Test func theLargestEntryIsWithinItsLimit() {
        let entry = JournalEntry(
            sequence: (1 << 53) - 1, previousHash: JournalEntry.genesis, at: (1 << 53) - 1,
            sale: String(repeating: "Z", count: 25), currencyNumber: 999, amount: (1 << 53) - 1,
            event: .capture(
                CaptureEntry(
                    receipt: (1 << 53) - 1,
                    voucher: VoucherIdentity(
                        issuer: IssuerID(String(repeating: "i", count: 32))!,
                        cti: [UInt8](repeating: 1, count: 16)),
                    kind: 3, consumed: (1 << 53) - 1,
                    requestNonce: [UInt8](repeating: 1, count: 16),
                    evidence: [UInt8](repeating: 1, count: 1_000),
                    decision: DecisionRecord(fields: [
                        .bytes([UInt8](repeating: 1, count: DecisionRecord.maximumBytes - 4))
                    ]),
                    vat: "ABCDEF".map {
                        VATLine(
                            code: String($0), rate: VATLine.maximumRate, gross: (1 << 53) - 1,
                            tax: (1 << 53) - 1)!
                    }, tip: (1 << 53) - 1)),
            operatedBy: EntryOperator(
                role: .supervisor, id: String(repeating: "o", count: 32)))
        #expect(entry.encoded().count <= JournalEntry.maximumBytes)
    }

    @Test(
        arguments: [
            (1, CBORValue.unsigned(1 << 53)), (1, "1"), (2, .bytes([1])), (3, nil),
            (4, .unsigned(2)), (4, .unsigned(9)), (4, .unsigned(257)),
            (5, "not a sale"), (5, ""), (5, .text(String(repeating: "A", count: 26))),
            (6, .unsigned(70_000)), (7, .unsigned(1 << 53)), (8, nil), (9, "not/an/issuer"),
            (10, .bytes([1])), (11, .unsigned(256)), (12, .negative(0)), (13, .bytes([1])),
            (14, .bytes([])), (14, .bytes([UInt8](repeating: 0, count: 1_001))),
            (15, "a reason in a capture"), (99, .null),
        ] as [(UInt64, CBORValue?)])
    func aCaptureWithOneFaultIsRefused(key: UInt64, value: CBORValue?) throws {
        let map = try CBORValue.decode(Samples.capture.encoded())
        let bytes = map.setting(key, to: value).encoded()
        #expect(throws: JournalEntryError.self) { try JournalEntry(decoding: bytes) }
    }

    @Test(
        arguments: [
            (15, nil), (15, ""), (15, .text(String(repeating: "r", count: 101))),
            (15, "two\nlines"), (8, .unsigned(1)),
        ] as [(UInt64, CBORValue?)])
    func aDeclineWithOneFaultIsRefused(key: UInt64, value: CBORValue?) throws {
        let map = try CBORValue.decode(Samples.decline.encoded())
        let bytes = map.setting(key, to: value).encoded()
        #expect(throws: JournalEntryError.self) { try JournalEntry(decoding: bytes) }
    }
}
