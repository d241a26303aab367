import CommandSupport
import ControlProtocol
import Foundation
import HubProtocol
import Payments
import SQLiteJournal
import SQLiteVoucherStore
import Terminal
import TerminalState

/// What the terminal has done, and whether it can write down more.
enum JournalChecks {
    static let table = [
        DoctorCheck(
            .journal, "journal-present", "The journal of the enrolled terminal is there",
            fix: "tillctl enrol request --terminal TERMINAL --out request.till", look: present),
        DoctorCheck(
            .journal, "journal-opens", "The journal can be opened, and is a journal of Till",
            fix: "tillctl journal export --out FILE", look: opens),
        DoctorCheck(
            .journal, "journal-intact", "Every page, entry, hash and total of the journal holds",
            fix: "tillctl journal export --out FILE", look: intact),
        DoctorCheck(
            .journal, "journal-held", "Nobody but an answering daemon has the journal",
            fix: "systemctl restart tilld", look: held),
        DoctorCheck(
            .journal, "journal-queue", "No payment has waited for the hub for more than a day",
            fix: "tillctl sync", look: queue),
        DoctorCheck(
            .journal, "journal-unclear", "Every payment was told to somebody",
            fix: "tillctl reverse RECEIPT", look: unclear),
        DoctorCheck(
            .journal, "journal-reserve", "Room on the disk is kept for ending the day",
            fix: "systemctl restart tilld", look: reserve),
        DoctorCheck(
            .journal, "journal-log", "The write-ahead log is no larger than 64 MiB",
            fix: "systemctl restart tilld", look: log),
        DoctorCheck(
            .journal, "voucher-store", "The store of preloaded vouchers can be read",
            fix: "mv FILE FILE.damaged", look: store),
    ]

    /// The largest log, in bytes: with one, a checkpoint has not come through for a day's payments.
    static let largestLog = 64 << 20

    /// A command that saves what is legible, for another terminal or the hub to be compared with.
    static func rescue(_ kiosk: Kiosk) -> String {
        "tillctl journal export --state \(shellWord(kiosk.folder.path)) --out rescued.journal"
    }

    private static func database(_ kiosk: Kiosk) -> String {
        kiosk.folder.journalPath + "/journal.sqlite"
    }

    private static func present(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.isEnrolled else { return .skipped("No terminal is enrolled here.") }
        guard FileFacts(database(kiosk))?.bytes ?? 0 > 0 else {
            return .fault(
                "The journal \(database(kiosk)) is gone: what was spent here is not known, and "
                    + "payments that the hub has not acknowledged are only on copies of it. Look "
                    + "for a copy first.",
                fix: "rm --recursive --force \(shellWord(kiosk.folder.journalPath)) && "
                    + KeyChecks.enrolCommand(kiosk))
        }
        return .ok("The journal is there.")
    }

    private static func opens(_ kiosk: Kiosk) -> DoctorFinding {
        guard FileFacts(database(kiosk))?.bytes ?? 0 > 0 else {
            return .skipped("There is no journal here.")
        }
        if kiosk.isDaemonRunning { return .ok("The daemon has it open.") }
        return kiosk.readJournal { (_) throws(JournalError) in .ok("The journal can be opened.") }
    }

    private static func intact(_ kiosk: Kiosk) -> DoctorFinding {
        if case .success(let status) = kiosk.status {
            return status.state == "out-of-order"
                ? .fault(status.problem ?? "The daemon is out of order.", fix: rescue(kiosk))
                : .ok("The daemon checked it at its start, and goes on writing.")
        }
        return kiosk.readJournal { (journal) throws(JournalError) in
            try journal.audit()
            return .ok("Every page, entry, hash and total holds.")
        }
    }

    private static func held(_ kiosk: Kiosk) -> DoctorFinding {
        guard !kiosk.isDaemonRunning else { return .ok("The answering daemon has the journal.") }
        guard FileFacts(database(kiosk)) != nil else {
            return .skipped("There is no journal here.")
        }
        do throws(JournalError) {
            _ = try SQLiteJournalReader(folder: kiosk.folder.journalPath)
        } catch {
            if case .locked = error {
                return .fault(
                    "A process has the journal, and no daemon answers on \(kiosk.socket): it hangs, "
                        + "or listens elsewhere. No payments are taken here.",
                    fix: kiosk.startCommand("restart"))
            }
        }
        return .ok("Nobody has the journal.")
    }

    /// When a payment that waits is a finding, in seconds.
    private static let longestWait: UInt64 = 86_400

    private static func queue(_ kiosk: Kiosk) -> DoctorFinding {
        let sync = TrustChecks.sync(kiosk)
        func finding(_ entries: UInt64, oldest: UInt64?) -> DoctorFinding {
            let now = kiosk.now
            guard let oldest, now > oldest + longestWait else {
                return .ok("\(entries) entries wait for the hub.")
            }
            return .warning(
                "\(entries) entries wait for the hub, the oldest payment for "
                    + "\((now - oldest) / 3_600) hours.", fix: sync)
        }
        if case .success(let status) = kiosk.status {
            let oldest = status.oldestQueued.flatMap { try? Date($0, strategy: .iso8601) }
            return finding(
                status.queuedEntries, oldest: oldest.map { UInt64($0.timeIntervalSince1970) })
        }
        return kiosk.readJournal { (journal) throws(JournalError) in
            let queue = try journal.queue()
            return finding(queue.entries, oldest: queue.exposure.oldest)
        }
    }

    private static func unclear(_ kiosk: Kiosk) -> DoctorFinding {
        guard case .success(let status) = kiosk.status else {
            return .skipped("Only a running daemon tells which payments nobody was told of.")
        }
        guard let first = status.unclear.first else { return .ok("Every payment was told.") }
        return .warning(
            "\(status.unclear.count) payments were made and told to nobody, the first one receipt "
                + "\(first.receipt): if the customer left or paid another way, reverse it.",
            fix: "tillctl reverse \(first.receipt) --state \(shellWord(kiosk.folder.path))")
    }

    private static func reserve(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.isDaemonRunning else {
            return .skipped("Only a running daemon keeps the room.")
        }
        guard FileFacts(kiosk.folder.journalPath + "/journal.reserve") != nil else {
            return .fault(
                "No room is kept on the disk for ending the day: nothing is approved.",
                fix: kiosk.startCommand("restart"))
        }
        return .ok("Room is kept for ending the day.")
    }

    private static func log(_ kiosk: Kiosk) -> DoctorFinding {
        let bytes = FileFacts(database(kiosk) + "-wal")?.bytes ?? 0
        guard bytes <= largestLog else {
            return .warning(
                "The journal's write-ahead log has \(bytes >> 20) MiB: somebody keeps an old view "
                    + "of it open, or the disk does not keep up.",
                fix: kiosk.startCommand("restart"))
        }
        return .ok("The write-ahead log has \(bytes >> 10) KiB.")
    }

    private static func store(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.folder.voucherStorePath + "/" + SQLiteVoucherStore.databaseName
        guard FileFacts(path) != nil else { return .skipped("No vouchers are preloaded here.") }
        let store = SQLiteVoucherStore(folder: kiosk.folder.voucherStorePath)
        let totals: Result<SQLiteVoucherStore.Totals, VoucherStoreError> = blocking {
            do throws(VoucherStoreError) { return .success(try await store.totals()) } catch {
                return .failure(error)
            }
        }
        switch totals {
        case .success(let totals): return .ok("\(totals.vouchers) vouchers are preloaded.")
        case .failure(let error):
            return .fault(
                "\(error.message)",
                fix: "mv \(shellWord(path)) \(shellWord(path)).damaged")
        }
    }
}
