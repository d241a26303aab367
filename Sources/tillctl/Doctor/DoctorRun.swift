import Foundation
import Synchronization

/// What a check came to, with the time that it took.
struct DoctorResult: Sendable {
    let check: DoctorCheck
    let finding: DoctorFinding
    /// In milliseconds.
    let milliseconds: UInt64
}

/// Runs checks beside each other, each within its time: what hangs (a network share, a bus, a hub)
/// is told as hanging, and keeps nothing else waiting.
final class DoctorRun: Sendable {
    /// What one check may take: a technician waits, and a disk that needs longer to answer is a
    /// finding by itself.
    static let checkLimit = Duration.seconds(2)
    /// What all of them may take.
    static let wholeLimit = Duration.seconds(10)
    /// Checks that run beside each other: were all of them to hang, they would still be through
    /// well within ``wholeLimit``.
    static let atOnce = 20
    /// How often it is looked whether a check has used up its time.
    private static let beat: TimeInterval = 0.02

    private enum Place {
        case waiting
        case running(since: ContinuousClock.Instant)
        case done(DoctorResult)
    }

    private let checks: [DoctorCheck]
    private let kiosk: Kiosk
    private let places: Mutex<[Place]>

    init(_ checks: [DoctorCheck], on kiosk: Kiosk) {
        self.checks = checks
        self.kiosk = kiosk
        places = Mutex(Array(repeating: .waiting, count: checks.count))
    }

    /// Every check's result, in the order of the checks, at most ``wholeLimit`` from now.
    func results() async -> [DoctorResult] {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: self.collect()) }
            thread.name = "doctor"
            thread.start()
        }
    }

    private func collect() -> [DoctorResult] {
        let start = ContinuousClock.now
        for _ in 0..<min(Self.atOnce, checks.count) { startWorker() }
        while true {
            let isOver = ContinuousClock.now - start > Self.wholeLimit
            for _ in 0..<giveUp(all: isOver) { startWorker() }
            let results = places.withLock { places in
                places.compactMap { if case .done(let result) = $0 { result } else { nil } }
            }
            if results.count == checks.count { return results }
            Thread.sleep(forTimeInterval: Self.beat)
        }
    }

    /// Puts down what has used up its time, and says how many threads hang in it.
    private func giveUp(all isOver: Bool) -> Int {
        let now = ContinuousClock.now
        return places.withLock { places in
            var hanging = 0
            for index in places.indices {
                switch places[index] {
                case .running(let since) where isOver || now - since > Self.checkLimit:
                    places[index] = .done(lost(index, after: now - since))
                    hanging += 1
                case .waiting where isOver: places[index] = .done(lost(index, after: .zero))
                default: break
                }
            }
            return isOver ? 0 : hanging
        }
    }

    private func lost(_ index: Int, after time: Duration) -> DoctorResult {
        DoctorResult(
            check: checks[index],
            finding: .warning(
                "No answer within \(Self.checkLimit.components.seconds) seconds: what it looks at "
                    + "hangs.",
                fix: checks[index].fix),
            milliseconds: UInt64(time / .milliseconds(1)))
    }

    private func startWorker() {
        let thread = Thread { [self] in
            while let index = takeNext() {
                let start = ContinuousClock.now
                let finding = checks[index].look(kiosk)
                let result = DoctorResult(
                    check: checks[index], finding: finding,
                    milliseconds: UInt64((ContinuousClock.now - start) / .milliseconds(1)))
                let isInTime = places.withLock { places in
                    guard case .running = places[index] else { return false }
                    places[index] = .done(result)
                    return true
                }
                // Another thread has taken this one's place.
                if !isInTime { return }
            }
        }
        thread.name = "doctor check"
        thread.start()
    }

    private func takeNext() -> Int? {
        places.withLock { places in
            let next = places.firstIndex { if case .waiting = $0 { true } else { false } }
            if let next { places[next] = .running(since: .now) }
            return next
        }
    }
}
