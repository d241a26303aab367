/// The kernel's name for one run of the machine (`/proc/sys/kernel/random/boot_id`): readings of
/// the boot-time clock can be compared within it alone.
public struct BootID: Hashable, Sendable {
    /// The longest name in bytes: a UUID with its hyphens.
    static let maximumByteCount = 36

    /// The name, 1 to 36 of `[0-9a-f-]`.
    public let text: String

    /// The name in this text, or nil where it is none.
    public init?(_ text: String) {
        guard (1...Self.maximumByteCount).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        self.text = text
    }
}

/// What the machine's two clocks show at one moment.
public struct ClockReading: Hashable, Sendable {
    /// The wall clock (CLOCK_REALTIME), in seconds since 1970 UTC; 0 for any time before.
    public let wall: UInt64
    /// Milliseconds since the machine started, suspended or not (CLOCK_BOOTTIME): nobody can set
    /// this clock.
    public let sinceBoot: UInt64
    /// The run of the machine that `sinceBoot` counts in.
    public let boot: BootID

    /// The latest time and the longest run that are told apart, as in every message: below 2^53.
    static let maximum: UInt64 = (1 << 53) - 1

    /// A reading; see the properties for units. What is beyond every message's limit is held there.
    public init(wall: UInt64, sinceBoot: UInt64, boot: BootID) {
        self.wall = min(wall, Self.maximum)
        self.sinceBoot = min(sinceBoot, Self.maximum)
        self.boot = boot
    }

    /// No machine runs for so long without a new start, in milliseconds (10 years): a boot-time
    /// clock that says so is broken, or is not the kernel's.
    static let longestRun: UInt64 = 10 * 366 * 86_400_000

    /// Seconds from `earlier` to this reading by the boot-time clock; nil where they are of two
    /// runs, out of order, or further apart than any run.
    func seconds(since earlier: ClockReading) -> UInt64? {
        guard boot == earlier.boot, sinceBoot >= earlier.sinceBoot,
            sinceBoot - earlier.sinceBoot <= Self.longestRun
        else { return nil }
        return (sinceBoot - earlier.sinceBoot) / 1_000
    }
}
