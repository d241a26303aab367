import ScanEngines
import Testing

@Suite("Codes on a serial line")
struct CodeLinesTests {
    private func code(_ text: String) -> EngineEvent { .code(EngineCode(Array(text.utf8))) }

    private func take(_ text: String, _ lines: inout CodeLines, at now: UInt64 = 0) -> [EngineEvent]
    {
        lines.take(Array(text.utf8), atMilliseconds: now)
    }

    @Test("A code ends where its terminator says, however its bytes come in")
    func endings() {
        let cases: [(CodeLines.Ending, String)] = [
            (.carriageReturn, "A1\rB2\r\n\r\nC3\r"), (.lineFeed, "A1\nB2\n\nC3\n"),
            (.both, "A1\r\nB2\r\n\r\nC3\r\n"),
        ]
        for (ending, text) in cases {
            var whole = CodeLines(ending: ending)
            #expect(take(text, &whole) == [code("A1"), code("B2"), code("C3")])
            var bytewise = CodeLines(ending: ending)
            let events = text.utf8.flatMap { bytewise.take([$0], atMilliseconds: 0) }
            #expect(events == [code("A1"), code("B2"), code("C3")])
        }
        // A carriage return alone ends nothing where both are sent.
        var both = CodeLines(ending: .both)
        #expect(take("A\rB\r\n", &both) == [code("A\rB")])
    }

    @Test("Where nothing follows a code, a pause ends it")
    func pause() {
        var lines = CodeLines(ending: .pause)
        #expect(take("A1", &lines, at: 100) == [])
        #expect(lines.tick(atMilliseconds: 159) == [])
        #expect(take("\r2", &lines, at: 159) == [])
        #expect(lines.patience == 60)
        #expect(lines.tick(atMilliseconds: 219) == [code("A1\r2")])
        #expect(lines.patience == nil)
        // The bytes that come after the pause tell of it as well.
        #expect(take("B", &lines, at: 300) == [])
        #expect(take("C", &lines, at: 400) == [code("B")])
    }

    @Test("What breaks off is thrown away and told, and what comes later stands alone")
    func cut() {
        var lines = CodeLines(ending: .carriageReturn)
        #expect(take("HALF", &lines, at: 0) == [])
        #expect(lines.tick(atMilliseconds: 499) == [])
        #expect(lines.tick(atMilliseconds: 500) == [.spoiled(.cut)])
        #expect(lines.tick(atMilliseconds: 9_999) == [])
        #expect(take("A\r", &lines, at: 10_000) == [code("A")])
        #expect(take("HALF", &lines, at: 20_000) == [])
        #expect(take("A\r", &lines, at: 20_500) == [.spoiled(.cut), code("A")])
    }

    @Test("The longest code of a QR symbol is read, and one byte more is told once")
    func bounded() {
        let longest = String(repeating: "7", count: 7_089)
        for ending in [CodeLines.Ending.carriageReturn, .both] {
            let end = ending == .both ? "\r\n" : "\r"
            var lines = CodeLines(ending: ending)
            #expect(take(longest + end, &lines) == [code(longest)])
            #expect(take(longest + "8" + end, &lines) == [.spoiled(.tooLong)])
            #expect(
                take(longest + longest + longest + end + "A" + end, &lines)
                    == [.spoiled(.tooLong), code("A")])
        }
    }

    @Test("A line without end is bounded, and told when it falls silent")
    func endless() {
        var lines = CodeLines(ending: .lineFeed)
        for now in 0..<100 {
            #expect(
                lines.take([UInt8](repeating: 0x41, count: 4_096), atMilliseconds: UInt64(now))
                    == [])
        }
        #expect(lines.tick(atMilliseconds: 700) == [.spoiled(.tooLong)])
        #expect(take("A\n", &lines, at: 701) == [code("A")])
    }

    @Test("Answers to commands are no part of a code, where commands are sent")
    func replies() {
        var commanded = CodeLines(ending: .carriageReturn, dropsReplies: true)
        #expect(take("\u{6}\u{6}\u{15}A\u{6}B\r", &commanded) == [code("A\u{6}B")])
        var plain = CodeLines(ending: .carriageReturn)
        #expect(take("\u{6}A\r", &plain) == [code("\u{6}A")])
    }
}
