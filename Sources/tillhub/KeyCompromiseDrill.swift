import COSE
import CommandSupport
import Foundation
import HTTPHubLink
import HTTPHubServer
import Hub
import HubProtocol
import Logging
import Money
import Payments
import ServiceLifecycle
import Synchronization
import Terminal
import Trust
import Vouchers

/// A hub, root keys and terminals of their own, and the steps of a key's compromise on them. All
/// of it is the real thing but for the people: ledger, server, HTTP, signatures, verification.
struct KeyCompromiseDrill {
    /// One step, and when it was done, in seconds since the theft was known.
    struct Step: Encodable {
        let step: String
        let result: String
        let seconds: Double

        var line: String { "\(String(format: "%6.2f", seconds)) s  \(step): \(result)" }
    }

    let folder: String
    let terminals: Int
    let intervalSeconds: UInt64

    private static let merchant = "till:drill"
    /// A terminal that has not heard of the revocation after so many intervals never will.
    private static let patienceIntervals: UInt64 = 10

    private var hub: HubFolder { HubFolder(folder + "/hub") }
    private var root: RootFolder { RootFolder(folder + "/root") }

    /// Plays the drill; `report` is told each step as it is done.
    func play(_ report: (Step) -> Void) async throws -> (steps: [Step], seconds: Double) {
        let ledger = try await makeHub()
        let registrar = HubRegistrar(ledger: ledger, key: try hub.identity())
        let link = try HTTPHubLink(url: try await serve(registrar, ledger))
        let fleet = try await enrol(registrar)
        let honest = try await issue(ledger, cti: 1)
        let known = ContinuousClock.now
        var steps: [Step] = []
        func done(_ step: String, _ result: String) {
            let seconds = (ContinuousClock.now - known) / .seconds(1)
            steps.append(Step(step: step, result: result, seconds: seconds))
            report(steps[steps.count - 1])
        }
        let stolen = try hub.issuers()[0]
        let forged = Self.forge(by: stolen)
        let before = fleet.count { $0.verdict(on: forged) == "accepted" }
        done("the thief makes a voucher of 500.00", "\(before) of \(fleet.count) terminals accept")
        try Self.must(before == fleet.count, "before the revocation the key is good")
        let looping = Task { await synchronise(fleet, over: link) }
        defer { looping.cancel() }
        try await revoke(stolen, registrar.trust)
        done("the key is revoked and another is made", "in the hub's ledger")
        let version = try await publish(registrar.trust)
        done("list \(version) is signed by 2 of 3 root keys and put in force", "served by the hub")
        try await waitUntilRefused(forged, by: fleet)
        done("every connected terminal refuses the stolen key", "issuer-revoked")
        let seconds = steps[steps.count - 1].seconds
        let verdicts = Set(fleet.map { $0.verdict(on: honest) })
        try Self.must(verdicts == ["issuer-revoked"], "what is signed by the key is refused")
        let replaced = try await reissue(honest, ledger)
        let accepting = fleet.count { $0.verdict(on: replaced) == "accepted" }
        try Self.must(accepting == fleet.count, "the holder's new voucher is good everywhere")
        done("the honest holder gets another voucher for the rest", "\(accepting) terminals accept")
        let thief = try await VoucherIssuer(ledger: ledger, keys: try hub.issuers()).reissue(
            Array(forged.utf8), cti: Random.bytes(VoucherIssuer.ctiLength), at: Clock.seconds())
        guard case .refused(.neverIssued) = thief else {
            throw Self.failed("the thief gets another voucher")
        }
        done("the thief asks for another too", "voucher-never-issued")
        return (steps, seconds)
    }

    private func makeHub() async throws -> any HubLedger {
        let now = try Clock.believable()
        let ledger = try hub.create()
        guard let merchant = MerchantID(Self.merchant), let issuer = IssuerID("drill"),
            let euro = Currency(code: "EUR")
        else { throw Self.failed("the drill's own names are malformed") }
        let terms = TerminalTerms(
            merchant: MerchantTerms(
                name: "Drill", city: "Drill", countryCode: "DE", categoryCode: "5812",
                accounts: []),
            policy: Policy.standard(for: [euro]), currency: euro, hubURL: nil)
        let registrar = HubRegistrar(ledger: ledger, key: try hub.identity())
        _ = try await registrar.initialise(
            HubProfile(merchant: merchant, issuer: issuer, name: "Drill"), terms: terms, at: now)
        let made = try root.create(
            merchant: merchant, count: TrustDefaults.rootKeyCount,
            threshold: TrustDefaults.rootThreshold, lifeSeconds: TrustDefaults.rootLifeSeconds,
            at: now)
        let entries = [
            TrustEntry(
                subject: .hub(merchant), key: try hub.identity().publicKey, from: now,
                until: now + TrustDefaults.deviceKeyLifeSeconds),
            entry(of: try hub.issuers()[0], issuer, at: now),
        ]
        for entry in entries { _ = try await registrar.trust.addKey(entry, at: now) }
        let list = TrustList(
            merchant: merchant, generation: 1, version: 1, issuedAt: now,
            expiresAt: now + TrustDefaults.listLifeSeconds, entries: entries)
        let signed = RootFolder.sign(
            list.draft(), by: Array(made.keys.prefix(TrustDefaults.rootThreshold)))
        guard
            case .adopted = try await registrar.trust.adopt(
                roots: [made.root], list: signed, at: now)
        else { throw Self.failed("the first list is not taken") }
        return ledger
    }

    private func entry(of key: PrivateKey, _ issuer: IssuerID, at now: UInt64) -> TrustEntry {
        TrustEntry(
            subject: .issuer(issuer), key: key.publicKey, from: now,
            until: now + TrustDefaults.issuerKeyLifeSeconds,
            honouredUntil: now + TrustDefaults.issuerKeyLifeSeconds
                + TrustDefaults.issuerKeyHonourSeconds)
    }

    /// Serves the hub on a free port of the loopback interface until the process ends.
    private func serve(_ registrar: HubRegistrar, _ ledger: any HubLedger) async throws -> String {
        let port = Mutex(0)
        let identity = try hub.identity()
        let server = try HTTPHubServer(
            HTTPHubServer.Parts(
                acceptor: BatchAcceptor(ledger: ledger, key: identity),
                authoriser: OnlineAuthoriser(ledger: ledger, key: identity),
                registrar: registrar, identity: identity.publicKey, clock: { Clock.seconds() },
                logger: Logger(label: "drill") { _ in SwiftLogNoOpLogHandler() }),
            host: "127.0.0.1", port: 0, onListening: { number in port.withLock { $0 = number } })
        Task { try await server.run() }
        for _ in 0..<200 where port.withLock({ $0 }) == 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let number = port.withLock { $0 }
        try Self.must(number != 0, "the hub does not listen")
        return "http://127.0.0.1:\(number)"
    }

    private func enrol(_ registrar: HubRegistrar) async throws -> [DrillTerminal] {
        var fleet: [DrillTerminal] = []
        for number in 1...terminals {
            guard let id = TerminalID("\(Self.merchant)/t\(number)") else {
                throw Self.failed("the drill's own names are malformed")
            }
            let key = try PrivateKey(algorithm: .ed25519, seed: Random.bytes(32))
            let request = EnrolmentRequest.signed(
                terminal: id, journal: Random.bytes(8), by: key)
            let outcome = try await registrar.enrol(request, consent: .none, at: Clock.seconds())
            guard case .enrolled(_, let answer, _) = outcome else {
                throw Self.failed("terminal \(id.text) is not enrolled")
            }
            fleet.append(
                DrillTerminal(
                    id: id,
                    trust: try TrustStore.introduce(
                        try EnrolmentAnswer.trustOffered(in: answer), at: Clock.seconds())))
        }
        return fleet
    }

    private func issue(_ ledger: any HubLedger, cti: UInt8) async throws -> String {
        guard let euro = Currency(code: "EUR") else { throw Self.failed("EUR is no currency") }
        let order = VoucherOrder(
            value: .fixed(amount: 2_500), currency: euro, expiry: Clock.seconds() + 86_400)
        let answer = try await VoucherIssuer(ledger: ledger, keys: try hub.issuers()).issue(
            order, cti: Random.bytes(VoucherIssuer.ctiLength), at: Clock.seconds())
        guard case .issued(_, let code) = answer else {
            throw Self.failed("no voucher is issued: \(answer)")
        }
        return code
    }

    /// What a thief makes who has the key and not the ledger.
    private static func forge(by key: PrivateKey) -> String {
        let now = Clock.seconds()
        return VoucherText.encode(
            VoucherClaims(
                value: .fixed(amount: 50_000), currencyNumber: 978,
                cti: Random.bytes(VoucherIssuer.ctiLength), expiry: now + 86_400, issuedAt: now
            ).signed(by: key))
    }

    private func revoke(_ key: PrivateKey, _ trust: TrustRegistrar) async throws {
        let now = Clock.seconds()
        guard let issuer = IssuerID("drill") else { throw Self.failed("no issuer") }
        _ = try await trust.revoke(since: now, at: now) { $0.key == key.publicKey }
        _ = try await trust.addKey(
            entry(of: try hub.makeIssuer(), issuer, at: now), at: now)
    }

    private func publish(_ trust: TrustRegistrar) async throws -> UInt64 {
        let now = Clock.seconds()
        guard
            let list = try await trust.draft(
                at: now, lifeSeconds: TrustDefaults.listLifeSeconds)
        else { throw Self.failed("there is no root") }
        let keys = try root.keys().prefix(TrustDefaults.rootThreshold).map(\.key)
        let signed = RootFolder.sign(list.draft(), by: Array(keys))
        guard case .adopted = try await trust.adopt(roots: [], list: signed, at: now) else {
            throw Self.failed("the signed list is not taken")
        }
        return list.version
    }

    private func synchronise(_ fleet: [DrillTerminal], over link: HTTPHubLink) async {
        await withTaskGroup(of: Void.self) { group in
            for (place, terminal) in fleet.enumerated() {
                group.addTask {
                    // Terminals of a real fleet do not ask in step either.
                    let share = intervalSeconds * 1_000 * UInt64(place) / UInt64(fleet.count)
                    try? await Task.sleep(for: .milliseconds(share))
                    while !Task.isCancelled {
                        await terminal.synchronise(over: link)
                        try? await Task.sleep(for: .seconds(intervalSeconds))
                    }
                }
            }
        }
    }

    private func waitUntilRefused(_ code: String, by fleet: [DrillTerminal]) async throws {
        let limit = ContinuousClock.now + .seconds(intervalSeconds * Self.patienceIntervals)
        while fleet.contains(where: { $0.verdict(on: code) != "issuer-revoked" }) {
            try Self.must(ContinuousClock.now < limit, "some terminals still accept the stolen key")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func reissue(_ code: String, _ ledger: any HubLedger) async throws -> String {
        let answer = try await VoucherIssuer(ledger: ledger, keys: try hub.issuers()).reissue(
            Array(code.utf8), cti: Random.bytes(VoucherIssuer.ctiLength), at: Clock.seconds())
        guard case .issued(_, let new, _) = answer else {
            throw Self.failed("the honest holder gets nothing: \(answer)")
        }
        return new
    }

    private static func must(_ condition: Bool, _ what: String) throws {
        guard condition else { throw failed(what) }
    }

    private static func failed(_ what: String) -> CommandFailure {
        CommandFailure(
            reason: "drill-failed",
            message: "The drill did not come out as it must: \(what). No real key was touched.")
    }
}

/// A terminal of the drill: what it trusts, and what it says of a code.
private final class DrillTerminal: Sendable {
    let id: TerminalID
    private let trust: Mutex<TrustStore>

    init(id: TerminalID, trust: TrustStore) {
        self.id = id
        self.trust = Mutex(trust)
    }

    func synchronise(over link: HTTPHubLink) async {
        let held = trust.withLock { $0 }
        do {
            guard let offer = try await TrustDownload.offer(over: link, held: held) else { return }
            trust.withLock { $0 = $0.update(with: offer, at: Clock.seconds()).store }
        } catch {
            // The hub is away: the next exchange comes.
        }
    }

    /// `accepted`, or the stable reason of the refusal.
    func verdict(on code: String) -> String {
        let issuers = trust.withLock { $0.list.list.issuers }
        let context = VerificationContext(
            now: Clock.seconds(), terminal: id, issuers: IssuerDirectory(issuers))
        switch VoucherVerifier.verify(Array(code.utf8), in: context) {
        case .accepted: return "accepted"
        case .refused(let refusal): return refusal.reason.rawValue
        }
    }
}
