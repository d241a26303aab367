import ControlProtocol
import Hummingbird
import Screens
import Terminal

/// The route that shows how the terminal is as a code (`docs/spec/health.md`).
struct HealthRoutes: Sendable {
    let terminal: PaymentTerminal

    func add(to router: some RouterMethods<ControlContext>) {
        router.post("v1/health-report") { _, _ in
            do {
                let made = try await terminal.showHealth()
                return try Answer.json(
                    HealthMessage(
                        text: made.text, halfBlocks: made.symbol?.halfBlocks(), shown: made.isShown,
                        seconds: made.isShown ? PaymentTerminal.healthSeconds : 0))
            } catch let refusal as SaleRefusal { return try Answer.problem(refusal) }
        }
    }
}
