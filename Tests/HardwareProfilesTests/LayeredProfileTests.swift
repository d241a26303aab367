import Foundation
import HardwareProfiles
import SysfsMachine
import Testing
import YAMLHardwareProfiles

/// Profiles of a machine: layers from generic to specific.
@Suite("Layered profile")
struct LayeredProfileTests {
    private let shipped = ProfileFile.repositoryRoot.appending(path: "hardware-profiles").path

    /// A folder with these files, for as long as `work` runs.
    private func with<Answer>(
        _ files: [String: String], _ work: (String) throws -> Answer
    ) throws -> Answer {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "till-layers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try work(folder.path)
    }

    private static let files = [
        "shipped/10-any.yaml": """
        profile: 1
        match: {machine: any}
        camera: {kind: folder, path: camera}
        display: {kind: png, path: display.png, width: 800, height: 600}
        """,
        "shipped/20-uvc.yaml": """
        profile: 1
        match: {usb-class: "0e"}
        camera: {kind: v4l2, path: /dev/till/camera, width: 640, height: 480}
        """,
        "shipped/30-good.yaml": """
        profile: 1
        match: {usb: ["046d:0825", "046d:082d"]}
        camera:
          width: 1280
          height: 720
        """,
    ]

    private func choose(_ folder: String, _ machine: MachineIdentity) throws -> LayeredProfile {
        try YAMLHardwareProfiles.choose(
            for: machine, installed: folder + "/shipped", dropIns: folder + "/own")
    }

    @Test("The specific one lies over the generic one, and another kind of part replaces it whole")
    func layers() throws {
        try with(Self.files) { folder in
            let bare = try choose(folder, MachineIdentity()).profile()
            #expect(bare.camera == .folder(path: "camera"))
            let machine = MachineIdentity(usb: ["046d:082d"], usbClasses: ["0e", "01"])
            let chosen = try choose(folder, machine)
            guard case .device(let camera) = try chosen.profile().camera else {
                Issue.record("The camera is a device.")
                return
            }
            #expect((camera.width, camera.height, camera.path) == (1_280, 720, "/dev/till/camera"))
            let width = try #require(chosen.value("camera.width"))
            #expect(width.file.hasSuffix("30-good.yaml") && width.place.line == 4)
            #expect(width.covered.count == 1)
            #expect(width.covered[0].hasSuffix("20-uvc.yaml:3: 640"))
            #expect(chosen.value("camera.path")?.file.hasSuffix("20-uvc.yaml") == true)
            #expect(chosen.value("display.width")?.file.hasSuffix("10-any.yaml") == true)
        }
    }

    @Test("A drop-in lies over everything, with or without a rule of where it holds")
    func dropIns() throws {
        var files = Self.files
        files["own/80-counter.yaml"] = "profile: 1\ndisplay: {width: 1024}\n"
        files["own/81-elsewhere.yaml"] =
            "profile: 1\nmatch: {device-tree: \"acme,till\"}\ndisplay: {width: 2048}\n"
        files["own/notes.txt"] = "not a profile"
        try with(files) { folder in
            let here = try choose(folder, MachineIdentity())
            #expect(here.value("display.width")?.text == "1024")
            #expect(here.value("display.height")?.text == "600")
            let there = try choose(folder, MachineIdentity(deviceTree: ["acme,till"]))
            #expect(there.value("display.width")?.text == "2048")
        }
    }

    /// A file of the folder that is wrong, the line, and words of the sentence.
    struct Fault: CustomTestStringConvertible, Sendable {
        let text: String
        let line: Int
        let words: String
        var testDescription: String { words }
    }

    @Test(
        "A fault in any file stops the daemon, with that file and line, whether it holds or not",
        arguments: [
            Fault(text: "profile: 1\nmatch: {usb: \"1:2\"}\n", line: 2, words: "vendor:product"),
            Fault(text: "profile: 1\nmatch: {}\n", line: 2, words: "match names nothing"),
            Fault(
                text: "profile: 1\nmatch: {usb-class: video}\n", line: 2,
                words: "two lower-case hexadecimal digits"),
            Fault(text: "profile: 1\n\nprinterr: {}\n", line: 3, words: "\"printerr\" is unknown"),
            Fault(
                text: "profile: 1\nprinter:\n  kind: escpos\n  colour: red\n", line: 4,
                words: "\"colour\" is unknown"),
            Fault(
                text: "profile: 1\nprinter: {paper-dots: 12}\n", line: 2, words: "256 to 1024"),
            Fault(
                text: "profile: 1\nscan-engine: {baud: fast}\n", line: 2, words: "an integer"),
            Fault(text: "profile: 2\n", line: 1, words: "reads profile: 1"),
            Fault(
                text: "profile: 1\nfacts: {source: x, tried: camera}\ncamera: {width: 640}\n",
                line: 2, words: "names no file"),
            Fault(
                text: "profile: 1\nfacts: {source: x, read: camera.path}\ncamera: {width: 640}\n",
                line: 2, words: "does not say"),
            Fault(
                text: "profile: 1\nfacts: {source: x}\ncamera: {width: 640}\n", line: 2,
                words: "in 0 of"),
        ])
    func faults(_ fault: Fault) throws {
        var files = Self.files
        files["own/80-wrong.yaml"] = fault.text
        try with(files) { folder in
            let error = try #require(throws: ProfileError.self) {
                try choose(folder, MachineIdentity())
            }
            guard case .invalid(let path, let finding) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path.hasSuffix("own/80-wrong.yaml"))
            #expect(finding.place.line == fault.line, "\(finding)")
            #expect(finding.sentence.contains(fault.words), "\(finding)")
        }
    }

    @Test("A value that only the whole profile shows to be wrong is told in its own file")
    func wholeProfile() throws {
        var files = Self.files
        // Alone it is a good path; over the folder camera it would let the camera see the display.
        files["own/80-odd.yaml"] = "profile: 1\n\ndisplay:\n  path: camera/display.png\n"
        try with(files) { folder in
            let error = try #require(throws: ProfileError.self) {
                try choose(folder, MachineIdentity()).profile()
            }
            guard case .invalid(let path, let finding) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path.hasSuffix("own/80-odd.yaml") && finding.place.line == 4, "\(error)")
        }
    }

    @Test("A profile whose name has no number is refused: nobody could say what lies over what")
    func names() throws {
        var files = Self.files
        files["own/counter.yaml"] = "profile: 1\n"
        try with(files) { folder in
            let error = try #require(throws: ProfileError.self) {
                try choose(folder, MachineIdentity())
            }
            #expect(error.message.contains("two digits"))
        }
    }

    @Test("SMBIOS patterns match as written, and hold nowhere where a machine tells nothing")
    func patterns() throws {
        func holds(_ pattern: String, _ dmi: String) throws -> Bool {
            var files = Self.files
            files["own/80-p.yaml"] =
                "profile: 1\nmatch: {dmi: \"\(pattern)\"}\ndisplay: {width: 500}\n"
            return try with(files) { folder in
                try choose(folder, MachineIdentity(dmi: dmi)).value("display.width")?.text == "500"
            }
        }
        let qemu = "dmi:bvnSeaBIOS:bvr1:svnQEMU:pnStandardPC:ct1:cvrpc:"
        #expect(try holds("*:svnQEMU:*", qemu))
        #expect(try holds("dmi:*:svn*EMU:*:ct1:*", qemu))
        #expect(try !holds("*:svnQEMU", qemu))
        #expect(try !holds("*:ct13:*", qemu))
        #expect(try !holds("*", ""))
    }

    @Test("The machine is read from what the kernel says of it")
    func machine() throws {
        try with([
            "sys/bus/usb/devices/1-1/idVendor": "046D\n",
            "sys/bus/usb/devices/1-1/idProduct": "0825\n",
            "sys/bus/usb/devices/1-1:1.0/bInterfaceClass": "0e\n",
            "sys/class/dmi/id/modalias": "dmi:svnQEMU:\n",
            "sys/firmware/devicetree/base/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0",
        ]) { folder in
            let machine = SysfsMachine.identity(root: folder)
            #expect(machine.usb == ["046d:0825"])
            #expect(machine.usbClasses == ["0e"])
            #expect(machine.dmi == "dmi:svnQEMU:")
            #expect(machine.deviceTree == ["raspberrypi,4-model-b", "brcm,bcm2711"])
            #expect(SysfsMachine.identity(root: folder + "/none") == MachineIdentity())
        }
    }
}

/// What is shipped.
@Suite("Shipped profiles")
struct ShippedProfileTests {
    private let folder = ProfileFile.repositoryRoot.appending(path: "hardware-profiles").path

    @Test("Every profile loads, and says of each value how it is known")
    func loads() throws {
        let layers = try YAMLHardwareProfiles.layers(in: folder)
        #expect(layers.count >= 12)
        for layer in layers where layer.match != nil {
            let facts = try #require(layer.facts, "\(layer.file) does not say how it is known")
            if let recording = facts.recording {
                let path = ProfileFile.repositoryRoot.appending(path: recording).path
                #expect(
                    recording.hasPrefix("Tests/")
                        && FileManager.default.fileExists(atPath: path), "\(layer.file)")
            }
        }
        // One that is chosen by name says everything by itself.
        for layer in layers where layer.match == nil {
            #expect(throws: Never.self) { try YAMLHardwareProfiles.load(path: layer.file) }
        }
    }

    @Test("Where each of them holds, a whole profile comes of it")
    func chosen() throws {
        for layer in try YAMLHardwareProfiles.layers(in: folder) {
            for rule in layer.match?.rules ?? [] {
                var machine = MachineIdentity()
                switch rule {
                case .any: break
                case .usb(let id):
                    machine.usb = [id]
                    // A USB camera is of the video class, whatever else it is.
                    machine.usbClasses = layer.file.contains("/3") ? ["0e"] : []
                case .usbClass(let code): machine.usbClasses = [code]
                case .dmi(let pattern):
                    machine.dmi = "dmi:" + pattern.replacingOccurrences(of: "*", with: "x")
                case .deviceTree(let word): machine.deviceTree = [word]
                }
                let profile = try YAMLHardwareProfiles.choose(
                    for: machine, installed: folder, dropIns: folder + "/none")
                #expect(profile.layers.contains { $0.file == layer.file }, "\(layer.file)")
                #expect(throws: Never.self, "\(layer.file)") { try profile.profile() }
            }
        }
    }

    @Test("The published schema is the program's")
    func schema() throws {
        let file = URL(filePath: folder).appending(path: "profile.schema.json")
        let published = try String(contentsOf: file, encoding: .utf8)
        #expect(
            published == ProfileSchema.jsonSchema, "tillctl profile schema > profile.schema.json")
        let value = try JSONSerialization.jsonObject(with: Data(published.utf8))
        let properties = (value as? [String: Any])?["properties"] as? [String: Any]
        let names = ["profile", "match", "facts"] + ProfileSchema.parts.map(\.name)
        #expect(Set(properties?.keys.map { $0 } ?? []) == Set(names))
    }

    @Test("Every key that the reader takes is in the schema, and the page tells each")
    func keys() throws {
        let sources = ProfileFile.repositoryRoot.appending(path: "Sources/HardwareProfiles")
        let page = try String(
            contentsOfFile: folder + "/README.md", encoding: .utf8)
        for (part, file) in [
            ("camera", "DeviceCamera.swift"), ("camera", "ProfileReader.swift"),
            ("display", "ProfileReader.swift"),
        ] {
            let text = try String(
                contentsOf: sources.appending(path: file), encoding: .utf8)
            let keys = Set(
                text.matches(of: /section\.(?:integer|word|path)\(\s*"([a-z-]+)"/)
                    .map { String($0.output.1) })
            let known = Set(ProfileSchema.parts.flatMap { $0.keys.map(\.name) })
            #expect(!keys.isEmpty && keys.isSubset(of: known), "\(part) \(keys.subtracting(known))")
        }
        for part in ProfileSchema.parts {
            for key in part.keys {
                #expect(page.contains("`\(part.name).\(key.name)`"), "\(part.name).\(key.name)")
            }
        }
    }
}
