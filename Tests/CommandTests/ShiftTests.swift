import Foundation
import Testing

/// A shift from its first payment to its Z, by a technician's commands alone.
@Suite("The shift", .serialized) struct ShiftTests {
    @Test("X, state and Z say the same with the daemon alive and dead, and on paper")
    func shift() throws {
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        let dead = try bench.shell.json("tillctl", "shift", "x")
        #expect(dead["number"] as? Int == 1 && dead["closedAt"] == nil)
        #expect(Self.payments(dead) == [2, 1000])

        try bench.startDaemon()
        let alive = try bench.shell.json("tillctl", "shift", "x")
        #expect(NSDictionary(dictionary: alive) == NSDictionary(dictionary: dead))
        let state = try bench.shell.json("tillctl", "shift")
        #expect(state["daemon"] as? Bool == true && state["payments"] as? Int == 2)
        #expect(state["saleOpen"] as? Bool == false && state["openSince"] == nil)
        let text = try bench.sh(": >paper; tillctl shift x --printer paper")
        #expect(text.contains("X: shift 1") && text.contains("10.00 EUR  in all"), "\(text)")
        let paper = try Data(contentsOf: URL(fileURLWithPath: bench.shell.path("paper")))
        #expect(String(decoding: paper, as: UTF8.self).contains("10.00 EUR  2 payments"))
        let none = try bench.shell.json("tillctl", "shift", "z", status: 10)
        #expect(none["reason"] as? String == "no-period")

        // A sale holds the shift open, and the state says so before anybody tries.
        try bench.sh("tillctl sale 5.00")
        let held = try bench.shell.json("tillctl", "shift", "state", status: 4)
        #expect(held["saleOpen"] as? Bool == true)
        #expect(
            try bench.shell.json("tillctl", "shift", "close", status: 1)["reason"] as? String
                == "sale-open")
        bench.stopDaemon()
    }

    @Test("A shift is closed once, whatever is tried again, and its Z is found again")
    func close() throws {
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        try bench.startDaemon()
        try bench.sh("tillctl cancel 2")
        #expect(try bench.sh("tillctl shift open --float 100.00").contains("100.00 EUR  float"))
        let counted = try bench.sh("tillctl shift count 99.50")
        #expect(counted.contains("0.50 EUR  short"), "\(counted)")
        let late = try bench.shell.json("tillctl", "shift", "open", "--float", "99.50", status: 1)
        #expect(late["reason"] as? String == "drawer-counted")
        let closed = try bench.shell.json("tillctl", "shift", "close", "--number", "1")
        #expect(closed["number"] as? Int == 1 && closed["checkpoint"] is String)
        let again = try bench.shell.json("tillctl", "shift", "close", "--number", "1", status: 1)
        #expect(again["reason"] as? String == "period-otherwise")
        #expect(try bench.shell.json("tillctl", "period", "show")["number"] as? Int == 2)
        let state = try bench.shell.json("tillctl", "shift")
        #expect(state["openSince"] as? String == closed["closedAt"] as? String)
        #expect(state["payments"] as? Int == 0)

        let z = try bench.sh("tillctl shift z")
        #expect(z.contains("Z: shift 1, closed") && z.contains("-5.00 EUR  1 cancelled"), "\(z)")
        #expect(z.contains("5.00 EUR  in all") && z.contains("0.50 EUR  short"), "\(z)")
        let alive = try bench.shell.json("tillctl", "shift", "z", "1")
        bench.stopDaemon()
        let dead = try bench.shell.json("tillctl", "shift", "z")
        #expect(dead["checkpoint"] == nil, "nothing is signed past a dead daemon")
        for key in ["number", "closedBy", "closedAt", "firstSequence"] {
            #expect("\(dead[key] ?? "")" == "\(alive[key] ?? "-")", "\(key)")
        }
        #expect(Self.payments(dead) == Self.payments(alive))
        let unprinted = try bench.shell.json(
            "tillctl", "shift", "z", "--printer", bench.shell.path("no/such"), status: 1)
        #expect(unprinted["reason"] as? String == "printer-unreachable")
        #expect((unprinted["message"] as? String)?.contains("The shift is as it was") == true)
    }

    /// How many payments there are of the only currency, and their sum.
    private static func payments(_ period: [String: Any]) -> [Int] {
        let totals = (period["totals"] as? [[String: Any]])?.first
        let captures = totals?["captures"] as? [String: Any]
        let amount = captures?["amount"] as? [String: Any]
        return [captures?["count"] as? Int ?? -1, amount?["minorUnits"] as? Int ?? -1]
    }
}
