import CKernelDisplays
import Foundation

/// The machine's displays, for whoever sets up a kiosk.
public enum DisplayListing {
    /// One connector of a graphics device, or a framebuffer device.
    public struct Entry: Hashable, Sendable {
        /// What a hardware profile calls this kind: `drm` or `framebuffer`.
        public let kind: String
        /// The device.
        public let path: String
        /// The connector by the kernel's name; nil for a framebuffer.
        public let connector: String?
        /// Whether a panel is connected; a framebuffer always counts as such.
        public let isConnected: Bool
        /// The sizes of its modes in pixels, the preferred first, each once.
        public let sizes: [String]
    }

    /// What this user may open, in the order of the devices' names.
    public static func all() -> [Entry] {
        names(in: "/dev/dri", prefix: "card").flatMap(connectors)
            + names(in: "/dev", prefix: "fb").map { path in
                let size = try? FramebufferDisplay(path: path, rotation: .none).size
                return Entry(
                    kind: "framebuffer", path: path, connector: nil, isConnected: size != nil,
                    sizes: size.map { [$0] } ?? [])
            }
    }

    /// The graphics devices that a path means: itself, or those of a folder.
    static func devices(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return isThere && isFolder.boolValue ? names(in: path, prefix: "card") : [path]
    }

    private static func names(in folder: String, prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            name.hasPrefix(prefix) && name.dropFirst(prefix.count).allSatisfy(\.isNumber)
                && name.count > prefix.count
        }.sorted().map { folder + "/" + $0 }
    }

    private static func connectors(of path: String) -> [Entry] {
        guard let device = try? KMSDevice(path) else { return [] }
        var entries: [Entry] = []
        let visit: (UnsafeMutablePointer<drmModeConnector>, String) -> Never? = { pointer, name in
            let connector = pointer.pointee
            let modes = (0..<Int(connector.count_modes)).map { connector.modes[$0] }
            let preferred = KMSDevice.mode(of: connector, size: nil).map { [$0] } ?? []
            var sizes: [String] = []
            for mode in preferred + modes {
                let size = "\(mode.hdisplay)x\(mode.vdisplay)"
                if !sizes.contains(size) { sizes.append(size) }
            }
            entries.append(
                Entry(
                    kind: "drm", path: path, connector: name,
                    isConnected: connector.connection == DRM_MODE_CONNECTED, sizes: sizes))
            return nil
        }
        _ = try? device.each(visit)
        return entries
    }
}
