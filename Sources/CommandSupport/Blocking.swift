import Dispatch
import Synchronization

/// Waits on a plain thread, never one of the cooperative pool, for what a task answers.
public func blocking<Value: Sendable>(_ question: @escaping @Sendable () async -> Value) -> Value {
    let answer = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task {
        answer.set(await question())
        done.signal()
    }
    done.wait()
    return answer.take()
}

/// One value handed from one thread to another.
private final class Box<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ new: Value) { value.withLock { $0 = new } }

    func take() -> Value {
        guard let value = value.withLock({ $0 }) else {
            preconditionFailure("A box is opened once something is in it.")
        }
        return value
    }
}
