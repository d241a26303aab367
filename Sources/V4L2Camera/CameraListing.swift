internal import CV4L2
import Glibc

/// The cameras that the kernel knows now.
public enum CameraListing {
    /// One camera.
    public struct Entry: Hashable, Sendable {
        /// Its path, stable where the kernel has a stable one.
        public let path: String
        /// What it calls itself.
        public let name: String
        /// The driver.
        public let driver: String
        /// The pixel formats that it offers, as four characters each.
        public let formats: [String]
    }

    /// The most devices that are looked at.
    static let maximumDevices = 64

    /// Where stable names lie, best first; then the kernel's own, which change.
    private static let folders = ["/dev/v4l/by-id", "/dev/v4l/by-path", "/dev"]

    /// Every device that streams video, each once, by its best name.
    public static func all() -> [Entry] {
        var entries: [Entry] = []
        var seen: Set<UInt64> = []
        for folder in folders {
            for name in names(in: folder) where folder != "/dev" || name.hasPrefix("video") {
                guard entries.count < maximumDevices else { return entries }
                let path = folder + "/" + name
                guard let number = deviceNumber(path), !seen.contains(number) else { continue }
                guard let entry = entry(path) else { continue }
                seen.insert(number)
                entries.append(entry)
            }
        }
        return entries
    }

    /// What a device says of itself; nil where it is no camera, or may not be opened.
    private static func entry(_ path: String) -> Entry? {
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var identity = till_camera_identity()
        guard till_camera_identify(descriptor, &identity) == 0, identity.can_stream != 0 else {
            return nil
        }
        var formats: [String] = []
        for index in UInt32(0)..<64 {
            var code: UInt32 = 0
            guard till_camera_offered_format(descriptor, index, &code) == 0 else { break }
            formats.append(characters(of: code))
        }
        return Entry(
            path: path, name: text(identity.card), driver: text(identity.driver), formats: formats)
    }

    private static func deviceNumber(_ path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
        return UInt64(status.st_rdev)
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let found = readdir(directory) {
            let name = withUnsafeBytes(of: &found.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func characters(of code: UInt32) -> String {
        String(
            decoding: (0..<4).map { place in
                let byte = UInt8(truncatingIfNeeded: code >> (8 * UInt32(place)))
                return (0x21...0x7E).contains(byte) ? byte : UInt8(ascii: "?")
            }, as: UTF8.self)
    }

    /// A device's text of fixed size, printable characters alone: it is shown to people.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { bytes in
            let printable = bytes.prefix { $0 != 0 }.map { byte in
                (0x20...0x7E).contains(byte) ? byte : UInt8(ascii: "?")
            }
            return String(decoding: printable, as: UTF8.self)
        }
    }
}
