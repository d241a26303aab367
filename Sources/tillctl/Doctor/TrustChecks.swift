import CommandSupport
import FileTrustKeeper
import Foundation
import HotLists
import HubProtocol
import Money
import Payments
import Terminal
import TerminalState
import Trust
import Vouchers

/// Whom the terminal believes.
enum TrustChecks {
    static let table = [
        DoctorCheck(
            .trust, "enrolled", "A terminal is enrolled in the state folder",
            fix: "tillctl enrol request --terminal TERMINAL --out request.till", look: enrolled),
        DoctorCheck(
            .trust, "trust-documents", "The trust documents are whole, and every signature holds",
            fix: "rm FILE && tillctl trust import trust.till", look: documents),
        DoctorCheck(
            .trust, "trust-expiry", "The trust list has not expired, nor will within a day",
            fix: "tillctl sync", look: expiry),
        DoctorCheck(
            .trust, "trust-root-expiry", "The root has not expired, nor will within 30 days",
            fix: "tillctl trust import trust.till", look: rootExpiry),
        DoctorCheck(
            .trust, "trust-issuers", "An issuer's vouchers are taken today", fix: "tillctl sync",
            look: issuers),
        DoctorCheck(
            .trust, "hot-list", "There is a hot list that the hub has signed", fix: "tillctl sync",
            look: hotList),
        DoctorCheck(
            .trust, "hot-list-age", "The hot list is not older than the policy allows",
            fix: "tillctl sync", look: hotListAge),
    ]

    /// A day's notice, in seconds: a technician who looks once a day hears in time.
    static let day: UInt64 = 86_400
    /// A root is changed by people with keys in safes.
    static let rootNotice: UInt64 = 30 * day

    static func sync(_ kiosk: Kiosk) -> String {
        "tillctl sync --state \(shellWord(kiosk.folder.path))"
    }

    private static func take(_ kiosk: Kiosk) -> String {
        "tillctl trust import trust.till --state \(shellWord(kiosk.folder.path))"
    }

    private static let notReadable = DoctorFinding.skipped("The trust documents cannot be read.")

    private static func enrolled(_ kiosk: Kiosk) -> DoctorFinding {
        do {
            let terminal = try kiosk.folder.terminal()
            guard kiosk.isEnrolled else {
                return .fault(
                    "\(terminal.text) has asked to be enrolled, and the hub's answer has not been "
                        + "imported: no payments are taken.",
                    fix: "tillctl enrol import answer.till --state "
                        + shellWord(kiosk.folder.path))
            }
            return .ok("\(terminal.text) is enrolled here.")
        } catch {
            return .fault(
                (error as? CommandFailure)?.message ?? "\(error)",
                fix: KeyChecks.enrolCommand(kiosk))
        }
    }

    private static func documents(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.isEnrolled else { return .skipped("No terminal is enrolled here.") }
        do {
            let store = try kiosk.folder.trust()
            return .ok(
                "Root \(store.root.root.version), trust list \(store.list.list.version): whole.")
        } catch {
            let file = shellWord(kiosk.folder.trustKeeper.documentsPath)
            return .fault(
                (error as? CommandFailure)?.message ?? "\(error)",
                fix: "rm --force \(file) && " + take(kiosk))
        }
    }

    private static func expiry(_ kiosk: Kiosk) -> DoctorFinding {
        guard let store = try? kiosk.folder.trust() else { return notReadable }
        let (until, now) = (store.list.list.expiresAt, kiosk.now)
        guard now < until else {
            return .fault(
                "The trust list has expired: nothing is approved by it.", fix: sync(kiosk))
        }
        guard now + day < until else {
            return .warning(
                "The trust list expires in \((until - now) / 3_600) hours: then nothing is "
                    + "approved any more.", fix: sync(kiosk))
        }
        return .ok("The trust list is good for \((until - now) / day) days.")
    }

    private static func rootExpiry(_ kiosk: Kiosk) -> DoctorFinding {
        guard let store = try? kiosk.folder.trust() else { return notReadable }
        let (until, now) = (store.root.root.expiresAt, kiosk.now)
        guard now + rootNotice < until else {
            let when = now < until ? "expires in \((until - now) / day) days" : "has expired"
            return .warning(
                "The root \(when): no newer trust list can be introduced by it.", fix: take(kiosk))
        }
        return .ok("The root is good for \((until - now) / day) days.")
    }

    private static func issuers(_ kiosk: Kiosk) -> DoctorFinding {
        guard let store = try? kiosk.folder.trust() else { return notReadable }
        let now = kiosk.now
        let entries = store.list.list.entries(.issuer)
        let good = entries.filter { entry in
            guard case .active = entry.status else { return false }
            return now < entry.honouredUntil
        }
        guard !good.isEmpty else {
            return .fault(
                "None of the \(entries.count) issuers' keys is good today: every voucher is "
                    + "refused.", fix: sync(kiosk))
        }
        return .ok("\(good.count) of \(entries.count) issuers' keys are good today.")
    }

    private static func shelf(_ kiosk: Kiosk) -> HotListShelf? {
        guard let hubs = try? kiosk.folder.trust().hubKeys else { return nil }
        return HotListShelf(keeper: HotListFile(path: kiosk.folder.hotListPath), hubs: hubs)
    }

    private static func hotList(_ kiosk: Kiosk) -> DoctorFinding {
        guard let shelf = shelf(kiosk) else { return notReadable }
        guard let held = shelf.held else {
            let isThere = FileManager.default.fileExists(atPath: kiosk.folder.hotListPath)
            return .warning(
                isThere
                    ? "The hot list \(kiosk.folder.hotListPath) is damaged, or no hub that is "
                        + "trusted has signed it: revoked vouchers are not known."
                    : "There is no hot list: revoked vouchers are not known.", fix: sync(kiosk))
        }
        return .ok("Hot list \(held.list.version) is in force.")
    }

    private static func hotListAge(_ kiosk: Kiosk) -> DoctorFinding {
        guard let held = shelf(kiosk)?.held, let policy = try? kiosk.folder.configuration().policy
        else { return .skipped("There is no hot list, or no policy to measure it by.") }
        let now = kiosk.now
        // A statement of the hub's that still names this list makes it as new as the statement.
        let named = (try? kiosk.folder.trust())?.freshness?.statement
        let confirmed = named?.name(.hotList)?.digest == held.digest ? named?.issuedAt : nil
        let issued = max(held.list.issuedAt, confirmed ?? 0)
        let age = now > issued ? now - issued : 0
        let band = policy.bands.hotList.band(of: age)
        guard band != .fresh else { return .ok("The hot list is \(age / 3_600) hours old.") }
        let words = "The hot list is \(age / 3_600) hours old: limits shrink (\(band))."
        return band == .stopped
            ? .fault(words, fix: sync(kiosk)) : .warning(words, fix: sync(kiosk))
    }
}

/// What the terminal may approve.
enum PolicyChecks {
    static let table = [
        DoctorCheck(
            .policy, "configuration", "The hub's configuration is whole, and its signature holds",
            fix: "rm FILE && tillctl enrol import answer.till", look: configuration),
        DoctorCheck(
            .policy, "policy-limits", "The policy lets something be paid in the shop's currency",
            fix: "tillctl sync", look: limits),
        DoctorCheck(
            .policy, "policy-contact", "The hub has answered within the time that the policy gives",
            fix: "tillctl sync", look: contact),
        DoctorCheck(
            .policy, "policy-hours", "Offline payments are allowed at this hour",
            fix: "tillctl sync", look: hours),
    ]

    private static let notEnrolled = DoctorFinding.skipped("There is no configuration to read.")

    private static func configuration(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.isEnrolled else { return notEnrolled }
        do {
            return .ok("Configuration \(try kiosk.folder.configuration().version) is in force.")
        } catch {
            return .fault(
                (error as? CommandFailure)?.message ?? "\(error)",
                fix: "rm --force \(shellWord(kiosk.folder.configurationPath)) && tillctl enrol "
                    + "import answer.till --state \(shellWord(kiosk.folder.path))")
        }
    }

    private static func limits(_ kiosk: Kiosk) -> DoctorFinding {
        guard let configuration = try? kiosk.folder.configuration() else { return notEnrolled }
        let currency = configuration.currency
        guard let limits = configuration.policy.limits(for: currency), limits.perPayment > 0,
            limits.outstanding > 0, configuration.policy.outstandingCount > 0
        else {
            return .fault(
                "The policy lets nothing be paid offline in \(currency.code): every voucher is "
                    + "declined while the hub is away.", fix: TrustChecks.sync(kiosk))
        }
        return .ok(
            "Offline at most \(limits.perPayment) minor units of \(currency.code) a payment, "
                + "\(limits.outstanding) outstanding.")
    }

    private static func contact(_ kiosk: Kiosk) -> DoctorFinding {
        guard let configuration = try? kiosk.folder.configuration() else { return notEnrolled }
        guard let last = kiosk.folder.lastContact else {
            return .warning(
                "The hub has never answered this terminal: limits are those of the last contact, "
                    + "which there was none of.", fix: TrustChecks.sync(kiosk))
        }
        let now = kiosk.now
        let age = now > last ? now - last : 0
        let words = "The hub last answered \(age / 3_600) hours ago"
        switch configuration.policy.bands.lastSync.band(of: age) {
        case .fresh: return .ok(words + ".")
        case .stopped:
            return .fault(
                words + ": nothing is approved any more until it has.",
                fix: TrustChecks.sync(kiosk))
        case .ageing, .stale:
            return .warning(words + ": limits have shrunk.", fix: TrustChecks.sync(kiosk))
        }
    }

    private static func hours(_ kiosk: Kiosk) -> DoctorFinding {
        guard let configuration = try? kiosk.folder.configuration() else { return notEnrolled }
        guard configuration.policy.hours.allow(kiosk.now) else {
            return .warning(
                "The policy allows no offline payments at this hour.", fix: TrustChecks.sync(kiosk))
        }
        return .ok("The policy allows offline payments at this hour.")
    }
}
