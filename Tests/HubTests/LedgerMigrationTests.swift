import Foundation
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing

/// A ledger that a released program has written opens in this one, with all that was in it.
@Suite struct LedgerMigrationTests {
    private static let released = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Vectors/ledgers/schema-1/ledger.sqlite").path

    @Test("A ledger of schema 1 opens, with every batch and row that was in it")
    func opensSchema1() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.sqlite"
        try FileManager.default.copyItem(atPath: Self.released, toPath: path)
        let ledger = try SQLiteHubLedger(path: path, creating: false)
        let batches = try await ledger.batches(after: 0, limit: 50)
        #expect(batches.map(\.arrival) == [1, 2, 3])
        let rows = batches.flatMap(\.rows)
        #expect(rows.map(\.sequence) == Array(1...13))
        #expect(
            rows.filter { if case .captured = $0.standing { true } else { false } }
                .compactMap(\.subject?.amount).reduce(0, +) == 11_150)
        #expect(try await ledger.enrolments().count == 1)
        // It opens again as what it is now.
        #expect(throws: Never.self) { try SQLiteHubLedger(path: path, creating: false) }
    }
}
