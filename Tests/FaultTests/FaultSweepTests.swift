import Foundation
import Testing

/// A fault at each call of the disk, in the manner of SQLite's own tests.
@Suite struct FaultSweepTests {
    /// With TILL_FAULTS=all each call of each play fails, with several seeds; otherwise each call of
    /// a sale, and a part of the others.
    static let isThorough = ProcessInfo.processInfo.environment["TILL_FAULTS"] == "all"
    /// Seeds of a thorough run: each leaves other sectors.
    static let seeds: [UInt64] = isThorough ? [0, 1_000_003, 2_000_003] : [0]

    /// One line of what is swept.
    struct Line: Sendable, CustomTestStringConvertible, CustomStringConvertible {
        let play: Play
        let fault: Fault
        let forEver: Bool

        var testDescription: String { description }
        var description: String {
            "\(play.name): \(fault.rawValue)\(forEver ? " for ever" : "")"
        }
    }

    static let lines = Play.all.flatMap { play in
        Fault.allCases.flatMap { fault in
            (fault == .cut ? [true] : [false, true]).map {
                Line(play: play, fault: fault, forEver: $0)
            }
        }
    }

    @Test("Whatever was told is so, whichever call of the disk fails", arguments: lines)
    func sweeps(_ line: Line) async throws {
        for seed in Self.seeds {
            var sweep = Sweep(play: line.play, fault: line.fault, forEver: line.forEver)
            sweep.seed = seed
            sweep.stride = Self.isThorough || line.play.name == Play.sale.name ? 1 : 9
            let report = try await sweep.run()
            print("fault sweep, \(line): \(report.points) points, seed \(seed)")
            #expect(report.points > 0)
            for violation in report.violations.prefix(5) { Issue.record("\(violation)") }
        }
    }

    @Test("The sweep sees what a journal loses that does not wait for the disk")
    func seesLoss() async throws {
        var sweep = Sweep(play: .sale, fault: .cut, forEver: true)
        sweep.isCareless = true
        let report = try await sweep.run()
        #expect(report.violations.contains { $0.contains("was told and is not there") })
    }
}
