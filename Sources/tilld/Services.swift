import CommandSupport
import Foundation
import Logging
import ProcessScanner
import ServiceLifecycle
import Synchronization
import SystemdNotifier
import Terminal

/// Lets sales expire, and feeds systemd's watchdog where the terminal has checked itself.
struct ClockService: Service {
    /// How often time is told: a request's life is minutes.
    static let beat = Duration.seconds(1)

    let terminal: PaymentTerminal
    let check: SelfCheck
    let logger: Logger

    func run() async throws {
        let interval = SystemdNotifier.watchdogInterval()
        await cancelWhenGracefulShutdown {
            var fed = ContinuousClock.now
            while !Task.isCancelled {
                await terminal.tick()
                // Half of the watchdog's time is left for a check that fails once.
                if let interval, ContinuousClock.now - fed > interval / 2 {
                    if let problem = await check.problem() {
                        logger.error("self-check: \(problem)")
                        SystemdNotifier.notify(status: "self-check: \(problem)")
                    } else {
                        SystemdNotifier.notify(SystemdNotifier.alive)
                        fed = ContinuousClock.now
                    }
                }
                try? await Task.sleep(for: Self.beat)
            }
        }
    }
}

/// Tries the hub by itself, so that a connection that comes back is used.
struct SyncService: Service {
    let exchange: Exchange
    let seconds: UInt64
    let logger: Logger

    /// How often it is looked whether an exchange is due.
    static let look = Duration.seconds(1)

    /// Seconds of a clock that only goes forward.
    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000_000 }

    /// How often the journal is archived, in seconds: what may go has been there for months.
    static let archiveIntervalSeconds = 86_400

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var archived: ContinuousClock.Instant?
            var pace = SyncPace(intervalSeconds: seconds, at: Self.now)
            while !Task.isCancelled {
                let hasNews = await exchange.terminal.hasUnsentRecords
                guard seconds > 0, pace.isDue(at: Self.now, hasNews: hasNews) else {
                    try? await Task.sleep(for: Self.look)
                    continue
                }
                let report = await exchange.run()
                if let failure = report.failure {
                    logger.info("sync: \(failure.reason)")
                } else if report.entries > 0 {
                    logger.info("sync: \(report.entries) entries acknowledged")
                }
                let now = ContinuousClock.now
                if report.failure == nil,
                    archived.map({ now - $0 > .seconds(Self.archiveIntervalSeconds) }) ?? true
                {
                    archived = now
                    await archive()
                }
                pace.ended(
                    reachedHub: report.failure == nil, at: Self.now,
                    draw: .random(in: .min ... .max))
            }
        }
    }
}

extension SyncService {
    /// Archives what may go. What cannot be archived today is tomorrow.
    private func archive() async {
        do {
            let report = try await exchange.terminal.archiveJournal()
            guard report.entries + report.vouchers > 0 else { return }
            logger.info(
                "journal: \(report.entries) entries archived, \(report.vouchers) vouchers forgotten"
            )
        } catch { logger.warning("journal: \(error.message)") }
    }
}

/// Reads the whole journal after a start, which itself reads no more than the newest entries, and
/// once a day.
struct AuditService: Service {
    /// How often: a page that the disk has lost is found within a day, before a backup is.
    static let interval = Duration.seconds(86_400)

    let terminal: PaymentTerminal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(JournalError) {
                    try await terminal.auditJournal()
                    logger.info("journal: audited, as it was written")
                } catch { logger.error("journal: \(error.message) [\(error.reason)]") }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}

/// Runs the scanner's loop on a thread of its own: decoding blocks for tens of milliseconds.
struct ScannerService: Service {
    let terminal: PaymentTerminal
    let hardware: Hardware
    let pulse: ScannerPulse
    let logger: Logger

    func run() async throws {
        let stopped = StopSign()
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let thread = Thread { [self] in
                    scan(until: stopped)
                    done.resume()
                }
                thread.name = "scanner"
                thread.start()
            }
            // A camera that has ended ends no terminal: codes can be typed and sales given up.
            while !stopped.isSet, !Task.isCancelled {
                try? await Task.sleep(for: ClockService.beat)
            }
        } onCancelOrGracefulShutdown: {
            stopped.set()
        }
    }

    private func scan(until stopped: StopSign) {
        let scanner: any Terminal.Scanner
        do throws(CameraError) {
            scanner = PulsingScanner(
                try hardware.makeScanner { note in Self.log(note, to: logger) }, pulse: pulse)
        } catch {
            logger.error("camera: \(error) [\(error.reason)]")
            blocking { await terminal.note(error) }
            return
        }
        let start = ContinuousClock.now
        var lastFault: (error: CameraError, at: ContinuousClock.Instant)?
        var loop = ScannerLoop(
            scanner: scanner, isLive: hardware.isLive,
            surroundings: ScannerLoop.Surroundings(
                isWanted: { blocking { await terminal.wantsCodes } },
                isStopped: { stopped.isSet },
                deliver: { sighting in blocking { await terminal.see(sighting) } },
                report: { error in
                    // A camera that is away is asked for ten times a second, and told of once.
                    let now = ContinuousClock.now
                    if hardware.isLive, let last = lastFault, last.error == error,
                        now - last.at < Self.repetition
                    {
                        return
                    }
                    lastFault = (error, now)
                    logger.warning("camera: \(error) [\(error.reason)]")
                    blocking { await terminal.note(error) }
                },
                milliseconds: { UInt64((ContinuousClock.now - start) / .milliseconds(1)) },
                rest: { milliseconds in Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
                }))
        loop.run()
        if !stopped.isSet { logger.info("camera: no more pictures") }
    }

    /// How long the same fault of a camera is not told again.
    private static let repetition = Duration.seconds(60)

    private static func log(_ note: ScannerNote, to logger: Logger) {
        switch note {
        case .started(let landlock) where landlock == 0:
            logger.info("scanner: ready; this kernel has no Landlock, seccomp alone shuts it in")
        case .started: logger.info("scanner: ready")
        case .renewed(let why): logger.info("scanner: replaced: \(why)")
        }
    }
}

/// A flag that is raised once.
final class StopSign: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
