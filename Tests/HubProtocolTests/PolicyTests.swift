import CBOR
import COSE
import Foundation
import HubProtocol
import Money
import Payments
import Testing

@Suite struct PolicyTests {
    /// A policy in which nothing is as the defaults have it.
    static let full = Policy(
        limits: [
            CurrencyLimits(
                currency: Currency(code: "EUR")!, perPayment: 25_000, outstanding: 100_000,
                kinds: [
                    KindLimits(kind: .fixed, oneWay: 5_000),
                    KindLimits(
                        kind: .certificate, perPayment: 10_000, oneWay: 2_500,
                        outstanding: 50_000, outstandingCount: 40),
                ],
                velocity: [
                    VelocityRule(windowSeconds: 3_600, count: 5),
                    VelocityRule(windowSeconds: 86_400, count: 20, sum: 40_000),
                ], splitSaleWindowSeconds: 600,
                selection: RandomSelection(
                    threshold: 5_000, targetPerMille: 20, maximumPerMille: 400)),
            CurrencyLimits(
                currency: Currency(code: "JPY")!, perPayment: 20_000, outstanding: 90_000),
        ], outstandingCount: 77, splitSales: false, oneWayKinds: [.stored, .certificate],
        requestLifetimeSeconds: 120,
        masks: FactMasks(
            denial: [.tooSoon, .bearer], online: [.partial, .selectedForOnline],
            stranded: [.aboveFloorLimit]),
        bands: BandRules(
            trustList: BandThresholds(ageing: 1, stale: 2, stopped: 3),
            hotList: BandThresholds(ageing: 4, stale: 5, stopped: 6),
            clockUncertainty: BandThresholds(ageing: 7, stale: 8, stopped: 9),
            lastSync: BandThresholds(ageing: 10, stale: 11, stopped: 12), ageingPerMille: 800,
            stalePerMille: 300),
        hours: OfflineHours(
            offsetMinutes: -210,
            windows: [.init(from: 420, until: 1_320), .init(from: 1, until: 1)]
        ),
        onlineBudgetMilliseconds: 900, tooSoonSeconds: 4)

    private let document = PolicyDocument(version: 3, issuedAt: 1_800_000_000, policy: full)

    private func verify(_ bytes: [UInt8], held: UInt64 = 0) throws(MessageError) -> PolicyDocument {
        try PolicyDocument.verify(bytes, signedBy: Samples.hubKey.publicKey, held: held)
    }

    @Test func aPolicyReadsBackWhole() throws {
        for policy in [Self.full, .standard(for: [Currency(code: "KWD")!]), Policy(limits: [])] {
            #expect(try PolicyCodec.decode(bytes: PolicyCodec.encoded(policy)) == policy)
        }
        let signed = document.signed(by: Samples.hubKey)
        #expect(try verify(signed, held: 3) == document)
        #expect(try PolicyDocument.read(signed) == document)
    }

    @Test func anySingleBitThatFlipsIsRefused() {
        let signed = document.signed(by: Samples.hubKey)
        for index in signed.indices {
            var bytes = signed
            bytes[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") { try verify(bytes) }
        }
    }

    @Test func anOlderVersionAndAStrangerAreNamed() {
        let signed = document.signed(by: Samples.hubKey)
        #expect(throws: MessageError.olderVersion(held: 4, found: 3)) {
            try verify(signed, held: 4)
        }
        #expect(throws: MessageError.wrongSigner) {
            try verify(document.signed(by: Samples.otherKey))
        }
        let none = PolicyDocument(version: 0, issuedAt: 1, policy: Self.full)
        #expect(throws: MessageError.shape("version (key 1)")) {
            try verify(none.signed(by: Samples.hubKey))
        }
    }

    /// Each with one fault, and the place that is named.
    static let faults: [(key: UInt64, value: CBORValue?, place: String)] = [
        (1, nil, "limits (policy, key 1)"), (1, .array([[978, 1, 2]]), "limits by kind"),
        (1, .array([line(currency: 1)]), "currency of a line"),
        (1, .array([line(), line()]), "it is there twice"),
        (1, .array([line(kinds: [[4, .null, .null, .null, .null]])]), "kind (policy, key 1)"),
        (
            1, .array([line(kinds: [[2, .null, .null, .null, .null], [1, 1, 1, 1, 1]])]),
            "kinds ascend"
        ),
        (1, .array([line(kinds: [[1, .null, .null, .null]])]), "outstanding count of a kind"),
        (1, .array([line(kinds: [[1, 1, 1, 1, 1, 1]])]), "limits of a kind"),
        (1, .array([line(velocity: [[0, 1, 1]])]), "velocity window"),
        (1, .array([line(velocity: [[316_224_001, 1, 1]])]), "velocity window"),
        (1, .array([line(velocity: [[1, "x", 1]])]), "velocity count"),
        (1, .array([line(velocity: [[1, 1, 1, 1]])]), "velocity rule"),
        (
            1, .array([line(velocity: Array(repeating: [1, 1, 1], count: 9))]),
            "velocity rules"
        ),
        (1, .array([line(window: 316_224_001)]), "split-sale window"),
        (1, .array([line(selection: [1, 3, 2])]), "selection share"),
        (1, .array([line(selection: [1, 3, 1_001])]), "selection share"),
        (1, .array([line(selection: [1, 2, 3, 4])]), "random selection"),
        (1, .array([line(more: true)]), "currency line"),
        (2, .bool(true), "outstanding count"), (3, 1, "split sales"),
        (4, .array([2, 1]), "kinds ascend"), (4, .array([1, 1]), "kinds ascend"),
        (4, .array([0]), "one-way kind"), (4, .array([1, 2, 3, 4]), "one-way kinds"),
        (5, 0, "request lifetime"), (5, 316_224_001, "request lifetime"),
        (6, .array([1, 0, 0]), "denial mask"), (6, .array([0, 0x8_0000, 0]), "online mask"),
        (6, .array([0, 0, 1]), "default mask"), (6, .array([0, 0, 0, 0]), "masks"),
        (6, .array([0, .unsigned(1 << 53), 0]), "online mask"),
        (7, .array([[3, 2, 3]]), "ages of the trust list"),
        (7, .array([[1, 2, 3], [2, 4, 3]]), "ages of the hot list"),
        (7, .array([[1, 2, 3], [1, 2, 316_224_001]]), "ages of the hot list"),
        (7, .array([[1, 2, 3, 4]]), "ages of the trust list"),
        (7, bands(shares: [400, 500]), "share of a band"),
        (7, bands(shares: [1_001, 500]), "share of a band"),
        (7, bands(shares: [900, 500, 1]), "bands"),
        (8, .array([841, .array([])]), "offset from UTC"),
        (8, .array([-841, .array([])]), "offset from UTC"),
        (8, .array([0, [[1_440, 1]]]), "window (policy, key 8)"),
        (8, .array([0, [[0, 0]]]), "window (policy, key 8)"),
        (8, .array([0, [[0, 1_441]]]), "window (policy, key 8)"),
        (8, .array([0, [[0, 1, 2]]]), "window (policy, key 8)"),
        (8, .array([0, .array(Array(repeating: [0, 1], count: 25))]), "windows"),
        (8, .array([0, .array([]), 1]), "hours"), (9, 60_001, "online budget"),
        (10, 316_224_001, "too-soon interval"), (11, 0, "set of keys"),
    ]

    private static func line(
        currency: CBORValue = 978, kinds: [CBORValue] = [], velocity: [CBORValue] = [],
        window: CBORValue = 0, selection: CBORValue = .null, more: Bool = false
    ) -> CBORValue {
        .array(
            [currency, 1, 2, .array(kinds), .array(velocity), window, selection]
                + (more ? [0] : []))
    }

    private static func bands(shares: [CBORValue]) -> CBORValue {
        let ages: CBORValue = [1, 2, 3]
        return .array([ages, ages, ages, ages] + shares)
    }

    @Test(arguments: faults.indices)
    func aPolicyWithOneFaultIsRefusedByName(index: Int) {
        let fault = Self.faults[index]
        let value = PolicyCodec.encode(Self.full).setting(fault.key, to: fault.value)
        #expect {
            try PolicyCodec.decode(value)
        } throws: { error in
            guard case .shape(let place)? = error as? MessageError else { return false }
            return place.contains(fault.place)
        }
    }

    @Test func whatLiesAtTheEdgesIsTaken() throws {
        let value = PolicyCodec.encode(Self.full)
            .setting(1, to: .array([Self.line(window: 316_224_000, selection: [1, 3, 1_000])]))
            .setting(5, to: 316_224_000).setting(7, to: Self.bands(shares: [1_000, 1_000]))
            .setting(8, to: .array([840, [[1_439, 1_440]]])).setting(9, to: 60_000)
            .setting(10, to: 316_224_000)
        let policy = try PolicyCodec.decode(value)
        #expect(policy.hours.windows == [.init(from: 1_439, until: 1_440)])
        #expect(policy.bands.stalePerMille == 1_000)
    }

    @Test func aPolicyOfBeforeReadsWithTheDefaults() throws {
        let terms = try CBORValue.decode(Samples.terms.encoded())
        let former = terms.setting(
            7, to: .array([[[978, 25_000, 100_000]], 7, .bool(false), [2], 120]))
        #expect(try TerminalTerms(decoding: former.encoded()) == Samples.terms)
        for broken: CBORValue in [
            .array([[[978, 25_000, 100_000], [978, 1, 1]], 7, .bool(false), [2], 120]),
            .array([[[978, 25_000, 100_000]], 7, 0, [2], 120]),
            .array([[[978, 25_000, 100_000]], 7, .bool(false), [2, 1], 120]),
            .array([[[978, 25_000, 100_000]], 7, .bool(false), [2], 0]),
            .array([[[978, 25_000, 100_000]], 7, .bool(false), [2], 120, 1]),
        ] {
            #expect(throws: MessageError.self) {
                try TerminalTerms(decoding: terms.setting(7, to: broken).encoded())
            }
        }
    }

    @Test func thePageHasEveryFactWithItsNumberAndTheDefaultMasks() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../docs/spec/policy.md"), encoding: .utf8)
        for named in PaymentFacts.all {
            let bit = named.fact.rawValue.trailingZeroBitCount
            let row = page.split(separator: "\n").contains { line in
                let cells = line.split(separator: "|").map { $0.split(separator: " ") }
                guard cells.count == 3, let first = cells[0].firstIndex(of: "\(bit)") else {
                    return false
                }
                // Three facts of a band share a row: the first word whole, the others their ends.
                let words = cells[1].map { $0.filter { $0 != "`" } }
                guard first < words.count else { return false }
                return first == 0
                    ? words[0] == named.name
                    : words[first].hasPrefix("-") && named.name.hasSuffix(words[first])
            }
            #expect(row, "bit \(bit) is \(named.name)")
        }
        let masks = FactMasks.standard
        for mask in [masks.denial, masks.online, masks.stranded] {
            #expect(page.contains("(\(mask.rawValue))"), "\(mask.names)")
        }
    }
}
