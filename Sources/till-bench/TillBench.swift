import ArgumentParser
import CommandSupport
import Foundation

/// The benchmarks: one line each, all in one run, so that ratios mean something on any machine.
@main
struct TillBench: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "till-bench",
        abstract: "Measures what a payment costs, each step beside its physical limit.",
        discussion: """
            Every line has the median and the 99th percentile of one operation. Ratios compare \
            lines of the same run; absolute figures depend on the machine and on what else it does.
            """,
        version: tillVersion)

    @Flag(help: "A few rounds only: does every benchmark still run?")
    var smoke = false
    @Flag(help: "Ten times as many rounds.")
    var full = false
    @Option(help: "Vouchers in the store that is looked up in (10000000 takes 2 GB and minutes).")
    var vouchers: Int?
    @Option(help: "Captures in the queue of the journal that is started.")
    var captures: Int?
    @Option(
        help: ArgumentHelp(
            "Only this group of benchmarks; may be given several times.", valueName: "group"))
    var only: [Group] = []
    @Option(
        help: ArgumentHelp(
            "Instead: change an exported journal so many times, and count what a verifier misses.",
            valueName: "count"))
    var journalChanges: Int?
    @Option(
        help: ArgumentHelp(
            "The first seed of those changes, or of the shop QRs.", valueName: "number"))
    var seed: UInt64 = 1
    @Option(
        help: ArgumentHelp(
            "Instead: write so many changed journals into --out, for another verifier.",
            valueName: "count"))
    var journalSamples: Int?
    @Option(
        name: .customLong("shop-qrs"),
        help: ArgumentHelp(
            "Instead: write so many shop QRs by chance as pictures on standard output, for other readers.",
            valueName: "count"))
    var shopQRs: Int?
    @Option(help: ArgumentHelp("Where to write them.", valueName: "dir"))
    var out = "."
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        if let journalChanges { return try proveJournal(journalChanges) }
        if let journalSamples { return try writeSamples(journalSamples) }
        if let shopQRs {
            var samples = ShopQRSamples(seed: seed)
            return try samples.write(shopQRs, to: .standardOutput)
        }
        let rounds = Rounds(factor: smoke ? 0.02 : full ? 10 : 1)
        let bench = try Bench(rounds: rounds)
        defer { bench.removeFolder() }
        var lines: [Measurement] = []
        for group in Group.allCases where only.isEmpty || only.contains(group) {
            lines += try await measure(group, bench)
        }
        if output.json {
            try Output.json(lines)
        } else {
            for line in lines { Output.line(line.text) }
        }
    }
}

extension TillBench {
    /// What is measured together.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case codes, screens, scan, eyes, lists, approvals, lanes, transfer, start
    }

    private func measure(_ group: Group, _ bench: Bench) async throws -> [Measurement] {
        switch group {
        case .codes: return try bench.codes() + bench.paymentCodes()
        case .screens: return try bench.screens()
        case .scan: return try bench.scan()
        case .eyes: return try await bench.eyes()
        case .lists: return try bench.hotList() + bench.trustList()
        case .approvals: return try await bench.commits()
        case .lanes: return try await bench.lanes()
        case .transfer: return try await bench.transfer()
        case .start:
            // With the store that was looked up in.
            let store = try await bench.store(count: vouchers ?? bench.rounds.of(100_000))
            return store + (try await bench.start(captures: captures ?? bench.rounds.of(2_000)))
        }
    }
}

/// How often each benchmark is repeated.
struct Rounds {
    let factor: Double

    func of(_ count: Int) -> Int { max(3, Int(Double(count) * factor)) }
}

/// What one benchmark measured.
struct Measurement: Encodable {
    let name: String
    let rounds: Int
    let medianMicroseconds: Double
    let p99Microseconds: Double
    /// What the figure is to be held against, in this same run.
    let note: String

    init(_ name: String, _ microseconds: [Double], note: String = "") {
        let sorted = microseconds.sorted()
        self.name = name
        rounds = sorted.count
        medianMicroseconds = sorted[sorted.count / 2]
        p99Microseconds = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        self.note = note
    }

    var text: String {
        let padded = name + String(repeating: " ", count: max(1, 44 - name.count))
        return "\(padded)\(Self.figure(medianMicroseconds)) p50 "
            + "\(Self.figure(p99Microseconds)) p99  n=\(rounds)  \(note)"
    }

    /// A figure with its unit, three digits or so.
    static func figure(_ microseconds: Double) -> String {
        let (value, unit) =
            microseconds < 1_000 ? (microseconds, "µs") : (microseconds / 1_000, "ms")
        let rounded = (value * 10).rounded() / 10
        let text = "\(rounded) \(unit)"
        return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }
}

/// Times `work` over and over; each figure is one round, in microseconds.
func timed(_ rounds: Int, _ work: (Int) throws -> Void) rethrows -> [Double] {
    let clock = ContinuousClock()
    return try (0..<rounds).map { round in
        let start = clock.now
        try work(round)
        return (clock.now - start) / .microseconds(1)
    }
}

/// The same for work that waits.
func timed(_ rounds: Int, _ work: (Int) async throws -> Void) async rethrows -> [Double] {
    let clock = ContinuousClock()
    var figures: [Double] = []
    for round in 0..<rounds {
        let start = clock.now
        try await work(round)
        figures.append((clock.now - start) / .microseconds(1))
    }
    return figures
}
