import Clocks
import Foundation
import Synchronization
import Terminal
import VoucherMint

/// The time of a town, which passes when it is told to.
final class TownTime: Sendable {
    private let milliseconds = Mutex<UInt64>(0)

    /// Milliseconds since the town began.
    var sinceStart: UInt64 { milliseconds.withLock { $0 } }
    /// The true time, in seconds since 1970 UTC.
    var now: UInt64 { VoucherMint.now + sinceStart / 1_000 }

    func pass(seconds: UInt64) { milliseconds.withLock { $0 += seconds * 1_000 } }
}

/// The clocks of one machine: its wall clock may be set wrong, its boot-time clock starts anew with
/// the machine.
final class TownClocks: MachineClocks {
    private struct State {
        var offset: Int64 = 0
        var bootedAt: UInt64 = 0
        var boots: UInt64 = 0
    }

    private let time: TownTime
    private let name: String
    private let state = Mutex(State())

    init(time: TownTime, number: Int) {
        self.time = time
        name = "\(number)"
    }

    func read() -> ClockReading {
        state.withLock { state in
            let wall = Int64(clamping: time.now) + state.offset
            guard let boot = BootID("\(name)-\(state.boots)") else {
                preconditionFailure("Digits are a boot's name.")
            }
            return ClockReading(
                wall: UInt64(max(0, wall)), sinceBoot: time.sinceStart - state.bootedAt,
                boot: boot)
        }
    }

    /// Somebody sets the wall clock forward or back.
    func step(by seconds: Int64) { state.withLock { $0.offset += seconds } }

    /// Somebody sets the wall clock right.
    func setRight() { state.withLock { $0.offset = 0 } }

    /// The machine has started anew.
    func boot() {
        state.withLock { state in
            state.boots += 1
            state.bootedAt = time.sinceStart
        }
    }
}

/// A clock file in memory: entire or not at all.
final class TownClockFile: ClockStore {
    private let memory = Mutex<ClockMemory?>(nil)

    func load() -> ClockMemory? { memory.withLock { $0 } }
    func save(_ memory: ClockMemory) throws(ClockStoreError) {
        self.memory.withLock { $0 = memory }
    }
}
