public import CBOR
import Money
public import Payments

/// The bytes of a policy: a CBOR map with integer keys, core deterministic
/// (`docs/spec/policy.md`, *Encoding*).
public enum PolicyCodec {
    /// The most currencies with a line in the policy: more than ISO 4217 has.
    public static let maximumCurrencies = 300
    /// The most velocity rules of a currency: minutes, an hour, a day, a week and a few more.
    public static let maximumVelocityRules = 8
    /// The longest window or age in a policy, in seconds: ten years, so that sums never wrap.
    public static let maximumSeconds: UInt64 = 10 * 366 * 86_400
    /// The longest that a customer may be kept waiting for the hub, in milliseconds.
    public static let maximumOnlineBudgetMilliseconds: UInt64 = 60_000

    /// The map keys.
    enum Key {
        static let limits: UInt64 = 1
        static let outstandingCount: UInt64 = 2
        static let splitSales: UInt64 = 3
        static let oneWayKinds: UInt64 = 4
        static let requestLifetime: UInt64 = 5
        static let masks: UInt64 = 6
        static let bands: UInt64 = 7
        static let hours: UInt64 = 8
        static let onlineBudget: UInt64 = 9
        static let tooSoon: UInt64 = 10
    }

    /// The policy's bytes.
    public static func encoded(_ policy: Policy) -> [UInt8] { encode(policy).encoded() }

    /// Reads the bytes of a policy.
    public static func decode(bytes: [UInt8]) throws(MessageError) -> Policy {
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch { throw .payloadNotCBOR(error) }
        return try decode(value)
    }

    /// The policy as CBOR.
    public static func encode(_ policy: Policy) -> CBORValue {
        let fields: [(UInt64, CBORValue)] = [
            (Key.limits, .array(policy.limits.map(line))),
            (Key.outstandingCount, .unsigned(policy.outstandingCount)),
            (Key.splitSales, .bool(policy.splitSales)),
            (
                Key.oneWayKinds,
                .array(policy.oneWayKinds.map(\.rawValue).sorted().map { .unsigned(UInt64($0)) })
            ),
            (Key.requestLifetime, .unsigned(policy.requestLifetimeSeconds)),
            (
                Key.masks,
                .array([
                    .unsigned(policy.masks.denial.rawValue),
                    .unsigned(policy.masks.online.rawValue),
                    .unsigned(policy.masks.stranded.rawValue),
                ])
            ),
            (Key.bands, bands(policy.bands)),
            (
                Key.hours,
                .array([
                    .integer(policy.hours.offsetMinutes),
                    .array(
                        policy.hours.windows.map {
                            .array([.unsigned($0.from), .unsigned($0.until)])
                        }),
                ])
            ),
            (Key.onlineBudget, .unsigned(policy.onlineBudgetMilliseconds)),
            (Key.tooSoon, .unsigned(policy.tooSoonSeconds)),
        ]
        return .map(fields.map { CBORPair(.unsigned($0.0), $0.1) })
    }

    private static func line(_ limits: CurrencyLimits) -> CBORValue {
        .array([
            .unsigned(UInt64(limits.currency.number)), .unsigned(limits.perPayment),
            .unsigned(limits.outstanding),
            .array(
                limits.kinds.map { kind in
                    .array([
                        .unsigned(UInt64(kind.kind.rawValue)), optional(kind.perPayment),
                        optional(kind.oneWay), optional(kind.outstanding),
                        optional(kind.outstandingCount),
                    ])
                }),
            .array(
                limits.velocity.map { rule in
                    .array([
                        .unsigned(rule.windowSeconds), optional(rule.count), optional(rule.sum),
                    ])
                }),
            .unsigned(limits.splitSaleWindowSeconds),
            limits.selection.map { selection in
                .array([
                    .unsigned(selection.threshold), .unsigned(selection.targetPerMille),
                    .unsigned(selection.maximumPerMille),
                ])
            } ?? .null,
        ])
    }

    private static func bands(_ rules: BandRules) -> CBORValue {
        func ages(_ thresholds: BandThresholds) -> CBORValue {
            .array([
                .unsigned(thresholds.ageing), .unsigned(thresholds.stale),
                .unsigned(thresholds.stopped),
            ])
        }
        return .array([
            ages(rules.trustList), ages(rules.hotList), ages(rules.clockUncertainty),
            ages(rules.lastSync), .unsigned(rules.ageingPerMille), .unsigned(rules.stalePerMille),
        ])
    }

    private static func optional(_ value: UInt64?) -> CBORValue {
        value.map(CBORValue.unsigned) ?? .null
    }

    /// Reads a policy; every key must be there, and no other.
    public static func decode(_ value: CBORValue) throws(MessageError) -> Policy {
        var fields = try PayloadFields(value, "policy")
        let limits = try lines(try fields.take(Key.limits, "limits (policy, key 1)"))
        let count = try fields.unsigned(Key.outstandingCount, "outstanding count (policy, key 2)")
        let split = try fields.take(Key.splitSales, "split sales (policy, key 3)")
        guard let split = split.asBool else { throw .shape("split sales (policy, key 3)") }
        let kinds = try kinds(try fields.take(Key.oneWayKinds, "one-way kinds (policy, key 4)"))
        let lifetime = try fields.unsigned(
            Key.requestLifetime, "request lifetime (policy, key 5)")
        guard (1...maximumSeconds).contains(lifetime) else {
            throw .shape("request lifetime (policy, key 5)")
        }
        let masks = try masks(try fields.take(Key.masks, "masks (policy, key 6)"))
        let bands = try bands(try fields.take(Key.bands, "bands (policy, key 7)"))
        let hours = try hours(try fields.take(Key.hours, "hours (policy, key 8)"))
        let budget = try fields.unsigned(Key.onlineBudget, "online budget (policy, key 9)")
        guard budget <= maximumOnlineBudgetMilliseconds else {
            throw .shape("online budget (policy, key 9)")
        }
        let tooSoon = try fields.unsigned(Key.tooSoon, "too-soon interval (policy, key 10)")
        guard tooSoon <= maximumSeconds else { throw .shape("too-soon interval (policy, key 10)") }
        try fields.end()
        return Policy(
            limits: limits, outstandingCount: count, splitSales: split, oneWayKinds: kinds,
            requestLifetimeSeconds: lifetime, masks: masks, bands: bands, hours: hours,
            onlineBudgetMilliseconds: budget, tooSoonSeconds: tooSoon)
    }
}

extension PolicyCodec {
    /// The currency lines, each currency once.
    private static func lines(_ value: CBORValue) throws(MessageError) -> [CurrencyLimits] {
        var limits: [CurrencyLimits] = []
        for line in try Payload.array(
            value, "limits (policy, key 1)", atMost: maximumCurrencies)
        {
            let line = try currencyLine(line)
            guard !limits.contains(where: { $0.currency == line.currency }) else {
                throw .shape("currency of a line (policy, key 1): it is there twice")
            }
            limits.append(line)
        }
        return limits
    }

    private static func currencyLine(_ value: CBORValue) throws(MessageError) -> CurrencyLimits {
        var fields = try PayloadReader(value, "currency line (policy, key 1)")
        let currency = try Payload.currency(
            try fields.next("currency of a line (policy, key 1)"),
            "currency of a line (policy, key 1)")
        let perPayment = try fields.unsigned("floor limit (policy, key 1)")
        let outstanding = try fields.unsigned("outstanding limit (policy, key 1)")
        let kinds = try kindLines(try fields.next("limits by kind (policy, key 1)"))
        var velocity: [VelocityRule] = []
        for rule in try fields.array(
            "velocity rules (policy, key 1)", atMost: maximumVelocityRules)
        {
            velocity.append(try velocityRule(rule))
        }
        let split = try fields.unsigned("split-sale window (policy, key 1)")
        guard split <= maximumSeconds else { throw .shape("split-sale window (policy, key 1)") }
        let selection = try selection(try fields.next("random selection (policy, key 1)"))
        try fields.end()
        return CurrencyLimits(
            currency: currency, perPayment: perPayment, outstanding: outstanding, kinds: kinds,
            velocity: velocity, splitSaleWindowSeconds: split, selection: selection)
    }

    private static func kindLines(_ value: CBORValue) throws(MessageError) -> [KindLimits] {
        var lines: [KindLimits] = []
        for value in try Payload.array(
            value, "limits by kind (policy, key 1)", atMost: VoucherKind.allCases.count)
        {
            var fields = try PayloadReader(value, "limits of a kind (policy, key 1)")
            let kind = try kind(
                try fields.next("kind (policy, key 1)"), "kind (policy, key 1)")
            guard lines.last.map({ $0.kind.rawValue < kind.rawValue }) ?? true else {
                throw .shape("kind (policy, key 1): kinds ascend")
            }
            lines.append(
                KindLimits(
                    kind: kind,
                    perPayment: try fields.optional("limit of a kind (policy, key 1)"),
                    oneWay: try fields.optional("one-way limit of a kind (policy, key 1)"),
                    outstanding: try fields.optional("outstanding limit of a kind (policy, key 1)"),
                    outstandingCount: try fields.optional(
                        "outstanding count of a kind (policy, key 1)")))
            try fields.end()
        }
        return lines
    }

    private static func velocityRule(_ value: CBORValue) throws(MessageError) -> VelocityRule {
        var fields = try PayloadReader(value, "velocity rule (policy, key 1)")
        let window = try fields.unsigned("velocity window (policy, key 1)")
        guard (1...maximumSeconds).contains(window) else {
            throw .shape("velocity window (policy, key 1)")
        }
        let rule = VelocityRule(
            windowSeconds: window, count: try fields.optional("velocity count (policy, key 1)"),
            sum: try fields.optional("velocity sum (policy, key 1)"))
        try fields.end()
        return rule
    }

    private static func selection(_ value: CBORValue) throws(MessageError) -> RandomSelection? {
        if value == .null { return nil }
        var fields = try PayloadReader(value, "random selection (policy, key 1)")
        let threshold = try fields.unsigned("selection threshold (policy, key 1)")
        let target = try fields.unsigned("selection target (policy, key 1)")
        let maximum = try fields.unsigned("selection maximum (policy, key 1)")
        guard target <= maximum, maximum <= BandRules.whole else {
            throw .shape("selection share (policy, key 1)")
        }
        try fields.end()
        return RandomSelection(
            threshold: threshold, targetPerMille: target, maximumPerMille: maximum)
    }

    private static func kinds(_ value: CBORValue) throws(MessageError) -> Set<VoucherKind> {
        var kinds: [VoucherKind] = []
        for value in try Payload.array(
            value, "one-way kinds (policy, key 4)", atMost: VoucherKind.allCases.count)
        {
            let kind = try kind(value, "one-way kind (policy, key 4)")
            guard kinds.last.map({ $0.rawValue < kind.rawValue }) ?? true else {
                throw .shape("one-way kind (policy, key 4): kinds ascend")
            }
            kinds.append(kind)
        }
        return Set(kinds)
    }

    private static func kind(_ value: CBORValue, _ name: String) throws(MessageError)
        -> VoucherKind
    {
        guard let number = value.asUnsigned, let raw = UInt8(exactly: number),
            let kind = VoucherKind(rawValue: raw)
        else { throw .shape(name) }
        return kind
    }

    private static func masks(_ value: CBORValue) throws(MessageError) -> FactMasks {
        var fields = try PayloadReader(value, "masks (policy, key 6)")
        func mask(_ name: String) throws(MessageError) -> PaymentFacts {
            let facts = PaymentFacts(rawValue: try fields.unsigned(name))
            guard facts.isSubset(of: .maskable) else {
                throw .shape("\(name): a fact that no mask may name")
            }
            return facts
        }
        let denial = try mask("denial mask (policy, key 6)")
        let online = try mask("online mask (policy, key 6)")
        let stranded = try mask("default mask (policy, key 6)")
        try fields.end()
        return FactMasks(denial: denial, online: online, stranded: stranded)
    }

    private static func bands(_ value: CBORValue) throws(MessageError) -> BandRules {
        var fields = try PayloadReader(value, "bands (policy, key 7)")
        func thresholds(_ name: String) throws(MessageError) -> BandThresholds {
            var ages = try PayloadReader(try fields.next(name), name)
            let ageing = try ages.unsigned(name)
            let stale = try ages.unsigned(name)
            let stopped = try ages.unsigned(name)
            guard ageing <= stale, stale <= stopped, stopped <= maximumSeconds else {
                throw .shape("\(name): ages ascend")
            }
            try ages.end()
            return BandThresholds(ageing: ageing, stale: stale, stopped: stopped)
        }
        let trustList = try thresholds("ages of the trust list (policy, key 7)")
        let hotList = try thresholds("ages of the hot list (policy, key 7)")
        let clock = try thresholds("uncertainties of the clock (policy, key 7)")
        let sync = try thresholds("times since the last sync (policy, key 7)")
        let ageing = try fields.unsigned("share while ageing (policy, key 7)")
        let stale = try fields.unsigned("share while stale (policy, key 7)")
        guard stale <= ageing, ageing <= BandRules.whole else {
            throw .shape("share of a band (policy, key 7)")
        }
        try fields.end()
        return BandRules(
            trustList: trustList, hotList: hotList, clockUncertainty: clock, lastSync: sync,
            ageingPerMille: ageing, stalePerMille: stale)
    }

    private static func hours(_ value: CBORValue) throws(MessageError) -> OfflineHours {
        var fields = try PayloadReader(value, "hours (policy, key 8)")
        let offset = try fields.next("offset from UTC (policy, key 8)").asInteger
        let limit = OfflineHours.maximumOffsetMinutes
        guard let offset, (-limit...limit).contains(offset) else {
            throw .shape("offset from UTC (policy, key 8)")
        }
        var windows: [OfflineHours.Window] = []
        for value in try fields.array(
            "windows (policy, key 8)", atMost: OfflineHours.maximumWindows)
        {
            var minutes = try PayloadReader(value, "window (policy, key 8)")
            let from = try minutes.unsigned("window's beginning (policy, key 8)")
            let until = try minutes.unsigned("window's end (policy, key 8)")
            guard from < OfflineHours.minutesPerDay,
                (1...OfflineHours.minutesPerDay).contains(until)
            else { throw .shape("window (policy, key 8)") }
            try minutes.end()
            windows.append(OfflineHours.Window(from: from, until: until))
        }
        try fields.end()
        return OfflineHours(offsetMinutes: offset, windows: windows)
    }
}
