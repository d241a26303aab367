import CBOR
import COSE
import HubProtocol
import Payments
import Testing
import Vouchers

@Suite struct VoucherStandingsTests {
    private static let other = TerminalID("till:m42/t8")!

    private static func line(_ number: UInt8, spent: UInt64 = 400) -> VoucherStandings.Line {
        .init(
            voucher: [UInt8](repeating: number, count: 16),
            standing: HubStanding(
                spent: spent, countedThrough: 9,
                last: ElsewhereRedemption(terminal: other, at: 1_000, amount: 150)))
    }

    private static func standings(_ lines: [VoucherStandings.Line]) -> VoucherStandings {
        VoucherStandings(
            terminal: Samples.terminal, journal: Samples.journal, at: 2_000, after: 3, through: 7,
            countedThrough: 9, isComplete: false, lines: lines)
    }

    private static func verify(_ bytes: [UInt8]) throws(MessageError) -> VoucherStandings {
        try VoucherStandings.verify(
            bytes, signedBy: Samples.hubKey.publicKey, for: Samples.terminal,
            journal: Samples.journal)
    }

    @Test func readsBackWhole() throws {
        for lines in [[], [Self.line(1), Self.line(2, spent: 0)]] {
            let standings = Self.standings(lines)
            #expect(try Self.verify(standings.signed(by: Samples.hubKey)) == standings)
        }
    }

    @Test func staysBelowItsLimitAtItsLongest() throws {
        let longest = TerminalID("till:" + String(repeating: "m", count: 20) + "/t")
        let most = MessageLimits.maximumInteger
        let lines = (0..<VoucherStandings.maximumVouchers).map { number in
            VoucherStandings.Line(
                voucher: Array(
                    Hashing.sha256([UInt8(number & 255), UInt8(number >> 8)]).prefix(16)),
                standing: HubStanding(
                    spent: most, countedThrough: 9,
                    last: ElsewhereRedemption(
                        terminal: longest ?? Self.other, at: most, amount: most)))
        }
        let bytes = Self.standings(lines).signed(by: Samples.hubKey)
        #expect(bytes.count < VoucherStandings.maximumBytes / 2 + 64_000)
        #expect(try Self.verify(bytes).lines.count == VoucherStandings.maximumVouchers)
    }

    @Test func isForOneTerminalAndOneJournal() {
        let bytes = Self.standings([]).signed(by: Samples.hubKey)
        #expect(throws: MessageError.wrongTerminal(found: Samples.terminal)) {
            try VoucherStandings.verify(
                bytes, signedBy: Samples.hubKey.publicKey, for: Self.other,
                journal: Samples.journal)
        }
        #expect(throws: MessageError.wrongJournal) {
            try VoucherStandings.verify(
                bytes, signedBy: Samples.hubKey.publicKey, for: Samples.terminal,
                journal: [UInt8](repeating: 0, count: 8))
        }
        #expect(throws: MessageError.wrongSigner) {
            try Self.verify(Self.standings([]).signed(by: Samples.otherKey))
        }
    }

    @Test func refusesWhatIsNoStanding() {
        func sealed(_ elements: [CBORValue]) -> [UInt8] {
            SignedMessage.seal(
                .array(elements), type: VoucherStandings.type, key: Samples.hubKey)
        }
        let head: [CBORValue] = [
            .unsigned(1), .text(Samples.terminal.text), .bytes(Samples.journal), .unsigned(1),
        ]
        let row: CBORValue = .array([
            .bytes([UInt8](repeating: 1, count: 16)), .unsigned(1), .text(Self.other.text),
            .unsigned(1), .unsigned(1),
        ])
        let bad: [[CBORValue]] = [
            head + [.unsigned(8), .unsigned(7), .unsigned(0), .bool(true), .array([])],
            head + [.unsigned(0), .unsigned(7), .unsigned(0), .unsigned(1), .array([])],
            head + [.unsigned(0), .unsigned(7), .unsigned(0), .bool(true), .array([row, row])],
            head + [.unsigned(0), .unsigned(7), .unsigned(0), .bool(true), .array([.null])],
            head + [.unsigned(0), .unsigned(7), .unsigned(0), .bool(true)],
        ]
        for elements in bad {
            let error = #expect(throws: MessageError.self) { try Self.verify(sealed(elements)) }
            #expect(error?.reason == "message-malformed")
        }
    }

    @Test func namesAVoucherWithoutItsCti() throws {
        let first = VoucherIdentity(
            issuer: IssuerID("mint")!, cti: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        let second = VoucherIdentity(
            issuer: IssuerID("mint2")!, cti: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(VoucherStandings.name(of: first) != VoucherStandings.name(of: second))
        #expect(VoucherStandings.name(of: first).count == 16)
        // sha256(b"mint\0" + bytes(range(1, 11)))[:16], by another program.
        #expect(
            VoucherStandings.name(of: first).map { String($0, radix: 16) }.joined(separator: " ")
                == "14 11 95 e0 7 40 91 a0 11 ba 38 74 40 dd 84 d2")
    }
}
