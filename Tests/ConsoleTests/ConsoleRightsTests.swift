import ConsolePage
import HTTPTypes
import Money
import Terminal
import Testing

@testable import HTTPControlServer

@Suite struct ConsoleRightsTests {
    @Test func asksForTheRoleThatEachRouteNeeds() {
        #expect(ConsoleRights.needed(.post, "/v1/sales") == .cashier)
        #expect(ConsoleRights.needed(.post, "/v1/receipts/12/refund") == .cashier)
        #expect(ConsoleRights.needed(.post, "/v1/receipts/12/reverse") == .supervisor)
        #expect(ConsoleRights.needed(.post, "/v1/periods") == .supervisor)
        #expect(ConsoleRights.needed(.get, "/v1/journal/export") == .technician)
        // What the table does not name is nobody's: a new route is closed until it is entered.
        #expect(ConsoleRights.needed(.put, "/v1/hot-list") == nil)
        #expect(ConsoleRights.needed(.post, "/v1/trust") == nil)
        #expect(ConsoleRights.needed(.delete, "/v1/sales") == nil)
        #expect(ConsoleRights.needed(.get, "/v1/receipts/12/refund") == nil)
    }

    @Test func letsACashierGiveBackUpToTheLimitAndASupervisorMore() throws {
        let euro = try #require(Currency(code: "EUR"))
        let alone = ConsoleRights(
            member: StaffMember(name: "Ada", role: .cashier), refundLimit: 500)
        try alone.check(givingBack: Amount(minorUnits: 500, currency: euro))
        let refusal = #expect(throws: SaleRefusal.self) {
            try alone.check(givingBack: Amount(minorUnits: 501, currency: euro))
        }
        #expect(refusal?.reason == "supervisor-needed")
        let vouchedFor = ConsoleRights(
            member: StaffMember(name: "Zoë", role: .supervisor), refundLimit: 500)
        try vouchedFor.check(givingBack: Amount(minorUnits: 501, currency: euro))
    }

    @Test func hasEveryFileThatItsPagesName() throws {
        for page in ["console.html", "display.html"] {
            let file = try #require(ConsolePage.file(named: page))
            let text = String(decoding: file.bytes, as: UTF8.self)
            let names = text.matches(of: #/(?:src|href)="\/console\/page\/([a-z.]+)"/#)
            #expect(!names.isEmpty, "\(page) names no file")
            for name in names {
                #expect(ConsolePage.file(named: String(name.1)) != nil, "\(page): \(name.1)")
            }
        }
        #expect(ConsolePage.file(named: "../Package.swift") == nil)
    }
}

@Suite struct ConsoleSessionsTests {
    /// A door with one cashier and one supervisor, and a clock that is set by hand.
    private struct Door: StaffDoor {
        func members() -> [StaffMember] {
            [StaffMember(name: "Ada", role: .cashier), StaffMember(name: "Zoë", role: .supervisor)]
        }

        func member(named name: String, pin: String) -> StaffMember? {
            pin == "4711" ? members().first { $0.name == name } : nil
        }
    }

    @Test func endsASessionThatIsNotUsed() throws {
        let clock = HandClock()
        let sessions = ConsoleSessions(staff: Door(), seconds: { clock.now })
        guard case .entered(let token, let member) = try sessions.enter(name: "Ada", pin: "4711")
        else { Issue.record("was not let in"); return }
        #expect(member.role == .cashier)
        clock.now += ConsoleSessions.idleSeconds
        #expect(try sessions.member(of: token) != nil)
        clock.now += ConsoleSessions.idleSeconds + 1
        #expect(try sessions.member(of: token) == nil)
        #expect(try sessions.member(of: "another") == nil)
    }

    @Test func triesNoMorePINsThanAMinuteAllows() throws {
        let clock = HandClock()
        let sessions = ConsoleSessions(
            staff: Door(), proofsPerMinute: 3, seconds: { clock.now })
        for number in 0..<3 {
            guard case .refused = try sessions.enter(name: "Nobody \(number)", pin: "0000") else {
                Issue.record("a name that nobody has is refused")
                return
            }
        }
        guard case .waits(let seconds) = try sessions.enter(name: "Ada", pin: "4711") else {
            Issue.record("a fourth PIN was tried")
            return
        }
        clock.now += seconds
        guard case .entered = try sessions.enter(name: "Ada", pin: "4711") else {
            Issue.record("the next minute has its own")
            return
        }
    }

    @Test func takesASupervisorsWordOnce() throws {
        let sessions = ConsoleSessions(staff: Door(), seconds: { 0 })
        guard case .entered(let grant, _) = try sessions.vouch(name: "Zoë", pin: "4711", for: "a")
        else {
            Issue.record("was not let in")
            return
        }
        #expect(try sessions.take(grant: grant, by: "a")?.role == .supervisor)
        #expect(try sessions.take(grant: grant, by: "a") == nil)
        guard
            case .entered(let other, _) = try sessions.vouch(
                name: "Zoë", pin: "4711", for: "a")
        else { return }
        // Whoever overhears it has another session.
        #expect(try sessions.take(grant: other, by: "b") == nil)
        // A grant is no session.
        #expect(try sessions.member(of: grant) == nil)
    }

    @Test func letsAnotherNameInWhileOneWaits() throws {
        let sessions = ConsoleSessions(staff: Door(), seconds: { 0 })
        for _ in 0..<LoginGuard.freeTries { _ = try sessions.enter(name: "Ada", pin: "0000") }
        guard case .waits = try sessions.enter(name: "Ada", pin: "4711") else {
            Issue.record("a guessed name does not wait")
            return
        }
        guard case .entered = try sessions.enter(name: "Zoë", pin: "4711") else {
            Issue.record("the shop is locked")
            return
        }
    }
}

/// Seconds that a test sets.
private final class HandClock: @unchecked Sendable {
    var now: UInt64 = 1_000
}
