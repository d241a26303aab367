import Foundation
import Testing

/// Each of the doctor's checks goes red at the fault that it is for, in what it really looks at.
@Suite("Doctor", .serialized)
struct DoctorTests {
    @Test(
        "A fault is found, and where its fix can be run here, it mends it",
        arguments: DoctorCase.table)
    func fault(_ trial: DoctorCase) throws {
        guard !trial.needsRoot || getuid() == 0 else {
            print("\(trial.code): skipped, the fault needs root")
            return
        }
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        if !trial.before.isEmpty { try bench.sh(trial.before) }
        if trial.code == "journal-unclear" { try unclear(bench) }
        if trial.need == .daemon, trial.code != "journal-unclear" { try bench.startDaemon() }
        if trial.code != "journal-unclear" {
            let before = try bench.look(trial.code)
            // The key is in a plain file here: a warning, which is not the fault that is made.
            #expect(before.isWell || before.grade != trial.grade, "before: \(before)")
        }
        try bench.sh("export POLICIES=\(Shell.root.path)/policies\n" + trial.fault)
        let found = try bench.look(trial.code, through: trial.through, also: trial.also)
        #expect(found.grade == trial.grade, "\(trial.code): \(found)")
        guard trial.isMended else { return }
        try bench.sh(try #require(found.fix))
        let after = try bench.look(trial.code, through: trial.through, also: trial.also)
        #expect(after.grade != trial.grade, "mended: \(after)")
    }

    /// A payment that was recorded, and that nobody was told of before the daemon ended.
    private func unclear(_ bench: DoctorBench) throws {
        try bench.sh(
            """
            sqlite3 till/journal/journal.sqlite \
                "INSERT INTO unclear SELECT max(sequence) FROM entry WHERE receipt IS NOT NULL"
            """)
        try bench.startDaemon()
    }

    @Test("Every check has a fault here, and the table of the specification is the program's")
    func complete() throws {
        let shell = try Shell()
        let rows = try shell.run("tillctl", "doctor", "--list", "--json").lines()
        let codes = rows.compactMap { $0["check"] as? String }
        #expect(codes.count >= 40)
        #expect(Set(codes).count == codes.count)
        let apart: Set<String> = [
            "service-running", "service-ready", "service-socket", "hub-port", "hub-answers",
            "hub-identity", "hub-knows", "version-daemon",
        ]
        #expect(Set(DoctorCase.table.map(\.code)).union(apart) == Set(codes))
        let page = try String(
            contentsOfFile: Shell.root.path + "/docs/spec/doctor.md", encoding: .utf8)
        let table = try #require(page.range(of: "## Checks")).upperBound
        let written = page[table...].split(separator: "\n").filter { $0.hasPrefix("| `") }.map(
            String.init)
        let expected = rows.compactMap { row -> String? in
            guard let group = row["group"] as? String, let code = row["check"] as? String,
                let demand = row["demand"] as? String, let fix = row["fix"] as? String
            else { return nil }
            return "| `\(code)` | \(group) | \(demand) | `\(fix)` |"
        }
        #expect(written == expected)
    }

    @Test("A daemon that has gone is found, its socket is, and both are mended")
    func service() throws {
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        try bench.sh("rmdir root/run/systemd/system")
        try bench.startDaemon()
        #expect(try bench.look("service-running").grade == "ok")
        #expect(try bench.look("service-socket").grade == "ok")
        #expect(try bench.look("version-daemon").grade == "ok")
        bench.killDaemon()
        let dead = try bench.look("service-running")
        #expect(dead.grade == "fault", "\(dead)")
        let socket = try bench.look("service-socket")
        #expect(socket.grade == "warning", "\(socket)")
        try bench.sh(try #require(socket.fix))
        #expect(try bench.look("service-socket").isWell)
        let start = try #require(dead.fix)
        let process = try bench.sh(
            """
            export TILL_PROFILE=$PWD/profile.yaml
            \(start.replacingOccurrences(of: "&", with: ">log 2>&1 &"))
            echo $!
            for try in $(seq 200); do tillctl status >/dev/null 2>&1 && break; sleep 0.1; done
            """)
        #expect(try bench.look("service-running").grade == "ok")
        let number = try #require(pid_t(process.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(number, SIGTERM)
    }

    @Test("A daemon that cannot believe its clock takes no payments, and the doctor says so")
    func clock() throws {
        guard let clock = Shell.clock("2020-01-01 00:00:00") else {
            print("clock: skipped, faketime is missing")
            return
        }
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        try bench.startDaemon()
        #expect(try bench.look("service-ready").grade == "ok")
        bench.stopDaemon()
        try bench.startDaemon(clock: clock)
        let ready = try bench.look("service-ready")
        #expect(ready.grade == "fault" && ready.cause.contains("clock-suspect"), "\(ready)")
        #expect(try bench.look("clock-believed").grade == "fault")
    }

    @Test("A hub that is away, another hub, and what is no hub are told apart")
    func hub() throws {
        let bench = try DoctorBench.well()
        try bench.sh("rm -f port")
        let hub = try bench.startHub("hub", file: "port")
        let url = try bench.hubURL("port")
        func looks(_ url: String) throws -> [String: String] {
            var grades: [String: String] = [:]
            for code in ["hub-port", "hub-answers", "hub-identity", "hub-knows"] {
                grades[code] = try bench.look(code, also: ["--hub-url", url]).grade
            }
            return grades
        }
        #expect(try looks(url).values.allSatisfy { $0 == "ok" })
        bench.shell.stop(hub)
        #expect(try bench.look("hub-port", also: ["--hub-url", url]).grade == "warning")
        try bench.sh("tillhub init --hub other")
        let other = try bench.startHub("other", file: "other-port")
        let strange = try looks(try bench.hubURL("other-port"))
        #expect(strange["hub-port"] == "ok" && strange["hub-identity"] == "fault", "\(strange)")
        #expect(strange["hub-knows"] == "fault", "\(strange)")
        bench.shell.stop(other)
        let web = try webServer(bench)
        defer { kill(web.processIdentifier, SIGKILL) }
        let port = try String(contentsOfFile: bench.shell.path("web-port"), encoding: .utf8)
        let answer = try bench.look("hub-answers", also: ["--hub-url", "http://127.0.0.1:" + port])
        #expect(answer.grade == "fault", "\(answer)")
    }

    /// A web server that is no hub of Till's; it writes its port to `web-port`.
    private func webServer(_ bench: DoctorBench) throws -> Process {
        let script = """
            import http.server, os
            server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
            open("web-port.new", "w").write(str(server.server_port))
            os.rename("web-port.new", "web-port")
            server.serve_forever()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = bench.shell.folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        let end = Date().addingTimeInterval(30)
        while !FileManager.default.fileExists(atPath: bench.shell.path("web-port")) {
            try #require(Date() < end && process.isRunning)
            Thread.sleep(forTimeInterval: 0.05)
        }
        return process
    }

    @Test("With the daemon dead, the disk full and the journal damaged at once, all checks answer")
    func worst() throws {
        guard getuid() == 0 else {
            print("worst: skipped, a full disk needs root")
            return
        }
        let bench = try DoctorBench.well()
        // What still lies in the log would stand for the pages that are damaged.
        try bench.sh(
            """
            sqlite3 till/journal/journal.sqlite 'PRAGMA wal_checkpoint(TRUNCATE)'
            dd if=/dev/urandom of=till/journal/journal.sqlite bs=4096 seek=1 count=8 conv=notrunc
            """)
        let ended = try bench.shell.run(
            [
                "tillctl", "doctor", "--json", "--profile", bench.shell.path("profile.yaml"),
                "--root", bench.shell.path("root"),
            ],
            through: DoctorCase.onDisk(
                "size=3m", then: "head -c 4m /dev/zero >till/full 2>/dev/null || :"))
        let answer = try ended.json()
        #expect(ended.status == 1)
        let checks = try #require(answer["checks"] as? [[String: Any]])
        #expect(checks.count >= 40)
        let faults = Set(
            checks.filter { $0["grade"] as? String == "fault" }.compactMap {
                $0["check"] as? String
            })
        #expect(
            faults.isSuperset(of: ["disk-space", "journal-intact", "service-running"]), "\(faults)")
        let hung = checks.filter { ($0["cause"] as? String)?.hasPrefix("No answer within") == true }
        #expect(hung.isEmpty, "\(hung)")
    }

    @Test("What hangs is told as hanging, and keeps nothing else waiting")
    func hangs() throws {
        let bench = try DoctorBench.well()
        // A clock file that is a pipe nobody writes to is not opened blocking; a socket is.
        let listening = try stopped(bench)
        defer {
            kill(listening.processIdentifier, SIGCONT)
            listening.terminate()
        }
        let ended = try bench.shell.run(
            ["tillctl", "doctor", "--json", "--profile", bench.shell.path("profile.yaml")])
        let answer = try ended.json()
        let checks = try #require(answer["checks"] as? [[String: Any]])
        func check(_ code: String) -> [String: Any]? {
            checks.first { $0["check"] as? String == code }
        }
        let running = try #require(check("service-running"))
        #expect((running["cause"] as? String)?.hasPrefix("No answer within") == true, "\(running)")
        #expect(running["fix"] as? String == "systemctl start tilld")
        #expect(check("trust-documents")?["grade"] as? String == "ok")
    }

    /// A daemon that is stopped in the middle of its life: its socket takes callers and says
    /// nothing.
    private func stopped(_ bench: DoctorBench) throws -> Process {
        let daemon = try bench.startDaemon()
        kill(daemon.processIdentifier, SIGSTOP)
        return daemon
    }
}
