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
    ///
    /// A small process stands between: the kernel counts what whoever starts a program had in memory
    /// at that moment to the program's peak (`execve`), and this one, in which all suites run, has
    /// more and more.
    private static func peakKiB(scanning picture: String, times: Int) throws -> Int {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while !FileManager.default.isExecutableFile(
            atPath: folder.appendingPathComponent("tillctl").path), folder.path != "/"
        {
            folder.deleteLastPathComponent()
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "python3", "-c",
                """
                import resource, subprocess, sys
                subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
                print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
                """, folder.appendingPathComponent("tillctl").path, "scan", "--json", "--cascade",
                "plain",
            ] + Array(repeating: picture, count: times)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "tillctl scan failed")
        let words = String(decoding: told, as: UTF8.self).split(separator: "\n")
        return try #require(words.last.flatMap { Int($0) })
    }
}
