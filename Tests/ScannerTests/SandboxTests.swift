import Foundation
import Testing

@Suite("Sandbox")
struct SandboxTests {
    private static let memory: UInt64 = 32 << 20

    /// How a trial ended: what its exit code or its signal was.
    private enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// What is tried, in the order of the program's own list.
    enum Trial: Int, Sendable {
        case nothing, openFile, listFolder, socket, fork, execute, signalParent, traceParent
        case terminalIoctl, executableMemory, muchMemory, someMemory, namespace, endlessLoop
    }

    private func outcome(of trial: Trial) throws -> End {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltScanner.built("sandbox-trial"))
        process.arguments = ["\(trial.rawValue)", "\(Self.memory)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self).filter { !$0.isWhitespace }
        let status = try #require(Int32(text))
        let signal = status & 0x7F
        return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    @Test("A process that has shut itself in can end, and use the memory it was given")
    func allowed() throws {
        #expect(try outcome(of: .nothing) == .exit(0))
        #expect(try outcome(of: .someMemory) == .exit(0))
    }

    @Test("It opens no file and lists no folder")
    func files() throws {
        #expect(try outcome(of: .openFile) == .exit(EACCES))
        #expect(try outcome(of: .listFolder) == .exit(EACCES))
    }

    @Test(
        "It dies over a socket, a child, a program, a foreign ioctl, a namespace, memory for code",
        arguments: [
            Trial.socket, .fork, .execute, .traceParent, .terminalIoctl, .executableMemory,
            .namespace,
        ])
    func deadly(trial: Trial) throws {
        #expect(try outcome(of: trial) == .signal(SIGSYS))
    }

    @Test("It can signal nobody")
    func signals() throws {
        #expect(try outcome(of: .signalParent) == .signal(SIGSYS))
    }

    @Test("Memory beyond its limit is refused")
    func memory() throws {
        #expect(try outcome(of: .muchMemory) == .exit(ENOMEM))
    }

    @Test("A loop without a daemon ends by itself")
    func loop() throws {
        #expect(try outcome(of: .endlessLoop) == .signal(SIGPROF))
    }
}
