import Foundation
import GRDB
import HubProtocol
import Payments
import Terminal
import Vouchers

/// Compares what a journal's tables say with the chain of its entries (`docs/spec/journal.md`,
/// *Audit*): whoever edits a row with another tool must also forge the hashes, and the hub has
/// the last one that was sent.
enum JournalAudit {
    /// Where the chain stands.
    private struct Link {
        var sequence: UInt64 = 0
        var hash = JournalEntry.genesis
        var receipt: UInt64 = 0
    }

    /// Everything: the database's own structure, the schema, each entry against its hash and its
    /// rows, and the sums. Refuses with the first contradiction.
    static func check(_ db: Database) throws {
        try JournalSchema.checkWording(of: db)
        try SQLiteJournal.checkStructure(of: db)
        try checkEntries(after: try start(in: db), in: db)
        try checkSums(in: db)
    }

    /// Whether there are at most `count` entries that are not archived.
    static func isShort(_ db: Database, atMost count: UInt64) throws -> Bool {
        let (first, last) = try ends(in: db)
        return last - first.sequence <= count
    }

    /// The schema, and the newest `count` entries against their hashes and their rows; there are
    /// more.
    static func check(_ db: Database, newest count: UInt64) throws {
        try JournalSchema.checkWording(of: db)
        let (first, last) = try ends(in: db)
        try checkEntries(after: try link(at: last - count, after: first, in: db), in: db)
    }

    /// Where the first entry that is not archived goes on from, and the last entry's number.
    private static func ends(in db: Database) throws -> (first: Link, last: UInt64) {
        let first = try start(in: db)
        return (first, max(first.sequence, try JournalQueries.tip(in: db).sequence))
    }

    /// Where the chain stands after an entry that is there.
    private static func link(at sequence: UInt64, after start: Link, in db: Database) throws -> Link
    {
        let arguments: StatementArguments = [try sequence.column()]
        guard
            let entry = try Row.fetchOne(
                db, sql: "SELECT hash FROM entry WHERE sequence = ?", arguments: arguments)
        else { throw JournalError.damaged("entry \(sequence) is missing") }
        let receipt = try Row.fetchOne(
            db,
            sql: """
                SELECT receipt FROM entry WHERE sequence <= ? AND receipt IS NOT NULL
                ORDER BY sequence DESC LIMIT 1
                """, arguments: arguments)
        return Link(
            sequence: sequence, hash: try entry.bytes("hash"),
            receipt: try receipt?.unsigned("receipt") ?? start.receipt)
    }

    private static func checkEntries(after start: Link, in db: Database) throws {
        var link = start
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.*, r.issuer, r.cti, r.kind AS voucher_kind, r.consumed, r.nonce
                FROM entry e LEFT JOIN redemption r USING (sequence)
                WHERE e.sequence > ? ORDER BY e.sequence
                """, arguments: [try start.sequence.column()])
        while let row = try rows.next() {
            let sequence = try row.unsigned("sequence")
            let hash = try row.bytes("hash")
            guard sequence == link.sequence + 1 else {
                throw JournalError.damaged("entry \(link.sequence + 1) is missing")
            }
            guard try row.bytes("previous") == link.hash else {
                throw JournalError.damaged("entry \(sequence) does not follow the one before")
            }
            let body = try row.bytes("body")
            guard JournalEntry.hash(of: body) == hash else {
                throw JournalError.damaged("entry \(sequence) does not have its hash")
            }
            let entry = try JournalAudit.decoded(body, sequence)
            guard try agrees(entry, row), try agrees(entry, with: db) else {
                throw JournalError.damaged("entry \(sequence) contradicts its rows")
            }
            if let receipt = entry.receipt {
                guard receipt == link.receipt + 1 else {
                    throw JournalError.damaged("receipt \(link.receipt + 1) is missing")
                }
            }
            link = Link(
                sequence: sequence, hash: hash, receipt: entry.receipt ?? link.receipt)
        }
    }

    /// Where the first entry that is not archived goes on from.
    private static func start(in db: Database) throws -> Link {
        let last = try Row.fetchOne(
            db, sql: "SELECT last, hash, receipt FROM segment ORDER BY number DESC LIMIT 1")
        guard let last else { return Link() }
        return Link(
            sequence: try last.unsigned("last"), hash: try last.bytes("hash"),
            receipt: try last.unsigned("receipt"))
    }

    private static func decoded(_ body: [UInt8], _ sequence: UInt64) throws -> JournalEntry {
        do throws(JournalEntryError) { return try JournalEntry(decoding: body) } catch {
            throw JournalError.damaged("entry \(sequence): \(error.description)")
        }
    }

    /// Whether each column, and the redemption of a capture, repeats what the hashed bytes say.
    private static func agrees(_ entry: JournalEntry, _ row: Row) throws -> Bool {
        guard try entry.sequence == row.unsigned("sequence"),
            try entry.previousHash == row.bytes("previous"),
            try entry.at == row.unsigned("at"),
            try UInt64(entry.kind.rawValue) == row.unsigned("kind"),
            try entry.receipt == row.unsignedIfPresent("receipt"),
            try entry.reason == row.decode(String?.self, forColumn: "reason")
        else { return false }
        let currency = entry.subject.map { UInt64($0.currencyNumber) }
        guard try entry.subject?.sale == row.decode(String?.self, forColumn: "sale"),
            try currency == row.unsignedIfPresent("currency"),
            try entry.subject?.amount == row.unsignedIfPresent("amount")
        else { return false }
        guard case .capture(let capture) = entry.event else {
            return try row.decode(String?.self, forColumn: "issuer") == nil
        }
        let nonce = try row.decode(Data?.self, forColumn: "nonce").map { [UInt8]($0) }
        guard
            try row.decode(String?.self, forColumn: "issuer") == capture.voucher.issuer.name,
            try row.bytes("cti") == capture.voucher.cti,
            try row.unsigned("voucher_kind") == UInt64(capture.kind),
            try row.unsigned("consumed") == capture.consumed
        else { return false }
        return nonce == capture.requestNonce
    }

    /// Whether the row that an entry of another kind has in a table of its own repeats it.
    private static func agrees(_ entry: JournalEntry, with db: Database) throws -> Bool {
        func row(_ sql: String) throws -> Row? {
            try Row.fetchOne(
                db.cachedStatement(sql: sql), arguments: [try entry.sequence.column()])
        }
        guard try VATRows.ofEntry(entry.sequence, in: db) == entry.event.vat,
            try TipRows.ofEntry(entry.sequence, in: db) == entry.event.tip
        else { return false }
        switch entry.event {
        case .capture, .decline, .clock: return true
        case .undo(let undo):
            guard let kept = try row("SELECT * FROM undo WHERE sequence = ?") else { return false }
            var way: UInt64?
            if case .refund(_, let taken) = undo.kind { way = UInt64(taken.rawValue) }
            guard try kept.unsigned("capture") == undo.undone,
                try kept.unsigned("kind") == UInt64(entry.kind.rawValue),
                try kept.unsignedIfPresent("way") == way,
                try kept.unsigned("amount") == entry.subject?.amount
            else { return false }
            return try kept.unsigned("restored") == undo.restoration?.amount ?? 0
        case .markedPaid:
            let sale = try row(
                """
                SELECT s.state FROM entry e JOIN sale s ON s.reference = e.sale WHERE e.sequence = ?
                """)
            return try sale?.text("state") == SaleState.markedPaid.rawValue
        case .periodClosed(let period):
            return try row("SELECT number FROM period WHERE sequence = ?")?.unsigned("number")
                == period.number
                && JournalQueries.drawer(of: period.number, in: db) == period.drawer
        case .document(let document):
            return try row("SELECT hash FROM adoption WHERE sequence = ?")?.bytes("hash")
                == document.digest
        }
    }

    /// What the table `outstanding` is to hold.
    private static let outstanding = JournalSchema.outstandingSum(
        above: JournalSchema.acknowledged, through: JournalSchema.newest)

    /// What is added up elsewhere is the sum of what was entered.
    private static func checkSums(in db: Database) throws {
        let contradictions = [
            "a reference between tables is broken": "SELECT 1 FROM pragma_foreign_key_check",
            "a sale has captured something else than its entries": """
            SELECT 1 FROM sale WHERE captured <> archived + (
                SELECT coalesce(sum(amount), 0) FROM entry
                WHERE sale = sale.reference AND kind = 1)
            """,
            "a voucher has been redeemed for more than is remembered": """
            SELECT 1 FROM voucher v WHERE spent + returned < (
                SELECT coalesce(sum(consumed), 0) FROM redemption r
                WHERE r.issuer = v.issuer AND r.cti = v.cti)
            """,
            "an entry is missing beside a row that tells of it": """
            SELECT 1 FROM (
                SELECT sequence FROM undo UNION ALL SELECT sequence FROM redemption
                UNION ALL SELECT sequence FROM period UNION ALL SELECT sequence FROM adoption
                UNION ALL SELECT sequence FROM entry_vat
                UNION ALL SELECT sequence FROM entry_tip)
            WHERE sequence > (SELECT coalesce(max(last), 0) FROM segment)
            AND sequence NOT IN (SELECT sequence FROM entry)
            """,
            "what is outstanding is not the sum of its captures": """
            SELECT 1 FROM (
                SELECT 1 FROM (SELECT * FROM (\(outstanding)) EXCEPT SELECT * FROM outstanding)
                UNION ALL
                SELECT 1 FROM (SELECT * FROM outstanding EXCEPT SELECT * FROM (\(outstanding)))
                UNION ALL SELECT 1 FROM journal WHERE outstanding_since IS NOT (
                    SELECT min(at) FROM redemption WHERE sequence > \(JournalSchema.acknowledged)))
            """,
        ]
        for (contradiction, query) in contradictions
        where try Int.fetchOne(db, sql: query + " LIMIT 1") != nil {
            throw JournalError.damaged(contradiction)
        }
    }
}
