import Foundation
import SimulationBooks
import Testing

/// Towns under seeds: what must hold whatever happens (`docs/adr/0060-a-town-under-a-seed.md`).
///
/// `TILL_SEED=n` plays one seed and prints its story; `TILL_SEEDS=n` plays as many, half of them the
/// same each time; with `TILL_UNTIL_FOUND` the same ones only, in order, until one finds something.
/// A failure prints the seed and the command that plays it again.
@Suite(.serialized) struct TownTests {
    static let environment = ProcessInfo.processInfo.environment
    /// Terminals of one town: two can spend a voucher twice, three can do so behind a third's back.
    static let tills = 3
    /// Steps of one town: its last hours see what its first have left.
    static let steps = 28
    /// Towns that are played side by side: most of one's time is work.
    static let workers = 3

    /// Half are the same each time, half begin at a number that is drawn and printed.
    static var seeds: [UInt64] {
        if let one = environment["TILL_SEED"].flatMap({ UInt64($0) }) { return [one] }
        let count = environment["TILL_SEEDS"].flatMap { UInt64($0) } ?? 200
        if environment["TILL_UNTIL_FOUND"] != nil { return Array(1...count) }
        let fresh = UInt64.random(in: 1_000...1_000_000_000)
        let fixed = count / 2
        let seeds = (0..<fixed).map { $0 + 1 } + (0..<(count - fixed)).map { $0 + fresh }
        print("towns: seeds 1 to \(fixed), and \(count - fixed) from \(fresh)")
        return seeds
    }

    /// What one town came to.
    struct Result: Sendable {
        let seed: UInt64
        let findings: [String]
        let story: [String]
        let payments: Int
        let seconds: UInt64
        let hiddenLoss: UInt64
    }

    static func play(_ seed: UInt64, steps: Int = steps) async -> Result {
        var findings: [String] = []
        do {
            let town = try await Town(seed: seed, tills: tills)
            do {
                for _ in 0..<steps where town.books.findings.isEmpty { try await town.step() }
                if town.books.findings.isEmpty { try await town.calm() }
            } catch { findings.append("the town stopped: \(error)") }
            await town.close()
            return Result(
                seed: seed, findings: town.books.findings + findings, story: town.story,
                payments: town.books.paymentCount, seconds: town.time.sinceStart / 1_000,
                hiddenLoss: town.books.largestHiddenLoss)
        } catch {
            return Result(
                seed: seed, findings: ["the town was not founded: \(error)"], story: [],
                payments: 0, seconds: 0, hiddenLoss: 0)
        }
    }

    /// Plays all, some side by side; the results are in no order.
    static func playAll(_ seeds: [UInt64]) async -> [Result] {
        await withTaskGroup(of: Result.self) { group in
            var results: [Result] = []
            for (index, seed) in seeds.enumerated() {
                if index >= workers, let result = await group.next() { results.append(result) }
                if environment["TILL_UNTIL_FOUND"] != nil,
                    results.contains(where: { !$0.findings.isEmpty })
                {
                    break
                }
                group.addTask { await play(seed) }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    @Test("In every town each payment is durable, within its limits, and at the hub once")
    func holds() async throws {
        let began = ContinuousClock.now
        let results = await Self.playAll(Self.seeds)
        let lasted = ContinuousClock.now - began
        for result in results.sorted(by: { $0.seed < $1.seed }) where !result.findings.isEmpty {
            let story = result.story.suffix(40).joined(separator: "\n  ")
            Issue.record(
                """
                seed \(result.seed): \(result.findings.joined(separator: "; "))
                  \(story)
                play it again: TILL_SEED=\(result.seed) swift test --filter TownTests
                """)
        }
        if results.count == 1 { print(results[0].story.joined(separator: "\n")) }
        let days = results.reduce(0.0) { $0 + Double($1.seconds) * Double(Self.tills) / 86_400 }
        let seconds = lasted / .seconds(1)
        print(
            """
            towns: \(results.count) with \(results.reduce(0) { $0 + $1.payments }) payments, \
            \(String(format: "%.1f", days)) terminal-days in \(String(format: "%.1f", seconds)) s: \
            \(String(format: "%.2f", days / seconds)) terminal-days a second; the largest loss \
            that a hub did not know of: \(results.map(\.hiddenLoss).max() ?? 0)
            """)
        // Towns in which nothing is sold prove nothing; a single one may have a bad day.
        guard results.count >= 20 else { return }
        #expect(results.reduce(0) { $0 + $1.payments } >= 4 * results.count)
    }

    @Test("The same seed plays the same town", arguments: [7, 1_001] as [UInt64])
    func repeats(_ seed: UInt64) async throws {
        let first = await Self.play(seed, steps: 30)
        let second = await Self.play(seed, steps: 30)
        #expect(first.story == second.story)
        #expect(!first.story.isEmpty)
    }
}
