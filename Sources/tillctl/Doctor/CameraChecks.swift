import CairoDisplay
import CommandSupport
import ControlProtocol
import Foundation
import HardwareProfiles
import ProcessScanner
import QRencodeEncoder
import Terminal
import V4L2Camera

/// What a customer's code is seen with.
enum CameraChecks {
    static let table = [
        DoctorCheck(
            .camera, "camera-present", "The camera that the profile names is there",
            fix: "mkdir --parents FOLDER, or tillctl camera list", look: present),
        DoctorCheck(
            .camera, "camera-access", "The daemon's user may use it",
            fix: "chown USER PATH, or usermod --append --groups video till", look: access),
        DoctorCheck(
            .camera, "camera-video", "A camera device streams video in a format that is read",
            fix: "tillctl camera list", look: video),
        DoctorCheck(
            .camera, "decoder-present", "The decoder's program is there and can be run",
            fix: "chmod 755 PROGRAM, or apt-get install --reinstall till", look: decoderPresent),
        DoctorCheck(
            .camera, "decoder-reads", "The decoder starts, shuts itself in and reads a code",
            fix: "apt-get install --reinstall till", look: decoderReads),
        DoctorCheck(
            .camera, "camera-sees", "The daemon's camera delivers pictures that can be looked at",
            fix: "systemctl restart tilld", look: sees),
    ]

    private static func camera(_ kiosk: Kiosk) -> CameraProfile? {
        (try? kiosk.profile())?.camera
    }

    private static let noProfile = DoctorFinding.skipped("There is no valid profile to go by.")

    private static func present(_ kiosk: Kiosk) -> DoctorFinding {
        guard let camera = camera(kiosk) else { return noProfile }
        switch camera {
        case .none: return .skipped("The profile names no camera: a scan engine reads the codes.")
        case .folder(let path):
            guard let facts = FileFacts(path) else {
                return .warning(
                    "The camera's folder \(path) is not there: no code is seen until the daemon "
                        + "has made it.", fix: "mkdir --parents \(shellWord(path))")
            }
            guard facts.isFolder else {
                return .fault(
                    "\(path) is no folder: no code is seen.",
                    fix: "mv \(shellWord(path)) \(shellWord(path)).off && mkdir \(shellWord(path))")
            }
            return .ok("The camera's folder \(path) is there.")
        case .pipe(let path, _):
            guard let facts = FileFacts(path), facts.isPipe else {
                return .fault(
                    "\(path) is no pipe: no frame comes, and no code is seen.",
                    fix: "mkfifo \(shellWord(path))")
            }
            return .ok("The camera's pipe \(path) is there.")
        case .device(let device):
            guard let facts = FileFacts(kiosk.system(device.path)), facts.isCharacterDevice else {
                return .fault(
                    "The camera \(device.path) is not there: it is unplugged, or another one than "
                        + "the profile says. No code is seen.", fix: "tillctl camera list")
            }
            return .ok("The camera \(device.path) is there.")
        }
    }

    private static func access(_ kiosk: Kiosk) -> DoctorFinding {
        guard let camera = camera(kiosk), let owner = kiosk.owner else { return noProfile }
        let (path, bits): (String, UInt32) =
            switch camera {
            case .none: ("", 0)
            case .folder(let path): (path, 7)
            case .pipe(let path, _): (path, 4)
            case .device(let device): (kiosk.system(device.path), 6)
            }
        guard let facts = FileFacts(path) else {
            return .skipped("The camera is not there to be used.")
        }
        guard !facts.allows(bits, user: owner, groups: SystemUsers.groups(of: owner, kiosk)) else {
            return .ok("The daemon's user may use the camera.")
        }
        let name = SystemUsers.name(of: owner, kiosk) ?? "\(owner)"
        let isDevice = if case .device = camera { true } else { false }
        return .fault(
            "The daemon's user \(name) may not use \(path): no code is seen.",
            fix: isDevice
                ? "usermod --append --groups video \(name)" : "chown \(name) \(shellWord(path))")
    }

    private static func video(_ kiosk: Kiosk) -> DoctorFinding {
        guard let camera = camera(kiosk) else { return noProfile }
        guard case .device(let device) = camera else {
            return .skipped("The camera is no device of the kernel's.")
        }
        guard FileFacts(device.path) != nil else { return .skipped("The camera is not there.") }
        let target = FileManager.default.resolvedPath(device.path)
        let found = CameraListing.all().first {
            FileManager.default.resolvedPath($0.path) == target
        }
        guard let found else {
            return .fault(
                "\(device.path) streams no video, or another program has it: no code is seen.",
                fix: "tillctl camera list")
        }
        let read: Set<String> = ["GREY", "NV12", "YUYV", "MJPG"]
        guard found.formats.contains(where: read.contains) else {
            return .fault(
                "\(found.name) offers \(found.formats.joined(separator: ", ")), none of which is "
                    + "read: take another camera.", fix: "tillctl camera list")
        }
        return .ok("\(found.name) streams \(found.formats.joined(separator: ", ")).")
    }

    private static func decoderPresent(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.scannerProgram
        guard FileManager.default.fileExists(atPath: path) else {
            return .fault(
                "The decoder \(path) is not there: no code is read.",
                fix: "apt-get install --reinstall till")
        }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            return .fault(
                "The decoder \(path) cannot be run: no code is read.",
                fix: "chmod 755 \(shellWord(path))")
        }
        return .ok("The decoder is there.")
    }

    private static func decoderReads(_ kiosk: Kiosk) -> DoctorFinding {
        guard FileManager.default.isExecutableFile(atPath: kiosk.scannerProgram) else {
            return .skipped("There is no decoder to try.")
        }
        let text = Array("TILL DOCTOR".utf8)
        guard
            let symbol = try? SymbolEncoder.encode(text, mode: .alphanumeric, level: .medium),
            let picture = try? SymbolPicture.draw(symbol)
        else {
            return .fault(
                "No code can be drawn: the customer's screen stays empty.",
                fix: "apt-get install --reinstall till")
        }
        let scanner = ProcessScanner(
            program: kiosk.scannerProgram, source: .pictures(OnePicture(picture.png)))
        do throws(CameraError) {
            if case .looked(let symbols, _) = try scanner.look(timeoutMilliseconds: 0),
                symbols.contains(where: { $0.bytes == text })
            {
                return .ok("The decoder starts and reads a code.")
            }
            return .fault(
                "The decoder starts and does not read a plain code: no payment is seen.",
                fix: "apt-get install --reinstall till")
        } catch {
            return .fault(
                "The decoder does not work: \(error) No code is read.",
                fix: "apt-get install --reinstall till")
        }
    }

    private static func sees(_ kiosk: Kiosk) -> DoctorFinding {
        guard case .success(let status) = kiosk.status else {
            return .skipped("No daemon looks through the camera.")
        }
        guard let problem = status.camera else { return .ok("The daemon's camera has no problem.") }
        return .warning(
            "\(problem.message) (\(problem.at)). No code has been seen since.",
            fix: kiosk.startCommand("restart"))
    }
}

/// One picture that lies in memory: a full disk keeps nobody from trying the decoder.
private final class OnePicture: PictureSource {
    private var bytes: [UInt8]?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func next(timeoutMilliseconds: Int) throws(CameraError) -> PictureArrival {
        guard let bytes else { return .ended }
        self.bytes = nil
        return .picture(bytes, name: "doctor")
    }

    func reject() throws(CameraError) {}
}

extension FileManager {
    /// A path without symbolic links.
    fileprivate func resolvedPath(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}

/// The users and groups of the kiosk's own system.
enum SystemUsers {
    /// The fields of each line of a file such as `/etc/passwd` (passwd(5), group(5)).
    private static func rows(_ file: String, _ kiosk: Kiosk) -> [[Substring]] {
        let text = try? String(contentsOfFile: kiosk.system(file), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
    }

    /// A user's name.
    static func name(of user: UInt32, _ kiosk: Kiosk) -> String? {
        rows("/etc/passwd", kiosk).first { $0.count > 3 && UInt32($0[2]) == user }
            .map { String($0[0]) }
    }

    /// The names of people, as Debian gives them ids (1000 to 59999).
    static func people(_ kiosk: Kiosk) -> [String] {
        rows("/etc/passwd", kiosk).filter { row in
            row.count > 3 && (1_000..<60_000).contains(UInt32(row[2]) ?? 0)
        }.map { String($0[0]) }
    }

    /// Whether there is a user of this name.
    static func has(_ name: String, _ kiosk: Kiosk) -> Bool {
        rows("/etc/passwd", kiosk).contains { $0.first.map(String.init) == name }
    }

    /// A user's groups, the first one and the others.
    static func groups(of user: UInt32, _ kiosk: Kiosk) -> Set<UInt32> {
        guard
            let row = rows("/etc/passwd", kiosk).first(where: {
                UInt32($0.count > 3 ? $0[2] : "") == user
            })
        else { return [] }
        let name = row[0]
        let others = rows("/etc/group", kiosk).filter { group in
            group.count > 3 && group[3].split(separator: ",").contains(name)
        }
        return Set(([row[3]] + others.map { $0[2] }).compactMap { UInt32($0) })
    }
}
