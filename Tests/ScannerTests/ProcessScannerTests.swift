import FileCamera
import Foundation
import ScannerProtocol
import Terminal
import Testing

@testable import ProcessScanner

/// The scanner's program, built beside the tests.
enum BuiltScanner {
    static let path = built("till-scanner")

    /// Where a program of this package lies.
    static func built(_ name: String) -> String {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/" {
            let program = folder.appendingPathComponent(name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../.build/debug/\(name)").path
    }
}

/// Pictures in memory, and what was said of them.
private final class HeldPictures: PictureSource {
    var waiting: [(bytes: [UInt8], name: String)]
    var rejections = 0

    init(_ pictures: [(bytes: [UInt8], name: String)]) { waiting = pictures }

    func next(timeoutMilliseconds: Int) throws(CameraError) -> PictureArrival {
        if waiting.isEmpty { return .ended }
        let picture = waiting.removeFirst()
        return .picture(picture.bytes, name: picture.name)
    }

    func reject() throws(CameraError) { rejections += 1 }
}

@Suite("Scanner process", .serialized)
struct ProcessScannerTests {
    /// Limits for a machine that runs other tests beside.
    private static let patient: ScannerLimits = {
        var limits = ScannerLimits()
        limits.pictureMilliseconds = 20_000
        limits.frameMilliseconds = 5_000
        limits.startMilliseconds = 30_000
        limits.graceMilliseconds = 20_000
        return limits
    }()

    private func pictures(_ names: [String]) throws -> HeldPictures {
        HeldPictures(try names.map { (try Pictures.bytes($0), $0) })
    }

    /// Kills a child and waits until it has ended; it stays to be reaped by its parent.
    private func end(_ process: pid_t) {
        kill(process, SIGKILL)
        var information = siginfo_t()
        _ = waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT)
    }

    private func read(_ view: ScannerView) -> Set<String>? {
        if case .looked(let symbols, _) = view { texts(symbols) } else { nil }
    }

    private func fault(_ view: ScannerView) -> CameraError? {
        if case .unreadable(let error, _) = view { error } else { nil }
    }

    @Test("Pictures of every format are unpacked and read in the process")
    func reads() throws {
        let names = ["hello.png", "hello.jpg", "hello.pgm", "nine-codes.png", "blank.png"]
        var notes: [ScannerNote] = []
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .pictures(try pictures(names)),
            limits: Self.patient, note: { notes.append($0) })
        for name in names.prefix(3) {
            #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"], "\(name)")
        }
        #expect(read(try scanner.look(timeoutMilliseconds: 0))?.count == 9)
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == [])
        #expect(try scanner.look(timeoutMilliseconds: 0) == .ended)
        #expect(notes.count == 1)
    }

    @Test("A bad picture is told by its reason, rejected, and the process goes on")
    func badPictures() throws {
        let source = try pictures(["truncated.png", "huge-header.png", "text.png", "hello.png"])
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .pictures(source), limits: Self.patient)
        let reasons = try (0..<3).map { _ in
            fault(try scanner.look(timeoutMilliseconds: 0))?.reason
        }
        #expect(
            reasons == ["picture-damaged", "picture-too-many-pixels", "picture-format-unknown"])
        let process = scanner.processIdentifier
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
        #expect(source.rejections == 3)
        #expect(scanner.processIdentifier == process)
    }

    @Test("A process that dies between two pictures costs neither of them")
    func diesBetween() throws {
        let scanner = ProcessScanner(
            program: BuiltScanner.path,
            source: .pictures(try pictures(["hello.png", "hello.jpg"])),
            limits: Self.patient)
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
        let process = try #require(scanner.processIdentifier)
        end(process)
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
        #expect(scanner.processIdentifier != process)
    }

    @Test("A process that stalls is replaced, and the next picture read")
    func stalls() throws {
        var limits = Self.patient
        limits.graceMilliseconds = 300
        let source = try pictures(["hello.png", "hello.jpg", "hello.pgm"])
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .pictures(source), limits: limits)
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
        let process = try #require(scanner.processIdentifier)
        kill(process, SIGSTOP)
        let stalled = try scanner.look(timeoutMilliseconds: 0)
        #expect(fault(stalled)?.reason == "decoder-too-slow")
        #expect(kill(process, 0) == -1)
        #expect(source.rejections == 1)
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
    }

    @Test("A frame that takes too long is ended, and the next one read")
    func tooSlow() throws {
        let noise = LumaFrame.noise(width: 4_000, height: 3_000, seed: 3)
        let header = Array("P5\n4000 3000\n255\n".utf8)
        let source = HeldPictures([
            (header + noise.pixels, "noise.pgm"), (try Pictures.bytes("hello.png"), "hello.png"),
        ])
        var limits = Self.patient
        limits.pictureMilliseconds = 40
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .pictures(source), limits: limits)
        let slow = try scanner.look(timeoutMilliseconds: 0)
        #expect(fault(slow)?.reason == "decoder-too-slow", "\(slow)")
        #expect(read(try scanner.look(timeoutMilliseconds: 0)) == ["HELLO TILL"])
    }

    @Test("A stream is gone on with where a process died, in the frame after")
    func stream() throws {
        let folder = try TemporaryFolder()
        let frame = try Pictures.frame("hello.png")
        let blank = LumaFrame(
            width: frame.width, height: frame.height,
            pixels: [UInt8](repeating: 255, count: frame.pixels.count))
        let head = Array("YUV4MPEG2 W\(frame.width) H\(frame.height) Cmono\n".utf8)
        let mark = Array("FRAME\n".utf8)
        try folder.write(
            head + mark + frame.pixels + mark + blank.pixels + mark + frame.pixels, to: "a.y4m")
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .stream(path: folder.path("a.y4m"), .y4m),
            limits: Self.patient)
        #expect(read(try scanner.look(timeoutMilliseconds: 1_000)) == ["HELLO TILL"])
        end(try #require(scanner.processIdentifier))
        #expect(read(try scanner.look(timeoutMilliseconds: 1_000)) == [])
        #expect(read(try scanner.look(timeoutMilliseconds: 1_000)) == ["HELLO TILL"])
        #expect(try scanner.look(timeoutMilliseconds: 1_000) == .ended)
    }

    @Test("A broken stream says so again and again, without a new process each time")
    func brokenStream() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("NO STREAM AT ALL\n".utf8), to: "a.y4m")
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .stream(path: folder.path("a.y4m"), .y4m),
            limits: Self.patient)
        for _ in 0..<3 {
            let error = #expect(throws: CameraError.self) {
                try scanner.look(timeoutMilliseconds: 1_000)
            }
            #expect(error?.reason == "stream-header-bad")
        }
    }

    @Test("A camera that is away, or no camera, is named")
    func cameras() throws {
        let request = CameraRequest(width: 640, height: 480, framesPerSecond: 15)
        func reason(_ path: String) -> String? {
            let scanner = ProcessScanner(
                program: BuiltScanner.path, source: .camera(path: path, request),
                limits: Self.patient)
            return #expect(throws: CameraError.self) {
                try scanner.look(timeoutMilliseconds: 0)
            }?.reason
        }
        #expect(reason("/dev/v4l/by-id/none") == "camera-missing")
        #expect(reason(#filePath) == "camera-unusable")
        #expect(reason("/dev/null") == "camera-unusable")
    }

    @Test("A program that is not there, or ends at once, is told, and not started without pause")
    func noProgram() throws {
        for program in ["/nonexistent/till-scanner", "/bin/false"] {
            let scanner = ProcessScanner(
                program: program, source: .pictures(try pictures(["hello.png"])),
                limits: Self.patient)
            for _ in 0..<3 {
                let error = #expect(throws: CameraError.self) {
                    try scanner.look(timeoutMilliseconds: 0)
                }
                #expect(error?.reason == "decoder-unavailable")
            }
        }
    }

    @Test("A scanner that answers what makes no sense is ended, and believed nothing")
    func liar() throws {
        let folder = try TemporaryFolder()
        let script = """
            #!/usr/bin/python3
            import os, random, socket, sys
            channel = socket.socket(fileno=3)
            channel.send(bytes([0x81, 0, 2, 2, 1]))
            noise = random.Random(7)
            while True:
                order = channel.recv(8192)
                if not order: break
                if order[0] == 2:
                    channel.send(bytes([0x83]) + order[1:5] + bytes(4))
                    channel.send(bytes(noise.randrange(256) for _ in range(noise.randrange(1, 99))))
            """
        try folder.write(Array(script.utf8), to: "liar")
        chmod(folder.path("liar"), 0o755)
        let names = Array(repeating: "hello.png", count: 5)
        let scanner = ProcessScanner(
            program: folder.path("liar"), source: .pictures(try pictures(names)),
            limits: Self.patient)
        for _ in names {
            #expect(fault(try scanner.look(timeoutMilliseconds: 0))?.reason == "decoder-died")
        }
    }

    @Test("A scanner that is sent what is no order ends, and does not crash")
    func badOrders() throws {
        var generator = SeededGenerator(state: 5)
        for round in 0..<12 {
            let child = try ScannerChild(program: BuiltScanner.path, memoryMiB: 64)
            let ready = try child.channel.receive(timeoutMilliseconds: 30_000)
            #expect(
                try ScannerReport(decoding: try #require(ready).bytes) != .nothingNew(number: 0))
            var bytes = ScannerProtocolTests.orders[round % ScannerProtocolTests.orders.count]
                .encoded
            bytes[0] = UInt8.random(in: 0x10...0xFF, using: &generator)
            try child.channel.send(bytes)
            #expect(throws: ScannerChannelError.closed) {
                _ = try child.channel.receive(timeoutMilliseconds: 30_000)
            }
            var ending: String?
            for _ in 0..<2_000 where ending == nil {
                ending = child.ending()
                usleep(1_000)
            }
            #expect(ending == "exit code 1")
        }
    }
}
