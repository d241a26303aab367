import Foundation
import Testing

/// `tillctl printer` against a printer on port 9100's protocol, which a script plays.
@Suite("The technician's printer") struct PrinterTests {
    /// Answers DLE EOT 2 and 4 as the file `state` says, and keeps everything else in `paper`.
    private static let printer = """
        import socket
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen()
        open("port.part", "w").write(str(server.getsockname()[1]))
        import os
        os.rename("port.part", "printer-port")
        while True:
            line, _ = server.accept()
            held = b""
            while True:
                data = line.recv(65536)
                if not data:
                    break
                data = held + data
                state = open("state").read()
                answers = b""
                while data.find(b"\\x10\\x04") not in (-1, len(data) - 2):
                    at = data.index(b"\\x10\\x04")
                    asked = data[at + 2]
                    data = data[:at] + data[at + 3:]
                    bits = 0x12
                    if asked == 2 and "cover" in state:
                        bits |= 0x04
                    if asked == 4 and "low" in state:
                        bits |= 0x0C
                    if asked == 4 and "out" in state:
                        bits |= 0x60
                    answers += bytes([bits])
                kept = 2 if data.endswith(b"\\x10\\x04") else 1 if data.endswith(b"\\x10") else 0
                held = data[len(data) - kept:]
                with open("paper", "ab") as paper:
                    paper.write(data[:len(data) - kept])
                line.sendall(answers)
            line.close()

        """

    @Test("The printer's own word is told: ready, low, out, open; and what cannot be reached")
    func status() throws {
        let shell = try Shell()
        let place = try start(shell, state: "")
        let ready = try shell.json("tillctl", "printer", "status", "--printer", place)
        #expect(ready["answers"] as? Bool == true && ready["place"] as? String == place)
        for (state, key) in [("low", "paperLow"), ("out", "paperOut"), ("cover", "coverOpen")] {
            try set(shell, state)
            let told = try shell.json(
                "tillctl", "printer", "status", "--printer", place, status: 4)
            for other in ["paperLow", "paperOut", "coverOpen"] {
                #expect(told[other] as? Bool == (other == key), "\(state): \(other)")
            }
        }
        let away = try shell.json(
            "tillctl", "printer", "status", "--printer", "tcp:127.0.0.1:1", status: 1)
        #expect(away["reason"] as? String == "printer-unreachable")
        try Data().write(to: URL(fileURLWithPath: shell.path("file")))
        let silent = try shell.json(
            "tillctl", "printer", "status", "--printer", shell.path("file"), status: 4)
        #expect(silent["answers"] as? Bool == false && silent["paperOut"] == nil)
    }

    @Test("A test page comes out whole, or is told as not printed")
    func page() throws {
        let shell = try Shell()
        let place = try start(shell, state: "")
        let printed = try shell.json(
            "tillctl", "printer", "test", "--printer", place, "--printer-type", "default")
        let page = try #require(printed["page"] as? String)
        let paper = try Data(contentsOf: URL(fileURLWithPath: shell.path("paper")))
        // Once as text, once in the code that the printer draws; then it is cut off.
        var count = 0
        var rest = paper[...]
        while let found = rest.range(of: Data(page.utf8)) {
            count += 1
            rest = rest[found.upperBound...]
        }
        #expect(count == 2)
        #expect(paper.suffix(3) == Data([0x1D, 0x56, 1]))

        try set(shell, "out")
        let refused = try shell.json(
            "tillctl", "printer", "test", "--printer", place, status: 1)
        #expect(refused["reason"] as? String == "printer-paper-out")
        #expect((refused["message"] as? String)?.contains("no payment needs it") == true)
    }

    @Test("Without a word the hardware profile's printer is taken, or none is there")
    func profile() throws {
        let shell = try Shell()
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: shell.path("profile.yaml")))
        }
        let words = ["tillctl", "printer", "status", "--json", "--profile", "profile.yaml"]
        let head =
            "profile: 1\ncamera: {kind: folder, path: camera}\n"
            + "display: {kind: png, path: display.png, width: 800, height: 600}\n"
        try write(head)
        let none = try shell.run(words)
        let reason = try none.json()["reason"] as? String
        #expect(none.status == 10 && reason == "printer-missing", "\(none)")
        try write(head + "printer: {kind: escpos, path: \(shell.path("lp0"))}\n")
        try Data().write(to: URL(fileURLWithPath: shell.path("lp0")))
        let found = try shell.run(words)
        let place = try found.json()["place"] as? String
        #expect(found.status == 4 && place == shell.path("lp0"), "\(found)")
        try write("profile: 7\n")
        #expect(try shell.run(words).json()["reason"] as? String == "profile-invalid")
    }

    private func set(_ shell: Shell, _ state: String) throws {
        try Data(state.utf8).write(to: URL(fileURLWithPath: shell.path("state")), options: .atomic)
    }

    private func start(_ shell: Shell, state: String) throws -> String {
        try set(shell, state)
        try Data(Self.printer.utf8).write(to: URL(fileURLWithPath: shell.path("printer.py")))
        _ = try shell.start(
            through: ["/usr/bin/python3", shell.path("printer.py")], ["tillctl"]
        ) { FileManager.default.fileExists(atPath: shell.path("printer-port")) }
        let port = try String(contentsOfFile: shell.path("printer-port"), encoding: .utf8)
        return "tcp:127.0.0.1:\(port)"
    }
}
