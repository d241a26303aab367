import Foundation
import Testing

@Suite struct ScanTests {
    static let pictures = Shell.root.appendingPathComponent("Tests/Vectors/pictures")

    @Test func readsAFolderALineForEachPicture() throws {
        let shell = try Shell()
        let ended = try shell.run("tillctl", "scan", "--json", Self.pictures.path)
        let lines = try ended.lines()
        #expect(lines.count > 5)
        for line in lines {
            #expect(line["file"] as? String != nil)
            #expect(line["milliseconds"] as? Double != nil)
            #expect(line["symbols"] as? [[String: Any]] != nil)
        }
    }

    @Test func tellsEachBadPictureByItsReason() throws {
        let shell = try Shell()
        func make(_ name: String, _ data: Data) throws {
            try data.write(to: shell.folder.appendingPathComponent(name))
        }
        try make("empty.png", Data())
        try make("text.png", Data("not a picture".utf8))
        try make("zeros.png", Data(count: 10_000_000))
        try make("cut.png", Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]))
        let ended = try shell.run(
            "tillctl", "scan", "--json", "empty.png", "text.png", "zeros.png", "cut.png",
            "missing.png")
        #expect(ended.status == 1, "\(ended)")
        let reasons = try ended.lines().compactMap { $0["reason"] as? String }
        #expect(
            reasons == [
                "picture-empty", "picture-format-unknown", "picture-format-unknown",
                "picture-damaged", "picture-missing",
            ])
    }

    @Test func tellsWhatIsNotThere() throws {
        let shell = try Shell()
        let ended = try shell.run("tillctl", "scan", "--json", "one.png", "two.png")
        #expect(ended.status == 10, "\(ended)")
        #expect(
            try ended.lines().map { $0["reason"] as? String }
                == ["picture-missing", "picture-missing"])
    }

    @Test func tellsAFolderWithoutPictures() throws {
        let shell = try Shell()
        let ended = try shell.run("tillctl", "scan", "--json", shell.folder.path)
        #expect(ended.status == 1)
        #expect(try ended.lines().first?["reason"] as? String == "folder-without-pictures")
    }
}
