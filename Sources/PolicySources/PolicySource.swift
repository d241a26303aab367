import HubProtocol
import Money
public import Payments

/// A policy as people write it (`docs/spec/policy.md`, *Source*): reads the tree that an adapter
/// has made of a file, and tells everything that is wrong with it, each with its line.
public enum PolicySource {
    /// The version of the source's form that this code reads, the value of the key `policy`.
    public static let version: UInt64 = 1

    /// What came of reading a source.
    public enum Reading: Hashable, Sendable {
        /// The policy.
        case policy(Policy)
        /// What is wrong, in the order of the file; at least one finding.
        case findings([SourceFinding])
    }

    private static let keys = [
        "policy", "currencies", "outstanding-count", "split-sales", "one-way", "request-lifetime",
        "too-soon", "online-budget", "masks", "bands", "hours",
    ]

    /// Reads a source.
    public static func read(_ document: SourceNode) -> Reading {
        var report = SourceReport()
        // The version comes first: the keys of another version are not known here.
        let root = SourceSection(document, "the policy", keys: nil, &report)
        guard report.findings.isEmpty else { return .findings(report.findings) }
        if let finding = versionFinding(root) { return .findings([finding]) }
        let section = SourceSection(document, "the policy", keys: keys, &report)
        let policy = policy(section, &report)
        guard report.findings.isEmpty else {
            return .findings(report.findings.sorted { $0.place < $1.place })
        }
        return .policy(policy)
    }

    private static func versionFinding(_ root: SourceSection) -> SourceFinding? {
        guard let node = root.node("policy") else {
            return SourceFinding(
                at: root.place, "The key policy is missing; write policy: \(version) first.")
        }
        guard node.content == .text("\(version)") else {
            return SourceFinding(
                at: node.place,
                "policy is \(node.noun); this program reads policy: \(version).")
        }
        return nil
    }

    private static func policy(_ root: SourceSection, _ report: inout SourceReport) -> Policy {
        let limits = CurrencySource.limits(root, &report)
        let count = root.number(
            "outstanding-count", in: 0...MessageLimits.maximumInteger, &report)
        let split = root.value("split-sales", expected: "yes or no", &report, truth)
        let kinds = root.values(
            "one-way", atMost: VoucherKind.allCases.count, expected: kindWords, &report
        ) { VoucherKind(word: $0) }
        let lifetime = root.seconds(
            "request-lifetime", in: 1...PolicyCodec.maximumSeconds, &report)
        let tooSoon = root.seconds("too-soon", in: 0...PolicyCodec.maximumSeconds, &report)
        let budget = root.value(
            "online-budget", expected: "a span of time such as 1500ms or 2s, 60s at most", &report
        ) { text in
            SourceDuration.milliseconds(text).flatMap {
                $0 <= PolicyCodec.maximumOnlineBudgetMilliseconds ? $0 : nil
            }
        }
        return Policy(
            limits: limits, outstandingCount: count ?? Policy.defaultOutstandingCount,
            splitSales: split ?? true, oneWayKinds: Set(kinds ?? VoucherKind.allCases),
            requestLifetimeSeconds: lifetime ?? Policy.defaultRequestLifetimeSeconds,
            masks: masks(root, &report), bands: BandSource.rules(root, &report),
            hours: hours(root, &report),
            onlineBudgetMilliseconds: budget ?? Policy.defaultOnlineBudgetMilliseconds,
            tooSoonSeconds: tooSoon ?? 0)
    }

    static let kindWords = VoucherKind.allCases.map(\.name).joined(separator: ", ")

    private static func truth(_ text: String) -> Bool? {
        switch text {
        case "yes", "true": true
        case "no", "false": false
        default: nil
        }
    }

    /// The masks, each by the words of its facts; one that is not named is the standard one.
    private static func masks(_ root: SourceSection, _ report: inout SourceReport) -> FactMasks {
        let standard = FactMasks.standard
        guard let node = root.node("masks") else { return standard }
        let section = SourceSection(
            node, "masks", keys: ["denial", "online", "default"], &report)
        func mask(_ key: String, _ other: PaymentFacts) -> PaymentFacts {
            let facts = section.values(
                key, atMost: PaymentFacts.all.count,
                expected: "a fact that a policy can weigh (docs/spec/policy.md, Facts)", &report
            ) { word in
                PaymentFacts(name: word).flatMap { $0.isSubset(of: .maskable) ? $0 : nil }
            }
            return facts.map { $0.reduce(into: PaymentFacts()) { $0.formUnion($1) } } ?? other
        }
        return FactMasks(
            denial: mask("denial", standard.denial), online: mask("online", standard.online),
            stranded: mask("default", standard.stranded))
    }

    private static func hours(_ root: SourceSection, _ report: inout SourceReport)
        -> OfflineHours
    {
        guard let node = root.node("hours") else { return .always }
        let section = SourceSection(node, "hours", keys: ["utc-offset", "windows"], &report)
        let offset = section.value(
            "utc-offset", expected: "a distance from UTC such as +01:00, 14 hours at most",
            &report, SourceWindow.offset)
        let windows = section.values(
            "windows", atMost: OfflineHours.maximumWindows,
            expected: "a stretch of the day such as 08:00-22:00", &report, SourceWindow.window)
        return OfflineHours(offsetMinutes: offset ?? 0, windows: windows ?? [])
    }
}

/// The currencies of a source, each with limits of its own.
enum CurrencySource {
    private static let keys = [
        "per-payment", "outstanding", "kinds", "velocity", "split-sale-window", "selection",
    ]

    static func limits(_ root: SourceSection, _ report: inout SourceReport) -> [CurrencyLimits] {
        guard let node = root.node("currencies") else {
            report.add(root.place, "The key currencies is missing: no sale would be taken.")
            return []
        }
        let section = SourceSection(node, "currencies", keys: nil, &report)
        if section.all.isEmpty {
            report.add(node.place, "currencies names no currency: no sale would be taken.")
        }
        return section.all.prefix(PolicyCodec.maximumCurrencies).compactMap { entry in
            guard let currency = Currency(code: entry.key) else {
                report.add(
                    entry.place,
                    "\(SourceText.quoted(entry.key)) is no currency of ISO 4217, such as EUR.")
                return nil
            }
            return line(currency, entry.value, &report)
        }
    }

    private static func line(
        _ currency: Currency, _ node: SourceNode, _ report: inout SourceReport
    ) -> CurrencyLimits {
        let section = SourceSection(node, currency.code, keys: keys, &report)
        // Every currency has limits of its own: neither is taken from another line.
        for key in ["per-payment", "outstanding"] where section.node(key) == nil {
            report.add(section.place, "\(section.name(key)) is missing.")
        }
        return CurrencyLimits(
            currency: currency, perPayment: section.amount("per-payment", currency, &report) ?? 0,
            outstanding: section.amount("outstanding", currency, &report) ?? 0,
            kinds: kinds(section, currency, &report),
            velocity: velocity(section, currency, &report),
            splitSaleWindowSeconds: section.seconds(
                "split-sale-window", in: 0...PolicyCodec.maximumSeconds, &report) ?? 0,
            selection: selection(section, currency, &report))
    }

    private static func kinds(
        _ line: SourceSection, _ currency: Currency, _ report: inout SourceReport
    ) -> [KindLimits] {
        guard let node = line.node("kinds") else { return [] }
        let section = SourceSection(
            node, line.name("kinds"), keys: VoucherKind.allCases.map(\.name), &report)
        return VoucherKind.allCases.compactMap { kind in
            guard let node = section.node(kind.name) else { return nil }
            let limits = SourceSection(
                node, section.name(kind.name),
                keys: ["per-payment", "one-way", "outstanding", "outstanding-count"], &report)
            return KindLimits(
                kind: kind, perPayment: limits.amount("per-payment", currency, &report),
                oneWay: limits.amount("one-way", currency, &report),
                outstanding: limits.amount("outstanding", currency, &report),
                outstandingCount: limits.number(
                    "outstanding-count", in: 0...MessageLimits.maximumInteger, &report))
        }
    }

    private static func velocity(
        _ line: SourceSection, _ currency: Currency, _ report: inout SourceReport
    ) -> [VelocityRule] {
        let rules = line.list("velocity", atMost: PolicyCodec.maximumVelocityRules, &report)
        return (rules ?? []).map { node in
            let rule = SourceSection(
                node, line.name("velocity"), keys: ["within", "count", "sum"], &report)
            if rule.node("within") == nil {
                report.add(rule.place, "\(rule.name("within")) is missing.")
            }
            if rule.node("count") == nil, rule.node("sum") == nil {
                report.add(rule.place, "\(rule.path) has neither count nor sum: it rules nothing.")
            }
            return VelocityRule(
                windowSeconds: rule.seconds(
                    "within", in: 1...PolicyCodec.maximumSeconds, &report) ?? 1,
                count: rule.number("count", in: 0...MessageLimits.maximumInteger, &report),
                sum: rule.amount("sum", currency, &report))
        }
    }

    private static func selection(
        _ line: SourceSection, _ currency: Currency, _ report: inout SourceReport
    ) -> RandomSelection? {
        guard let node = line.node("selection") else { return nil }
        let keys = ["threshold", "target-per-mille", "maximum-per-mille"]
        let section = SourceSection(node, line.name("selection"), keys: keys, &report)
        for key in keys where section.node(key) == nil {
            report.add(section.place, "\(section.name(key)) is missing.")
        }
        let shares = 0...BandRules.whole
        let target = section.number("target-per-mille", in: shares, &report) ?? 0
        let maximum = section.number("maximum-per-mille", in: shares, &report) ?? BandRules.whole
        if target > maximum {
            report.add(section.place, "\(section.path): the target is above the maximum.")
        }
        return RandomSelection(
            threshold: section.amount("threshold", currency, &report) ?? 0,
            targetPerMille: min(target, maximum), maximumPerMille: maximum)
    }
}

/// The bands of a source; what is not named is as by default.
enum BandSource {
    private static let keys = [
        "trust-list", "hot-list", "clock-uncertainty", "last-sync", "ageing-per-mille",
        "stale-per-mille",
    ]

    static func rules(_ root: SourceSection, _ report: inout SourceReport) -> BandRules {
        guard let node = root.node("bands") else { return BandRules() }
        let section = SourceSection(node, "bands", keys: keys, &report)
        let shares = 0...BandRules.whole
        let ageing =
            section.number("ageing-per-mille", in: shares, &report)
            ?? BandRules.defaultAgeingPerMille
        let stale =
            section.number("stale-per-mille", in: shares, &report)
            ?? BandRules.defaultStalePerMille
        if stale > ageing {
            report.add(
                section.node("stale-per-mille")?.place ?? section.place,
                "bands.stale-per-mille (\(stale)) is above bands.ageing-per-mille (\(ageing)).")
        }
        return BandRules(
            trustList: ages(section, "trust-list", BandRules.defaultTrustList, &report),
            hotList: ages(section, "hot-list", BandRules.defaultHotList, &report),
            clockUncertainty: ages(
                section, "clock-uncertainty", BandRules.defaultClockUncertainty, &report),
            lastSync: ages(section, "last-sync", BandRules.defaultLastSync, &report),
            ageingPerMille: ageing, stalePerMille: min(stale, ageing))
    }

    private static func ages(
        _ bands: SourceSection, _ key: String, _ standard: BandThresholds,
        _ report: inout SourceReport
    ) -> BandThresholds {
        guard let node = bands.node(key) else { return standard }
        let names = ["ageing", "stale", "stopped"]
        let section = SourceSection(node, bands.name(key), keys: names, &report)
        var ages: [UInt64] = []
        for name in names {
            if section.node(name) == nil {
                report.add(section.place, "\(section.name(name)) is missing.")
            }
            guard let age = section.seconds(name, in: 0...PolicyCodec.maximumSeconds, &report)
            else { return standard }
            if let last = ages.last, age < last {
                report.add(
                    section.node(name)?.place ?? section.place,
                    "\(section.name(name)) is earlier than the band before it.")
                return standard
            }
            ages.append(age)
        }
        return BandThresholds(ageing: ages[0], stale: ages[1], stopped: ages[2])
    }
}
