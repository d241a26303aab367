import Foundation
import HubProtocol
import Payments
import SQLiteStandingShelf
import Terminal
import Testing
import Vouchers

@Suite struct StandingShelfTests {
    private let path = NSTemporaryDirectory() + "till-standings-\(UUID().uuidString).sqlite"
    private let other = TerminalID("till:m42/t8")!

    private func name(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 16) }

    private func standing(_ spent: UInt64, counted: UInt64 = 3, at: UInt64 = 1_000) -> HubStanding {
        HubStanding(
            spent: spent, countedThrough: counted,
            last: ElsewhereRedemption(terminal: other, at: at, amount: spent))
    }

    private func told(
        _ after: UInt64, _ through: UInt64, _ lines: [UInt8: HubStanding], at: UInt64 = 2_000
    ) -> VoucherStandings {
        VoucherStandings(
            terminal: TerminalID("till:m42/t7")!, journal: [UInt8](repeating: 1, count: 8), at: at,
            after: after, through: through, countedThrough: 3, isComplete: true,
            lines: lines.map { .init(voucher: name($0.key), standing: $0.value) })
    }

    private func remove() {
        for ending in ["", "-wal", "-shm", ".damaged"] {
            try? FileManager.default.removeItem(atPath: path + ending)
        }
    }

    @Test func keepsWhatTheHubToldOverARestart() async throws {
        defer { remove() }
        do {
            let shelf = try SQLiteStandingShelf(path: path)
            #expect(try await shelf.through() == 0)
            #expect(try await shelf.standing(of: name(1)) == nil)
            try await shelf.take(told(0, 5, [1: standing(400), 2: standing(7)]))
        }
        let shelf = try SQLiteStandingShelf(path: path)
        #expect(try await shelf.through() == 5)
        #expect(try await shelf.standing(of: name(1)) == standing(400))
        #expect(try await shelf.standing(of: name(3)) == nil)
    }

    @Test func goesOnWhereItEndedOrBeginsAnewAndTakesNothingElse() async throws {
        defer { remove() }
        let shelf = try SQLiteStandingShelf(path: path)
        try await shelf.take(told(0, 5, [1: standing(400)]))
        for place in [UInt64(4), 6] {
            await #expect(throws: StandingShelfError.otherPlace(expected: 5, found: place)) {
                try await shelf.take(told(place, 9, [2: standing(1)]))
            }
        }
        #expect(try await shelf.standing(of: name(2)) == nil)
        #expect(try await shelf.through() == 5)
        try await shelf.take(told(5, 9, [1: standing(500)]))
        #expect(try await shelf.standing(of: name(1)) == standing(500))
        // An older answer that comes again lowers nothing: all of it is only asked for once more.
        try await shelf.take(told(0, 5, [1: standing(400), 3: standing(9)]))
        #expect(try await shelf.standing(of: name(1)) == standing(500))
        #expect(try await shelf.standing(of: name(3)) == standing(9))
        #expect(try await shelf.through() == 5)
        // What was given back elsewhere is free again.
        try await shelf.take(told(5, 10, [1: standing(100)]))
        #expect(try await shelf.standing(of: name(1)) == standing(100))
    }

    @Test func forgetsWhatHasLongExpired() async throws {
        defer { remove() }
        let shelf = try SQLiteStandingShelf(path: path)
        let later = 1_000 + SQLiteStandingShelf.keptSeconds
        try await shelf.take(told(0, 1, [1: standing(4), 2: standing(4, at: 1_001)]))
        try await shelf.take(told(1, 2, [:], at: later))
        #expect(try await shelf.standing(of: name(1)) != nil, "to the second")
        try await shelf.take(told(2, 3, [:], at: later + 1))
        #expect(try await shelf.standing(of: name(1)) == nil)
        #expect(try await shelf.standing(of: name(2)) != nil)
    }

    @Test func setsADamagedFileAsideAndBeginsAnew() async throws {
        defer { remove() }
        try Data("no database at all, but long enough to be read as one".utf8)
            .write(to: URL(fileURLWithPath: path))
        let shelf = try SQLiteStandingShelf(path: path)
        #expect(try await shelf.through() == 0)
        try await shelf.take(told(0, 1, [1: standing(4)]))
        #expect(try await shelf.standing(of: name(1)) == standing(4))
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
    }

    @Test func saysWhereItCannotBe() {
        let error = #expect(throws: StandingShelfError.self) {
            try SQLiteStandingShelf(path: "/proc/till/standings.sqlite")
        }
        #expect(error?.reason == "standings-unreadable")
    }
}
