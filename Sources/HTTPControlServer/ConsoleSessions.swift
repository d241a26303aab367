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
        var grants: [String: (member: StaffMember, session: String, until: UInt64)] = [:]
        var guardian = LoginGuard()
        /// Whether a PIN is being tried: one at a time, so that nobody tries many before the first is
        /// counted, and no more than one core is busy with them.
        var isProving = false
        /// The minute of the clock, and how many PINs were tried in it.
        var proofs: (minute: UInt64, count: Int) = (0, 0)
    }

    private let held = Mutex(Held())
    private let staff: any StaffDoor
    private let seconds: @Sendable () -> UInt64
    private let proofsPerMinute: Int?

    /// Makes an empty room; `seconds` only goes forward, `proofsPerMinute` is how many PINs are tried in
    /// a minute at most.
    init(
        staff: any StaffDoor, proofsPerMinute: Int? = nil,
        seconds: @escaping @Sendable () -> UInt64
    ) {
        self.staff = staff
        self.proofsPerMinute = proofsPerMinute
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

    /// Lets somebody vouch for one request of `session`.
    func vouch(name: String, pin: String, for session: String) throws(StaffError) -> Entry {
        try prove(name: name, pin: pin) { held, token, member, now in
            held.grants = held.grants.filter { $0.value.until > now }
            held.grants[token] = (member, session, now + Self.grantSeconds)
        }
    }

    /// Takes the place of whoever tries a PIN: nil where it is free, else the seconds until it may be.
    private func beginProof(of name: String, at now: UInt64) -> UInt64? {
        held.withLock { held in
            let wait = held.guardian.wait(for: name, at: now)
            guard wait == 0 else { return wait }
            guard !held.isProving else { return 1 }
            if let proofsPerMinute {
                if held.proofs.minute != now / 60 { held.proofs = (now / 60, 0) }
                guard held.proofs.count < proofsPerMinute else { return 60 - now % 60 }
                held.proofs.count += 1
            }
            held.isProving = true
            return nil
        }
    }

    private func prove(
        name: String, pin: String,
        entering: (inout sending Held, String, StaffMember, UInt64) -> Void
    ) throws(StaffError) -> Entry {
        let now = seconds()
        if let wait = beginProof(of: name, at: now) { return .waits(seconds: wait) }
        defer { held.withLock { $0.isProving = false } }
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

    /// Takes a supervisor's word: it holds once, for the session that it was given to, from somebody
    /// who still is one.
    func take(grant token: String, by session: String?) throws(StaffError) -> StaffMember? {
        let now = seconds()
        let member = held.withLock { held -> StaffMember? in
            guard let grant = held.grants.removeValue(forKey: token), grant.until > now,
                grant.session == session
            else { return nil }
            return grant.member
        }
        guard let member, try staff.members().contains(member) else { return nil }
        return member
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
