public import Payments
import Vouchers

/// What a member of the staff may do at the console; each may what the ones before may.
public enum StaffRole: String, CaseIterable, Comparable, Sendable {
    /// Sells, and gives small amounts back.
    case cashier
    /// Gives any amount back, reverses, and closes the period.
    case supervisor
    /// Looks after clock, trust data and journal files.
    case technician

    /// Whether `a` may do less than `b`.
    public static func < (a: StaffRole, b: StaffRole) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .cashier: 0
        case .supervisor: 1
        case .technician: 2
        }
    }
}

/// Somebody who works at this terminal.
public struct StaffMember: Hashable, Sendable {
    /// The name that is chosen at log-in, 1 to 32 bytes of UTF-8, unique at this terminal.
    public let name: String
    /// What they may do.
    public let role: StaffRole

    /// Makes a member.
    public init(name: String, role: StaffRole) {
        self.name = name
        self.role = role
    }
}

/// Why the staff could not be asked for or changed.
public enum StaffError: Error, Hashable, Sendable {
    /// The file of the staff cannot be read or is damaged; the text says why.
    case unreadable(String)
    /// It could not be written; the text says why.
    case notWritten(String)
    /// A name is empty, too long, or not printable.
    case nameMalformed
    /// A PIN is not of ``StaffRules/pinLengths`` digits.
    case pinMalformed
    /// A PIN that is among the first to be tried: all alike, or counted up or down.
    case pinTooSimple
    /// The name is taken.
    case nameTaken(String)
    /// Nobody has the name.
    case unknown(String)
    /// There is no room for more.
    case tooMany

    /// The stable code.
    public var reason: String {
        switch self {
        case .unreadable: "staff-unreadable"
        case .notWritten: "staff-not-written"
        case .nameMalformed: "staff-name-malformed"
        case .pinMalformed: "pin-malformed"
        case .pinTooSimple: "pin-too-simple"
        case .nameTaken: "staff-name-taken"
        case .unknown: "staff-unknown"
        case .tooMany: "staff-too-many"
        }
    }

    /// What happened, what it means, and what to do.
    public var message: String {
        switch self {
        case .unreadable(let why):
            "The list of the staff cannot be read (\(why)). Nobody can log in at the console; "
                + "sales by tillctl go on. Restore the file, or remove it and add everybody anew."
        case .notWritten(let why):
            "The list of the staff could not be written (\(why)). It is as it was."
        case .nameMalformed:
            "A name has 1 to \(StaffRules.maximumNameLength) bytes of printable text. Nothing was "
                + "changed."
        case .pinMalformed:
            "A PIN has \(StaffRules.pinLengths.lowerBound) to "
                + "\(StaffRules.pinLengths.upperBound) digits. Nothing was changed."
        case .pinTooSimple:
            "This PIN is among the first that anybody tries. Nothing was changed. Choose another."
        case .nameTaken(let name):
            "There is somebody called \(name) already. Nothing was changed. Remove them first, or "
                + "choose another name."
        case .unknown(let name):
            "Nobody here is called \(name). Nothing was changed. See tillctl staff list."
        case .tooMany:
            "A terminal knows at most \(StaffRules.maximumMembers) people. Nothing was changed. "
                + "Remove those who have left."
        }
    }
}

/// What names and PINs must be.
public enum StaffRules {
    /// Digits in a PIN: four are what people remember, twelve more than anybody types.
    public static let pinLengths = 4...12
    /// Bytes of UTF-8 in a name: what the journal has room for beside an entry.
    public static let maximumNameLength = EntryOperator.maximumIDLength
    /// People at one terminal: a log-in that lists more is no help.
    public static let maximumMembers = 200

    /// Checks a new member's name and PIN.
    public static func check(name: String, pin: String) throws(StaffError) {
        guard (1...maximumNameLength).contains(name.utf8.count),
            name.isDisplayable
        else { throw .nameMalformed }
        let digits = pin.unicodeScalars.map { Int($0.value) - 48 }
        guard pinLengths.contains(digits.count), digits.allSatisfy((0...9).contains) else {
            throw .pinMalformed
        }
        let steps = zip(digits.dropFirst(), digits).map { $0 - $1 }
        if let step = steps.first, abs(step) <= 1, steps.allSatisfy({ $0 == step }) {
            throw .pinTooSimple
        }
    }
}

extension StaffMember {
    /// As the journal names whoever did something (`docs/spec/journal.md`, key 17).
    public var entryOperator: EntryOperator {
        let role: EntryOperator.Role =
            switch role {
            case .cashier: .cashier
            case .supervisor: .supervisor
            case .technician: .technician
            }
        return EntryOperator(role: role, id: name)
    }
}

/// Who works at this terminal, and whether a PIN is theirs.
public protocol StaffDoor: Sendable {
    /// Everybody, by name.
    func members() throws(StaffError) -> [StaffMember]

    /// The member of that name, if the PIN is theirs. Takes as long for a name that nobody has.
    func member(named name: String, pin: String) throws(StaffError) -> StaffMember?
}

/// Slows down who guesses at one name, without locking anybody else out.
///
/// After ``freeTries`` wrong PINs in a row a name waits, longer each time, never for ever; a right
/// PIN forgets them. Times are seconds of a clock that only goes forward. Only names that somebody
/// has may be noted, so that guessing at names costs no memory.
public struct LoginGuard: Sendable {
    /// Wrong PINs before a name waits: fingers slip.
    public static let freeTries = 5
    /// The first wait, in seconds; it doubles.
    public static let firstWaitSeconds: UInt64 = 30
    /// The longest wait: four digits take years then, and a cashier who forgot is no lost shift.
    public static let longestWaitSeconds: UInt64 = 900

    private struct Failures {
        var count = 0
        var until: UInt64 = 0
    }

    private var failures: [String: Failures] = [:]

    /// Makes a guard that has seen nothing.
    public init() {}

    /// The seconds that `name` must still wait at `now`; 0 where it may try.
    public func wait(for name: String, at now: UInt64) -> UInt64 {
        guard let failed = failures[name], failed.until > now else { return 0 }
        return failed.until - now
    }

    /// Notes how a try ended.
    public mutating func note(_ name: String, succeeded: Bool, at now: UInt64) {
        guard !succeeded else {
            failures[name] = nil
            return
        }
        var failed = failures[name] ?? Failures()
        failed.count += 1
        if failed.count >= Self.freeTries {
            let doubled = min(failed.count - Self.freeTries, 10)
            failed.until = now + min(Self.firstWaitSeconds << doubled, Self.longestWaitSeconds)
        }
        failures[name] = failed
    }
}
