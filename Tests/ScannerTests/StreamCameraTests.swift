import Foundation
import Terminal
import Testing

@testable import FileCamera

@Suite("Stream camera")
struct StreamCameraTests {
    /// A pipe with its writing end; the reading end goes to the camera.
    private final class Pipe {
        let readingEnd: Int32
        private var writingEnd: Int32?

        init() {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0, "There are pipes.")
            readingEnd = ends[0]
            writingEnd = ends[1]
        }

        deinit { finish() }

        func write(_ bytes: some Collection<UInt8>) {
            let bytes = Array(bytes)
            if let end = writingEnd { #expect(Glibc.write(end, bytes, bytes.count) == bytes.count) }
        }

        func finish() {
            if let end = writingEnd { close(end) }
            writingEnd = nil
        }
    }

    private func camera(
        _ pipe: Pipe, _ layout: StreamCamera.Layout = .y4m
    ) throws -> StreamCamera {
        try StreamCamera(owning: pipe.readingEnd, name: "pipe", layout: layout)
    }

    @Test(
        "Every sampling's luma is read, and its chroma skipped",
        arguments: [
            ("", 4), ("C420jpeg ", 4), ("C420mpeg2 ", 4), ("C422 ", 8), ("C444 ", 12),
            ("Cmono ", 0),
        ])
    func samplings(colourSpace: String, chroma: Int) throws {
        let pipe = Pipe()
        let camera = try camera(pipe)
        // 3 x 2: odd sides round chroma up.
        pipe.write("YUV4MPEG2 W3 H2 F30:1 \(colourSpace)Ip\n".utf8)
        for number in 1...2 {
            pipe.write("FRAME\(number == 2 ? " Ip" : "")\n".utf8)
            pipe.write((0..<6).map { UInt8($0 + number) } + [UInt8](repeating: 9, count: chroma))
        }
        pipe.finish()
        for number in 1...2 {
            let expected = LumaFrame(
                width: 3, height: 2, pixels: (0..<6).map { UInt8($0 + number) })
            #expect(
                try camera.next(timeoutMilliseconds: 1_000)
                    == .frame(expected, name: "pipe frame \(number)"))
        }
        #expect(try camera.next(timeoutMilliseconds: 1_000) == .ended)
        #expect(try camera.next(timeoutMilliseconds: 1_000) == .ended)
    }

    @Test("Bytes that come one by one make the same frames, and a deadline loses none of them")
    func byteByByte() throws {
        let pipe = Pipe()
        let camera = try camera(pipe)
        var bytes = Array("YUV4MPEG2 W2 H2 Cmono\nFRAME\n".utf8) + [1, 2, 3, 4]
        let last = bytes.removeLast()
        for byte in bytes {
            pipe.write([byte])
            #expect(try camera.next(timeoutMilliseconds: 0) == .nothingNew)
        }
        pipe.write([last])
        let expected = LumaFrame(width: 2, height: 2, pixels: [1, 2, 3, 4])
        #expect(try camera.next(timeoutMilliseconds: 0) == .frame(expected, name: "pipe frame 1"))
        #expect(try camera.next(timeoutMilliseconds: 0) == .nothingNew)
    }

    @Test("Grey frames follow each other with nothing between")
    func grey() throws {
        let pipe = Pipe()
        let camera = try camera(pipe, .grey(width: 2, height: 1))
        pipe.write([1, 2, 3, 4])
        pipe.finish()
        #expect(try camera.next().frame?.pixels == [1, 2])
        #expect(try camera.next().frame?.pixels == [3, 4])
        #expect(try camera.next() == .ended)
    }

    @Test(
        "A bad header is refused by its own reason, and again when asked again",
        arguments: [
            ("YUV4MPEG1 W2 H2\n", "stream-header-bad"), ("YUV4MPEG2 W2\n", "stream-header-bad"),
            ("YUV4MPEG2 W0 H2\n", "stream-header-bad"),
            ("YUV4MPEG2 W-2 H2\n", "stream-header-bad"),
            ("YUV4MPEG2 W2 H2 C420p10\n", "stream-header-bad"),
            ("YUV4MPEG2 W99999999999999999999 H2\n", "stream-header-bad"),
            ("YUV4MPEG2 W9999999 H2\n", "stream-header-bad"),
            ("YUV4MPEG2 W99999 H99999\n", "stream-too-many-pixels"),
            ("YUV4MPEG2 W2 H2", "stream-header-bad"), ("", "stream-header-bad"),
            (String(repeating: "x", count: 2_000), "stream-header-bad"),
            ("YUV4MPEG2 W2 H2 Cmono\nFRAMED\nabcd", "stream-header-bad"),
            ("YUV4MPEG2 W2 H2 Cmono\nFRAM", "stream-cut"),
            ("YUV4MPEG2 W2 H2 Cmono\nFRAME\nabc", "stream-cut"),
            ("YUV4MPEG2 W2 H2\nFRAME\nabcdu", "stream-cut"),
        ])
    func badStreams(text: String, reason: String) throws {
        let pipe = Pipe()
        let camera = try camera(pipe)
        pipe.write(text.utf8)
        pipe.finish()
        for _ in 0..<2 {
            let error = #expect(throws: CameraError.self) { try camera.next() }
            #expect(error?.reason == reason)
        }
    }

    @Test("A cut frame says how much of it there was")
    func cut() throws {
        let pipe = Pipe()
        let camera = try camera(pipe, .grey(width: 10, height: 10))
        pipe.write([UInt8](repeating: 0, count: 42))
        pipe.finish()
        #expect(throws: CameraError.streamCut(name: "pipe", expectedBytes: 100, gotBytes: 42)) {
            try camera.next()
        }
    }

    @Test("Frames without pixels, or with too many, are refused before they are allocated")
    func sides() {
        for (width, height) in [(0, 5), (-1, 5), (Int.max, 2), (100_000, 100_000)] {
            #expect(throws: CameraError.self) {
                try camera(Pipe(), .grey(width: width, height: height))
            }
        }
    }

    @Test("A file is read as a stream, and a pipe that nobody writes to yet is waited for")
    func paths() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("YUV4MPEG2 W1 H1 Cmono\nFRAME\n".utf8) + [7], to: "one.y4m")
        let file = try StreamCamera(path: folder.path("one.y4m"), layout: .y4m)
        #expect(try file.next().frame?.pixels == [7])
        #expect(try file.next() == .ended)
        #expect(throws: CameraError.self) {
            try StreamCamera(path: folder.path("none.y4m"), layout: .y4m)
        }
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        let waiting = try StreamCamera(
            path: folder.path("pipe"), layout: .grey(width: 1, height: 1))
        #expect(try waiting.next(timeoutMilliseconds: 20) == .nothingNew)
        let writer = open(folder.path("pipe"), O_WRONLY)
        #expect(write(writer, [5] as [UInt8], 1) == 1)
        close(writer)
        #expect(try waiting.next().frame?.pixels == [5])
        #expect(try waiting.next() == .ended)
    }
}
