import Foundation
import HardwareProfiles
import Testing
import YAMLHardwareProfiles

@Suite("Hardware profile")
struct HardwareProfileTests {
    @Test("A folder camera and a PNG display are read as written")
    func folderAndPNG() throws {
        let profile = try ProfileFile.load(ProfileFile.sound)
        #expect(profile.camera == .folder(path: "camera"))
        #expect(profile.display == .png(path: "display.png", width: 800, height: 600))
    }

    @Test("A panel has its connector, size and rotation, and a framebuffer its rotation")
    func panels() throws {
        func display(_ text: String) throws -> DisplayProfile {
            try ProfileFile.load(
                "profile: 1\ncamera: {kind: folder, path: camera}\ndisplay: {\(text)}\n"
            ).display
        }
        #expect(
            try display("kind: drm, path: /dev/dri/card0")
                == .drm(path: "/dev/dri/card0", connector: nil, size: nil, rotation: 0))
        #expect(
            try display(
                "kind: drm, path: /dev/dri/card1, connector: HDMI-A-1, width: 1280, height: 800, "
                    + "rotation: three-quarters")
                == .drm(
                    path: "/dev/dri/card1", connector: "HDMI-A-1",
                    size: DisplaySize(width: 1_280, height: 800), rotation: 270))
        #expect(
            try display("kind: framebuffer, path: /dev/fb0, rotation: half")
                == .framebuffer(path: "/dev/fb0", rotation: 180))
        #expect(throws: ProfileError.self) { try display("kind: drm, path: card0") }
        #expect(throws: ProfileError.self) {
            try display("kind: drm, path: /dev/dri/card0, width: 1280")
        }
        #expect(throws: ProfileError.self) {
            try display("kind: framebuffer, path: /dev/fb0, rotation: left")
        }
    }

    @Test("A pipe of grey frames has a size, one of Y4M says its own")
    func pipes() throws {
        let grey = """
            profile: 1
            camera: {kind: pipe, path: /run/till/frames, format: grey, width: 1280, height: 720}
            display: {kind: none}
            """
        #expect(
            try ProfileFile.load(grey).camera
                == .pipe(path: "/run/till/frames", format: .grey(width: 1280, height: 720)))
        #expect(try ProfileFile.load(grey).display == .none)
        let y4m = grey.replacingOccurrences(
            of: "grey, width: 1280, height: 720", with: "y4m")
        #expect(
            try ProfileFile.load(y4m).camera == .pipe(path: "/run/till/frames", format: .y4m))
    }

    private static let device = """
        profile: 1
        camera:
          kind: v4l2
          path: /dev/v4l/by-id/usb-eye-video-index0
          width: 1280
          height: 720
          controls:
            exposure: 80
            power-line-hertz: 50
            0x009a0905: -3
        display: {kind: none}
        """

    @Test(
        "A camera device has its size, and its controls by id, the automatic off before the value")
    func device() throws {
        guard case .device(let camera) = try ProfileFile.load(Self.device).camera else {
            Issue.record("The camera is a device.")
            return
        }
        #expect(camera.path == "/dev/v4l/by-id/usb-eye-video-index0")
        #expect((camera.width, camera.height, camera.framesPerSecond) == (1_280, 720, 15))
        #expect(camera.format == nil)
        #expect(camera.controls.map(\.id) == [0x009A_0901, 0x009A_0902, 0x0098_0918, 0x009A_0905])
        #expect(camera.controls.map(\.value) == [1, 80, 1, -3])
    }

    @Test(
        "A fault of a camera device is named with its line",
        arguments: [
            ("/dev/v4l/by-id/usb-eye-video-index0", "camera.yaml", ":4: camera.path is no device"),
            ("exposure: 80", "shutter: 80", ":8: camera.controls.\"shutter\" is unknown"),
            ("hertz: 50", "hertz: 55", ":9: camera.controls.power-line-hertz is 55"),
            ("exposure: 80", "exposure: fast", ":8: camera.controls.exposure is a text"),
            ("width: 1280", "width: 128000", ":5: camera.width is 128000"),
            ("kind: v4l2", "kind: v4l2\n  format: rgb", ":4: camera.format is \"rgb\""),
        ])
    func deviceFaults(from: String, to: String, message: String) throws {
        let text = Self.device.replacingOccurrences(of: from, with: to)
        let error = #expect(throws: ProfileError.self) { try ProfileFile.load(text) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test("Relative paths are taken from the state folder, absolute ones stay")
    func resolving() throws {
        let profile = try ProfileFile.load(
            ProfileFile.sound.replacingOccurrences(of: "path: camera", with: "path: /srv/lens"))
        let resolved = profile.resolved(in: "/var/lib/till")
        #expect(resolved.camera == .folder(path: "/srv/lens"))
        #expect(
            resolved.display == .png(path: "/var/lib/till/display.png", width: 800, height: 600))
        #expect(
            profile.resolved(in: "/s/").display
                == .png(path: "/s/display.png", width: 800, height: 600))
    }

    /// One way to break the sound profile, the line that is named and words of the sentence.
    struct Fault: CustomTestStringConvertible, Sendable {
        let from: String
        let to: String
        let line: Int
        let words: String
        var testDescription: String { words }
    }

    static let faults: [Fault] = [
        Fault(from: "profile: 1", to: "profile: 2", line: 1, words: "reads profile: 1"),
        Fault(from: "profile: 1\n", to: "", line: 1, words: "profile is missing"),
        Fault(from: "profile: 1", to: "profile: one", line: 1, words: "a text, not an integer"),
        Fault(
            from: "  kind: folder", to: "  kind: webcam", line: 3, words: "\"webcam\", not folder"),
        Fault(
            from: "  kind: folder", to: "  knd: folder", line: 3, words: "camera.kind is missing"),
        Fault(from: "path: camera", to: "folder: camera", line: 4, words: "\"folder\" is unknown"),
        Fault(from: "path: camera", to: "path: [camera]", line: 4, words: "a list, not a path"),
        Fault(from: "path: camera", to: "path: 7", line: 4, words: "an integer, not a path"),
        Fault(from: "path: camera", to: "path: ''", line: 4, words: "camera.path is not a path"),
        Fault(from: "path: camera", to: "path: \"a\\0b\"", line: 4, words: "control characters"),
        Fault(from: "path: camera", to: "path: a\n  path: b", line: 4, words: "stands here twice"),
        Fault(from: "path: camera", to: "path: ./", line: 7, words: "camera would see the display"),
        Fault(from: "display:\n", to: "screen:\n", line: 5, words: "\"screen\" is unknown"),
        Fault(from: "width: 800", to: "width: 319", line: 8, words: "319, not 320 to 4096"),
        Fault(from: "width: 800", to: "width: 4097", line: 8, words: "4097, not 320 to 4096"),
        Fault(from: "width: 800", to: "width: -1", line: 8, words: "-1, not 320"),
        Fault(from: "width: 800", to: "width: 0x320", line: 8, words: "not plain decimal"),
        Fault(from: "width: 800", to: "width: 8e2", line: 8, words: "a number with a fraction"),
        Fault(from: "width: 800", to: "width: \"800\"", line: 8, words: "a text, not an integer"),
        Fault(from: "width: 800", to: "width:", line: 8, words: "nothing, not an integer"),
        Fault(from: "width: 800", to: "width: yes", line: 8, words: "a yes or no"),
        Fault(from: "height: 600", to: "height: 99999999999999999999", line: 9, words: "decimal"),
        Fault(from: "  height: 600", to: "\theight: 600", line: 9, words: "not YAML"),
        Fault(from: "  height: 600", to: "  height: [", line: 10, words: "not YAML"),
        Fault(
            from: "  height: 600", to: "  height: 600\n---\nprofile: 1", line: 10, words: "another"),
        Fault(from: "  height: 600", to: "  height: 600\nextra: 1", line: 10, words: "\"extra\""),
        Fault(from: "display:\n", to: "? [a]\n: b\ndisplay:\n", line: 5, words: "single word"),
    ]

    @Test("A fault is named with file, line and sentence", arguments: faults)
    func fault(_ fault: Fault) throws {
        let text = ProfileFile.sound.replacingOccurrences(of: fault.from, with: fault.to)
        try #require(text != ProfileFile.sound)
        let error = try #require(throws: ProfileError.self) { try ProfileFile.load(text) }
        guard case .invalid(let path, let finding) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(finding.place.line == fault.line)
        #expect(finding.sentence.contains(fault.words), "\(finding.sentence)")
        #expect(error.reason == "profile-invalid")
        #expect(error.message == "\(path):\(fault.line): \(finding.sentence)")
    }

    @Test("A size of a Y4M pipe and a size of no display are refused: they would be ignored")
    func ignoredKeys() throws {
        let text = """
            profile: 1
            camera: {kind: pipe, path: p, format: y4m,
              width: 640, height: 480}
            display: {kind: none}
            """
        let y4m = try #require(throws: ProfileError.self) { try ProfileFile.load(text) }
        #expect(y4m.message.contains(":3: camera.width is for format grey"))
        let none = try #require(throws: ProfileError.self) {
            try ProfileFile.load(
                text.replacingOccurrences(of: "y4m,\n  width: 640, height: 480", with: "y4m")
                    .replacingOccurrences(of: "none", with: "none, width: 640"))
        }
        #expect(none.message.contains(":3: display.\"width\" is unknown; display has kind, theme."))
    }

    @Test("Screens are light unless the profile says dark, on every kind of display")
    func theme() throws {
        let head = "profile: 1\ncamera: {kind: folder, path: camera}\ndisplay: "
        func theme(_ display: String) throws -> DisplayTheme {
            try ProfileFile.load(head + display).theme
        }
        #expect(try theme("{kind: none}") == .light)
        for display in [
            "{kind: none, theme: dark}", "{kind: drm, path: /dev/dri, theme: dark}",
            "{kind: framebuffer, path: /dev/fb0, theme: dark}",
            "{kind: png, path: s.png, width: 800, height: 600, theme: dark}",
        ] { #expect(try theme(display) == .dark, "\(display)") }
        let error = #expect(throws: ProfileError.self) { try theme("{kind: none, theme: dim}") }
        #expect(error?.message.contains("theme") == true, "\(error?.message ?? "")")
    }

    @Test("A file that is not text is named with the line that is not")
    func notText() throws {
        let bytes = Array("profile: 1\ncamera:\n".utf8) + [0x20, 0xFF, 0xFE]
        let error = try #require(throws: ProfileError.self) { try ProfileFile.load(bytes) }
        #expect(error.message.contains(":3: The line is not valid UTF-8."))
    }

    @Test("An empty file is named", arguments: ["", "# nothing\n", "---\n"])
    func empty(_ text: String) throws {
        let error = try #require(throws: ProfileError.self) { try ProfileFile.load(text) }
        #expect(error.reason == "profile-invalid")
    }

    @Test("Aliases that multiply and deep nesting end in a finding, not in memory")
    func bombs() throws {
        var bomb = "profile: 1\na0: &a0 {x: 1}\n"
        for level in 1...30 {
            bomb += "a\(level): &a\(level) {p: *a\(level - 1), q: *a\(level - 1)}\n"
        }
        #expect(throws: ProfileError.self) { try ProfileFile.load(bomb) }
        let deep = String(repeating: "{a: ", count: 5000)
        #expect(throws: ProfileError.self) { try ProfileFile.load(deep) }
    }

    @Test("A missing file has its own reason")
    func missing() throws {
        let error = try #require(throws: ProfileError.self) {
            try YAMLHardwareProfiles.load(path: "/nonexistent/profile.yaml")
        }
        #expect(error.reason == "profile-missing")
    }

    @Test("A folder, a pipe or a huge file in a profile's place is refused without waiting")
    func notAFile() throws {
        let huge = try #require(throws: ProfileError.self) {
            try ProfileFile.load([UInt8](repeating: UInt8(ascii: "#"), count: 70_000))
        }
        #expect(huge.reason == "profile-unreadable")
        for path in ["/", "/dev/zero"] {
            let error = try #require(throws: ProfileError.self) {
                try YAMLHardwareProfiles.load(path: path)
            }
            #expect(error.reason == "profile-unreadable")
        }
    }
}

/// Profiles as files of a folder of their own.
enum ProfileFile {
    static let sound = """
        profile: 1
        camera:
          kind: folder
          path: camera
        display:
          kind: png
          path: display.png
          width: 800
          height: 600
        """

    static let repositoryRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func load(_ text: String) throws -> HardwareProfile { try load(Array(text.utf8)) }

    static func load(_ bytes: [UInt8]) throws -> HardwareProfile {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "till-profile-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        return try YAMLHardwareProfiles.load(path: file.path)
    }
}
