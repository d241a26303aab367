import Foundation
import Testing

/// Vouchers that are preloaded and paid with by reference, from the hub's pack to its ledger.
@Suite(.serialized) struct ReferenceTests {
    @Test func paysByReferenceOnceAndNeverTellsIt() throws {
        let counter = try CounterTests.Counter()
        try counter.shell.json(
            "tillhub", "voucher", "issue", "fixed", "--amount", "5.00", "--count", "3",
            "--store-file", "cards.pack")
        let references = try String(
            contentsOfFile: counter.shell.path("cards.pack.references"), encoding: .utf8
        ).split(separator: "\n").map(String.init)
        #expect(references.count == 3)
        let unknown = try counter.shell.run(
            "tillctl", "voucher", "show", references[0], "--json")
        #expect(unknown.status == 10)
        // The daemon runs while the pack comes in.
        for round in 1...2 {
            let packs = try counter.shell.json("tillctl", "voucher", "import", "cards.pack")
            let pack = try #require((packs["packs"] as? [[String: Any]])?.first)
            #expect(pack["taken"] as? Int == 3)
            #expect(pack["doneBefore"] as? Int == (round == 1 ? 0 : 3))
        }
        #expect(try counter.shell.json("tillctl", "voucher", "count")["vouchers"] as? Int == 3)
        let shown = try counter.shell.json("tillctl", "voucher", "show", references[0])
        #expect((shown["fields"] as? [String: String])?["amount"] == "5.00 EUR")

        let typed = references[0].lowercased()
        let paid = try counter.shell.run(
            "tillctl", "sale", "5.00", "--reference", typed, "--json")
        #expect(paid.status == 0, "\(paid)")
        let again = try counter.shell.run(
            "tillctl", "sale", "5.00", "--reference", references[0], "--json")
        #expect(again.status == 1)
        #expect(CounterTests.news(try again.json())["reason"] as? String == "spent-here")
        let mistyped = String(references[1].dropLast())
        let short = try counter.shell.run("tillctl", "sale", "--reference", mistyped, "--json")
        #expect(CounterTests.news(try short.json())["reason"] as? String == "reference-length")

        try counter.shell.json("tillctl", "sync")
        let journal = try counter.shell.run("tillctl", "journal", "list", "--json").output
        let ledger = try counter.shell.run("tillhub", "ledger", "--json").output
        let secret = references[0].dropFirst(4).prefix(16)
        for text in [paid.output, again.output, shown.description, journal, ledger] {
            #expect(!text.uppercased().contains(secret))
        }
    }

    @Test func refusesAPackThatIsNotWhole() throws {
        let counter = try CounterTests.Counter()
        try counter.shell.json(
            "tillhub", "voucher", "issue", "fixed", "--amount", "5.00", "--store-file", "one.pack")
        let url = URL(fileURLWithPath: counter.shell.path("one.pack"))
        try Data(try Data(contentsOf: url).dropLast()).write(to: url)
        let refused = try counter.shell.run("tillctl", "voucher", "import", "one.pack", "--json")
        #expect(refused.status == 20)
        #expect(try refused.json()["reason"] as? String == "voucher-pack-damaged")
        let missing = try counter.shell.run("tillctl", "voucher", "import", "none", "--json")
        #expect(try missing.json()["reason"] as? String == "voucher-pack-unreadable")
    }
}
