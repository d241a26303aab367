public import HubProtocol
import Payments
public import Screens

/// A health report that was made, and whether customers' eyes see it too.
public struct ShownHealth: Hashable, Sendable {
    /// What it says.
    public let report: HealthReport
    /// The code's text, signed.
    public let text: String
    /// The code; nil where the text is too long for a symbol.
    public let symbol: SymbolMatrix?
    /// Whether it stands on the customer's screen now.
    public let isShown: Bool
}

// How the terminal is, as a code that a technician scans (`docs/spec/health.md`).
extension PaymentTerminal {
    /// How long the code stands on the customer's screen, in seconds, where no sale begins: a
    /// technician has walked around the counter and found the phone's camera by then.
    public static let healthSeconds: UInt64 = 60

    /// Makes a health report and shows it on the customer's screen, unless a sale is open there.
    public func showHealth() async throws(SaleRefusal) -> ShownHealth {
        guard machine.sale == nil else {
            throw SaleRefusal(
                reason: "sale-open",
                message: "A sale is open, and its customer needs the screen. Nothing was changed. "
                    + "End the sale first.")
        }
        let made = await makeHealth()
        if let symbol = made.symbol {
            show(screens.composer.health(symbol: symbol))
            healthUntil = parts.clock.now() + Self.healthSeconds
        }
        return ShownHealth(
            report: made.report, text: made.text, symbol: made.symbol,
            isShown: shownScreen?.kind == .service)
    }

    /// Puts the code onto a screen that says *out of order*, for whoever is called, and takes it from
    /// one that has shown it long enough.
    func turnHealth() async {
        if shownScreen?.kind == .service {
            let now = parts.clock.now()
            // A clock that was set back keeps no code there for ever.
            if now >= healthUntil || healthUntil > now + Self.healthSeconds { showIdle() }
        } else if healthFits, let shown = shownScreen, shown == screens.composer.outOfOrder(),
            let symbol = await makeHealth().symbol, shownScreen == shown
        {
            show(screens.composer.outOfOrder(symbol: symbol))
            // A panel that is too small for the code goes on saying that it is out of order.
            if shownScreen == nil {
                healthFits = false
                show(shown)
            }
        }
    }

    private func makeHealth() async -> (report: HealthReport, text: String, symbol: SymbolMatrix?) {
        let report = await healthReport()
        let text = report.text(signedBy: parts.key)
        return (report, text, parts.encoder.symbol(forText: text))
    }

    private func healthReport() async -> HealthReport {
        let now = parts.clock.now()
        let facts = terminalFacts(at: now)
        // What cannot be read is left out: a journal that fails is why the technician was called.
        let status = try? await status()
        let halted = if case .halted = machine.phase { true } else { false }
        let condition =
            status?.condition.rawValue
            ?? (halted ? TerminalCondition.outOfOrder.rawValue : "journal-unavailable")
        return HealthReport(
            terminal: configuration.terminal, at: now,
            condition: condition,
            camera: cameraTrouble?.reason, releasedAt: parts.buildTime,
            configuration: configuration.version, lastSequence: status?.queue.lastSequence,
            queued: status?.queue.entries,
            oldestSeconds: status?.queue.exposure.oldest.map { now > $0 ? now - $0 : 0 },
            unclear: status.map { UInt64($0.unclear.count) }, silentSeconds: facts.lastSyncAge,
            trustListSeconds: facts.trustListAge, hotListSeconds: facts.hotListAge,
            clockSeconds: facts.clockUncertainty)
    }
}
