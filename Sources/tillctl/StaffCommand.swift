import ArgumentParser
import CommandSupport
import FileStaffRoll
import Foundation
import Terminal
import TerminalState

/// `tillctl staff`: who may log in at the console.
struct StaffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff", abstract: "Say who may log in at the cashier's console.",
        subcommands: [StaffListCommand.self, StaffAddCommand.self, StaffRemoveCommand.self])
}

/// The answer of each of them.
private struct StaffAnswer: Encodable {
    let name: String
    let role: String

    init(_ member: StaffMember) {
        name = member.name
        role = member.role.rawValue
    }
}

/// `tillctl staff list`.
struct StaffListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show who may log in, and as what.")

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let members = try state.roll.asked { roll throws(StaffError) in try roll.members() }
        if output.json { return try Output.json(members.map(StaffAnswer.init)) }
        for member in members { Output.line("\(member.name): \(member.role.rawValue)") }
        if members.isEmpty { Output.line("Nobody yet. Add somebody with tillctl staff add.") }
    }
}

/// `tillctl staff add`.
struct StaffAddCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let somebody log in.",
        discussion: """
            The PIN, 4 to 12 digits, is read from standard input (one line): a command line can be \
            seen by others. It is kept as a hash. A cashier sells and gives small amounts back, a \
            supervisor gives back anything and closes the period, a technician may also settle the \
            clock and export the journal.
            """)

    @Argument(help: "The name that is shown at log-in.")
    var name: String
    @Option(help: "cashier, supervisor or technician.")
    var role: String = StaffRole.cashier.rawValue
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        guard let role = StaffRole(rawValue: role) else {
            throw CommandFailure(
                .usage, reason: "role-unknown",
                message: "\(self.role.prefix(20)) is no role: cashier, supervisor or technician. "
                    + "Nothing was changed.")
        }
        if isatty(STDIN_FILENO) == 1 { Output.note("PIN (4 to 12 digits):") }
        let pin = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
        let member = StaffMember(name: name, role: role)
        try state.roll.asked { roll throws(StaffError) in try roll.add(member, pin: pin) }
        if output.json { return try Output.json(StaffAnswer(member)) }
        Output.line("\(name) may log in as \(role.rawValue).")
    }
}

/// `tillctl staff remove`.
struct StaffRemoveCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Let somebody log in no longer.")

    @Argument(help: "The name.")
    var name: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable { let removed: String }

    func perform() async throws {
        try state.roll.asked { roll throws(StaffError) in try roll.remove(named: name) }
        if output.json { return try Output.json(Answer(removed: name)) }
        Output.line("\(name) may log in no longer, and is logged out.")
    }
}

extension StateOptions {
    /// The staff of the folder.
    fileprivate var roll: FileStaffRoll { FileStaffRoll(path: StateFolder(folder).staffPath) }
}

extension FileStaffRoll {
    /// Asks, and tells what went wrong in a command's words.
    fileprivate func asked<Value>(_ question: (FileStaffRoll) throws(StaffError) -> Value) throws
        -> Value
    {
        do { return try question(self) } catch {
            let code: ExitStatus =
                switch error {
                case .unknown: .notFound
                case .unreadable: .dataDamaged
                default: .failed
                }
            throw CommandFailure(code, reason: error.reason, message: error.message)
        }
    }
}
