import Foundation
import Terminal
import Testing

@testable import FileCamera

@Suite("Picture reader")
struct PictureReaderTests {
    private func failure(_ path: String) -> CameraError? {
        do throws(CameraError) {
            _ = try PictureReader.readFrame(atPath: path)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "A bad picture is refused by its own reason",
        arguments: [
            ("truncated.png", "picture-damaged"), ("truncated.jpg", "picture-damaged"),
            ("text.png", "picture-format-unknown"), ("zero-bytes.png", "picture-empty"),
            ("huge-header.png", "picture-too-many-pixels"), ("nowhere.png", "picture-missing"),
            ("hello.png/below", "picture-missing"), ("", "picture-not-a-file"),
        ])
    func badPictures(name: String, reason: String) {
        let error = failure(Pictures.path(name))
        #expect(error?.reason == reason)
        #expect(error?.description.contains(Pictures.path(name)) == true)
        #expect(error?.description.hasSuffix(".") == true)
    }

    @Test("A large file of something else is refused at once, and a large picture by its size")
    func largeFiles() throws {
        let folder = try TemporaryFolder()
        for (name, head, size, reason) in [
            (
                "ten-megabytes.png", [UInt8](repeating: 7, count: 8), 10 << 20,
                "picture-format-unknown"
            ),
            (
                "large.png", Array(try Pictures.bytes("hello.png")), 33 << 20,
                "picture-file-too-large"
            ),
        ] {
            try folder.write(head, to: name)
            #expect(truncate(folder.path(name), size) == 0)
            let start = ContinuousClock.now
            #expect(failure(folder.path(name))?.reason == reason)
            #expect(ContinuousClock.now - start < .milliseconds(500))
        }
    }

    @Test("A pipe is not opened for ever, nor a device read")
    func notFiles() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("pipe.png"), 0o600) == 0)
        #expect(failure(folder.path("pipe.png"))?.reason == "picture-not-a-file")
        #expect(failure("/dev/zero")?.reason == "picture-not-a-file")
    }

    @Test("Formats of one picture give the same frame")
    func sameFrame() throws {
        let expected = try Pictures.frame("hello.pgm")
        #expect(try Pictures.frame("hello.png") == expected)
        #expect(try Pictures.frame("transparent.png") == expected)
        let jpeg = try Pictures.frame("hello.jpg")
        #expect(jpeg.width == expected.width && jpeg.height == expected.height)
        // Lossy, but never a dark pixel for a light one.
        #expect(zip(jpeg.pixels, expected.pixels).allSatisfy { ($0 < 128) == ($1 < 128) })
    }

    @Test("Colour is seen as a camera's luma")
    func colour() throws {
        let frame = try Pictures.frame("colour.png")
        // Paper of 190, 230, 255 and ink of 150, 0, 0, by ITU-R BT.601.
        #expect(frame.pixels.max() == 221)
        #expect(frame.pixels.min() == 45)
    }

    @Test("PGM is read plain and binary, with comments, at any maximum")
    func pgm() throws {
        let plain = "P2 # plain\n# two by two\n2 2\n4\n0 1\n2 9\n"
        let frame = try PictureReader.decodeFrame(Array(plain.utf8), name: "plain")
        #expect(frame == LumaFrame(width: 2, height: 2, pixels: [0, 64, 128, 255]))
        let wide = Array("P5\n2 1\n65535\n".utf8) + [0x80, 0, 0xFF, 0xFF]
        let wideFrame = try PictureReader.decodeFrame(wide, name: "wide")
        #expect(wideFrame == LumaFrame(width: 2, height: 1, pixels: [128, 255]))
        let low = Array("P5 3 1 3 ".utf8) + [0, 1, 3]
        let lowFrame = try PictureReader.decodeFrame(low, name: "low")
        #expect(lowFrame == LumaFrame(width: 3, height: 1, pixels: [0, 85, 255]))
    }

    @Test(
        "A broken PGM is refused",
        arguments: [
            ("P5 2 2 255 ab", "picture-damaged"), ("P5 2 2 255", "picture-damaged"),
            ("P5 0 2 255 ab", "picture-damaged"), ("P5 -1 2 255 ab", "picture-damaged"),
            ("P5 2 2 0 abcd", "picture-damaged"), ("P5 2 2 65536 abcdefgh", "picture-damaged"),
            ("P2 2 2 9 1 2 3", "picture-damaged"), ("P2 2 2 9 1 2 3 x", "picture-damaged"),
            ("P5 ", "picture-damaged"), ("P5 # no end", "picture-damaged"),
            ("P5 99999999999999999999 2 255 ab", "picture-too-many-pixels"),
            ("P2 6000 7000 255 1", "picture-too-many-pixels"),
            ("P2 6000 6000 255 1", "picture-damaged"), ("P6 1 1 255 abc", "picture-format-unknown"),
        ])
    func brokenPGM(text: String, reason: String) {
        let error = #expect(throws: CameraError.self) {
            try PictureReader.decodeFrame(Array(text.utf8), name: "broken")
        }
        #expect(error?.reason == reason)
    }

    @Test(
        "A picture cut anywhere, or with bytes changed, is never half a frame and does no harm",
        arguments: ["colour.png", "hello.png", "hello.jpg", "progressive.jpg"])
    func mutations(name: String) throws {
        let whole = try Pictures.bytes(name)
        let frame = try Pictures.frame(name)
        var refused = 0
        for length in 0..<whole.count {
            do throws(CameraError) {
                // Where only what follows the pixels is missing, the picture is there.
                let cut = try PictureReader.decodeFrame(Array(whole[..<length]), name: "cut")
                #expect(cut == frame, "cut at \(length) of \(whole.count)")
            } catch {
                refused += 1
            }
        }
        #expect(refused > whole.count * 8 / 10)
        var generator = SeededGenerator(state: 11)
        for _ in 0..<200 {
            var changed = whole
            for _ in 0..<3 {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                changed[place] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? PictureReader.decodeFrame(changed, name: "changed")
        }
    }

    @Test("Every fault of a camera has a reason of its own and a sentence")
    func reasons() {
        let faults: [CameraError] = [
            .pictureMissing(path: "p"), .pictureUnreadable(path: "p", detail: "d"),
            .pictureNotAFile(path: "p"), .pictureEmpty(path: "p"),
            .pictureFormatUnknown(path: "p"),
            .pictureFileTooLarge(path: "p", bytes: 2, limitBytes: 1),
            .pictureTooManyPixels(path: "p", width: 2, height: 2, limitPixels: 1),
            .pictureDamaged(path: "p", detail: "d"), .folderMissing(path: "p"),
            .folderUnreadable(path: "p", detail: "d"), .folderNotWritable(path: "p", detail: "d"),
            .folderWithoutPictures(path: "p"), .streamUnreadable(name: "p", detail: "d"),
            .streamHeaderBad(name: "p", detail: "d"),
            .streamTooManyPixels(name: "p", width: 2, height: 2, limitPixels: 1),
            .streamCut(name: "p", expectedBytes: 2, gotBytes: 1),
        ]
        #expect(Set(faults.map(\.reason)).count == faults.count)
        for fault in faults { #expect(fault.description.hasSuffix(".")) }
    }
}
