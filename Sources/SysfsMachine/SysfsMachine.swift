import Foundation
import Glibc
public import HardwareProfiles

/// What Linux says of the machine and its devices in `/sys`.
public enum SysfsMachine {
    /// The longest file that is read, in bytes: a modalias or a device tree's words.
    static let maximumBytes = 4_096
    /// The most USB devices and interfaces that are looked at.
    static let maximumDevices = 1_024

    /// Reads it, below `root` where that is another machine's disk; what is not told is empty.
    public static func identity(root: String = "") -> MachineIdentity {
        let usb = root + "/sys/bus/usb/devices"
        var devices: Set<String> = []
        var classes: Set<String> = []
        for name in names(in: usb).prefix(maximumDevices) {
            let folder = usb + "/" + name
            if let vendor = word(folder + "/idVendor"), let product = word(folder + "/idProduct") {
                devices.insert(vendor + ":" + product)
            }
            if let code = word(folder + "/bInterfaceClass") { classes.insert(code) }
        }
        let tree = text(root + "/sys/firmware/devicetree/base/compatible") ?? ""
        return MachineIdentity(
            usb: devices, usbClasses: classes,
            dmi: word(root + "/sys/class/dmi/id/modalias") ?? "",
            deviceTree: Set(tree.split(separator: "\0").map(String.init)))
    }

    private static func word(_ path: String) -> String? {
        text(path).map { text in
            String(text.prefix { $0 != "\n" && $0 != "\0" }).lowercasedIfHexadecimal
        }
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}

extension String {
    /// Ids are compared in lower case; a modalias stays as it is.
    fileprivate var lowercasedIfHexadecimal: String {
        utf8.count <= 4 ? lowercased() : self
    }
}
