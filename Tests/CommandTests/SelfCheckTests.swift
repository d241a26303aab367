import Foundation
import Testing

/// What feeds systemd's watchdog: a socket stands in for systemd's (sd_notify(3)).
@Suite("Self-check", .serialized)
struct SelfCheckTests {
    /// Gathers what the daemon sends to systemd, in a file of one line a message.
    private func manager(_ bench: DoctorBench) throws -> Process {
        let script = """
            import os, socket
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listening.bind("notify")
            with open("messages", "a", buffering=1) as file:
                open("bound", "w").close()
                while True:
                    file.write(listening.recv(4096).decode().replace("\\n", " ") + "\\n")
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = bench.shell.folder
        try process.run()
        try await_("the manager") {
            FileManager.default.fileExists(atPath: bench.shell.path("bound"))
        }
        return process
    }

    private func await_(_ what: String, _ isSo: () -> Bool) throws {
        let end = Date().addingTimeInterval(60)
        while !isSo() {
            try #require(Date() < end, "\(what) has not come")
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    private func count(_ message: String, _ bench: DoctorBench) -> Int {
        let text =
            (try? String(contentsOfFile: bench.shell.path("messages"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.hasPrefix(message) }
    }

    @Test("The watchdog is fed while the journal takes writes, not while it takes none, then again")
    func journal() throws {
        let bench = try DoctorBench.well()
        let manager = try manager(bench)
        defer {
            // Signals that can be put off are: a process inherits what its starter's thread blocks.
            kill(manager.processIdentifier, SIGKILL)
            manager.waitUntilExit()
        }
        // systemd tells the process that it watches by its id, which sh keeps when it becomes tilld.
        let watched = [
            "/bin/sh", "-c",
            "NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=4000000 WATCHDOG_PID=$$ exec \"$0\" \"$@\"",
        ]
        try bench.startDaemon(clock: watched)
        defer { bench.stopDaemon() }
        try await_("the first feeding") { count("WATCHDOG=1", bench) >= 2 }
        #expect(count("READY=1", bench) == 1)

        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        holder.arguments = [bench.shell.path("till/journal/journal.sqlite")]
        holder.standardOutput = FileHandle.nullDevice
        let commands = Pipe()
        holder.standardInput = commands
        try holder.run()
        try commands.fileHandleForWriting.write(contentsOf: Data("BEGIN IMMEDIATE;\n".utf8))
        try await_("word of the fault") { count("STATUS=self-check: the journal", bench) >= 1 }
        let fed = count("WATCHDOG=1", bench)
        let told = count("STATUS=", bench)
        try await_("the fault again") { count("STATUS=", bench) >= told + 2 }
        #expect(count("WATCHDOG=1", bench) == fed)
        try commands.fileHandleForWriting.write(contentsOf: Data("ROLLBACK;\n.quit\n".utf8))
        try commands.fileHandleForWriting.close()
        holder.waitUntilExit()
        try await_("feeding again") { count("WATCHDOG=1", bench) > fed }
    }
}
