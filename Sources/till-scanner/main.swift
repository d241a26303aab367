import CScanner
import Glibc
import ProcessScanner

// The decoder's process. `tilld` starts it with one socket and hands it what to look at; it is of
// no use to a person, but says what it is. It parses its own few words: every library that it does
// not link is one less in reach of what it decodes.

let overview = """
    OVERVIEW: Decodes pictures and camera frames for tilld, shut in: no files, no network.

    It is started by tilld and tillctl with a socket as descriptor 3, and is of no use by hand.

    USAGE: till-scanner [--memory-mib <mib>]

    OPTIONS:
      --memory-mib <mib>      Address space beyond the program's own (default: 192).
      --version               Show the version.
      -h, --help              Show help information.
    """

/// Writes a line for a person and ends.
func say(_ line: String, to stream: Int32, exitCode: Int32) -> Never {
    let bytes = Array((line + "\n").utf8)
    _ = write(stream, bytes, bytes.count)
    exit(exitCode)
}

/// `EX_USAGE` of sysexits.h.
let usageCode: Int32 = 64

var memoryMiB: UInt64 = 192
var words = CommandLine.arguments.dropFirst()
while let word = words.popFirst() {
    switch word {
    case "--help", "-h": say(overview, to: STDOUT_FILENO, exitCode: 0)
    case "--version": say(Version.text, to: STDOUT_FILENO, exitCode: 0)
    case "--memory-mib":
        guard let mib = words.popFirst().flatMap(UInt64.init), (16...4_096).contains(mib) else {
            say("error: --memory-mib takes 16 to 4096.", to: STDERR_FILENO, exitCode: usageCode)
        }
        memoryMiB = mib
    default:
        say(
            "error: unknown option; see till-scanner --help", to: STDERR_FILENO, exitCode: usageCode
        )
    }
}

guard Inheritance.hasSocket(ScannerChannel.inheritedDescriptor) else {
    say(
        "error: till-scanner is started by tilld, which hands it a socket. There is none.",
        to: STDERR_FILENO, exitCode: usageCode)
}
// Without what libraries register for an orderly end: shut in, it can write nothing any more.
_exit(Servant.serve(memoryMiB: memoryMiB))
