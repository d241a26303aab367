import Foundation
import GRDB
public import HubProtocol
public import Payments
public import Terminal

// Documents that are put in force, and what the clock did.
extension SQLiteJournal {
    /// Keeps a document, and notes in the chain that it is in force.
    public func adopt(_ document: SignedDocument, at now: UInt64)
        async throws(JournalError) -> UInt64?
    {
        try await write { db in
            let digest = document.digest
            if try Self.digestInForce(document.kind, in: db) == digest { return nil }
            try db.cachedStatement(
                sql: """
                    INSERT INTO document (hash, kind, version, bytes) VALUES (?, ?, ?, ?)
                    ON CONFLICT (hash) DO NOTHING
                    """
            ).execute(arguments: [
                Data(digest), Int64(document.kind.rawValue), try document.version.column(),
                Data(document.bytes),
            ])
            let entry = DocumentEntry(
                kind: document.kind, version: document.version, digest: digest)
            let sequence = try Self.append(.document(entry), subject: nil, at: now, in: db)
            try db.cachedStatement(
                sql: "INSERT INTO adoption (sequence, kind, hash) VALUES (?, ?, ?)"
            ).execute(arguments: [
                try sequence.column(), Int64(document.kind.rawValue), Data(digest),
            ])
            return sequence
        }
    }

    /// The document with this SHA-256 that was once put in force.
    public func document(digest: [UInt8]) async throws(JournalError) -> SignedDocument? {
        try await read { db in try JournalQueries.document(digest, in: db) }
    }

    /// The document of a kind that was put in force last.
    public func documentInForce(_ kind: DocumentKind) async throws(JournalError) -> SignedDocument?
    {
        try await read { db in
            try Self.digestInForce(kind, in: db).flatMap { try JournalQueries.document($0, in: db) }
        }
    }

    private static func digestInForce(_ kind: DocumentKind, in db: Database) throws -> [UInt8]? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT hash FROM adoption WHERE kind = ? ORDER BY sequence DESC LIMIT 1"),
            arguments: [Int64(kind.rawValue)])?.bytes("hash")
    }

    /// Notes what the clock did.
    public func note(_ clock: ClockEntry, at now: UInt64) async throws(JournalError) -> UInt64 {
        try await write { db in try Self.append(.clock(clock), subject: nil, at: now, in: db) }
    }
}

// Periods.
extension SQLiteJournal {
    /// Closes the period, under the next number.
    public func closePeriod(_ number: UInt64?, at now: UInt64, by operatedBy: EntryOperator?)
        async throws(JournalError) -> Period
    {
        try await writeFromReserve { db in
            guard try SaleRow.fetch(where: "state = ?", ["open"], in: db) == nil else {
                throw JournalError.saleOpen
            }
            let open = try JournalQueries.openPeriod(in: db)
            if let number, number != open.number {
                throw JournalError.periodOtherwise(open: open.number)
            }
            let entry = PeriodEntry(
                number: open.number, totals: open.totals, drawer: open.drawer)
            let sequence = try Self.append(
                .periodClosed(entry), subject: nil, at: now, operatedBy: operatedBy, in: db)
            try db.cachedStatement(
                sql: "INSERT INTO period (number, sequence, first) VALUES (?, ?, ?)"
            ).execute(arguments: [
                try open.number.column(), try sequence.column(), try open.firstSequence.column(),
            ])
            return Period(
                number: open.number, firstSequence: open.firstSequence,
                firstAt: open.firstAt ?? now, closedBy: sequence, closedAt: now,
                totals: open.totals, marked: open.marked, drawer: open.drawer, vat: open.vat,
                tips: open.tips)
        }
    }

    /// The period that is open.
    public func openPeriod() async throws(JournalError) -> Period {
        try await read { db in try JournalQueries.openPeriod(in: db) }
    }

    /// When the open period's first entry was written.
    public func openPeriodBegan() async throws(JournalError) -> UInt64? {
        try await read { db in
            try JournalQueries.time(of: try JournalQueries.lastClosing(in: db) + 1, in: db)
        }
    }

    /// A closed period.
    public func period(_ number: UInt64) async throws(JournalError) -> Period? {
        try await read { db in try JournalQueries.period(number, in: db) }
    }
}

extension JournalQueries {
    static func document(_ digest: [UInt8], in db: Database) throws -> SignedDocument? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT kind, version, bytes FROM document WHERE hash = ?"),
            arguments: [Data(digest)])
        guard let row else { return nil }
        let bytes = try row.bytes("bytes")
        guard let number = UInt8(exactly: try row.unsigned("kind")),
            let kind = DocumentKind(rawValue: number), !bytes.isEmpty,
            JournalEntry.hash(of: bytes) == digest
        else { throw JournalError.damaged("a document cannot be read") }
        return SignedDocument(kind: kind, version: try row.unsigned("version"), bytes: bytes)
    }

    /// The entry that closed the last period; 0 before the first was.
    static func lastClosing(in db: Database) throws -> UInt64 {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT sequence FROM period ORDER BY number DESC LIMIT 1")
        )?.unsigned("sequence") ?? 0
    }

    static func openPeriod(in db: Database) throws -> Period {
        let closed = try lastClosing(in: db)
        let number = try lastPeriod(in: db) + 1
        return Period(
            number: number, firstSequence: closed + 1, firstAt: try time(of: closed + 1, in: db),
            closedBy: nil, closedAt: nil, totals: try totals(after: closed, in: db),
            marked: try marked(after: closed, through: nil, in: db),
            drawer: try drawer(of: number, in: db),
            vat: try VATRows.sums(after: closed, through: nil, in: db),
            tips: try TipRows.sums(after: closed, through: nil, in: db))
    }

    static func period(_ number: UInt64, in db: Database) throws -> Period? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT p.first, p.sequence, e.body FROM period p JOIN entry e USING (sequence)
                WHERE p.number = ?
                """, arguments: [Int64(clamping: number)])
        guard let row else { return nil }
        let entry = try entry(try row.bytes("body"))
        guard case .periodClosed(let closed) = entry.event else {
            throw JournalError.damaged("entry \(entry.sequence) closes no period")
        }
        let first = try row.unsigned("first")
        return Period(
            number: number, firstSequence: first, firstAt: try time(of: first, in: db),
            closedBy: entry.sequence, closedAt: entry.at, totals: closed.totals,
            marked: try marked(after: first - 1, through: entry.sequence, in: db),
            drawer: closed.drawer,
            vat: try VATRows.sums(after: first - 1, through: entry.sequence, in: db),
            tips: try TipRows.sums(after: first - 1, through: entry.sequence, in: db))
    }

    /// The sales that were marked as paid in a stretch of entries, ascending by currency.
    private static func marked(after: UInt64, through last: UInt64?, in db: Database) throws
        -> [MarkedSales]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT currency, count(*) AS count, sum(amount) AS amount FROM entry
                WHERE kind = 9 AND sequence > ? AND sequence <= ? GROUP BY currency ORDER BY currency
                """, arguments: [try after.column(), Int64(clamping: last ?? .max)]
        ).map { row in
            MarkedSales(
                currencyNumber: try row.currencyNumber("currency"),
                sum: CountedSum(
                    count: try row.unsigned("count"), amount: try row.unsigned("amount")))
        }
    }

    /// When an entry was written; nil where it is not there.
    static func time(of sequence: UInt64, in db: Database) throws -> UInt64? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT at FROM entry WHERE sequence = ?"),
            arguments: [try sequence.column()])?.unsigned("at")
    }

    /// What the entries above `sequence` come to, ascending by currency.
    private static func totals(after sequence: UInt64, in db: Database) throws -> [PeriodTotals] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT e.currency, e.kind, u.way, count(*) AS count, sum(e.amount) AS amount
                FROM entry e LEFT JOIN undo u USING (sequence)
                WHERE e.sequence > ? AND e.kind IN (1, 3, 4, 5)
                GROUP BY e.currency, e.kind, u.way ORDER BY e.currency
                """, arguments: [try sequence.column()])
        var totals: [PeriodTotals] = []
        for row in rows {
            let currency = try row.currencyNumber("currency")
            if totals.last?.currencyNumber != currency {
                totals.append(PeriodTotals(currencyNumber: currency))
            }
            let sum = CountedSum(
                count: try row.unsigned("count"), amount: try row.unsigned("amount"))
            let place = totals.count - 1
            switch (try row.unsigned("kind"), try row.unsignedIfPresent("way")) {
            case (1, _): totals[place].captures = sum
            case (3, _): totals[place].cancellations = sum
            case (5, _): totals[place].reversals = sum
            case (4, 1): totals[place].refundsToStoredValue = sum
            case (4, 2): totals[place].refundsByVoucher = sum
            case (4, 3): totals[place].refundsOutside = sum
            default: throw JournalError.damaged("an undoing has no row of its own")
            }
        }
        guard totals.count <= PeriodEntry.maximumCurrencies else {
            throw JournalError.constraint("period-currencies-full")
        }
        return totals
    }
}
