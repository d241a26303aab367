internal import CScanner
import Glibc
internal import ScannerProtocol

/// One running scanner process, which is killed and buried with its owner.
final class ScannerChild {
    let channel: ScannerChannel
    let process: pid_t
    private var isBuried = false

    /// How long a process that was killed may take to be gone, in milliseconds.
    ///
    /// A process in the middle of a driver's call ends when that does; one that hangs in the
    /// kernel for good is left to it.
    private static let burialMilliseconds = 2_000

    /// Starts the program with its end of a new channel, and nothing else of ours.
    init(program: String, memoryMiB: Int) throws(ScannerChannelError) {
        let (ours, theirs) = try ScannerChannel.pair()
        channel = ours
        process = try Self.spawn(
            [program, "--memory-mib", String(memoryMiB)], inheriting: theirs.descriptor)
    }

    deinit {
        bury()
    }

    /// Kills the process if it still runs, and says how it ended.
    @discardableResult
    func bury() -> String {
        if isBuried { return "ended before" }
        isBuried = true
        kill(process, SIGKILL)
        var status: Int32 = 0
        let end = Clock.milliseconds() + Self.burialMilliseconds
        while true {
            let answer = waitpid(process, &status, WNOHANG)
            if answer == process { return Self.words(for: status) }
            if answer < 0, errno != EINTR { return "unknown" }
            if Clock.milliseconds() > end { return "hanging in the kernel" }
            usleep(1_000)
        }
    }

    /// Looks whether the process has ended by itself, and how; nil while it runs.
    func ending() -> String? {
        guard !isBuried else { return "ended before" }
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return nil }
        isBuried = true
        return Self.words(for: status)
    }

    /// Processor time used so far, in milliseconds; nil where the process has gone.
    func processorMilliseconds() -> Int? {
        var microseconds: UInt64 = 0
        guard till_processor_time(process, &microseconds) == 0 else { return nil }
        return Int(microseconds / 1_000)
    }

    /// Resident memory in KiB; nil where it cannot be told.
    func residentKiB() -> Int? {
        var kib: UInt64 = 0
        guard till_resident_kib(process, &kib) == 0 else { return nil }
        return Int(kib)
    }

    private static func words(for status: Int32) -> String {
        let signal = status & 0x7F
        if signal == 0 { return "exit code \((status >> 8) & 0xFF)" }
        switch signal {
        case SIGSYS: return "a system call that the sandbox forbids"
        case SIGKILL: return "killed"
        case SIGXCPU, SIGPROF: return "out of processor time"
        default: return "signal \(signal)"
        }
    }

    private static func spawn(
        _ words: [String], inheriting socket: Int32
    ) throws(ScannerChannelError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for number in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, socket, ScannerChannel.inheritedDescriptor)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own: Ctrl-C at the daemon's terminal is the daemon's to answer.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let arguments = words.map { strdup($0) } + [nil]
        let environment = environment().map { strdup($0) } + [nil]
        defer { for word in arguments + environment { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, &attributes, arguments, environment)
        guard code == 0 else {
            throw .failed("\(words[0]) cannot be started: \(String(cString: strerror(code)))")
        }
        return process
    }

    /// Nothing of the daemon's environment, but where its libraries lie.
    private static func environment() -> [String] {
        // A crashing scanner must not begin to write a report: it could not, and the daemon waits.
        var values = ["SWIFT_BACKTRACE=enable=no"]
        if let path = getenv("LD_LIBRARY_PATH") {
            values.append("LD_LIBRARY_PATH=\(String(cString: path))")
        }
        return values
    }
}
