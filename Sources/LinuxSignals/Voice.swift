import Glibc
public import Screens

/// A voice: the program `espeak-ng`, which makes samples of a sentence.
///
/// It is a program of its own and not linked: it is under the GPL, and whatever it does with a
/// sentence it does outside the process that keeps the money's journal.
public struct Voice: Sendable {
    /// Where Debian puts the program.
    public static let usualProgram = "/usr/bin/espeak-ng"
    /// A sentence is made within so many milliseconds or not spoken: it takes some 20.
    static let maximumMilliseconds: Int32 = 3_000
    /// The most that is read of it, in bytes: 20 seconds of speech.
    static let maximumBytes = 1 << 20

    private let program: String
    private let name: String

    /// The voice that speaks `language`, made by `program`.
    public init(_ language: ScreenLanguage, program: String = usualProgram) {
        self.program = program
        // espeak-ng's voices have ISO 639 codes; Mandarin's is its own, not the macrolanguage's.
        name = language == .chinese ? "cmn" : language.rawValue
    }

    /// The samples of a sentence.
    func tune(of words: String) throws(SignalFault) -> Tune {
        let plain = words.unicodeScalars.filter { !Self.marks.contains($0.value) }
        let sound = try output(of: [
            program, "-v", name, "--stdout", "--", String(String.UnicodeScalarView(plain)),
        ])
        guard let tune = Tune(wave: sound) else { throw .voice("espeak-ng made no sound") }
        return tune
    }

    /// What sets a number apart in a line of another direction (Unicode, UAX 9): nothing to say.
    private static let marks: ClosedRange<UInt32> = 0x2066...0x2069

    private func output(of arguments: [String]) throws(SignalFault) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .voice(Self.text(errno)) }
        // No other program that is started meanwhile keeps an end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let child: pid_t
        do throws(SignalFault) {
            child = try Self.start(arguments, output: ends[1])
            close(ends[1])
        } catch {
            close(ends[1])
            throw error
        }
        let bytes = Self.read(ends[0])
        if bytes == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let bytes else { throw .voice("espeak-ng said too much or nothing in time") }
        guard status == 0 else {
            throw .voice("espeak-ng ended with \(status >> 8) for the voice \"\(name)\"")
        }
        return bytes
    }

    private static func start(_ arguments: [String], output: Int32) throws(SignalFault) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var texts = arguments.map { strdup($0) } + [nil]
        defer { texts.forEach { free($0) } }
        var path = strdup("PATH=/usr/bin:/bin")
        defer { free(path) }
        return try withUnsafeMutablePointer(to: &path) { path throws(SignalFault) in
            var child: pid_t = 0
            var environment = [path.pointee, nil]
            let code = posix_spawn(&child, arguments[0], &actions, nil, &texts, &environment)
            guard code == 0 else { throw .voice("\(arguments[0]): \(text(code))") }
            return child
        }
    }

    /// Everything up to the end; nil where it is too much or takes too long.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        let deadline = ContinuousClock.now + .milliseconds(Int(maximumMilliseconds))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= maximumBytes {
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard left >= 1 else { return nil }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, Int32(left))
            if ready == 0 { return nil }
            if ready < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            bytes += buffer.prefix(count)
        }
        return nil
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}

extension Tune {
    /// Reads a WAVE file of one channel and 16 bits (IBM and Microsoft, *Multimedia Programming
    /// Interface*, chapter 3); nil where it is none. Written to a pipe, its lengths are too large:
    /// the samples go to the end.
    init?(wave: [UInt8]) {
        func word(_ at: Int) -> Int { Int(wave[at]) | Int(wave[at + 1]) << 8 }
        func long(_ at: Int) -> Int { word(at) | word(at + 2) << 16 }
        func name(_ at: Int) -> String { String(decoding: wave[at..<at + 4], as: UTF8.self) }
        guard wave.count >= 12, name(0) == "RIFF", name(8) == "WAVE" else { return nil }
        var at = 12
        var rate: Int?
        while at + 8 <= wave.count {
            let body = at + 8
            let length = min(long(at + 4), wave.count - body)
            if name(at) == "fmt ", length >= 16 {
                guard word(body) == 1, word(body + 2) == 1, word(body + 14) == 16 else {
                    return nil
                }
                rate = long(body + 4)
            } else if name(at) == "data" {
                guard let rate, (4_000...192_000).contains(rate), length >= 2 else { return nil }
                let samples = stride(from: body, to: body + length - 1, by: 2).map {
                    Int16(truncatingIfNeeded: word($0))
                }
                self.init(samples: samples, samplesPerSecond: rate)
                return
            }
            at = body + length + length % 2
        }
        return nil
    }
}
