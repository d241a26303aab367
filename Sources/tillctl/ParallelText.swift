import Synchronization

/// Pieces of text made on several threads, put together in order.
final class ParallelText: Sendable {
    private let parts: Mutex<[String]>

    init(count: Int) { parts = Mutex(Array(repeating: "", count: count)) }

    func set(_ index: Int, _ text: String) { parts.withLock { $0[index] = text } }

    func joined() -> String { parts.withLock { $0.joined() } }
}
