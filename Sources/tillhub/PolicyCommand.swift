import ArgumentParser
import CommandSupport
import ControlProtocol
import Hub
import HubProtocol
import Money
import Payments
import YAMLPolicies

/// `tillhub policy`: what the terminals may approve by themselves.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Show and set what terminals may approve offline.",
        subcommands: [
            PolicyShowCommand.self, PolicySetCommand.self, PolicyCheckCommand.self,
            PolicyPublishCommand.self,
        ])
}

/// A policy as JSON.
struct PolicyAnswer: Encodable {
    struct Line: Encodable {
        let currency: String
        let perPayment: MoneyMessage
        let outstanding: MoneyMessage
    }

    let version: UInt64
    let changed: Bool?
    let limits: [Line]
    let outstandingCount: UInt64
    let splitSales: Bool
    let oneWayKinds: [String]
    let requestLifetimeSeconds: UInt64

    init(_ terms: TermsVersion, changed: Bool?) {
        let policy = terms.terms.policy
        version = terms.version
        self.changed = changed
        limits = policy.limits.map { line in
            Line(
                currency: line.currency.code,
                perPayment: MoneyMessage(line.perPayment, currency: line.currency.number),
                outstanding: MoneyMessage(line.outstanding, currency: line.currency.number))
        }
        outstandingCount = policy.outstandingCount
        splitSales = policy.splitSales
        oneWayKinds = policy.oneWayKinds.map(\.name).sorted()
        requestLifetimeSeconds = policy.requestLifetimeSeconds
    }

    func tell(json: Bool) throws {
        if json { return try Output.json(self) }
        Output.line("Configuration version \(version)")
        for line in limits {
            Output.line(
                "\(line.currency)  at most \(line.perPayment.shown) a payment, "
                    + "\(line.outstanding.shown) outstanding")
        }
        Output.line("At most \(outstandingCount) captures outstanding")
        Output.line("Sales may be split: \(splitSales ? "yes" : "no")")
        let kinds = oneWayKinds.isEmpty ? "none" : oneWayKinds.joined(separator: ", ")
        Output.line("One-way codes: \(kinds)")
        Output.line("A request stays open \(requestLifetimeSeconds) s")
    }
}

/// `tillhub policy show`.
struct PolicyShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the policy now in force.")

    @Flag(help: "The whole policy as a file for tillhub policy publish.")
    var yaml = false
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let terms: TermsVersion?
        do { terms = try await ledger.latestTerms() } catch { throw CommandFailure(error) }
        guard let terms else { throw CommandFailure(RegistrarRefusal.notInitialised) }
        if yaml { return Output.write(YAMLPolicies.text(of: terms.terms.policy), to: 1) }
        try PolicyAnswer(terms, changed: nil).tell(json: output.json)
    }
}

/// A voucher's kind in `--one-way`.
enum OneWayArgument: String, ExpressibleByArgument, CaseIterable {
    case fixed
    case storedValue = "stored-value"
    case certificate
    case none

    var kind: VoucherKind? {
        switch self {
        case .fixed: .fixed
        case .storedValue: .stored
        case .certificate: .certificate
        case .none: nil
        }
    }
}

/// `tillhub policy set`: what is not named stays as it is.
struct PolicySetCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change the policy; what is not named stays as it is.",
        discussion: "The terminals obey it from their next exchange on (tillctl sync).")

    @Option(help: "The currency of the two limits (default: the hub's usual one).")
    var currency: String?
    @Option(help: "The largest payment approved offline.")
    var perPayment: String?
    @Option(help: "The largest sum that may wait for the hub.")
    var outstanding: String?
    @Option(help: "How many captures may wait for the hub.")
    var outstandingCount: UInt64?
    @Flag(inversion: .prefixedNo, help: "Whether stored value may pay a part of a sale.")
    var split: Bool?
    @Option(help: "A kind that may pay by a one-way code, or none; may be repeated.")
    var oneWay: [OneWayArgument] = []
    @Option(help: "How long a request stays open: a number and s, m, h or d.")
    var requestLifetime: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let latest: TermsVersion?
        do { latest = try await ledger.latestTerms() } catch { throw CommandFailure(error) }
        guard let latest else { throw CommandFailure(RegistrarRefusal.notInitialised) }
        let change = try change(usual: latest.terms.currency, latest.terms.policy)
        let registrar = HubRegistrar(ledger: ledger, key: try folder.identity())
        let answer: HubRegistrar.ChangeAnswer
        do { answer = try await registrar.setPolicy(at: now, change) } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .done(let terms, let changed):
            try PolicyAnswer(terms, changed: changed).tell(json: output.json)
        }
    }

    private func change(usual: Currency, _ present: Policy) throws -> (Policy) -> Policy {
        let currency = try self.currency.map(Parsing.currency) ?? usual
        let perPayment = try perPayment.map {
            try Parsing.amount($0, currency, option: "--per-payment")
        }
        let outstanding = try outstanding.map {
            try Parsing.amount($0, currency, option: "--outstanding")
        }
        let lifetime = try requestLifetime.map {
            try Parsing.seconds($0, option: "--request-lifetime")
        }
        if present.limits(for: currency) == nil, (perPayment == nil) != (outstanding == nil) {
            throw CommandFailure(
                .usage, reason: "limits-incomplete",
                message: "\(currency.code) has no limits yet: give both --per-payment and "
                    + "--outstanding. Nothing was changed.")
        }
        if let outstandingCount, outstandingCount > MessageLimits.maximumInteger {
            throw CommandFailure(
                .usage, reason: "count-too-large",
                message: "--outstanding-count is too large. Nothing was changed.")
        }
        let kinds = oneWay.isEmpty ? nil : Set(oneWay.compactMap(\.kind))
        return { policy in
            let old = policy.limits(for: currency)
            var limits = policy.limits
            if let perPayment = perPayment ?? old?.perPayment,
                let outstanding = outstanding ?? old?.outstanding
            {
                let line = CurrencyLimits(
                    currency: currency, perPayment: perPayment, outstanding: outstanding,
                    kinds: old?.kinds ?? [], velocity: old?.velocity ?? [],
                    splitSaleWindowSeconds: old?.splitSaleWindowSeconds ?? 0,
                    selection: old?.selection)
                if let index = limits.firstIndex(where: { $0.currency == currency }) {
                    limits[index] = line
                } else {
                    limits.append(line)
                }
            }
            return policy.changing(
                limits: limits, outstandingCount: outstandingCount, splitSales: split,
                oneWayKinds: kinds, requestLifetimeSeconds: lifetime)
        }
    }
}
