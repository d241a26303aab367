import CBOR
import HubProtocol
import Payments
import Testing
import Vouchers

/// VAT lines in an entry (key 29).
@Suite struct VATEntryTests {
    private static let lines = [
        VATLine(code: "A", rate: 1_900, gross: 1_190, tax: 190)!,
        VATLine(code: "B", rate: 0, gross: 60, tax: 0)!,
    ]

    private static func capture(_ vat: [VATLine], amount: UInt64 = 1_250) -> JournalEntry {
        JournalEntry(
            sequence: 2, previousHash: JournalEntry.genesis, at: 100, sale: "S1",
            currencyNumber: 978, amount: amount,
            event: .capture(
                CaptureEntry(
                    receipt: 1,
                    voucher: VoucherIdentity(
                        issuer: IssuerID("mint")!, cti: [UInt8](repeating: 1, count: 8)),
                    kind: 1, consumed: amount, requestNonce: nil, evidence: [1], vat: vat)))
    }

    private static func undoing(_ kind: UndoEntry.Kind) -> JournalEntry {
        JournalEntry(
            sequence: 3, previousHash: JournalEntry.genesis, at: 100, sale: "S1",
            currencyNumber: 978, amount: 1_250,
            event: .undo(UndoEntry(kind: kind, undone: 2, vat: lines)))
    }

    @Test(arguments: [
        capture(lines), capture([]), undoing(.cancellation(receipt: 2)), undoing(.reversal),
        undoing(.refund(receipt: 2, way: .outside)),
    ])
    func linesComeBackAsTheyWereWritten(_ entry: JournalEntry) throws {
        #expect(try JournalEntry(decoding: entry.encoded()) == entry)
    }

    @Test func theyAreWrittenAsTheSpecificationSays() throws {
        // 29: [["A", 1900, 1190, 190], ["B", 0, 60, 0]]
        let field: [UInt8] = [
            0x18, 29, 0x82, 0x84, 0x61, 0x41, 0x19, 0x07, 0x6C, 0x19, 0x04, 0xA6, 0x18, 0xBE, 0x84,
            0x61, 0x42, 0x00, 0x18, 0x3C, 0x00,
        ]
        #expect(Self.capture(Self.lines).encoded().suffix(field.count) == field[...])
        #expect(!Self.capture([]).encoded().contains([0x18, 29]))
    }

    @Test(
        arguments: [
            .array([]), .array([.array(["A", .unsigned(0), .unsigned(1_250)])]),
            .array([.array(["a", .unsigned(0), .unsigned(1_250), .unsigned(0)])]),
            .array([.array(["A", .unsigned(10_001), .unsigned(1_250), .unsigned(0)])]),
            .array([.array(["A", .unsigned(0), .unsigned(1_250), .unsigned(1_251)])]),
            .array([.array(["A", .unsigned(0), .unsigned(1_249), .unsigned(0)])]),
            .array([
                .array(["B", .unsigned(0), .unsigned(1_000), .unsigned(0)]),
                .array(["A", .unsigned(0), .unsigned(250), .unsigned(0)]),
            ]),
            .array([
                .array(["A", .unsigned(0), .unsigned(1_250), .unsigned(0)]),
                .array(["B", .unsigned(0), .unsigned(0), .unsigned(0)]),
            ]),
            .array(
                (0..<7).map {
                    .array([
                        .text(String(UnicodeScalar(UInt8(0x41 + $0)))), .unsigned(0),
                        .unsigned($0 == 0 ? 1_244 : 1), .unsigned(0),
                    ])
                }),
            .unsigned(1),
        ] as [CBORValue])
    func linesOfAnotherShapeAreRefused(_ value: CBORValue) throws {
        let map = try CBORValue.decode(Self.capture([]).encoded())
        let error = #expect(throws: JournalEntryError.self) {
            try JournalEntry(decoding: map.setting(29, to: value).encoded())
        }
        #expect(error?.description.contains("VAT lines (key 29)") == true)
    }

    @Test func aTipIsBesideTheLines() throws {
        let map = try CBORValue.decode(Self.capture(Self.lines, amount: 1_250).encoded())
        let tipped = map.setting(7, to: .unsigned(1_300)).setting(30, to: .unsigned(50))
        let entry = try JournalEntry(decoding: tipped.encoded())
        #expect(entry.event.tip == 50 && entry.event.vat == Self.lines)
        #expect(entry.encoded() == tipped.encoded())
        #expect(entry.encoded().suffix(4) == [0x18, 30, 0x18, 50])
        for (amount, tip) in [(1_300, 49), (1_250, 0), (1_250, 1_251)] as [(UInt64, UInt64)] {
            let bytes = map.setting(7, to: .unsigned(amount)).setting(30, to: .unsigned(tip))
                .encoded()
            #expect(throws: JournalEntryError.self) { try JournalEntry(decoding: bytes) }
        }
    }

    @Test func aDeclineHasNone() throws {
        let map = try CBORValue.decode(Samples.decline.encoded())
        #expect(throws: JournalEntryError.self) {
            try JournalEntry(
                decoding: map.setting(29, to: VATEntryTests.field).encoded())
        }
    }

    private static let field = CBORValue.array([
        .array(["A", .unsigned(0), .unsigned(1_250), .unsigned(0)])
    ])
}
