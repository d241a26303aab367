import Foundation
import HubProtocol
import Money
import Payments
import PolicySources
import Testing
import YAMLPolicies

@Suite struct PolicySourceTests {
    private let euro = Currency(code: "EUR")!
    private let yen = Currency(code: "JPY")!

    private func read(_ text: String) -> PolicySource.Reading {
        YAMLPolicies.policy(in: Array(text.utf8))
    }

    private func policy(_ text: String) throws -> Policy {
        switch read(text) {
        case .policy(let policy): return policy
        case .findings(let findings): throw try #require(findings.first)
        }
    }

    /// The line and the sentence of each finding.
    private func findings(_ text: String) -> [String] {
        switch read(text) {
        case .policy: []
        case .findings(let findings): findings.map { "\($0.place.line): \($0.sentence)" }
        }
    }

    @Test func theStandardFileIsTheStandardPolicy() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../policies/standard.yaml").standardized.path
        #expect(try YAMLPolicies.load(path: path) == Policy.standard(for: [euro]))
    }

    @Test func whatIsLeftOutIsAsByDefault() throws {
        let text = """
            policy: 1
            currencies:
              EUR: {per-payment: 250.00, outstanding: 1000.00}
            """
        #expect(try policy(text) == Policy.standard(for: [euro]))
    }

    @Test func everyRuleReadsBackFromItsOwnText() throws {
        let limits = CurrencyLimits(
            currency: euro, perPayment: 25_001, outstanding: 0,
            kinds: [
                KindLimits(kind: .fixed, perPayment: 1, oneWay: 2, outstanding: 3),
                KindLimits(kind: .certificate, outstandingCount: 9),
            ],
            velocity: [
                VelocityRule(windowSeconds: 90, count: 3),
                VelocityRule(windowSeconds: 3_600, sum: 7),
            ], splitSaleWindowSeconds: 600,
            selection: RandomSelection(threshold: 5, targetPerMille: 1, maximumPerMille: 1_000))
        let rules = BandRules(
            trustList: BandThresholds(ageing: 1, stale: 2, stopped: 3),
            hotList: BandThresholds(ageing: 60, stale: 60, stopped: 7_200),
            ageingPerMille: 1_000, stalePerMille: 0)
        let hours = OfflineHours(
            offsetMinutes: -210,
            windows: [.init(from: 480, until: 1_320), .init(from: 1_380, until: 1_440)])
        let policy = Policy(
            limits: [limits, CurrencyLimits(currency: yen, perPayment: 9, outstanding: 99)],
            outstandingCount: 0, splitSales: false, oneWayKinds: [], requestLifetimeSeconds: 1,
            masks: FactMasks(denial: [], online: [.oneWay], stranded: [.bearer, .partial]),
            bands: rules, hours: hours, onlineBudgetMilliseconds: 999, tooSoonSeconds: 30)
        #expect(try self.policy(YAMLPolicies.text(of: policy)) == policy)
        let standard = Policy.standard(for: [yen, euro])
        #expect(try self.policy(YAMLPolicies.text(of: standard)) == standard)
    }

    @Test func whatASourceSaysATerminalCanRead() throws {
        let policy = Policy.standard(for: [euro, yen])
        let read = try self.policy(YAMLPolicies.text(of: policy))
        #expect(try PolicyCodec.decode(bytes: PolicyCodec.encoded(read)) == policy)
    }

    @Test func everythingThatIsWrongIsToldWithItsLine() {
        let text = """
            policy: 1
            currencies:
              EUR:
                per-payment: 250.001
                outstanding: many
                kinds:
                  paper: {per-payment: 1.00}
              XXY: {per-payment: 1, outstanding: 1}
              JPY: {per-payment: 100}
            split-sales: perhaps
            one-way: [fixed, fixed, paper]
            request-lifetime: 5
            masks: {denial: [above-floor-limit, hot-listed, nonsense]}
            bands: {hot-list: {ageing: 4d, stale: 2d, stopped: 7d}}
            hours: {windows: ["8-22", "08:00-25:00"]}
            colour: red
            """
        let found = findings(text)
        let expected = [
            "4: EUR.per-payment is \"250.001\", not an amount in EUR, such as 25.00.",
            "5: EUR.outstanding is \"many\", not an amount in EUR, such as 25.00.",
            "7: \"paper\" is unknown here; EUR.kinds has fixed, stored-value, certificate.",
            "8: \"XXY\" is no currency of ISO 4217, such as EUR.",
            "9: JPY.outstanding is missing.",
            "10: the policy.split-sales is \"perhaps\", not yes or no.",
            "11: the policy.one-way has \"fixed\" twice.",
        ]
        for line in expected { #expect(found.contains(line), "\(line)\n\(found)") }
        let lines = found.compactMap { $0.split(separator: ":").first.flatMap { Int($0) } }
        #expect(lines == lines.sorted())
        #expect(Set(lines) == [4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
        #expect(found.filter { $0.hasPrefix("13:") }.count == 2, "a fact that no mask may name")
    }

    @Test func whatIsNoPolicyIsNamed() {
        #expect(findings("") == ["1: The policy is empty."])
        #expect(findings("- a\n- b") == ["1: the policy is a list, not keys with values."])
        #expect(
            findings("policy: 2\ncolour: red")
                == ["1: policy is \"2\"; this program reads policy: 1."])
        #expect(findings("currencies: {}")[0].contains("policy is missing"))
        #expect(findings("policy: 1")[0].contains("currencies is missing"))
        #expect(findings("policy: 1\ncurrencies: {}")[0].hasPrefix("2: currencies names no"))
        #expect(findings("policy: 1\n  currencies: [")[0].contains("not YAML"))
        #expect(findings("policy: 1\npolicy: 1\n")[0].contains("twice"))
        let bytes: [UInt8] = [0x70, 0xFF]
        #expect(YAMLPolicies.policy(in: bytes) != .policy(Policy.standard(for: [euro])))
    }

    @Test func aFileThatBlowsUpIsRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<8 {
            let inner = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        #expect(findings(text)[0].contains("too many values or levels"))
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(!findings("policy: \(deep)").isEmpty)
    }

    @Test func spansAndWindowsAreReadAsTheyAreWritten() {
        let spans: [(String, UInt64)] = [
            ("0s", 0), ("1500ms", 1_500), ("90s", 90_000), ("24h", 86_400_000),
            ("7d", 604_800_000),
        ]
        for (text, milliseconds) in spans {
            #expect(SourceDuration.milliseconds(text) == milliseconds)
            let again = SourceDuration.text(milliseconds: milliseconds)
            #expect(SourceDuration.milliseconds(again) == milliseconds)
        }
        let wrong = [
            "", "5", "s", "-1s", "+1s", "1.5h", "1w", "01s", "99999999999999999999d", "٣s",
        ]
        for text in wrong {
            #expect(SourceDuration.milliseconds(text) == nil, "\(text)")
        }
        for text in ["08:00-22:00", "22:00-02:00", "00:00-24:00"] {
            #expect(SourceWindow.window(text).map(SourceWindow.text) == text)
        }
        for text in ["24:00-01:00", "08:00-00:00", "8:00-22:00", "08:00", "08:60-09:00", "x-y"] {
            #expect(SourceWindow.window(text) == nil, "\(text)")
        }
        #expect(SourceWindow.offset("-03:30") == -210)
        #expect(SourceWindow.text(offset: -210) == "-03:30")
        for text in ["01:00", "+15:00", "+1:00", ""] { #expect(SourceWindow.offset(text) == nil) }
    }
}
