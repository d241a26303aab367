import Foundation
import Terminal
import Testing

@testable import FileCamera

@Suite("Picture camera")
struct PictureCameraTests {
    private func names(_ camera: some Camera) throws -> [String] {
        var names: [String] = []
        while true {
            switch try camera.next(timeoutMilliseconds: 0) {
            case .frame(_, let name): names.append(name)
            case .unreadable(let error, let name): names.append("\(name) \(error.reason)")
            case .ended: return names
            case .empty, .nothingNew: Issue.record("a camera of files never waits")
            }
        }
    }

    @Test("A folder's pictures come as people count them, and notes beside them do not")
    func naturalOrder() throws {
        let folder = try TemporaryFolder()
        let picture = try Pictures.bytes("hello.png")
        for name in ["10.png", "2.png", "1.JPG", "b", "a02.pgm", "a2.pgm", "a10.pgm"] {
            try folder.write(picture, to: name)
        }
        try folder.write(Array("HELLO TILL".utf8), to: "2.txt")
        try folder.write(picture, to: ".hidden.png")
        try FileManager.default.createDirectory(
            atPath: folder.path("sub"), withIntermediateDirectories: false)
        let expected = ["1.JPG", "2.png", "10.png", "a02.pgm", "a2.pgm", "a10.pgm", "b"]
        let camera = PictureCamera(paths: [folder.path])
        #expect(try names(camera) == expected.map(folder.path))
        #expect(try camera.next(timeoutMilliseconds: 0) == .ended)
    }

    @Test("Every path answers, in the order given, whatever is wrong with it")
    func problems() throws {
        let empty = try TemporaryFolder()
        let paths = [
            Pictures.path("zero-bytes.png"), empty.path, empty.path("nothing"),
            Pictures.path("hello.png"),
        ]
        #expect(
            try names(PictureCamera(paths: paths)) == [
                paths[0] + " picture-empty", paths[1] + " folder-without-pictures",
                paths[2] + " picture-missing", paths[3],
            ])
        #expect(try names(PictureCamera(paths: [])).isEmpty)
    }
}

@Suite("Watched folder camera")
struct WatchedFolderCameraTests {
    private let folder: TemporaryFolder
    private let picture: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        picture = try Pictures.bytes("hello.png")
    }

    /// Asks with a deadline that no working camera needs.
    private func next(_ camera: WatchedFolderCamera) throws -> CameraView {
        try camera.next(timeoutMilliseconds: 5_000)
    }

    private func expectPicture(
        _ name: String, from camera: WatchedFolderCamera,
        at place: SourceLocation = #_sourceLocation
    ) throws {
        guard case .frame(_, name) = try next(camera) else {
            Issue.record("\(name) was not seen", sourceLocation: place)
            return
        }
        #expect(try next(camera) == .empty, sourceLocation: place)
    }

    @Test("A picture written or moved in is seen once, and then nothing lies before the lens")
    func dropIn() throws {
        let camera = try WatchedFolderCamera(folder: folder.path)
        #expect(try camera.next(timeoutMilliseconds: 0) == .nothingNew)
        try folder.write(picture, to: "written.png")
        try expectPicture("written.png", from: camera)
        try folder.write(picture, to: "moved.png.part")
        #expect(try camera.next(timeoutMilliseconds: 50) == .nothingNew)
        #expect(rename(folder.path("moved.png.part"), folder.path("moved.png")) == 0)
        try expectPicture("moved.png", from: camera)
        #expect(try camera.next(timeoutMilliseconds: 50) == .nothingNew)
        #expect(try folder.names(in: "seen") == ["moved.png", "written.png"])
    }

    @Test("A picture is not looked at before its writer has closed it")
    func halfWritten() throws {
        let camera = try WatchedFolderCamera(folder: folder.path)
        let file = open(folder.path("slow.png"), O_WRONLY | O_CREAT, 0o600)
        #expect(write(file, picture, 100) == 100)
        #expect(try camera.next(timeoutMilliseconds: 50) == .nothingNew)
        let rest = Array(picture[100...])
        #expect(write(file, rest, rest.count) == rest.count)
        #expect(try camera.next(timeoutMilliseconds: 50) == .nothingNew)
        close(file)
        try expectPicture("slow.png", from: camera)
    }

    @Test("Pictures that lay there before come first, oldest first")
    func alreadyThere() throws {
        for (name, age) in [("a.png", 10), ("c.png", 30), ("b.png", 30), ("d.png", 20)] {
            try folder.write(picture, to: name)
            var times = [timeval](
                repeating: timeval(tv_sec: time(nil) - age, tv_usec: 0), count: 2)
            #expect(utimes(folder.path(name), &times) == 0)
        }
        let camera = try WatchedFolderCamera(folder: folder.path)
        for name in ["b.png", "c.png", "d.png", "a.png"] {
            try expectPicture(name, from: camera)
        }
        #expect(try camera.next(timeoutMilliseconds: 0) == .nothingNew)
        let restarted = try WatchedFolderCamera(folder: folder.path)
        #expect(try restarted.next(timeoutMilliseconds: 50) == .nothingNew)
    }

    @Test("A picture still warm when the watch begins is seen when it has settled")
    func settling() throws {
        try folder.write(picture, to: "warm.png")
        let camera = try WatchedFolderCamera(folder: folder.path)
        #expect(try camera.next(timeoutMilliseconds: 0) == .nothingNew)
        try expectPicture("warm.png", from: camera)
    }

    @Test("A file that cannot be read is named, put aside, and holds nothing up")
    func unreadable() throws {
        let camera = try WatchedFolderCamera(folder: folder.path)
        try folder.write(Array("no picture".utf8), to: "text.png")
        try folder.write([], to: "empty.png")
        try folder.write(picture, to: "good.png")
        let text = try next(camera).problem
        #expect(text == .pictureFormatUnknown(path: folder.path("text.png")))
        #expect(try next(camera).problem == .pictureEmpty(path: folder.path("empty.png")))
        try expectPicture("good.png", from: camera)
        #expect(try folder.names(in: "unreadable") == ["empty.png", "text.png"])
        #expect(try folder.names(in: "seen") == ["good.png"])
    }

    @Test("The same name again is another picture, and both are kept")
    func sameName() throws {
        let camera = try WatchedFolderCamera(folder: folder.path)
        for _ in 0..<3 {
            try folder.write(picture, to: "code.png")
            try expectPicture("code.png", from: camera)
        }
        #expect(try folder.names(in: "seen") == ["code-2.png", "code-3.png", "code.png"])
    }

    @Test("A picture that goes before it is looked at is no fault")
    func goneAgain() throws {
        let camera = try WatchedFolderCamera(folder: folder.path)
        try folder.write(picture, to: "gone.png")
        #expect(unlink(folder.path("gone.png")) == 0)
        #expect(try camera.next(timeoutMilliseconds: 50) == .nothingNew)
    }

    @Test("Two cameras on one folder see each picture once between them")
    func twoCameras() throws {
        let cameras = try (0..<2).map { _ in try WatchedFolderCamera(folder: folder.path) }
        for number in 0..<10 { try folder.write(picture, to: "\(number).png") }
        var seen = 0
        for _ in 0..<15 {
            for camera in cameras {
                if try camera.next(timeoutMilliseconds: 10).frame != nil { seen += 1 }
            }
        }
        #expect(seen == 10)
    }

    @Test("A folder that is missing, blocked or taken away is named")
    func badFolders() throws {
        #expect(throws: CameraError.folderMissing(path: folder.path("none"))) {
            try WatchedFolderCamera(folder: folder.path("none"))
        }
        let camera = try WatchedFolderCamera(folder: folder.path)
        let other = try TemporaryFolder()
        try other.write([], to: "seen")
        let error = #expect(throws: CameraError.self) {
            try WatchedFolderCamera(folder: other.path)
        }
        #expect(error?.reason == "folder-not-writable")
        try FileManager.default.removeItem(atPath: folder.path)
        for _ in 0..<2 {
            #expect(throws: CameraError.folderMissing(path: folder.path)) {
                try camera.next(timeoutMilliseconds: 1_000)
            }
        }
    }
}
