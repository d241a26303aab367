import HardwareProfiles
import Testing

@Suite("Scan engines of hardware profiles")
struct ScanEngineProfileTests {
    private static let engine = """
        profile: 1
        camera: {kind: none}
        display: {kind: none}
        scan-engine:
          kind: serial
          path: /dev/ttyACM0
          baud: 115200
          terminator: crlf
          trigger-on: "16 54 0D"
          trigger-off: "16 55 0d"
        """

    @Test("A serial engine's line and trigger are read")
    func serial() throws {
        let profile = try ProfileFile.load(Self.engine)
        #expect(profile.camera == .none)
        guard case .serial(let line)? = profile.scanEngine?.connection else {
            Issue.record("the engine is on a serial line")
            return
        }
        #expect(profile.scanEngine?.path == "/dev/ttyACM0")
        #expect((line.baud, line.terminator) == (115_200, .both))
        #expect(line.triggerOn == [0x16, 0x54, 0x0D])
        #expect(line.triggerOff == [0x16, 0x55, 0x0D])
    }

    @Test("What is left out is what engines are shipped with")
    func defaults() throws {
        let text = Self.engine.split(separator: "\n").prefix(6).joined(separator: "\n")
        guard case .serial(let line)? = try ProfileFile.load(text).scanEngine?.connection else {
            Issue.record("the engine is on a serial line")
            return
        }
        #expect((line.baud, line.terminator) == (9_600, .carriageReturn))
        #expect(line.triggerOn.isEmpty && line.triggerOff.isEmpty)
    }

    @Test("A keyboard and HID-POS have a device alone", arguments: ["keyboard", "hid-pos"])
    func others(kind: String) throws {
        let text =
            Self.engine.split(separator: "\n").prefix(4).joined(separator: "\n")
            + "\n  kind: \(kind)\n  path: /dev/input/by-id/usb-engine-event-kbd\n"
        let connection = try ProfileFile.load(text).scanEngine?.connection
        #expect(connection == (kind == "keyboard" ? .keyboard : .posReports))
        #expect(throws: ProfileError.self) { try ProfileFile.load(text + "  baud: 9600\n") }
    }

    @Test(
        "A fault is named with its line",
        arguments: [
            ("path: /dev/ttyACM0", "path: engine", ":6: scan-engine.path is \"engine\""),
            ("baud: 115200", "baud: 12345", ":7: scan-engine.baud is 12345"),
            ("terminator: crlf", "terminator: tab", ":8: scan-engine.terminator is \"tab\""),
            ("\"16 54 0D\"", "\"16 5\"", ":9: scan-engine.trigger-on is \"16 5\""),
            ("\"16 54 0D\"", "\"1654\"", ":9: scan-engine.trigger-on is \"1654\""),
            ("\"16 54 0D\"", "\"16 54  0D\"", ":9: scan-engine.trigger-on is \"16 54  0D\""),
            ("  trigger-on: \"16 54 0D\"\n", "", ":9: scan-engine.trigger-off is there without"),
            ("kind: serial", "kind: bluetooth", ":5: scan-engine.kind is \"bluetooth\""),
        ])
    func faults(from: String, to: String, message: String) throws {
        let text = Self.engine.replacing(from, with: to)
        let error = #expect(throws: ProfileError.self) { try ProfileFile.load(text) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test("A kiosk without camera and without engine could read no code")
    func blind() {
        let text = "profile: 1\ncamera: {kind: none}\ndisplay: {kind: none}\n"
        let error = #expect(throws: ProfileError.self) { try ProfileFile.load(text) }
        #expect(error?.message.contains(":2: camera.kind is none") == true)
    }
}
