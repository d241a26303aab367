import Dispatch
import Synchronization

/// Gives one signal after the other on a thread of its own, the newest alone: who waits for the
/// verdict on this sale does not hear the last one's to its end.
final class SignalQueue: Sendable {
    private let queue: DispatchQueue
    private let newest = Atomic<UInt64>(0)

    init(_ name: String) { queue = DispatchQueue(label: name) }

    /// Begins `body` once what was begun before has seen that it is stale; returns at once.
    func begin(_ body: @escaping @Sendable (_ isStale: () -> Bool) -> Void) {
        let number = newest.add(1, ordering: .relaxed).newValue
        queue.async { [self] in
            let isStale = { self.newest.load(ordering: .relaxed) != number }
            if !isStale() { body(isStale) }
        }
    }

    /// Returns once everything that was begun has ended.
    func drain() { queue.sync {} }
}
