import Foundation
import GRDB
import Payments

@testable import SQLiteJournal
@testable import Terminal

/// One play, over and over: at each run another call of the disk fails, until none does.
///
/// After each run the power is cut, as another seed decides what of the unsynced sectors is left;
/// and, where the process lived on, it is ended and started anew on the same disk, and the power is
/// cut once more. Whatever was told must be so each time (``Evidence``).
struct Sweep: Sendable {
    let play: Play
    let fault: Fault
    /// Whether the disk stays as it is from the first failure on.
    let forEver: Bool
    /// Whether the journal and the disk do what keeps a payment: where they do not, the sweep must
    /// see that what was told is lost.
    var care = Care.full
    /// Added to each run's seed.
    var seed: UInt64 = 0
    /// Each how manieth call is made to fail: 1, all of them.
    var stride = 1

    /// What keeps a payment, or does not.
    enum Care: Sendable {
        /// The journal as it is, on an honest disk.
        case full
        /// With `synchronous=OFF`.
        case none
        /// On a disk that tells a sync as done and has done nothing.
        case onALyingDisk
    }

    /// More calls than any play makes: a sweep ends, whatever happens.
    static let maximumPoints = 20_000

    /// What a sweep has come to.
    struct Report {
        /// At how many calls the fault came.
        var points = 0
        /// What was not as it was told, each with the run to look at.
        var violations: [String] = []
    }

    func run() async throws -> Report {
        let scratch = try Scratch()
        let template = scratch.path("template")
        let before = try await makeTemplate(template)
        var report = Report()
        for point in Swift.stride(from: 1, to: Self.maximumPoints, by: stride) {
            let folder = scratch.path("\(point)")
            let hasFailed: Bool
            do {
                var run = try Run(self, point: point, folder: folder, template: template)
                hasFailed = await run.perform(told: before.copy())
                report.violations += run.violations
            }
            try? FileManager.default.removeItem(atPath: folder)
            guard hasFailed else { return report }
            report.points += 1
        }
        report.violations.append("\(play.name): the play makes too many calls")
        return report
    }

    /// What the journal is before each run, and what has been told until then.
    private func makeTemplate(_ path: String) async throws -> Told {
        let told = Told()
        guard let before = play.before else {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            return told
        }
        var counter: Counter? = try await Counter(
            folder: path + "-origin", vfs: nil, salt: 1, told: told)
        if let counter { try await before(counter, told) }
        if play.scene == .closed { counter = nil }
        try FileManager.default.copyItem(atPath: path + "-origin", toPath: path)
        // The index of the log is no data, and does not outlive the power.
        try? FileManager.default.removeItem(atPath: path + "/journal.sqlite-shm")
        withExtendedLifetime(counter) {}
        return told
    }
}

/// One run of a sweep.
private struct Run {
    let sweep: Sweep
    let point: Int
    let folder: String
    let disk = FaultDisk()
    var violations: [String] = []

    init(_ sweep: Sweep, point: Int, folder: String, template: String) throws {
        self.sweep = sweep
        self.point = point
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: template, toPath: live)
        try disk.know(live)
    }

    private var live: String { folder + "/live" }
    private var seed: UInt64 { sweep.seed &+ UInt64(point) }

    /// True where the fault came.
    mutating func perform(told: Told) async -> Bool {
        let (isHalted, hasFailed) = await act(told)
        let mayHoldMore = isHalted || sweep.fault == .cut
        await examine(after: "a power cut", told, mayHoldMore: mayHoldMore, cut: seed)
        guard sweep.fault != .cut else { return hasFailed }
        disk.mend()
        // The process is ended and started anew; then the power is cut after all. What it has
        // found in the log it must have made durable before it counted on it.
        let found = await examine(live, disk.vfs, "a restart", told, mayHoldMore: mayHoldMore)
        guard let found else { return hasFailed }
        let again = told.copy()
        again.hear(approvals: found.captures)
        again.hear(undone: found.undone)
        await examine(after: "a restart and a power cut", again, mayHoldMore: false, cut: ~seed)
        return hasFailed
    }

    /// Plays; answers whether the terminal has halted because it could not know, and whether the
    /// fault came.
    private mutating func act(_ told: Told) async -> (isHalted: Bool, hasFailed: Bool) {
        if sweep.play.scene == .killed { arm() }
        var counter: Counter?
        for _ in 1...2 where counter == nil {
            do throws(JournalError) {
                counter = try await Counter(folder: live, vfs: disk.vfs, salt: 2, told: told)
            } catch { if sweep.forEver || sweep.fault == .cut { return (false, disk.hasFailed) } }
        }
        guard let counter else {
            complain("on a sound disk again, it does not open")
            return (false, disk.hasFailed)
        }
        // A journal that has just been made has synced its folder.
        disk.syncNames()
        if sweep.care == .none { await disregard(counter) }
        if sweep.care == .onALyingDisk { disk.lie() }
        if sweep.play.scene == .closed { arm() }
        await sweep.play.act(counter, told)
        let hasFailed = disk.hasFailed
        let isHalted = await isHalted(counter)
        guard sweep.fault != .cut, !isHalted else { return (isHalted, hasFailed) }
        // On a sound disk it serves again, unless it has said that it does not know.
        disk.mend()
        await Play.giveUp(counter)
        let isCharged = await counter.charge(100)
        let isPaid = await counter.show(Counter.fixed(100, cti: 9_999))
        if !isCharged || !isPaid { complain("on a sound disk again, it does not serve") }
        return (false, hasFailed)
    }

    private func disregard(_ counter: Counter) async {
        do {
            try await counter.journal.database.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA synchronous = OFF")
            }
        } catch { preconditionFailure("A sound disk was not asked: \(error)") }
    }

    private func arm() {
        disk.arm(sweep.fault, at: point, forEver: sweep.forEver, seed: seed)
    }

    private func isHalted(_ counter: Counter) async -> Bool {
        if case .halted = await counter.terminal.machine.phase { return true }
        return false
    }

    private mutating func examine(
        after event: String, _ told: Told, mayHoldMore: Bool, cut seed: UInt64
    ) async {
        let path = folder + "/\(event.split(separator: " ").joined(separator: "-"))"
        do { try disk.materialise(live, to: path, seed: seed) } catch {
            return complain("the test cannot cut the power: \(error)")
        }
        await examine(path, nil, event, told, mayHoldMore: mayHoldMore)
    }

    /// Looks at what is there, and answers with it.
    @discardableResult
    private mutating func examine(
        _ path: String, _ vfs: String?, _ event: String, _ told: Told, mayHoldMore: Bool
    ) async -> Evidence? {
        do {
            let evidence = try await Evidence(folder: path, vfs: vfs)
            if vfs != nil { disk.syncNames() }
            for violation in evidence.violations(of: told, mayHoldMore: mayHoldMore) {
                complain("after \(event): \(violation)")
            }
            return evidence
        } catch {
            complain("after \(event) it does not open: \(error)")
            return nil
        }
    }

    private mutating func complain(_ what: String) {
        violations.append(
            "\(sweep.play.name), \(sweep.fault.rawValue)\(sweep.forEver ? " for ever" : "") at "
                + "call \(point), seed \(sweep.seed): \(what)")
    }
}
