import Foundation
import Testing

/// A kiosk that is well, to be broken: a terminal that has taken payments, its hub, and the
/// system's folders below `root/`.
///
/// One is made, by the programs themselves, and copied for each test.
final class DoctorBench {
    let shell: Shell
    private var daemons: [Process] = []

    /// What the doctor says of one check.
    struct Finding: CustomStringConvertible {
        let grade: String
        let cause: String
        let fix: String?
        var description: String { "\(grade): \(cause) [\(fix ?? "")]" }
        var isWell: Bool { ["ok", "skipped"].contains(grade) }
    }

    /// The kiosk that is copied: made once, and only read afterwards.
    private final class Pattern: @unchecked Sendable {
        let bench: DoctorBench

        init() throws {
            bench = DoctorBench(try Shell())
            try bench.make()
        }
    }

    /// The kiosk that is copied could not be made. (A failed requirement that is thrown again would
    /// be told once, and let every later test pass.)
    private struct NotMade: Error {}

    private static let pattern = Result { try Pattern() }

    /// A copy of the kiosk that is well.
    static func well() throws -> DoctorBench {
        let bench = DoctorBench(try Shell())
        guard case .success = pattern else { throw NotMade() }
        try bench.sh("cp -a \(try pattern.get().bench.shell.folder.path)/. .")
        return bench
    }

    private init(_ shell: Shell) { self.shell = shell }

    private static let profile = """
        profile: 1
        camera: {kind: folder, path: camera}
        display: {kind: png, path: screen/display.png, width: 800, height: 600}

        """

    private func make() throws {
        try write(Self.profile, "profile.yaml")
        try write(
            "<fontconfig><include>/etc/fonts/fonts.conf</include></fontconfig>", "fonts.conf")
        try sh("tillhub init && mkdir -p till/camera till/screen && chmod 750 till")
        let hub = try startHub("hub", file: "port")
        let url = try hubURL("port")
        try sh(
            """
            ln -s \(Shell.programs.path)/till-scanner scanner
            tillctl enrol request --terminal till:m42/t7 --out request.till
            tillhub terminal enrol request.till --out answer.till
            tillctl enrol import answer.till
            tillhub trust publish
            tillhub trust sign trust-list.till --key hub-root/root-1.key
            tillhub trust sign trust-list.till --key hub-root/root-2.key
            tillhub trust import trust-list.till
            tillhub trust export
            tillhub hot-list publish
            tillhub voucher issue fixed --amount 5.00 --out vouchers
            tillhub voucher issue fixed --amount 5.00 --out vouchers
            """)
        try startDaemon("--hub-url", url)
        try sh("tillctl sync")
        try pay(0)
        try sh("tillctl sync")
        shell.stop(hub)
        try pay(1)
        for daemon in daemons { shell.stop(daemon) }
        try sh(
            """
            rm -rf till/camera/* trust.till answer.till
            tillhub trust export
            tillhub terminal enrol request.till --out answer.till
            mkdir -p root/etc/systemd/system/multi-user.target.wants root/dev root/run/systemd/system
            mkdir -p root/etc/systemd/system/timers.target.wants root/usr/lib/systemd/system
            mkdir -p root/proc/sys/kernel/random root/usr/bin root/var/lib/dpkg
            cp /etc/passwd /etc/group root/etc
            echo till:x:990:990:Till:/var/lib/till:/usr/sbin/nologin >>root/etc/passwd
            cp /proc/sys/kernel/random/boot_id root/proc/sys/kernel/random
            cp /proc/meminfo root/proc
            : >root/dev/rtc0
            cp /bin/true root/usr/bin/tilld
            echo 'ExecStart=/usr/bin/tilld --state /var/lib/till' >root/usr/lib/systemd/system/tilld.service
            ln -s /x root/etc/systemd/system/multi-user.target.wants/tilld.service
            ln -s /x root/etc/systemd/system/timers.target.wants/till-self-test.timer
            printf '%s\\n' 'Package: till' 'Status: install ok installed' \
                'Architecture: all' 'Maintainer: x <x@example.invalid>' 'Description: x' \
                "Version: $(tilld --version)-1" >root/var/lib/dpkg/status
            """)
    }

    /// A sale of 5.00, paid by the voucher of this number.
    private func pay(_ number: Int) throws {
        try sh(
            """
            set -- vouchers/*.png
            test \(number) = 0 || shift
            tillctl sale 5.00
            cp "$1" till/camera/.part && mv till/camera/.part till/camera/\(number).png
            tillctl sale --wait
            """)
    }

    // MARK: Programs

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: shell.path(name)))
    }

    @discardableResult
    func startHub(_ folder: String, file: String) throws -> Process {
        let process = try shell.start(
            "tillhub", "serve", "--hub", folder, "--port", "0", "--port-file", file
        ) { FileManager.default.fileExists(atPath: shell.path(file)) }
        return process
    }

    func hubURL(_ file: String) throws -> String {
        let port = try String(contentsOfFile: shell.path(file), encoding: .utf8)
        return "http://127.0.0.1:" + port.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts the daemon; `clock` is what its clock begins at, as faketime takes it.
    @discardableResult
    func startDaemon(_ options: String..., clock: [String] = []) throws -> Process {
        let words = ["--sync-interval", "0", "--profile", shell.path("profile.yaml")] + options
        let process = try shell.start(through: clock, ["tilld"] + words) {
            [0, 4].contains((try? shell.run("tillctl", "status"))?.status)
        }
        daemons.append(process)
        return process
    }

    func stopDaemon() { for daemon in daemons { shell.stop(daemon) } }

    func killDaemon() {
        for daemon in daemons {
            kill(daemon.processIdentifier, SIGKILL)
            daemon.waitUntilExit()
        }
    }

    /// Runs a script as a technician at a prompt, which must end well.
    @discardableResult
    func sh(_ script: String) throws -> String {
        let ended = try shell.sh(script)
        try #require(ended.status == 0, "\(script)\n\(ended)")
        return ended.output
    }

    /// What the doctor says of one check. `through` stands before the program, `also` behind it.
    func look(_ code: String, through: [String] = [], also: [String] = []) throws -> Finding {
        let ended = try shell.run(
            [
                "tillctl", "doctor", "--json", "--only", code, "--profile",
                shell.path("profile.yaml"), "--root", shell.path("root"), "--scanner",
                shell.path("scanner"),
            ] + also, through: through)
        let answer = try ended.json()
        let checks = try #require(answer["checks"] as? [[String: Any]], "\(ended)")
        let check = try #require(checks.first, "\(ended)")
        try #require(checks.count == 1 && check["check"] as? String == code)
        let grade = try #require(check["grade"] as? String)
        let status: Int32 = grade == "fault" ? 1 : grade == "warning" ? 4 : 0
        #expect(ended.status == status, "\(ended)")
        let fix = check["fix"] as? String
        #expect((fix == nil) == ["ok", "skipped"].contains(grade), "one fix for each finding")
        return Finding(grade: grade, cause: check["cause"] as? String ?? "", fix: fix)
    }
}

extension Shell {
    /// Foundation takes a process as ended once nobody holds its end of a socket any more. What a
    /// script leaves running in the background would hold it, so the script lets go of it first.
    private static let lettingGo = """
        for file in /proc/$$/fd/*; do
            case ${file##*/} in 0 | 1 | 2 | 255) ;; *) eval "exec ${file##*/}>&-" ;; esac
        done

        """

    /// Runs a shell's script in the folder, with the built programs on its path.
    func sh(_ script: String) throws -> Ended {
        try run(
            ["tillctl"],
            through: [
                "/usr/bin/env",
                "PATH=\(Self.programs.path):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "/bin/bash", "-ec", Self.lettingGo + script,
            ])
    }
}
