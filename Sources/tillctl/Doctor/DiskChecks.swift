import Foundation
import Glibc
import TerminalState

/// The file system that the state lies on.
enum DiskChecks {
    static let table = [
        DoctorCheck(
            .disk, "disk-space", "64 MiB are free where the state lies",
            fix: "journalctl --vacuum-size=16M", look: space),
        DoctorCheck(
            .disk, "disk-inodes", "1000 files more can be made there",
            fix: "find /tmp -xdev -type f -mtime +1 -delete", look: inodes),
        DoctorCheck(
            .disk, "disk-writable", "The file system takes writes",
            fix: "mount -o remount,rw FOLDER", look: writable),
        DoctorCheck(
            .disk, "disk-durable", "What is written there outlives a power cut",
            fix: "rsync --archive STATE/ ELSEWHERE/", look: durable),
    ]

    /// What is kept free, in bytes: a year of payments of a small shop, and the day's end.
    static let enoughBytes: UInt64 = 64 << 20
    /// Below this the next batch may not fit: no payments, in bytes.
    static let leastBytes: UInt64 = 4 << 20
    static let enoughInodes: UInt64 = 1_000

    private static let noFolder = DoctorFinding.skipped("There is no state folder.")

    private static func facts(_ kiosk: Kiosk) -> statvfs? {
        var status = statvfs()
        return statvfs(kiosk.folder.path, &status) == 0 ? status : nil
    }

    private static func space(_ kiosk: Kiosk) -> DoctorFinding {
        guard let facts = facts(kiosk) else { return noFolder }
        let free = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        let fix = "journalctl --vacuum-size=16M"
        if free < leastBytes {
            return .fault(
                "The disk is full (\(free >> 10) KiB free): nothing is approved. The journal is "
                    + "untouched and can be exported to another disk.", fix: fix)
        }
        if free < enoughBytes {
            return .warning("\(free >> 20) MiB are free on the disk.", fix: fix)
        }
        return .ok("\(free >> 20) MiB are free on the disk.")
    }

    private static func inodes(_ kiosk: Kiosk) -> DoctorFinding {
        guard let facts = facts(kiosk) else { return noFolder }
        // Some file systems make them as they need them, and say 0.
        guard facts.f_files > 0, facts.f_favail < enoughInodes else {
            return .ok("Files can be made on the disk.")
        }
        return .warning(
            "\(facts.f_favail) more files fit on the disk, whatever room is free: soon none can "
                + "be made, and nothing is approved.",
            fix: "find /tmp -xdev -type f -mtime +1 -delete")
    }

    private static func writable(_ kiosk: Kiosk) -> DoctorFinding {
        guard let facts = facts(kiosk) else { return noFolder }
        guard facts.f_flag & UInt(ST_RDONLY) == 0 else {
            let mount = MountTable.entry(of: kiosk.folder.path)?.folder ?? kiosk.folder.path
            return .fault(
                "The file system of \(kiosk.folder.path) is read-only, as the kernel makes it "
                    + "after an error of the disk: nothing is approved.",
                fix: "mount -o remount,rw \(shellWord(mount))")
        }
        return .ok("The file system takes writes.")
    }

    /// File systems that lose everything with the machine's power, or keep no promise of fsync's.
    private static let fleeting: Set<String> = ["tmpfs", "ramfs", "overlay", "aufs"]
    private static let foreign: Set<String> = ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"]

    private static func durable(_ kiosk: Kiosk) -> DoctorFinding {
        guard facts(kiosk) != nil else { return noFolder }
        guard let entry = MountTable.entry(of: kiosk.folder.path) else {
            return .skipped("The kernel does not tell what file system this is.")
        }
        let fix = "rsync --archive \(shellWord(kiosk.folder.path))/ /var/lib/till/"
        if fleeting.contains(entry.kind) {
            return .fault(
                "The state lies on \(entry.kind): with the machine's power every payment that the "
                    + "hub has not acknowledged is gone.", fix: fix)
        }
        if foreign.contains(entry.kind) {
            return .fault(
                "The state lies on \(entry.kind), another machine's disk: an approval could be "
                    + "lost, and the journal's lock does not hold.", fix: fix)
        }
        return .ok("The state lies on \(entry.kind).")
    }
}

/// What is mounted where (proc(5), *mountinfo*).
enum MountTable {
    /// The file system that a path lies on.
    static func entry(of path: String) -> (folder: String, kind: String)? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let target = String(cString: real)
        guard let text = KernelFile.text("/proc/self/mountinfo") else { return nil }
        var best: (folder: String, kind: String)?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), dash + 1 < words.count
            else { continue }
            let folder = words[4].replacing("\\040", with: " ")
            let holds =
                folder == "/" || target == folder || target.hasPrefix(folder + "/")
            // A later line of the same length lies over the earlier one.
            if holds, folder.count >= best?.folder.count ?? 0 {
                best = (String(folder), String(words[dash + 1]))
            }
        }
        return best
    }
}

/// Files of the kernel's, which say that they have no size.
enum KernelFile {
    /// The whole of one; nil where it cannot be read. (Foundation's reading of a path takes what
    /// comes at once, a page, for all of it.)
    static func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let bytes = try? file.readToEnd() else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
