import Synchronization
import Terminal

/// Who is logged in at the console: held in memory, gone with the daemon.
final class ConsoleSessions: Sendable {
    /// Bytes of a session's or a grant's token: as many as nobody guesses.
    static let tokenBytes = 24
    /// How long a session lives unused, in seconds: a lunch break, not a night.
    static let idleSeconds: UInt64 = 4 * 3_600
    /// How long a session lives at all, in seconds: a long shift.
    static let longestSeconds: UInt64 = 16 * 3_600
    /// How long a supervisor's word holds, in seconds, for one request.
    static let grantSeconds: UInt64 = 60
    /// Sessions at once; the least used ends for one more.
    static let maximumSessions = 64

    /// What became of a log-in.
    enum Entry: Sendable {
        case entered(token: String, StaffMember)
        case refused
        /// Too many wrong PINs: this name waits so many seconds.
        case waits(seconds: UInt64)
    }

    private struct Session {
        let member: StaffMember
        let begun: UInt64
        var used: UInt64
    }

    private struct Held {
        var sessions: [String: Session] = [:]
        var grants: [String: (member: StaffMember, until: UInt64)] = [:]
        var guardian = LoginGuard()
    }

    private let held = Mutex(Held())
    private let staff: any StaffDoor
    private let seconds: @Sendable () -> UInt64

    /// Makes an empty room; `seconds` only goes forward.
    init(staff: any StaffDoor, seconds: @escaping @Sendable () -> UInt64) {
        self.staff = staff
        self.seconds = seconds
    }

    /// Everybody who could log in.
    func members() throws(StaffError) -> [StaffMember] { try staff.members() }

    /// Logs somebody in.
    func enter(name: String, pin: String) throws(StaffError) -> Entry {
        try prove(name: name, pin: pin) { held, token, member, now in
            if held.sessions.count >= Self.maximumSessions,
                let idle = held.sessions.min(by: { $0.value.used < $1.value.used })
            {
                held.sessions[idle.key] = nil
            }
            held.sessions[token] = Session(member: member, begun: now, used: now)
        }
    }

    /// Lets somebody vouch for one request of another's session.
    func vouch(name: String, pin: String) throws(StaffError) -> Entry {
        try prove(name: name, pin: pin) { held, token, member, now in
            held.grants = held.grants.filter { $0.value.until > now }
            held.grants[token] = (member, now + Self.grantSeconds)
        }
    }

    private func prove(
        name: String, pin: String,
        entering: (inout sending Held, String, StaffMember, UInt64) -> Void
    ) throws(StaffError) -> Entry {
        let now = seconds()
        let wait = held.withLock { $0.guardian.wait(for: name, at: now) }
        guard wait == 0 else { return .waits(seconds: wait) }
        let isKnown = try staff.members().contains { $0.name == name }
        let member = try staff.member(named: name, pin: pin)
        let token = Self.token()
        return held.withLock { held in
            if isKnown { held.guardian.note(name, succeeded: member != nil, at: now) }
            guard let member else {
                let wait = held.guardian.wait(for: name, at: now)
                return wait > 0 ? .waits(seconds: wait) : .refused
            }
            entering(&held, token, member, now)
            return .entered(token: token, member)
        }
    }

    /// Whether a session still lives. Looking does not keep it alive: a page that is left open, and
    /// only hears events, ends as one that is closed.
    func holds(_ token: String) throws(StaffError) -> Bool {
        try member(of: token, isUse: false) != nil
    }

    /// The member of a session that still lives, as the staff's list has them now.
    func member(of token: String, isUse: Bool = true) throws(StaffError) -> StaffMember? {
        let now = seconds()
        let member = held.withLock { held -> StaffMember? in
            guard var session = held.sessions[token] else { return nil }
            guard now - session.used <= Self.idleSeconds,
                now - session.begun <= Self.longestSeconds
            else {
                held.sessions[token] = nil
                return nil
            }
            if isUse { session.used = now }
            held.sessions[token] = session
            return session.member
        }
        guard let member, try staff.members().contains(member) else { return nil }
        return member
    }

    /// Takes a supervisor's word: it holds once.
    func take(grant token: String) -> StaffMember? {
        let now = seconds()
        return held.withLock { held in
            guard let grant = held.grants.removeValue(forKey: token), grant.until > now else {
                return nil
            }
            return grant.member
        }
    }

    /// Ends a session.
    func leave(_ token: String) { held.withLock { $0.sessions[token] = nil } }

    private static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<tokenBytes).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
