import GRDB
public import Hub
import HubProtocol
import Vouchers

extension SQLiteHubLedger {
    /// See ``Hub/HubLedger/snapshot(for:)``.
    public func snapshot(for query: BatchQuery) async throws(HubLedgerError) -> BatchSnapshot {
        try await read { database in
            var histories: [VoucherIdentity: VoucherHistory] = [:]
            for voucher in query.vouchers {
                histories[voucher] = try Self.history(
                    of: voucher, apartFrom: query.terminal, in: database)
            }
            var presentations: [[UInt8]: CaptureLocation] = [:]
            for presentation in query.presentations {
                presentations[presentation] = try Self.capture(
                    presenting: presentation, in: database)
            }
            return BatchSnapshot(
                nextArrival: try Self.nextArrival(in: database),
                position: try Self.position(for: query, in: database),
                checkpoint: try Self.checkpoint(for: query, in: database),
                answered: try Self.answer(for: query, in: database), histories: histories,
                presentations: presentations,
                undoables: try Self.undoables(for: query, in: database),
                log: try Self.frontier(in: database))
        }
    }

    /// The first capture that a presentation has made.
    static func capture(presenting presentation: [UInt8], in database: Database) throws
        -> CaptureLocation?
    {
        try Row.fetchOne(
            database,
            sql: locations + " WHERE c.presentation = ? ORDER BY e.arrival LIMIT 1",
            arguments: [.blob(presentation)]
        )?.location()
    }

    /// Captures with what names their place.
    private static let locations = """
        SELECT c.*, e.at, e.amount FROM captures c
        JOIN entries e USING (terminal, journal, sequence)
        """

    static func nextArrival(in database: Database) throws -> UInt64 {
        try UInt64.fetchOne(database, sql: "SELECT coalesce(max(arrival), 0) + 1 FROM batches") ?? 1
    }

    private static func position(for query: BatchQuery, in database: Database) throws
        -> JournalPosition
    {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT * FROM batches WHERE terminal = ? AND journal = ?
                ORDER BY number DESC LIMIT 1
                """,
            arguments: [query.terminal.text, .blob(query.journal)])
        return try row.map(position) ?? .start
    }

    private static func checkpoint(for query: BatchQuery, in database: Database) throws
        -> KnownCheckpoint?
    {
        try Row.fetchOne(
            database,
            sql: """
                SELECT size, hash FROM checkpoints WHERE terminal = ? AND journal = ?
                ORDER BY size DESC LIMIT 1
                """, arguments: [query.terminal.text, .blob(query.journal)]
        ).map { KnownCheckpoint(size: try $0.unsigned("size"), hash: try $0.bytes("hash")) }
    }

    private static func position(_ row: Row) throws -> JournalPosition {
        JournalPosition(
            number: try row.unsigned("number"), sequence: try row.unsigned("last_sequence"),
            hash: try row.bytes("last_hash"), receipt: try row.unsigned("last_receipt"))
    }

    private static func answer(for query: BatchQuery, in database: Database) throws
        -> BatchSnapshot.Answer?
    {
        guard query.number <= MessageLimits.maximumInteger else { return nil }
        return try Row.fetchOne(
            database,
            sql: """
                SELECT content, acknowledgement FROM batches
                WHERE terminal = ? AND journal = ? AND number = ?
                """,
            arguments: [query.terminal.text, .blob(query.journal), .number(query.number)]
        ).map { row in
            BatchSnapshot.Answer(
                bytes: try row.bytes("content"), acknowledgement: try row.bytes("acknowledgement"))
        }
    }

    /// The accepted captures of a voucher, summed up; one to name is of another terminal than this.
    static func history(
        of voucher: VoucherIdentity, apartFrom terminal: TerminalID, in database: Database
    ) throws -> VoucherHistory? {
        let identity: [any DatabaseValueConvertible] = [voucher.issuer.name, .blob(voucher.cti)]
        guard
            let other = try Row.fetchOne(
                database,
                sql: locations + """
                     WHERE c.issuer = ? AND c.cti = ?
                    ORDER BY c.terminal = ?, e.arrival DESC, c.sequence DESC LIMIT 1
                    """, arguments: StatementArguments(identity + [terminal.text]))
        else { return nil }
        // A sum above 2^53 is no longer exact, and above every ceiling there is.
        let sums = try Row.fetchAll(
            database,
            sql: """
                SELECT redeemed, CAST(total(consumed) AS INTEGER) AS consumed,
                    max(ceiling) AS ceiling, CAST(total((
                        SELECT sum(returned) FROM undoings u WHERE u.terminal = c.terminal
                        AND u.journal = c.journal AND u.capture = c.sequence)) AS INTEGER) AS back
                FROM captures c WHERE issuer = ? AND cti = ? GROUP BY redeemed
                """, arguments: StatementArguments(identity))
        var tally = RedemptionTally(ceiling: 0)
        for row in sums {
            let redeemed = try row.unsigned("redeemed")
            tally.add(
                try row.unsigned("consumed"), redeemed: redeemed,
                ceiling: try row.unsigned("ceiling"))
            tally.giveBack(try row.unsigned("back"), redeemed: redeemed)
        }
        return VoucherHistory(
            coreDigest: try other.bytes("core_digest"), tally: tally,
            other: try other.location())
    }

    /// See ``Hub/HubLedger/append(_:)-(LedgerBatch)``.
    public func append(_ batch: LedgerBatch) async throws(HubLedgerError) -> Bool {
        try await write { database in
            guard try Self.nextArrival(in: database) == batch.arrival else { return false }
            try database.execute(
                sql: """
                    INSERT INTO batches (arrival, terminal, journal, number, at, content,
                        acknowledgement, last_sequence, last_hash, last_receipt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    .number(batch.arrival), batch.terminal.text, .blob(batch.journal),
                    .number(batch.number), .number(batch.at), .blob(batch.bytes),
                    .blob(batch.acknowledgement), .number(batch.position.sequence),
                    .blob(batch.position.hash), .number(batch.position.receipt),
                ])
            for row in batch.rows { try Self.insert(row, of: batch, in: database) }
            if let checkpoint = batch.checkpoint {
                try database.execute(
                    sql: """
                        INSERT INTO checkpoints (terminal, journal, size, hash, arrival)
                        VALUES (?, ?, ?, ?, ?) ON CONFLICT (terminal, journal, size) DO NOTHING
                        """,
                    arguments: [
                        batch.terminal.text, .blob(batch.journal), .number(checkpoint.size),
                        .blob(checkpoint.hash), .number(batch.arrival),
                    ])
            }
            try Self.log(batch, in: database)
            return true
        }
    }

    /// The values of `entries.kind`.
    private enum Kind {
        static let captured: Int64 = 1
        static let declined: Int64 = 2
        static let quarantined: Int64 = 3
        static let noted: Int64 = 4
    }

    private static func insert(_ row: LedgerRow, of batch: LedgerBatch, in database: Database)
        throws
    {
        let kind: Int64
        let reason: String?
        let detail: String?
        var event: Int64?
        switch row.standing {
        case .captured: (kind, reason, detail) = (Kind.captured, nil, nil)
        case .declined(let why): (kind, reason, detail) = (Kind.declined, why, nil)
        case .quarantined(let why, let sentence):
            (kind, reason, detail) = (Kind.quarantined, why, sentence)
        case .noted(let noted):
            (kind, reason, detail) = (Kind.noted, nil, nil)
            event = Int64(noted.rawValue)
        case .undone(let undo):
            (kind, reason, detail) = (Kind.noted, nil, nil)
            event = Int64(undo.entryKind.rawValue)
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO entries (terminal, journal, sequence, arrival, kind, at, sale,
                    currency, amount, reason, detail, event)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            batch.terminal.text, .blob(batch.journal), .number(row.sequence),
            .number(batch.arrival), kind, .number(row.at), row.subject?.sale,
            row.subject.map { Int64($0.currencyNumber) }, row.subject.map { .number($0.amount) },
            reason, detail, event,
        ])
        if case .undone(let undo) = row.standing {
            try insert(undo, of: row, in: batch, database)
        }
        guard case .captured(let capture) = row.standing else { return }
        let other = capture.doubleSpend?.other
        try database.cachedStatement(
            sql: """
                INSERT INTO captures (terminal, journal, sequence, receipt, issuer, cti,
                    voucher_kind, consumed, redeemed, ceiling, core_digest, presentation,
                    other_terminal, other_journal, other_sequence, excess)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            batch.terminal.text, .blob(batch.journal), .number(row.sequence),
            .number(capture.receipt), capture.voucher.issuer.name, .blob(capture.voucher.cti),
            Int64(capture.kind), .number(capture.consumed), .number(capture.redeemed),
            .number(capture.ceiling), .blob(capture.coreDigest),
            capture.presentation.map { .blob($0) }, other?.terminal.text,
            other.map { .blob($0.journal) }, other.map { .number($0.sequence) },
            capture.doubleSpend.map { .number($0.excess) },
        ])
    }

    /// See ``Hub/HubLedger/batches(after:limit:)``.
    public func batches(after arrival: UInt64, limit: Int) async throws(HubLedgerError)
        -> [LedgerBatch]
    {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM batches WHERE arrival > ? ORDER BY arrival LIMIT ?",
                arguments: [.number(arrival), limit]
            ).map { row in try Self.batch(row, in: database) }
        }
    }

    private static func batch(_ row: Row, in database: Database) throws -> LedgerBatch {
        let arrival = try row.unsigned("arrival")
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT e.*, c.receipt, c.issuer, c.cti, c.voucher_kind, c.consumed, c.redeemed,
                    c.ceiling, c.core_digest, c.presentation, c.excess,
                    o.terminal AS o_terminal, o.journal AS o_journal, o.sequence AS o_sequence,
                    o.receipt AS o_receipt, oe.at AS o_at, oe.amount AS o_amount,
                    u.capture AS u_capture, u.kind AS u_kind, u.way AS u_way,
                    u.receipt AS u_receipt, u.issuer AS u_issuer, u.cti AS u_cti,
                    u.voucher_kind AS u_voucher_kind, u.restored AS u_restored,
                    u.reason AS u_reason
                FROM entries e
                LEFT JOIN undoings u USING (terminal, journal, sequence)
                LEFT JOIN captures c USING (terminal, journal, sequence)
                LEFT JOIN captures o ON (o.terminal, o.journal, o.sequence)
                    = (c.other_terminal, c.other_journal, c.other_sequence)
                LEFT JOIN entries oe ON (oe.terminal, oe.journal, oe.sequence)
                    = (o.terminal, o.journal, o.sequence)
                WHERE e.arrival = ? ORDER BY e.sequence
                """, arguments: [.number(arrival)])
        return LedgerBatch(
            arrival: arrival, terminal: try row.terminal(), journal: try row.bytes("journal"),
            number: try row.unsigned("number"), at: try row.unsigned("at"),
            bytes: try row.bytes("content"), acknowledgement: try row.bytes("acknowledgement"),
            position: try position(row), rows: try rows.map(ledgerRow),
            checkpoint: try Row.fetchOne(
                database, sql: "SELECT size, hash FROM checkpoints WHERE arrival = ?",
                arguments: [.number(arrival)]
            ).map { KnownCheckpoint(size: try $0.unsigned("size"), hash: try $0.bytes("hash")) },
            logCheckpoint: try Row.fetchOne(
                database, sql: "SELECT content FROM log_checkpoints WHERE size = ?",
                arguments: [.number(arrival)]
            ).map { try $0.bytes("content") })
    }

    private static func ledgerRow(_ row: Row) throws -> LedgerRow {
        let standing: LedgerRow.Standing
        switch try row.unsigned("kind") {
        case UInt64(Kind.captured): standing = .captured(try capture(row))
        case UInt64(Kind.declined): standing = .declined(reason: try row.text("reason"))
        case UInt64(Kind.noted):
            guard let event = UInt8(exactly: try row.unsigned("event")),
                let kind = JournalEntry.Kind(rawValue: event)
            else { throw HubLedgerError.damaged("column event holds no kind of entry") }
            standing = try undo(row).map { .undone($0) } ?? .noted(kind)
        default:
            standing = .quarantined(
                reason: try row.text("reason"), detail: try row.text("detail"))
        }
        return LedgerRow(
            sequence: try row.unsigned("sequence"), at: try row.unsigned("at"),
            subject: try subject(row), standing: standing)
    }

    private static func subject(_ row: Row) throws -> EntrySubject? {
        guard try !row.isNull("sale") else { return nil }
        return EntrySubject(
            sale: try row.text("sale"), currencyNumber: try row.currency(),
            amount: try row.unsigned("amount"))
    }

    private static func capture(_ row: Row) throws -> LedgerCapture {
        guard let kind = UInt8(exactly: try row.unsigned("voucher_kind")) else {
            throw HubLedgerError.damaged("column voucher_kind holds no kind")
        }
        let mark = try row.optionalUnsigned("excess").map { excess in
            DoubleSpend(other: try row.location(prefix: "o_"), excess: excess)
        }
        return LedgerCapture(
            receipt: try row.unsigned("receipt"), voucher: try row.identity(), kind: kind,
            consumed: try row.unsigned("consumed"), redeemed: try row.unsigned("redeemed"),
            ceiling: try row.unsigned("ceiling"), coreDigest: try row.bytes("core_digest"),
            presentation: try row.optionalBytes("presentation"), doubleSpend: mark)
    }
}
