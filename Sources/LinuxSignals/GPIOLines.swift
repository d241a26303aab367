import CGPIOD
import Glibc
import Synchronization

/// Lines of a GPIO chip (`/dev/gpiochipN`), by libgpiod 1.6.
///
/// Not tried on hardware: Debian's kernel has no chip to try it on.
public final class GPIOLines: OutputLines {
    /// What the kernel gave; only used under the lock.
    private struct Held: @unchecked Sendable {
        let chip: OpaquePointer
        var bulk: gpiod_line_bulk
    }

    private let path: String
    private let offsets: [UInt32]
    private let isActiveLow: Bool
    private let held = Mutex<Held?>(nil)

    /// The lines at `offsets` of the chip at `path`; where `isActiveLow`, on is no voltage.
    public init(path: String, offsets: [UInt32], isActiveLow: Bool) {
        self.path = path
        self.offsets = offsets
        self.isActiveLow = isActiveLow
    }

    deinit { release() }

    /// See ``OutputLines/set(_:)``.
    public func set(_ values: [Bool]) throws(SignalFault) {
        try held.withLock { held throws(SignalFault) in
            if held == nil { held = try taken() }
            var levels = values.map { Int32($0 ? 1 : 0) }
            guard gpiod_line_set_value_bulk(&held!.bulk, &levels) == 0 else {
                throw fault()
            }
        }
    }

    /// See ``OutputLines/release()``.
    public func release() {
        held.withLock { held in
            guard var last = held else { return }
            var off = [Int32](repeating: 0, count: offsets.count)
            gpiod_line_set_value_bulk(&last.bulk, &off)
            gpiod_chip_close(last.chip)
            held = nil
        }
    }

    private func taken() throws(SignalFault) -> Held {
        guard let chip = gpiod_chip_open(path) else { throw fault() }
        var bulk = gpiod_line_bulk()
        guard till_gpio_take(chip, offsets, Int32(offsets.count), isActiveLow ? 1 : 0, &bulk) == 0
        else {
            let fault = fault()
            gpiod_chip_close(chip)
            throw fault
        }
        return Held(chip: chip, bulk: bulk)
    }

    private func fault() -> SignalFault { .lamp(path, String(cString: strerror(errno))) }
}
