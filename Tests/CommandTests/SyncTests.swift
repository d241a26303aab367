import Foundation
import Testing

@Suite("What waits for the hub")
struct SyncTests {
    /// A kiosk whose second payment waits.
    private func kiosk() throws -> DoctorBench { try DoctorBench.well() }

    private func receipts(_ ended: Ended) throws -> [Int] {
        let entries = try #require(try ended.json()["entries"] as? [[String: Any]], "\(ended)")
        #expect(entries.allSatisfy { $0["acknowledged"] as? Bool == false })
        return entries.compactMap { $0["receipt"] as? Int }
    }

    @Test("The queue is told by the daemon, and past a dead one, until the hub has answered")
    func queue() throws {
        let bench = try kiosk()
        defer { bench.stopDaemon() }
        let dead = try bench.shell.run("tillctl", "sync", "queue", "--json")
        #expect(dead.status == 0 && dead.errors.contains("No daemon runs"), "\(dead)")
        #expect(try receipts(dead) == [2])
        let status = try bench.shell.run("tillctl", "sync", "status", "--json")
        #expect(status.status == 4)
        let told = try status.json()
        #expect(told["daemon"] as? Bool == false && told["queuedPayments"] as? Int == 1)

        try bench.sh("rm -f port")
        let hub = try bench.startHub("hub", file: "port")
        try bench.startDaemon("--hub-url", try bench.hubURL("port"))
        #expect(try receipts(bench.shell.run("tillctl", "sync", "queue", "--json")) == [2])
        // Whoever comes while another exchange is under way waits for it.
        try bench.sh(
            """
            for number in 1 2 3 4 5 6 7 8; do tillctl sync & all="$all $!"; done
            for one in $all; do wait $one; done
            """)
        #expect(try receipts(bench.shell.run("tillctl", "sync", "queue", "--json")) == [])
        let after = try bench.shell.run("tillctl", "sync", "status", "--json")
        let queued = try after.json()["queuedEntries"] as? Int
        #expect(after.status == 0 && queued == 0, "\(after)")
        bench.shell.stop(hub)
    }

    @Test(
        "What goes over the line is told with its budget, over a restart too; a bad one starts nothing"
    )
    func meteredLine() throws {
        let bench = try kiosk()
        defer { bench.stopDaemon() }
        let bad = try bench.shell.run(
            "tilld", "--link-budget", "20MB", "--profile", bench.shell.path("profile.yaml"))
        #expect(bad.status == 64 && bad.errors.contains("--link-budget is written"), "\(bad)")
        try bench.sh("rm -f port")
        let hub = try bench.startHub("hub", file: "port")
        func line() throws -> [String: Any] {
            let status = try bench.shell.run("tillctl", "sync", "status", "--json").json()
            return try #require(status["link"] as? [String: Any], "\(status)")
        }
        let url = try bench.hubURL("port")
        try bench.startDaemon("--hub-url", url, "--link-budget", "5M/day")
        let before = try #require(try line()["sentBytes"] as? Int)
        _ = try bench.shell.run("tillctl", "sync")
        let told = try line()
        let sent = try #require(told["sentBytes"] as? Int)
        #expect(sent > before + 500, "a batch has gone out: \(told)")
        #expect(told["budgetBytes"] as? Int == 5_000_000 && told["listsWait"] as? Bool == false)
        let text = try bench.shell.run("tillctl", "sync", "status").output
        #expect(text.contains("The hub's log: "), "\(text)")
        let kept = try String(contentsOfFile: bench.shell.path("till/hub-log.txt"), encoding: .utf8)
        #expect(kept.hasPrefix("till-hub-log/1/m42\n"))
        #expect(text.contains("Line to the hub on ") && text.contains("of 5.0 MB"), "\(text)")
        bench.stopDaemon()
        try bench.startDaemon("--hub-url", url)
        let again = try line()
        #expect(again["sentBytes"] as? Int == sent && again["budgetBytes"] == nil, "\(again)")
        bench.shell.stop(hub)
    }

    @Test(
        "A network's log-in page is told as such everywhere, and no payment leaves the queue for it"
    )
    func captivePortal() throws {
        let bench = try kiosk()
        defer { bench.stopDaemon() }
        let portal = Process()
        portal.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        portal.arguments = [
            "-c",
            """
            import http.server, os
            class Portal(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.rfile.read(int(self.headers.get("content-length", 0)))
                    self.send_response(302)
                    self.send_header("location", "http://login.hotel.example/?from=kiosk")
                    self.send_header("content-length", "0")
                    self.end_headers()
                do_POST = do_GET
                def log_message(self, *_): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
            open("portal.new", "w").write(str(server.server_port))
            os.rename("portal.new", "portal")
            server.serve_forever()
            """,
        ]
        portal.currentDirectoryURL = bench.shell.folder
        try portal.run()
        defer { kill(portal.processIdentifier, SIGKILL) }
        let end = Date().addingTimeInterval(30)
        while !FileManager.default.fileExists(atPath: bench.shell.path("portal")) {
            try #require(Date() < end && portal.isRunning)
            Thread.sleep(forTimeInterval: 0.05)
        }
        let url = try bench.hubURL("portal")
        try bench.startDaemon("--hub-url", url)
        let sync = try bench.shell.run("tillctl", "sync", "--json")
        #expect(sync.status == 4)
        #expect(try sync.json()["reason"] as? String == "captive-portal")
        let status = try bench.shell.run("tillctl", "sync", "status", "--json")
        #expect(status.status == 4)
        let told = try status.json()
        #expect(told["network"] as? String == "captive-portal")
        #expect(told["queuedPayments"] as? Int == 1)
        #expect((told["problem"] as? String)?.contains("login.hotel.example") == true, "\(told)")
        let whole = try bench.shell.run("tillctl", "status", "--json").json()
        #expect(whole["networkStatus"] as? String == "captive-portal")
        let doctor = try bench.look("hub-answers", also: ["--hub-url", url])
        #expect(doctor.grade == "warning" && doctor.cause.contains("log-in page"), "\(doctor)")
        // Who is not the hub says nothing of whom it knows.
        #expect(try bench.look("hub-knows", also: ["--hub-url", url]).grade != "fault")
    }

    @Test("What the hub has put aside is told with reason and advice, with the daemon dead too")
    func quarantine() throws {
        let bench = try kiosk()
        defer { bench.stopDaemon() }
        let nothing = try bench.shell.run("tillctl", "sync", "quarantine", "--json")
        #expect(nothing.status == 0, "\(nothing)")
        // The terminal was stolen before it took its second payment.
        try bench.sh(
            """
            rm -f port
            at=$(tillctl journal list --json --after 0 | tr '{' '\\n' | grep '"receipt":2' |
                grep -o '"at":"[^"]*"' | cut -d'"' -f4)
            tillhub terminal revoke till:m42/t7 --since "$at"
            """)
        let hub = try bench.startHub("hub", file: "port")
        try bench.startDaemon("--hub-url", try bench.hubURL("port"))
        _ = try bench.shell.run("tillctl", "sync")
        let alive = try bench.shell.run("tillctl", "sync", "quarantine", "--json")
        bench.shell.stop(hub)
        bench.stopDaemon()
        let dead = try bench.shell.run("tillctl", "sync", "quarantine", "--json")
        for ended in [alive, dead] {
            #expect(ended.status == 4, "\(ended)")
            let lines = try #require(try ended.json()["entries"] as? [[String: Any]], "\(ended)")
            try #require(lines.count == 1, "\(ended)")
            #expect(lines[0]["reason"] as? String == "terminal-revoked")
            #expect((lines[0]["advice"] as? String)?.contains("tillctl enrol request") == true)
            let entry = try #require(lines[0]["entry"] as? [String: Any])
            #expect(entry["receipt"] as? Int == 2)
            #expect(entry["sequence"] as? Int == lines[0]["sequence"] as? Int)
        }
        try bench.sh(
            """
            printf 'X' | dd of=till/journal/journal.sqlite bs=1 conv=notrunc \
                seek=$(grep -obUa till-ack/1 till/journal/journal.sqlite | head -n 1 | cut -d: -f1)
            """)
        let damaged = try bench.shell.run("tillctl", "sync", "quarantine", "--json")
        #expect(damaged.status == 20, "an answer that was changed does not vanish: \(damaged)")
    }
}
