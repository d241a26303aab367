public import Screens

/// Asks a scanner to look, again and again, and tells what it sees, on a thread of its own.
///
/// While no code is wanted, a camera whose pictures wait (a folder) is left alone, so that a
/// picture put down early is what it sees next; a live one is still looked through, so that a
/// phone held up all along does not pay twice.
public struct ScannerLoop: ~Copyable {
    /// How long one look may take before the loop asks whether it is to go on, in milliseconds.
    static let lookMilliseconds = 100
    /// How long the loop rests while nothing is wanted, in milliseconds: below what a person
    /// notices.
    static let restMilliseconds = 20

    /// What the loop needs from its surroundings; each call may block.
    public struct Surroundings {
        /// Whether a code is wanted now.
        let isWanted: () -> Bool
        /// Whether the loop is to end.
        let isStopped: () -> Bool
        /// Takes a sighting, and returns when it has been dealt with.
        let deliver: (Sighting) -> Void
        /// Takes a camera's fault.
        let report: (CameraError) -> Void
        /// Takes what would help a code in view to be read, each time that it changes.
        let advise: (AimHint?) -> Void
        /// Milliseconds on a clock that does not jump.
        let milliseconds: () -> UInt64
        /// Rests for so many milliseconds.
        let rest: (Int) -> Void

        /// Gathers what the loop needs.
        public init(
            isWanted: @escaping () -> Bool, isStopped: @escaping () -> Bool,
            deliver: @escaping (Sighting) -> Void, report: @escaping (CameraError) -> Void,
            advise: @escaping (AimHint?) -> Void = { _ in },
            milliseconds: @escaping () -> UInt64, rest: @escaping (Int) -> Void
        ) {
            self.isWanted = isWanted
            self.isStopped = isStopped
            self.deliver = deliver
            self.report = report
            self.advise = advise
            self.milliseconds = milliseconds
            self.rest = rest
        }
    }

    private let scanner: any Scanner
    private let isLive: Bool
    private let surroundings: Surroundings
    private let gate: SightingGate
    private var hints = HintFilter()

    /// Makes a loop; `isLive` says that the camera's frames come whether looked at or not. Loops of
    /// one terminal share a gate and a clock.
    public init(
        scanner: any Scanner, isLive: Bool, gate: SightingGate = SightingGate(),
        surroundings: Surroundings
    ) {
        self.scanner = scanner
        self.isLive = isLive
        self.gate = gate
        self.surroundings = surroundings
    }

    /// Looks until it is stopped or the camera ends.
    public mutating func run() {
        while !surroundings.isStopped() {
            let wanted = surroundings.isWanted()
            scanner.codesAreWanted(wanted)
            guard wanted || isLive else {
                surroundings.rest(Self.restMilliseconds)
                continue
            }
            do {
                guard take(try scanner.look(timeoutMilliseconds: Self.lookMilliseconds), wanted)
                else { return }
            } catch {
                surroundings.report(error)
                surroundings.rest(Self.lookMilliseconds)
            }
        }
    }

    /// Takes one view; answers whether there is more to come.
    private mutating func take(_ view: ScannerView, _ wanted: Bool) -> Bool {
        switch view {
        case .looked(let symbols, _):
            let now = surroundings.milliseconds()
            if hints.note(wanted ? scanner.hint : nil, wasRead: !symbols.isEmpty) {
                surroundings.advise(hints.told)
            }
            if let sighting = gate.observe(symbols, atMilliseconds: now, isWanted: wanted) {
                surroundings.deliver(sighting)
            }
        case .unreadable(let error, _): surroundings.report(error)
        case .empty: gate.observeEmptyView()
        case .nothingNew: break
        case .ended: return false
        }
        return true
    }
}
