import Foundation
import SQLiteJournal
import Terminal
import Testing

/// The contract of the port, on this adapter.
@Suite struct SQLiteJournalContractTests {
    @Test("SQLiteJournal keeps the contract of its port", arguments: JournalContract.clauses)
    func keeps(_ clause: JournalClause) async throws {
        try await clause.check(try TemporaryJournal())
    }
}

/// A journal in a folder of its own, which goes when this goes.
actor TemporaryJournal: RestartableJournal {
    static let identity: [UInt8] = [0xC0, 0xFF, 0xEE, 0, 0, 0, 0, 1]

    /// Where all its lives are kept.
    private let root: String
    private var lives = 1
    /// Nil while it is closed.
    private var open: SQLiteJournal?

    init() throws {
        root = NSTemporaryDirectory() + "till-journal-\(UUID().uuidString)"
        open = try SQLiteJournal(folder: root + "/1", identityIfNew: Self.identity)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Where it lies now.
    var folder: String { root + "/\(lives)" }

    var journal: any Journal { sqlite }

    /// The journal, as what it is.
    var sqlite: SQLiteJournal {
        guard let open else { preconditionFailure("The journal is closed.") }
        return open
    }

    /// Ends it as SIGKILL does: what lies in the folder now is all that the next life has.
    func restart() throws {
        try copy(to: root + "/\(lives + 1)")
        lives += 1
        open = try SQLiteJournal(folder: folder, identityIfNew: [0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Copies what lies in the folder now.
    func copy(to path: String) throws {
        try FileManager.default.copyItem(atPath: folder, toPath: path)
    }

    /// Ends it in good order, and says where it lies.
    func close() -> String {
        open = nil
        return folder
    }

    /// Opens what lies there, after ``close()``.
    func reopen() throws {
        open = try SQLiteJournal(folder: folder, identityIfNew: [0, 0, 0, 0, 0, 0, 0, 0])
    }
}
