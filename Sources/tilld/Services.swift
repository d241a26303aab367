import CommandSupport
import Foundation
import Logging
import ServiceLifecycle
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
                let isSparing = exchange.terminal.linkStanding?.listsWait ?? false
                guard seconds > 0,
                    pace.isDue(at: Self.now, hasNews: hasNews, isSparing: isSparing)
                else {
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

/// Reads the whole journal once a day, and after a start that has read no more than its newest
/// entries.
struct AuditService: Service {
    /// How often: a page that the disk has lost is found within a day, before a backup is.
    static let interval = Duration.seconds(86_400)

    let terminal: PaymentTerminal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            if terminal.journalWasAudited { try? await Task.sleep(for: Self.interval) }
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
