/// The hub's answer to one question, or what it counts as when a budget of time is over first.
///
/// The question is on its way as soon as this is made, and nobody's actor waits on it: what is drawn
/// meanwhile takes of the customer's time, and nothing of the budget.
actor BudgetedAnswer<Value: Sendable> {
    /// How much longer than the budget the connection is kept, in milliseconds: so that silence is
    /// told as silence, and not as a connection that broke.
    private static var lateMilliseconds: UInt64 { 500 }

    private let budget: UInt64
    private var value: Value?
    private var waiter: CheckedContinuation<Value, Never>?

    /// Asks, within `budget` milliseconds: `ask` is told how long its connection may stand. An answer
    /// that comes when something else counts already goes to `late`.
    init(
        within budget: UInt64, _ ask: @escaping @Sendable @concurrent (UInt64) async -> Value,
        late: @escaping @Sendable @concurrent (Value) async -> Void
    ) {
        self.budget = budget
        Task { @concurrent in
            let value = await ask(budget + Self.lateMilliseconds)
            if await !win(value) { await late(value) }
        }
    }

    /// Waits for the answer, from now on no longer than the budget; after that `silence` counts as it.
    func value(else silence: Value) async -> Value {
        let alarm = Task {
            try? await Task.sleep(for: .milliseconds(budget))
            _ = win(silence)
        }
        defer { alarm.cancel() }
        if let value { return value }
        return await withCheckedContinuation { waiter = $0 }
    }

    /// Whether `value` is the first.
    private func win(_ value: Value) -> Bool {
        guard self.value == nil else { return false }
        self.value = value
        waiter?.resume(returning: value)
        waiter = nil
        return true
    }
}
