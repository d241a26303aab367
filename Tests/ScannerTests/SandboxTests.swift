import Glibc
import SandboxTrial
import Testing

@Suite("Sandbox")
struct SandboxTests {
    private static let memory: UInt64 = 32 << 20

    /// How a trial ended: what its exit code or its signal was.
    private enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    private func outcome(of trial: till_trial) throws -> End {
        var status: Int32 = 0
        try #require(till_sandbox_try(trial, Self.memory, &status) == 0)
        let signal = status & 0x7F
        return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    @Test("A process that has shut itself in can end, and use the memory it was given")
    func allowed() throws {
        #expect(try outcome(of: TILL_TRIAL_NOTHING) == .exit(0))
        #expect(try outcome(of: TILL_TRIAL_SOME_MEMORY) == .exit(0))
    }

    @Test("It opens no file and lists no folder")
    func files() throws {
        #expect(try outcome(of: TILL_TRIAL_OPEN_FILE) == .exit(EACCES))
        #expect(try outcome(of: TILL_TRIAL_LIST_FOLDER) == .exit(EACCES))
    }

    @Test(
        "It dies over a socket, a child, a program, a foreign ioctl, a namespace, memory for code",
        arguments: [
            TILL_TRIAL_SOCKET, TILL_TRIAL_FORK, TILL_TRIAL_EXECUTE, TILL_TRIAL_TRACE_PARENT,
            TILL_TRIAL_TERMINAL_IOCTL, TILL_TRIAL_EXECUTABLE_MEMORY, TILL_TRIAL_NAMESPACE,
        ].map(\.rawValue))
    func deadly(trial: UInt32) throws {
        #expect(try outcome(of: till_trial(trial)) == .signal(SIGSYS))
    }

    @Test("It can signal nobody")
    func signals() throws {
        #expect(try outcome(of: TILL_TRIAL_SIGNAL_PARENT) == .signal(SIGSYS))
    }

    @Test("Memory beyond its limit is refused")
    func memory() throws {
        #expect(try outcome(of: TILL_TRIAL_MUCH_MEMORY) == .exit(ENOMEM))
    }

    @Test("A loop without a daemon ends by itself")
    func loop() throws {
        #expect(try outcome(of: TILL_TRIAL_ENDLESS_LOOP) == .signal(SIGPROF))
    }
}
