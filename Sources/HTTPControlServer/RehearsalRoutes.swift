import ControlProtocol
import Hummingbird
import Terminal

/// The routes by which a terminal in training is offline on purpose (`docs/spec/training.md`).
struct RehearsalRoutes: Sendable {
    let terminal: PaymentTerminal
    let sync: @Sendable () async -> SyncReport

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("v1/rehearsal") { _, _ in
            guard let rehearsal = terminal.rehearsal else { return try notTraining() }
            return try Answer.json(RehearsalMessage(rehearsal))
        }
        router.put("v1/rehearsal") { request, context in try await cut(request, context) }
    }

    private func cut(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let rehearsal = terminal.rehearsal else { return try notTraining() }
        let order = try await context.decoded(RehearsalOrderMessage.self, from: request)
        guard let order, order.offlineMinutes <= OfflineRehearsal.maximumMinutes else {
            return try Answer.problem(
                .badRequest, reason: "order-malformed",
                "The order is no JSON object with offlineMinutes from 0 to "
                    + "\(OfflineRehearsal.maximumMinutes). Nothing was changed.")
        }
        rehearsal.cut(minutes: order.offlineMinutes)
        // What the terminal believes of its network is what its last exchange came to.
        _ = await sync()
        return try Answer.json(RehearsalMessage(rehearsal))
    }

    private func notTraining() throws -> Response {
        try Answer.problem(
            .conflict, reason: "not-training",
            "This terminal takes money: it is never cut off on purpose. Nothing was changed. Try it "
                + "on a terminal in training (tilld --training).")
    }
}

extension RehearsalMessage {
    init(_ rehearsal: OfflineRehearsal) {
        let left = rehearsal.secondsLeft
        self.init(offline: left > 0, secondsLeft: left)
    }
}
