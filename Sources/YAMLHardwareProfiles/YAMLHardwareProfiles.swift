import Glibc
public import HardwareProfiles
import Yams

/// Hardware profiles in YAML files.
public enum YAMLHardwareProfiles {
    /// The largest file that is read, in bytes: a profile with all its comments is a tenth of it.
    static let maximumFileBytes = 64 * 1024

    /// Where a package installs profiles, and where a machine's own drop-ins lie, which are laid
    /// over the installed ones.
    public static let folders = [
        "/usr/share/till/hardware-profiles", "/etc/till/hardware-profiles.d",
    ]
    /// The most files in a folder that are read.
    static let maximumFiles = 500

    /// Reads the whole profile in the file at `path`, whatever machine this is; every error of its
    /// content has a line.
    public static func load(path: String) throws(ProfileError) -> HardwareProfile {
        let document = try document(path)
        do throws(ProfileFinding) {
            let profile = try HardwareProfile(reading: document.withoutHeads)
            _ = try ProfileLayer(reading: document, file: path)
            return profile
        } catch {
            throw .invalid(path: path, error)
        }
    }

    /// Reads one file as a layer, which need not say everything.
    public static func layer(path: String) throws(ProfileError) -> ProfileLayer {
        let document = try document(path)
        do throws(ProfileFinding) {
            return try ProfileLayer(reading: document, file: path)
        } catch {
            throw .invalid(path: path, error)
        }
    }

    /// Every layer in a folder, in the order of the files' names; none where there is no such
    /// folder. One file that cannot be taken is an error: a machine's facts are not left out
    /// silently.
    public static func layers(in folder: String) throws(ProfileError) -> [ProfileLayer] {
        var layers: [ProfileLayer] = []
        for name in try names(in: folder) {
            let path = folder + "/" + name
            guard ProfileLayer.number(of: name) != nil else {
                throw .invalid(
                    path: path,
                    ProfileFinding(
                        at: YAMLDocument(file: path).start,
                        "The file's name begins with two digits and a hyphen, as 80-counter.yaml."))
            }
            layers.append(try layer(path: path))
        }
        return layers
    }

    /// The profile of a machine: the layers that hold for it from the installed folder, and over
    /// them those of the drop-in folder, of which one without `match` always holds.
    public static func choose(
        for machine: MachineIdentity, installed: String, dropIns: String
    ) throws(ProfileError) -> LayeredProfile {
        let general = try layers(in: installed).filter { $0.match?.reason(on: machine) != nil }
        let own = try layers(in: dropIns).filter { layer in
            layer.match.map { $0.reason(on: machine) != nil } ?? true
        }
        guard !(general + own).isEmpty else { throw .missing(path: installed) }
        return LayeredProfile(general + own)
    }

    private static func names(in folder: String) throws(ProfileError) -> [String] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw unreadable(folder, errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let found = readdir(directory) {
            let name = withUnsafeBytes(of: &found.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
        }
        guard names.count <= maximumFiles else {
            throw .unreadable(path: folder, detail: "more than \(maximumFiles) profiles")
        }
        return names.sorted()
    }

    private static func document(_ path: String) throws(ProfileError) -> ProfileNode {
        let bytes = try read(path)
        do throws(ProfileFinding) { return try YAMLDocument(file: path).read(bytes) } catch {
            throw .invalid(path: path, error)
        }
    }

    private static func read(_ path: String) throws(ProfileError) -> [UInt8] {
        // Not blocking: a pipe put in the file's place must not hold up the start.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : unreadable(path, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, detail: "not a plain file")
        }
        var bytes = [UInt8](repeating: 0, count: maximumFileBytes + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= maximumFileBytes else {
            throw .unreadable(path: path, detail: "larger than \(maximumFileBytes) bytes")
        }
        return Array(bytes[..<filled])
    }

    private static func unreadable(_ path: String, _ code: Int32) -> ProfileError {
        .unreadable(path: path, detail: String(cString: strerror(code)))
    }
}
