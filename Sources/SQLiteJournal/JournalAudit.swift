import Foundation
import GRDB
import HubProtocol
import Terminal
import Vouchers

/// Compares what a journal's tables say with the chain of its entries (`docs/spec/journal.md`,
/// *Audit*): whoever edits a row with another tool must also forge the hashes, and the hub has
/// the last one that was sent.
enum JournalAudit {
    /// Reads every entry once; refuses with the first contradiction.
    static func check(_ db: Database) throws {
        var link = (sequence: UInt64(0), hash: JournalEntry.genesis, receipt: UInt64(0))
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.*, r.issuer, r.cti, r.kind, r.consumed, r.nonce
                FROM entry e LEFT JOIN redemption r USING (sequence) ORDER BY e.sequence
                """)
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
            let receipt = try checkEntry(JournalAudit.decoded(body, sequence), against: row)
            if let receipt {
                guard receipt == link.receipt + 1 else {
                    throw JournalError.damaged("receipt \(link.receipt + 1) is missing")
                }
            }
            link = (sequence, hash, receipt ?? link.receipt)
        }
        try checkSums(in: db)
    }

    private static func decoded(_ body: [UInt8], _ sequence: UInt64) throws -> JournalEntry {
        do throws(JournalEntryError) { return try JournalEntry(decoding: body) } catch {
            throw JournalError.damaged("entry \(sequence): \(error.description)")
        }
    }

    /// The receipt of a capture. Each column repeats what the hashed bytes say.
    private static func checkEntry(_ entry: JournalEntry, against row: Row) throws -> UInt64? {
        var agrees =
            try entry.sequence == row.unsigned("sequence")
            && entry.previousHash == row.bytes("previous") && entry.at == row.unsigned("at")
            && entry.sale == row.text("sale")
            && entry.currencyNumber == row.currencyNumber("currency")
            && entry.amount == row.unsigned("amount")
        let receipt = try row.unsignedIfPresent("receipt")
        switch entry.event {
        case .capture(let capture):
            let nonce = try row.decode(Data?.self, forColumn: "nonce").map { [UInt8]($0) }
            agrees =
                try agrees && receipt == capture.receipt
                && row.decode(String?.self, forColumn: "issuer") == capture.voucher.issuer.name
                && row.bytes("cti") == capture.voucher.cti
                && row.unsigned("kind") == UInt64(capture.kind)
                && row.unsigned("consumed") == capture.consumed && nonce == capture.requestNonce
        case .decline(let decline):
            agrees =
                try agrees && receipt == nil
                && row.decode(String?.self, forColumn: "reason") == decline.reason
                && row.decode(String?.self, forColumn: "issuer") == nil
        }
        guard agrees else {
            throw JournalError.damaged("entry \(entry.sequence) contradicts its rows")
        }
        return receipt
    }

    /// What is added up elsewhere is the sum of what was entered.
    private static func checkSums(in db: Database) throws {
        let contradictions = [
            "a reference between tables is broken": "SELECT 1 FROM pragma_foreign_key_check",
            "a sale has captured something else than its entries": """
            SELECT 1 FROM sale WHERE captured <> (
                SELECT coalesce(sum(amount), 0) FROM entry
                WHERE sale = sale.reference AND receipt IS NOT NULL)
            """,
            "a voucher has been redeemed for more than is remembered": """
            SELECT 1 FROM voucher v WHERE spent < (
                SELECT coalesce(sum(consumed), 0) FROM redemption r
                WHERE r.issuer = v.issuer AND r.cti = v.cti)
            """,
        ]
        for (contradiction, query) in contradictions
        where try Int.fetchOne(db, sql: query + " LIMIT 1") != nil {
            throw JournalError.damaged(contradiction)
        }
    }
}
