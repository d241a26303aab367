import SQLiteJournal
import Screens
import Synchronization
import Terminal

/// When the scanner's thread last came round, and when a frame last came.
final class ScannerPulse: Sendable {
    private struct Times {
        var turned: ContinuousClock.Instant?
        var frame: ContinuousClock.Instant?
        var isFaulty = false
    }

    private let times = Mutex(Times())

    /// Notes a turn of the thread with what it saw, or that the camera told of a fault.
    fileprivate func note(_ view: ScannerView?) {
        let now = ContinuousClock.now
        times.withLock { times in
            times.turned = now
            switch view {
            case .looked, .unreadable, .empty:
                times.frame = now
                times.isFaulty = false
            case .nothingNew, .ended: break
            case nil: times.isFaulty = true
            }
        }
    }

    /// What is wrong; nil where nothing is. A camera that has told of its fault is away, not stuck:
    /// starting again would not bring it back. One that has never delivered is told of elsewhere.
    func problem(isLive: Bool, within limit: Duration) -> String? {
        let now = ContinuousClock.now
        return times.withLock { times in
            if let turned = times.turned, now - turned > limit { return "the scanner hangs" }
            if isLive, !times.isFaulty, let frame = times.frame, now - frame > limit {
                return "no frame has come from the camera"
            }
            return nil
        }
    }
}

/// A scanner whose turns are noted.
final class PulsingScanner: Scanner {
    private let scanner: any Scanner
    private let pulse: ScannerPulse

    init(_ scanner: any Scanner, pulse: ScannerPulse) {
        self.scanner = scanner
        self.pulse = pulse
    }

    var hint: AimHint? { scanner.hint }

    func codesAreWanted(_ wanted: Bool) { scanner.codesAreWanted(wanted) }

    func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
        do throws(CameraError) {
            let view = try scanner.look(timeoutMilliseconds: timeoutMilliseconds)
            pulse.note(view)
            return view
        } catch {
            pulse.note(nil)
            throw error
        }
    }
}

/// What feeds the watchdog: proof that the terminal could take a payment now, as far as this
/// process has it in its hands.
struct SelfCheck: Sendable {
    /// A still decoder may take as long over one picture and be right; the watchdog's own time
    /// (`systemd/tilld.service`) is above it.
    static let limit = Duration.seconds(20)

    let journal: SQLiteJournal
    let pulse: ScannerPulse
    let isLive: Bool

    /// What is wrong that a new start may mend; nil where nothing is. A full or read-only disk is
    /// not: the daemon stays to say so, and to send what waits.
    func problem() async -> String? {
        do throws(JournalError) { try await journal.proveWritable() } catch {
            switch error {
            case .diskFull, .readOnly: break
            default: return "the journal: \(error.message)"
            }
        }
        return pulse.problem(isLive: isLive, within: Self.limit)
    }
}
