import CommandSupport
import Foundation
import Logging
import ProcessScanner
import ServiceLifecycle
import Synchronization
import Terminal

/// Runs each eye's loop on a thread of its own: decoding blocks for tens of milliseconds, and an
/// engine's device for as long as it says nothing.
struct ScannerService: Service {
    /// What codes are read with.
    private enum Eye: String {
        case camera
        case scanEngine = "scan-engine"
    }

    let terminal: PaymentTerminal
    let hardware: Hardware
    let pulse: ScannerPulse
    let logger: Logger

    /// What camera and scan engine both read is one sighting.
    private let gate = SightingGate()
    private let start = ContinuousClock.now

    init(terminal: PaymentTerminal, hardware: Hardware, pulse: ScannerPulse, logger: Logger) {
        self.terminal = terminal
        self.hardware = hardware
        self.pulse = pulse
        self.logger = logger
    }

    func run() async throws {
        let stopped = StopSign()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { eyes in
                if hardware.hasCamera { eyes.addTask { await watch(.camera, until: stopped) } }
                if hardware.hasScanEngine {
                    eyes.addTask { await watch(.scanEngine, until: stopped) }
                }
            }
            // A camera that has ended ends no terminal: codes can be typed and sales given up.
            while !stopped.isSet, !Task.isCancelled {
                try? await Task.sleep(for: ClockService.beat)
            }
        } onCancelOrGracefulShutdown: {
            stopped.set()
        }
    }

    private func watch(_ eye: Eye, until stopped: StopSign) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let thread = Thread {
                scan(eye, until: stopped)
                done.resume()
            }
            thread.name = eye.rawValue
            thread.start()
        }
    }

    private func scan(_ eye: Eye, until stopped: StopSign) {
        let found: (any Terminal.Scanner)?
        do throws(CameraError) {
            found = try scanner(of: eye)
        } catch {
            logger.error("\(eye.rawValue): \(error) [\(error.reason)]")
            blocking { await terminal.note(error) }
            return
        }
        guard let scanner = found else { return }
        let isLive = eye == .scanEngine || hardware.isLive
        let faults = FaultLog(eye: eye.rawValue, repeats: !isLive, logger: logger)
        let start = start
        var loop = ScannerLoop(
            scanner: scanner, isLive: isLive, gate: gate,
            surroundings: ScannerLoop.Surroundings(
                isWanted: { blocking { await terminal.wantsCodes } },
                isStopped: { stopped.isSet },
                deliver: { sighting in blocking { await terminal.see(sighting) } },
                report: { error in
                    if faults.tells(error) { blocking { await terminal.note(error) } }
                },
                advise: { hint in blocking { await terminal.advise(hint) } },
                milliseconds: { UInt64((ContinuousClock.now - start) / .milliseconds(1)) },
                rest: { milliseconds in
                    Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
                }))
        loop.run()
        if !stopped.isSet { logger.info("\(eye.rawValue): no more pictures") }
    }

    private func scanner(of eye: Eye) throws(CameraError) -> (any Terminal.Scanner)? {
        switch eye {
        case .scanEngine: return hardware.makeEngineScanner()
        case .camera:
            let logger = logger
            return try hardware.makeScanner { note in Self.log(note, to: logger) }
                .map { PulsingScanner($0, pulse: pulse) }
        }
    }

    private static func log(_ note: ScannerNote, to logger: Logger) {
        switch note {
        case .started(let landlock) where landlock == 0:
            logger.info("scanner: ready; this kernel has no Landlock, seccomp alone shuts it in")
        case .started: logger.info("scanner: ready")
        case .renewed(let why): logger.info("scanner: replaced: \(why)")
        }
    }
}

/// Logs an eye's faults: a device that is away is asked for ten times a second, and told of once.
private final class FaultLog {
    /// How long the same fault is not told again.
    private static let repetition = Duration.seconds(60)

    private let eye: String
    private let repeats: Bool
    private let logger: Logger
    private var last: (error: CameraError, at: ContinuousClock.Instant)?

    init(eye: String, repeats: Bool, logger: Logger) {
        self.eye = eye
        self.repeats = repeats
        self.logger = logger
    }

    /// Logs a fault unless it was told a moment ago; answers whether it did.
    func tells(_ error: CameraError) -> Bool {
        let now = ContinuousClock.now
        if !repeats, let last, last.error == error, now - last.at < Self.repetition { return false }
        last = (error, now)
        logger.warning("\(eye): \(error) [\(error.reason)]")
        return true
    }
}

/// A flag that is raised once.
final class StopSign: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
