import Clocks
import ControlProtocol
import Foundation
import HTTPTypes
import HotLists
import HubProtocol
import Hummingbird
import NIOCore
import Terminal
import Vouchers

/// The routes about what the terminal believes: its clock and its hot list (`docs/spec/control.md`,
/// *Clock* and *Hot list*).
struct BeliefRoutes: Sendable {
    let terminal: PaymentTerminal

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("v1/clock") { _, _ in
            try Answer.json(ClockMessage(await terminal.clockEstimate))
        }
        router.post("v1/clock/challenge") { _, _ in try await challenge() }
        router.post("v1/clock/code") { request, context in try await settle(request, context) }
        router.get("v1/hot-list") { _, _ in try await hotList() }
        router.put("v1/hot-list") { request, _ in try await take(request) }
    }

    private func challenge() async throws -> Response {
        guard let challenge = await terminal.clockChallenge() else {
            return try Answer.problem(
                .conflict, reason: "clock-not-kept",
                "This terminal's clock cannot be settled. Nothing was changed.")
        }
        return try Answer.json(
            ClockChallengeMessage(
                terminal: await terminal.name.text, challenge: challenge.text), status: .created)
    }

    private func settle(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let message = try await context.decoded(ClockCodeMessage.self, from: request) else {
            return try Answer.problem(
                .badRequest, reason: "code-malformed",
                "The request is no JSON object with a code. The clock was left as it is.")
        }
        do {
            return try Answer.json(
                ClockMessage(try await terminal.settleClock(byCode: message.code)))
        } catch let refusal as TerminalClock.Refusal {
            return try Answer.problem(.conflict, reason: refusal.reason, refusal.message)
        }
    }

    private func hotList() async throws -> Response {
        guard let held = await terminal.hotListInForce else {
            return try Answer.problem(
                .notFound, reason: "hot-list-missing",
                "This terminal has no hot list yet. Exchange with the hub (tillctl sync) or import "
                    + "one from a file (tillctl hot-list import).")
        }
        return try Answer.json(HotListMessage(held.list, age: held.age, taken: nil))
    }

    private func take(_ request: Request) async throws -> Response {
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: HotList.maximumBytes) } catch {
            return try Answer.problem(
                .contentTooLarge, reason: "message-too-long",
                "A hot list has at most \(HotList.maximumBytes) bytes. The old one stays in force.")
        }
        switch await terminal.takeHotList([UInt8](body.readableBytesView)) {
        case .taken(let list):
            let age = await terminal.hotListInForce?.age
            return try Answer.json(HotListMessage(list, age: age, taken: true))
        case .held(let list):
            let age = await terminal.hotListInForce?.age
            return try Answer.json(HotListMessage(list, age: age, taken: false))
        case .refused(let error):
            return try Answer.problem(
                .conflict, reason: error.reason,
                "\(error.description) The old hot list stays in force.")
        case .notKept(let detail):
            return try Answer.problem(
                .serviceUnavailable, reason: "hot-list-not-kept",
                "The hot list could not be written (\(detail)). The old one stays in force.")
        }
    }
}

extension ClockMessage {
    /// The terminal's estimate in the words of the control API.
    init(_ estimate: ClockEstimate) {
        let state =
            switch estimate.standing {
            case .settled: "settled"
            case .unsettled: "unsettled"
            case .suspect: "suspect"
            }
        self.init(
            state: state, reason: estimate.suspicion?.reason,
            problem: estimate.suspicion?.sentence, now: estimate.now, floor: estimate.floor,
            uncertaintySeconds: estimate.uncertainty)
    }
}

extension HotListMessage {
    /// A list in the words of the control API.
    init(_ signed: SignedHotList, age: UInt64?, taken: Bool?) {
        let digest = signed.digest.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        self.init(
            version: signed.list.version, issuedAt: signed.list.issuedAt, ageSeconds: age,
            digest: digest.joined(), bytes: signed.bytes.count,
            vouchers: signed.list.vouchers.count, walletKeys: signed.list.walletKeys.count,
            issuerKeys: signed.list.issuerKeys.count, taken: taken)
    }
}
