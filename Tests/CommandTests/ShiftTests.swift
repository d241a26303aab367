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

    @Test("X tells times and business days by the shop's clock, and a close that was forgotten")
    func businessDays() throws {
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        func x(_ environment: String) throws -> [String: Any] {
            let text = try bench.sh("\(environment) tillctl shift x --json")
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return try #require(value as? [String: Any])
        }
        let utc = try x("TZ=UTC")
        let moment = try #require(utc["firstAt"] as? String)
        #expect(utc["timeZone"] as? String == "UTC" && moment.hasSuffix("Z"))
        let read = ISO8601DateFormatter()
        let first = try #require(read.date(from: moment))
        for (zone, cut) in [
            ("Asia/Kathmandu", "00:00"), ("America/New_York", "04:00"), ("Pacific/Apia", "23:59"),
        ] {
            let local = try x("TZ=\(zone) TILL_DAY_CUT=\(cut)")
            let text = try #require(local["firstAt"] as? String)
            #expect(read.date(from: text) == first && !text.hasSuffix("Z"), "\(text)")
            #expect(local["timeZone"] as? String == zone)
            // The date command of the system, in that zone, with the cut taken off.
            let minutes = cut.split(separator: ":").compactMap { Int($0) }
            let shifted = Int(first.timeIntervalSince1970) - minutes[0] * 3_600 - minutes[1] * 60
            let date = try bench.sh("TZ=\(zone) date -d @\(shifted) +%F")
            #expect(
                local["businessDate"] as? String
                    == date.trimmingCharacters(in: .whitespacesAndNewlines), "\(zone)")
        }
        // A zone that the machine does not know is not passed off as the shop's.
        #expect(try x("TZ=Nowhere/City")["timeZone"] as? String == "UTC")
        #expect(utc["businessDays"] as? Int == 1)
        let later = try x("TZ=UTC faketime -f +3d")
        #expect(later["businessDays"] as? Int == 4)
        #expect(
            try bench.sh("TZ=UTC faketime -f +3d tillctl shift x").contains(
                "it spans 4 business days: it was not closed in time"))
        let bad = try bench.shell.run(
            ["tillctl", "shift", "x", "--json"], through: ["/usr/bin/env", "TILL_DAY_CUT=4am"])
        #expect(try bad.json()["reason"] as? String == "day-cut-malformed")
        let daemon = try bench.shell.json("tilld", "--day-cut", "24:00", status: 64)
        #expect(daemon["reason"] as? String == "day-cut-malformed")
        // The daemon's own: a receipt's copy, and its Z.
        try bench.startDaemon(
            "--day-cut", "04:00", clock: ["/usr/bin/env", "TZ=Asia/Kathmandu"])
        #expect(try bench.sh("tillctl receipt 1").contains(" +05:45"))
        let z = try bench.shell.json("tillctl", "shift", "close")
        #expect((z["closedAtLocal"] as? String)?.hasSuffix("+05:45") == true, "\(z)")
        #expect(z["timeZone"] as? String == "Asia/Kathmandu")
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
        for key in ["number", "closedBy", "closedAt", "closedAtLocal", "firstSequence", "firstAt"] {
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
