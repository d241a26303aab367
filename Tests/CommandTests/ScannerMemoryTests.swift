import Foundation
import Testing

/// zbar loses some 230 bytes with every code that it reads; the scanner is renewed for that.
/// Measured in a process of its own, where nothing else allocates.
@Suite struct ScannerMemoryTests {
    /// Between what 3,000 more paths take (2.6 MiB measured) and what zbar would lose beside that
    /// over 3,000 readings of nine codes (some 6 MiB).
    static let allowedKiB = 4_608

    @Test func readingNineCodesThousandsOfTimesTakesNoMemoryForGood() throws {
        let picture = Self.root.appendingPathComponent("Tests/Vectors/pictures/nine-codes.png").path
        let few = try Self.peakKiB(scanning: picture, times: 400)
        let many = try Self.peakKiB(scanning: picture, times: 3_400)
        #expect(many - few < Self.allowedKiB, "peaks of \(few) and \(many) KiB")
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL

    /// The peak of the resident memory of `tillctl scan`, in KiB (`getrusage(2)`, ru_maxrss).
    private static func peakKiB(scanning picture: String, times: Int) throws -> Int {
        let program = CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        while !FileManager.default.isExecutableFile(
            atPath: folder.appendingPathComponent("tillctl").path), folder.path != "/"
        {
            folder.deleteLastPathComponent()
        }
        let arguments =
            [folder.appendingPathComponent("tillctl").path, "scan", "--json", "--cascade", "plain"]
            + Array(repeating: picture, count: times)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, arguments[0], &actions, nil, &words, environ) == 0)
        var status: Int32 = 0
        var usage = rusage()
        try #require(wait4(process, &status, 0, &usage) == process)
        try #require(status == 0, "tillctl scan ended with \(status)")
        return usage.ru_maxrss
    }
}
