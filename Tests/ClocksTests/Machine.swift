import Clocks

/// A machine with a truth behind it: what its clocks show, what befalls them, and a terminal that
/// reads them and keeps a clock file.
struct Machine {
    /// 2026-12-01, a time at which vouchers are issued.
    static let start: UInt64 = 1_796_083_200

    /// The true time, in seconds since 1970 UTC.
    private(set) var truth: UInt64 = Machine.start
    private(set) var keeper: ClockKeeper
    private(set) var events: [ClockEvent] = []
    private var bootedAt: UInt64 = Machine.start - 60
    private var boots: UInt64 = 1
    /// How far the wall clock stands from the truth, in seconds.
    private(set) var offset: Int64 = 0

    /// A terminal that has been set up at `start`, by a configuration signed a minute before.
    init() {
        keeper = ClockKeeper()
        keeper.passed(Machine.start - 60, by: .signed)
        look()
    }

    var wall: UInt64 { UInt64(max(0, Int64(truth) + offset)) }

    var reading: ClockReading {
        ClockReading(
            wall: wall, sinceBoot: (truth - bootedAt) * 1_000,
            boot: BootID("b007-\(String(boots, radix: 16))")!)
    }

    var estimate: ClockEstimate { keeper.estimate }

    mutating func look() { events += keeper.take(reading) }

    /// Time passes while the terminal runs and looks every now and then.
    mutating func run(_ seconds: UInt64, looks: UInt64 = 10) {
        for _ in 0..<looks {
            truth += max(1, seconds / looks)
            look()
        }
    }

    /// Somebody or something sets the wall clock while the machine runs.
    mutating func step(_ seconds: Int64) {
        offset += seconds
        look()
    }

    mutating func set(wall: UInt64) {
        offset = Int64(wall) - Int64(truth)
        look()
    }

    /// The daemon starts anew: what it knows is its clock file.
    mutating func restartDaemon() {
        keeper = ClockKeeper(remembering: ClockMemory(text: keeper.memory.text)!)
        look()
    }

    /// The machine is off for so long; where its clock does not run on, it comes back with `wall`.
    mutating func off(_ seconds: UInt64, wall: UInt64? = nil) {
        truth += seconds
        boots += 1
        bootedAt = truth
        truth += 20
        if let wall { offset = Int64(wall + 20) - Int64(truth) }
        restartDaemon()
    }

    /// The hub's signed time comes, an exchange of so many seconds long; false where it is refused.
    @discardableResult
    mutating func settle(
        lasting seconds: UInt64 = 2, by way: SettlementWay = .link, hubOffset: Int64 = 0,
        overruling: Bool = false
    ) -> Bool {
        let signed = truth
        truth += seconds
        let middle = UInt64(Int64(signed + seconds / 2) + hubOffset)
        let answer = keeper.settle(
            at: middle, uncertainty: seconds / 2 + 1, reading: reading, by: way,
            overruling: overruling)
        guard case .settled(let new) = answer else { return false }
        events += new
        return true
    }

    /// The terminal learns of a time that has passed.
    mutating func learn(_ time: UInt64, _ source: ClockKeeper.Source = .signed) {
        keeper.passed(time, by: source)
    }

    /// Whether a voucher with this expiry would be taken now.
    func accepts(expiry: UInt64) -> Bool {
        estimate.suspicion == nil && estimate.now < expiry
    }
}
