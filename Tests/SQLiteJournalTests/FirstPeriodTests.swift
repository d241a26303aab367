import Foundation
import Terminal
import Testing

@testable import SQLiteJournal

/// The numbers of a journal's periods, where the hub says which is the first.
@Suite struct FirstPeriodTests {
    /// Opens the journal. The one before may hold the lock until its last task has let it go.
    private static func open(_ folder: String, first: UInt64) async throws -> SQLiteJournal {
        let identity: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        for _ in 0..<400 {
            do throws(JournalError) {
                return try SQLiteJournal(
                    folder: folder, identityIfNew: identity, firstPeriod: first)
            } catch {
                guard error == .locked else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try SQLiteJournal(folder: folder, identityIfNew: identity, firstPeriod: first)
    }

    private static func folder() -> String {
        NSTemporaryDirectory() + "till-periods-\(UUID().uuidString)"
    }

    /// What one journal does before it is closed again.
    private static func number(_ folder: String, first: UInt64, closing: Bool) async throws
        -> UInt64
    {
        let journal = try await open(folder, first: first)
        let open = try await journal.openPeriod().number
        guard closing else { return open }
        let closed = try await journal.closePeriod(nil, at: Records.now, by: nil)
        #expect(closed.number == open)
        #expect(try await journal.openPeriod().number == open + 1)
        return closed.number
    }

    @Test func aJournalBeginsWithTheNumberThatTheHubGave() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try await Self.number(folder, first: 1, closing: false) == 1)
        #expect(try await Self.number(folder, first: 100_001, closing: false) == 100_001)
        #expect(try await Self.number(folder, first: 200_001, closing: false) == 100_001)
        #expect(try await Self.number(folder, first: 1, closing: true) == 100_001)
        #expect(try await Self.number(folder, first: 300_001, closing: true) == 100_002)
    }

    @Test func aJournalThatHasClosedOneKeepsItsNumbers() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try await Self.number(folder, first: 1, closing: true) == 1)
        #expect(try await Self.number(folder, first: 100_001, closing: true) == 2)
    }
}
