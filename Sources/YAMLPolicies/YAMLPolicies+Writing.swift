import Money
public import Payments
import PolicySources

extension YAMLPolicies {
    /// The whole of a policy as YAML, nothing left to a default: it reads back as the same policy.
    public static func text(of policy: Policy) -> String {
        var lines = ["policy: \(PolicySource.version)", "currencies:"]
        for line in policy.limits { lines += currency(line) }
        let kinds = VoucherKind.allCases.filter(policy.oneWayKinds.contains).map(\.name)
        lines += [
            "outstanding-count: \(policy.outstandingCount)",
            "split-sales: \(policy.splitSales ? "yes" : "no")",
            "one-way: [\(kinds.joined(separator: ", "))]",
            "request-lifetime: \(span(policy.requestLifetimeSeconds))",
            "too-soon: \(span(policy.tooSoonSeconds))",
            "online-budget: "
                + SourceDuration.text(milliseconds: policy.onlineBudgetMilliseconds),
            "masks:",
        ]
        lines += mask("denial", policy.masks.denial) + mask("online", policy.masks.online)
        lines += mask("default", policy.masks.stranded)
        lines += bands(policy.bands)
        let windows = policy.hours.windows.map { "\"\(SourceWindow.text($0))\"" }
        lines += [
            "hours:", "  utc-offset: \"\(SourceWindow.text(offset: policy.hours.offsetMinutes))\"",
            "  windows: [\(windows.joined(separator: ", "))]",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func span(_ seconds: UInt64) -> String {
        SourceDuration.text(milliseconds: seconds * 1_000)
    }

    private static func currency(_ line: CurrencyLimits) -> [String] {
        func amount(_ minorUnits: UInt64) -> String {
            Amount(minorUnits: minorUnits, currency: line.currency).decimalText
        }
        var lines = [
            "  \(line.currency.code):", "    per-payment: \(amount(line.perPayment))",
            "    outstanding: \(amount(line.outstanding))",
        ]
        if !line.kinds.isEmpty { lines.append("    kinds:") }
        for kind in line.kinds {
            let fields = [
                kind.perPayment.map { "per-payment: \(amount($0))" },
                kind.oneWay.map { "one-way: \(amount($0))" },
                kind.outstanding.map { "outstanding: \(amount($0))" },
                kind.outstandingCount.map { "outstanding-count: \($0)" },
            ].compactMap(\.self)
            lines.append("      \(kind.kind.name): {\(fields.joined(separator: ", "))}")
        }
        if !line.velocity.isEmpty { lines.append("    velocity:") }
        for rule in line.velocity {
            let fields = [
                "within: \(span(rule.windowSeconds))", rule.count.map { "count: \($0)" },
                rule.sum.map { "sum: \(amount($0))" },
            ].compactMap(\.self)
            lines.append("      - {\(fields.joined(separator: ", "))}")
        }
        lines.append("    split-sale-window: \(span(line.splitSaleWindowSeconds))")
        if let selection = line.selection {
            lines += [
                "    selection:", "      threshold: \(amount(selection.threshold))",
                "      target-per-mille: \(selection.targetPerMille)",
                "      maximum-per-mille: \(selection.maximumPerMille)",
            ]
        }
        return lines
    }

    private static func mask(_ name: String, _ facts: PaymentFacts) -> [String] {
        let names = facts.names
        return names.isEmpty ? ["  \(name): []"] : ["  \(name):"] + names.map { "    - \($0)" }
    }

    private static func bands(_ rules: BandRules) -> [String] {
        func ages(_ name: String, _ ages: BandThresholds) -> String {
            "  \(name): {ageing: \(span(ages.ageing)), stale: \(span(ages.stale)), "
                + "stopped: \(span(ages.stopped))}"
        }
        return [
            "bands:", ages("trust-list", rules.trustList), ages("hot-list", rules.hotList),
            ages("clock-uncertainty", rules.clockUncertainty), ages("last-sync", rules.lastSync),
            "  ageing-per-mille: \(rules.ageingPerMille)",
            "  stale-per-mille: \(rules.stalePerMille)",
        ]
    }
}
