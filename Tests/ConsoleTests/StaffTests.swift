import FileStaffRoll
import Foundation
import Terminal
import Testing

@Suite struct StaffTests {
    private let path = NSTemporaryDirectory() + "till-staff-\(UUID().uuidString).json"

    @Test func letsInWhoHasTheNameAndThePIN() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let roll = FileStaffRoll(path: path)
        #expect(try roll.members().isEmpty)
        try roll.add(StaffMember(name: "Zoë", role: .supervisor), pin: "4711")
        try roll.add(StaffMember(name: "Ada", role: .cashier), pin: "80085")
        #expect(try roll.members().map(\.name) == ["Ada", "Zoë"])
        #expect(try roll.member(named: "Zoë", pin: "4711")?.role == .supervisor)
        #expect(try roll.member(named: "Zoë", pin: "80085") == nil)
        #expect(try roll.member(named: "Eve", pin: "4711") == nil)
        try roll.remove(named: "Zoë")
        #expect(try roll.member(named: "Zoë", pin: "4711") == nil)
    }

    @Test func keepsNoPINAndShowsTheFileToNobody() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let roll = FileStaffRoll(path: path)
        try roll.add(StaffMember(name: "Ada", role: .cashier), pin: "80085")
        try roll.add(StaffMember(name: "Bob", role: .cashier), pin: "80085")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains("80085"))
        let records = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        // The same PIN looks different with each salt.
        #expect(Set(records.compactMap { $0["hash"] as? String }).count == 2)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test(arguments: [
        ("123", StaffError.pinMalformed), ("12345678901234", .pinMalformed),
        ("12a4", .pinMalformed), ("1111", .pinTooSimple), ("1234", .pinTooSimple),
        ("9876", .pinTooSimple),
    ])
    func refusesPINsThatAreNone(pin: String, error: StaffError) {
        let roll = FileStaffRoll(path: path)
        #expect(throws: error) { try roll.add(StaffMember(name: "Ada", role: .cashier), pin: pin) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["", "a\u{7}b", String(repeating: "é", count: 17), "a\u{202E}b"])
    func refusesNamesThatCannotBeShown(name: String) {
        #expect(throws: StaffError.nameMalformed) {
            try StaffRules.check(name: name, pin: "4711")
        }
    }

    @Test func saysOfADamagedListThatNobodyCanLogIn() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("[{\"name\":".utf8).write(to: URL(fileURLWithPath: path))
        let roll = FileStaffRoll(path: path)
        let error = #expect(throws: StaffError.self) { try roll.members() }
        #expect(error?.reason == "staff-unreadable")
        // And it is never written over.
        #expect(throws: StaffError.self) {
            try roll.add(StaffMember(name: "Ada", role: .cashier), pin: "4711")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "[{\"name\":")
    }
}

@Suite struct LoginGuardTests {
    @Test func letsANameWaitLongerEachTimeAndNobodyElse() {
        var guardian = LoginGuard()
        for _ in 1..<LoginGuard.freeTries { guardian.note("Ada", succeeded: false, at: 100) }
        #expect(guardian.wait(for: "Ada", at: 100) == 0)
        guardian.note("Ada", succeeded: false, at: 100)
        #expect(guardian.wait(for: "Ada", at: 100) == LoginGuard.firstWaitSeconds)
        #expect(guardian.wait(for: "Bob", at: 100) == 0)
        #expect(guardian.wait(for: "Ada", at: 100 + LoginGuard.firstWaitSeconds) == 0)
        guardian.note("Ada", succeeded: false, at: 130)
        #expect(guardian.wait(for: "Ada", at: 130) == 2 * LoginGuard.firstWaitSeconds)
        for _ in 0..<40 { guardian.note("Ada", succeeded: false, at: 200) }
        #expect(guardian.wait(for: "Ada", at: 200) == LoginGuard.longestWaitSeconds)
    }

    @Test func forgetsWrongPINsOnceARightOneCame() {
        var guardian = LoginGuard()
        for _ in 0..<20 { guardian.note("Ada", succeeded: false, at: 0) }
        guardian.note("Ada", succeeded: true, at: 2_000)
        guardian.note("Ada", succeeded: false, at: 2_000)
        #expect(guardian.wait(for: "Ada", at: 2_000) == 0)
    }
}
