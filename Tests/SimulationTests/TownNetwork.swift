import CBOR
import COSE
import Hub
import HubProtocol
import Synchronization
import Terminal
import Trust
import VoucherMint
import Vouchers

/// How the network is, in parts of a thousand.
struct Weather: Sendable {
    /// Messages lost, each way.
    var loss: UInt64 = 0
    /// Messages that arrive twice.
    var repeats: UInt64 = 0
    /// Messages held back, to arrive later.
    var late: UInt64 = 0
    /// Messages cut or changed on the way, each way.
    var damage: UInt64 = 0
    /// Answers that a rogue gives in the hub's place: older ones, another terminal's, a stranger's.
    var rogue: UInt64 = 0
    /// The one kind of answer that the rogue is after; nil where it takes any.
    var rogueKind: String?

    static let calm = Weather()
}

/// What all the network's ways share: what was said on them, for those who say it again.
final class Overheard: Sendable {
    /// Answers kept of each kind; older ones are as good as these.
    static let most = 24

    private let answers = Mutex<[String: [[UInt8]]]>([:])
    private let late = Mutex<[[UInt8]]>([])

    func hear(_ answer: [UInt8], of kind: String) {
        answers.withLock { answers in
            answers[kind, default: []].append(answer)
            if answers[kind]!.count > Self.most { answers[kind]!.removeFirst() }
        }
    }

    func any(of kind: String, dice: Dice) -> [UInt8]? {
        let all = answers.withLock { $0[kind] ?? [] }
        return all.isEmpty ? nil : all[Int(dice.roll(UInt64(all.count)))]
    }

    func hold(_ request: [UInt8]) { late.withLock { $0.append(request) } }

    /// One of those that were held back, in any order.
    func release(dice: Dice) -> [UInt8]? {
        late.withLock { late in
            late.isEmpty ? nil : late.remove(at: Int(dice.roll(UInt64(late.count))))
        }
    }
}

/// One terminal's way to the hub.
final class TownNetwork: HubLink {
    private struct State {
        var weather = Weather.calm
        var isCut = false
        var isDead = false
        var wasRogue = false
        var dyingIn: UInt64?
        var findings: [String] = []
    }

    private let hub: TownHub
    private let dice: Dice
    private let overheard: Overheard
    private let name: String
    private let state = Mutex(State())

    init(name: String, hub: TownHub, dice: Dice, overheard: Overheard) {
        self.name = name
        self.hub = hub
        self.dice = dice
        self.overheard = overheard
    }

    var isCut: Bool {
        get { state.withLock { $0.isCut } }
        set { state.withLock { $0.isCut = newValue } }
    }

    func set(_ weather: Weather) { state.withLock { $0.weather = weather } }

    /// The terminal's process will end at this exchange from now, from 0.
    func die(in exchanges: UInt64) { state.withLock { $0.dyingIn = exchanges } }

    /// Whether the terminal's process has ended in an exchange.
    var isDead: Bool { state.withLock { $0.isDead } }

    /// The terminal has started again.
    func revive() {
        state.withLock { state in
            state.isDead = false
            state.dyingIn = nil
        }
    }

    /// Whether a rogue has answered since this was asked last.
    func takeRogue() -> Bool {
        state.withLock { state in
            defer { state.wasRogue = false }
            return state.wasRogue
        }
    }

    /// What was found wrong in the hub's answers.
    func takeFindings() -> [String] {
        state.withLock { state in
            defer { state.findings = [] }
            return state.findings
        }
    }

    private func happens(_ perMille: UInt64) -> Bool { perMille > 0 && dice.roll(1_000) < perMille }

    /// One exchange: `ask` is the hub, `kind` says what the answer is. Nil is "nothing new".
    private func exchange(
        _ request: [UInt8], _ kind: String,
        _ ask: @Sendable ([UInt8]) async throws(HubLinkError) -> [UInt8]?
    ) async throws(HubLinkError) -> [UInt8]? {
        let (weather, isCut) = state.withLock { ($0.weather, $0.isCut || $0.isDead) }
        if isCut { throw .unreachable("cut") }
        if happens(weather.loss) { throw .unreachable("lost on the way there") }
        if happens(weather.late) {
            if kind == "batch" { overheard.hold(request) }
            throw .unreachable("late")
        }
        if happens(weather.damage) {
            // Half of a request is a request that the hub refuses, or nothing.
            _ = try? await ask(damaged(request))
            throw .unreachable("cut on the way there")
        }
        // Whoever is in the way may answer without the hub's having heard.
        let rogue = weather.rogueKind.map { $0 == kind } ?? true ? weather.rogue : 0
        if happens(rogue), dice.roll(2) == 0 {
            state.withLock { $0.wasRogue = true }
            return rogueAnswer(kind, true: nil)
        }
        var answer = try await ask(request)
        if happens(weather.repeats) {
            let again = try await ask(request)
            if kind == "batch" || kind == "authorisation", again != answer {
                state.withLock { $0.findings.append("two answers of the hub to one \(kind)") }
            }
        }
        if let answer {
            overheard.hear(answer, of: kind)
            overheard.hear(answer, of: kind + name)
        }
        try passCrash()
        if happens(weather.loss) { throw .unreachable("lost on the way back") }
        if happens(weather.damage), let whole = answer { answer = damaged(whole) }
        if happens(rogue) {
            state.withLock { $0.wasRogue = true }
            answer = rogueAnswer(kind, true: answer)
        }
        return answer
    }

    /// The terminal may end when its request is at the hub and the answer is not there yet.
    private func passCrash() throws(HubLinkError) {
        let dies = state.withLock { state in
            guard let left = state.dyingIn else { return false }
            state.dyingIn = left > 0 ? left - 1 : nil
            if left == 0 { state.isDead = true }
            return left == 0
        }
        if dies { throw .unreachable("the terminal has ended") }
    }

    /// Cut at any byte, or with one bit turned.
    private func damaged(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        let place = Int(dice.roll(UInt64(bytes.count)))
        guard dice.roll(2) == 0 else { return [UInt8](bytes.prefix(place)) }
        var changed = bytes
        changed[place] ^= 1 << UInt8(dice.roll(8))
        return changed
    }

    /// What somebody says who is in the way, or a hub that has been taken over but for its key:
    /// nothing new, an older answer, one for another terminal, a stranger's signature.
    private func rogueAnswer(_ kind: String, true answer: [UInt8]?) -> [UInt8]? {
        switch dice.roll(5) {
        case 0: return kind == "batch" || kind == "authorisation" ? answer.map(forged) : nil
        case 1: return answer.map(forged)
        case 2: return overheard.any(of: kind, dice: dice) ?? answer.map(forged)
        default: return overheard.any(of: kind + name, dice: dice) ?? answer.map(forged)
        }
    }

    /// The same words with another's signature.
    private func forged(_ bytes: [UInt8]) -> [UInt8] {
        guard let message = try? Sign1.decode(bytes), case .map(let pairs) = message.protected
        else { return damaged(bytes) }
        let header = pairs.filter { $0.key != .unsigned(UInt64(Sign1.Label.algorithm)) }
        return Sign1(
            signing: message.payload, protected: .map(header), with: VoucherMint.key(66)
        ).encoded()
    }
}

extension TownNetwork {
    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        let hub = hub
        let answer = try await exchange(batch, "batch") { (bytes) throws(HubLinkError) in
            try await Self.deliver(bytes, to: hub)
        }
        guard let answer else { throw .badAnswer("nothing") }
        return answer
    }

    /// The hub's acknowledgement of a batch.
    static func deliver(_ bytes: [UInt8], to hub: TownHub) async throws(HubLinkError) -> [UInt8] {
        let answer: BatchAnswer
        do { answer = try await hub.acceptor.accept(bytes, at: hub.time.now) } catch {
            throw .refused(status: 503, reason: error.reason, detail: error.message)
        }
        switch answer {
        case .acknowledged(let bytes, _): return bytes
        case .refused(let refusal):
            throw .refused(status: 409, reason: refusal.reason, detail: refusal.message)
        }
    }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        let hub = hub
        let answer = try await exchange(request, "authorisation") { (bytes) throws(HubLinkError) in
            try await Self.authorise(bytes, by: hub)
        }
        guard let answer else { throw .badAnswer("nothing") }
        return answer
    }

    private static func authorise(_ bytes: [UInt8], by hub: TownHub)
        async throws(HubLinkError) -> [UInt8]
    {
        let reply: AuthorisationReply
        do { reply = try await hub.authoriser.authorise(bytes, at: hub.time.now) } catch {
            throw .refused(status: 503, reason: error.reason, detail: error.message)
        }
        switch reply {
        case .answered(let answer, _): return answer
        case .refused(let refusal):
            throw .refused(status: 409, reason: refusal.reason, detail: refusal.message)
        }
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? {
        let hub = hub
        return try await exchange([], "root") { _ throws(HubLinkError) in
            try await Self.read { () throws(HubLedgerError) in
                try await hub.registrar.trust.root(after: version)
            }
        }
    }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    {
        let hub = hub
        return try await exchange([], document.rawValue) { _ throws(HubLinkError) in
            let bytes = try await Self.read { () throws(HubLedgerError) in
                switch document {
                case .trustList:
                    try await hub.registrar.trust.store(at: hub.time.now)?.list.bytes
                case .freshness: try await hub.registrar.freshness(at: hub.time.now)
                }
            }
            return bytes.flatMap { Hashing.sha256($0) == held ? nil : $0 }
        }
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        let hub = hub
        return try await exchange([], "configuration") { _ throws(HubLinkError) in
            let answer = try await Self.read { () throws(HubLedgerError) in
                try await hub.registrar.configuration(for: terminal, newerThan: version)
            }
            if case .newer(let bytes) = answer { return bytes }
            return nil
        }
    }

    func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError) -> [UInt8]? {
        let hub = hub
        return try await exchange([], "time") { _ throws(HubLinkError) in
            try await Self.read { () throws(HubLedgerError) in
                try await hub.registrar.time(for: terminal, question: question, at: hub.time.now)
            }
        }
    }

    func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        let hub = hub
        return try await exchange([], "standings") { _ throws(HubLinkError) in
            let answer = try await Self.read { () throws(HubLedgerError) in
                try await hub.acceptor.standings.standings(
                    for: terminal, journal: journal, after: after, at: hub.time.now)
            }
            if case .told(let bytes) = answer { return bytes }
            return nil
        }
    }

    private static func read<T: Sendable>(
        _ body: () async throws(HubLedgerError) -> T
    ) async throws(HubLinkError) -> T {
        do throws(HubLedgerError) { return try await body() } catch {
            throw .refused(status: 503, reason: error.reason, detail: error.message)
        }
    }
}
