import Testing

/// One fault, made in what a check really looks at.
struct DoctorCase: CustomTestStringConvertible {
    /// What must run before.
    enum Need { case nothing, daemon }

    /// The check.
    let code: String
    /// What it must say.
    let grade: String
    /// What makes the fault, as a script; empty where only the way to look differs.
    var fault = ""
    var need = Need.nothing
    /// What the doctor is run through once the fault is there.
    var through: [String] = []
    /// What it is told besides, once the fault is there.
    var also: [String] = []
    /// What makes the check well before, where the kiosk that is well does not do.
    var before = ""
    /// Whether the fix, run as it is told, makes the check well.
    var isMended = false
    /// Whether only root can make the fault.
    var needsRoot = false

    var testDescription: String { code }

    private static let none = "http://192.0.2.1:1"
    private static let bare = ["/usr/bin/unshare", "-n"]

    private static func later(_ days: Int) -> [String] {
        ["/usr/bin/faketime", "-f", days < 0 ? "\(days)d" : "+\(days)d"]
    }

    /// The profile with one more part, a device below `root/`.
    private static func part(_ name: String, _ kind: String, _ path: String) -> String {
        "echo '\(name): {kind: \(kind), path: \(path)}' >>profile.yaml\n"
    }

    /// A terminal that is another user's than root's, whose device is root's alone.
    private static func closedDevice(
        _ name: String, _ kind: String, _ path: String = "/dev/part", more: String = ""
    ) -> String {
        """
        chown -R 65534 till; mkdir -p root$(dirname \(path))
        mknod root\(path) c 1 3; chmod 600 root\(path)
        echo '\(name): {kind: \(kind), path: \(path)\(more)}' >>profile.yaml

        """
    }

    /// A policy that the hub has put in force here, made from the standard one by a line of sed.
    private static func policy(_ change: String) -> String {
        """
        sed -e '\(change)' "$POLICIES/standard.yaml" >own.yaml
        tillhub policy publish own.yaml
        tillhub terminal enrol request.till --out newer.till
        tillctl enrol import newer.till
        """
    }

    static let table: [DoctorCase] =
        kiosk + clockAndKeys + trustAndPolicy + journal + network + service

    private static let kiosk = [
        DoctorCase(code: "profile", grade: "fault", fault: "echo 'cammera: x' >>profile.yaml"),
        DoctorCase(
            code: "profile-drop-ins", grade: "fault",
            fault: """
                mkdir -p root/etc/till/hardware-profiles.d
                printf 'profile: 1\\ndisplay:\\n  width: huge\\n' \
                    >root/etc/till/hardware-profiles.d/80-own.yaml
                """, isMended: true),
        DoctorCase(
            code: "memory", grade: "warning",
            fault: "sed -i 's/^MemAvailable:.*/MemAvailable: 9000 kB/' root/proc/meminfo"),
        DoctorCase(
            code: "camera-present", grade: "warning", fault: "rm -r till/camera", isMended: true),
        DoctorCase(
            code: "camera-access", grade: "fault",
            fault: "chown 0 till/camera; chmod 700 till/camera",
            before: "chown -R 65534 till", isMended: true, needsRoot: true),
        DoctorCase(
            code: "camera-video", grade: "fault",
            fault: """
                sed -i 's|^camera:.*|camera: {kind: v4l2, path: /dev/null, width: 640, height: 480}|' \
                    profile.yaml
                """),
        DoctorCase(
            code: "decoder-present", grade: "fault",
            fault: "rm scanner; cp /bin/true scanner; chmod 644 scanner", isMended: true),
        DoctorCase(
            code: "decoder-reads", grade: "fault", fault: "rm scanner; ln -s /bin/true scanner"),
        DoctorCase(
            code: "camera-sees", grade: "warning",
            fault: """
                tillctl sale 1.00
                printf 'no picture' >till/camera/broken.png
                for try in $(seq 200); do
                    tillctl status --json | grep -q '"camera":{' && break
                    sleep 0.1
                done
                """, need: .daemon),
        DoctorCase(
            code: "display-folder", grade: "fault", fault: "rm -r till/screen", isMended: true),
        DoctorCase(
            code: "display-fonts", grade: "fault", fault: "echo '<fontconfig/>' >fonts.conf",
            through: [
                "/bin/sh", "-c", "FONTCONFIG_FILE=$PWD/fonts.conf exec \"$0\" \"$@\"",
            ]),
        DoctorCase(
            code: "display-picture", grade: "warning", fault: "rm till/screen/display.png",
            need: .daemon),
        DoctorCase(
            code: "display-present", grade: "fault",
            fault: """
                sed -i '/^display:/,$d' profile.yaml
                echo 'display: {kind: drm, path: /dev/dri/card9}' >>profile.yaml
                """),
        DoctorCase(
            code: "sound-present", grade: "warning",
            fault: part("sound", "alsa", "/dev/snd/pcmC9D0p")),
        DoctorCase(
            code: "sound-access", grade: "warning",
            fault: closedDevice("sound", "alsa", "/dev/snd/pcmC9D0p"), needsRoot: true),
        DoctorCase(
            code: "sound-plays", grade: "warning",
            fault: "echo 'sound: {kind: alsa, device: \"plughw:9,0\"}' >>profile.yaml"),
        DoctorCase(
            code: "lamp-present", grade: "warning",
            fault: "echo 'lamp: {kind: gpio, path: /dev/gpiochip9, red: 1}' >>profile.yaml"),
        DoctorCase(
            code: "lamp-access", grade: "warning",
            fault: closedDevice("lamp", "gpio", "/dev/gpiochip9", more: ", red: 1"),
            needsRoot: true),
        DoctorCase(
            code: "printer-present", grade: "warning",
            fault: part("printer", "escpos", "/dev/till/printer")),
        DoctorCase(
            code: "printer-access", grade: "warning", fault: closedDevice("printer", "escpos"),
            needsRoot: true),
        DoctorCase(
            code: "scan-engine-present", grade: "warning",
            fault: part("scan-engine", "serial", "/dev/till/scan-engine")),
        DoctorCase(
            code: "scan-engine-access", grade: "warning",
            fault: closedDevice("scan-engine", "serial"), needsRoot: true),
    ]

    private static let clockAndKeys = [
        DoctorCase(
            code: "clock-file", grade: "warning", fault: "echo nonsense >till/clock.till",
            isMended: true),
        DoctorCase(
            code: "clock-believed", grade: "fault",
            fault: """
                boot=$(cat /proc/sys/kernel/random/boot_id)
                sed -i "0,/^\\(anchor .*\\|end\\)$/s//wrong $boot 1 1\\n\\1/" till/clock.till
                """),
        DoctorCase(code: "clock-wall", grade: "fault", through: later(-400)),
        DoctorCase(
            code: "clock-boot", grade: "fault", fault: "rm root/proc/sys/kernel/random/boot_id"),
        DoctorCase(code: "clock-rtc", grade: "warning", fault: "rm root/dev/rtc0"),
        DoctorCase(
            code: "key-at-rest", grade: "fault", fault: "chmod 644 till/terminal.key",
            before: "", isMended: true),
        DoctorCase(
            code: "key-trusted", grade: "warning",
            fault: """
                tillctl enrol request --terminal till:m42/t8 --out other --state other-till
                cp other-till/terminal.key till/terminal.key
                """),
        DoctorCase(
            code: "key-pending", grade: "warning",
            fault: "cp till/terminal.key till/terminal-next.key"),
        DoctorCase(
            code: "state-mode", grade: "warning", fault: "chmod 755 till", isMended: true),
        DoctorCase(
            code: "state-owner", grade: "fault", fault: "chown 65534 till/journal/journal.lock",
            isMended: true, needsRoot: true),
    ]

    private static let trustAndPolicy = [
        DoctorCase(
            code: "enrolled", grade: "fault", fault: "rm till/terminal.id", isMended: true),
        DoctorCase(
            code: "trust-documents", grade: "fault", fault: "truncate -s 100 till/trust.cbor",
            isMended: true),
        DoctorCase(code: "trust-expiry", grade: "fault", through: later(200)),
        DoctorCase(code: "trust-root-expiry", grade: "warning", through: later(720)),
        DoctorCase(code: "trust-issuers", grade: "fault", through: later(9_000)),
        DoctorCase(
            code: "hot-list", grade: "warning", fault: "truncate -s 20 till/hot-list.cose"),
        DoctorCase(code: "hot-list-age", grade: "fault", through: later(30)),
        DoctorCase(
            code: "configuration", grade: "fault", fault: "truncate -s 60 till/configuration.till",
            isMended: true),
        DoctorCase(
            code: "policy-limits", grade: "fault",
            fault: policy("s/^outstanding-count:.*/outstanding-count: 0/")),
        DoctorCase(code: "policy-contact", grade: "fault", through: later(10)),
        DoctorCase(
            code: "policy-hours", grade: "warning",
            fault: """
                now=$(date -u +%H); from=$(printf %02d $(( (${now#0} + 2) % 24 )))

                """ + policy("s/^  windows:.*/  windows: [\"'$from':00-'$from':30\"]/")),
    ]

    private static let journal = [
        DoctorCase(
            code: "journal-present", grade: "fault", fault: "rm -r till/journal", isMended: true),
        DoctorCase(
            code: "journal-opens", grade: "fault",
            fault: "dd if=/dev/urandom of=till/journal/journal.sqlite bs=100 count=1 conv=notrunc"),
        DoctorCase(
            code: "journal-intact", grade: "fault",
            fault: """
                sqlite3 till/journal/journal.sqlite 'PRAGMA wal_checkpoint(TRUNCATE)'
                size=$(stat -c %s till/journal/journal.sqlite)
                dd if=/dev/urandom of=till/journal/journal.sqlite bs=4096 \
                    seek=$((size / 8192)) count=$((size / 16384)) conv=notrunc
                """),
        DoctorCase(
            code: "journal-held", grade: "fault",
            fault: "setsid --fork flock till/journal/journal.lock sleep 30 && sleep 1"),
        DoctorCase(code: "journal-queue", grade: "warning", through: later(3)),
        DoctorCase(
            code: "journal-unclear", grade: "warning", need: .daemon,
            before: "",
            isMended: true),
        DoctorCase(
            code: "journal-reserve", grade: "fault", fault: "rm till/journal/journal.reserve",
            need: .daemon),
        DoctorCase(
            code: "journal-log", grade: "warning",
            fault: "truncate -s 70M till/journal/journal.sqlite-wal"),
        DoctorCase(
            code: "voucher-store", grade: "fault",
            fault: """
                mkdir -p till/vouchers
                dd if=/dev/urandom of=till/vouchers/vouchers.sqlite bs=4096 count=4
                """, isMended: true),
        DoctorCase(
            code: "disk-space", grade: "fault",
            through: onDisk("size=3m", then: "head -c 4m /dev/zero >till/full 2>/dev/null || :"),
            needsRoot: true),
        DoctorCase(
            code: "disk-inodes", grade: "warning", through: onDisk("size=20m,nr_inodes=100"),
            needsRoot: true),
        DoctorCase(
            code: "disk-writable", grade: "fault",
            through: onDisk("size=20m", then: "mount -o remount,ro till"), needsRoot: true),
        DoctorCase(
            code: "disk-durable", grade: "fault", through: onDisk("size=20m", among: 60),
            needsRoot: true),
    ]

    /// The state copied onto a small disk in memory, seen by the doctor alone; mounted after `among`
    /// others, whose lines fill more than the page that the kernel gives out at once.
    static func onDisk(_ options: String, among: Int = 0, then: String = ":") -> [String] {
        let script = """
            for number in $(seq \(among)); do
                mkdir -p many/$number; mount -t tmpfs none many/$number
            done
            cp -a till copy; mount -t tmpfs -o \(options) none till; cp -a copy/. till 2>/dev/null || :
            \(then)
            exec "$0" "$@"
            """
        return ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script]
    }

    private static let network = [
        DoctorCase(
            code: "network-address", grade: "warning", through: bare, needsRoot: true),
        DoctorCase(
            code: "network-route", grade: "warning", through: bare, also: ["--hub-url", none],
            needsRoot: true),
        DoctorCase(
            code: "network-name", grade: "warning",
            also: ["--hub-url", "http://no-such-hub.invalid:8480"]),
        DoctorCase(
            code: "hub-address", grade: "fault", also: ["--hub-url", "ftp://hub.example"]),
    ]

    private static let service = [
        DoctorCase(
            code: "version-journal", grade: "fault",
            fault: "sqlite3 till/journal/journal.sqlite 'PRAGMA user_version = 99'"),
        DoctorCase(
            code: "version-package", grade: "warning",
            fault: "sed -i 's/^Version:.*/Version: 0.0.9-1/' root/var/lib/dpkg/status"),
        DoctorCase(
            code: "service-installed", grade: "fault",
            fault: "rm root/usr/lib/systemd/system/tilld.service"),
        DoctorCase(
            code: "service-enabled", grade: "warning",
            fault: "rm root/etc/systemd/system/multi-user.target.wants/tilld.service"),
        DoctorCase(
            code: "service-user", grade: "fault", fault: "sed -i /^till:/d root/etc/passwd"),
        DoctorCase(
            code: "service-self-test", grade: "warning",
            fault: "rm root/etc/systemd/system/timers.target.wants/till-self-test.timer"),
    ]
}
