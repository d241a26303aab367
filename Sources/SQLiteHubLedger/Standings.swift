import GRDB
public import Hub
import HubProtocol
import Vouchers

extension SQLiteHubLedger {
    /// See ``Hub/HubLedger/standings(for:)``.
    public func standings(for query: StandingsQuery) async throws(HubLedgerError) -> StandingsPage {
        try await read { database in
            // An arrival touches at most as many vouchers as a batch has entries: whatever is left
            // out of the last one, the ones before are whole.
            let most = query.limit + Batch.maximumEntries
            let rows = try Self.touched(query, most: most, in: database)
            let last = try Self.nextArrival(in: database) - 1
            var found = rows
            var through = last
            if rows.count == most, let cut = rows.last?.arrival {
                found = rows.filter { $0.arrival < cut }
                through = cut - 1
            }
            var seen: Set<VoucherIdentity> = []
            let vouchers = try found.compactMap { row -> (VoucherIdentity, VoucherHistory)? in
                guard seen.insert(row.voucher).inserted else { return nil }
                return try Self.history(
                    of: row.voucher, apartFrom: query.terminal, in: database
                ).map { (row.voucher, $0) }
            }
            let counted = try UInt64.fetchOne(
                database,
                sql: """
                    SELECT max(last_sequence) FROM batches WHERE terminal = ? AND journal = ?
                    """, arguments: [query.terminal.text, .blob(query.journal)])
            return StandingsPage(
                through: through, countedThrough: counted ?? 0, isComplete: through == last,
                vouchers: vouchers)
        }
    }

    /// Which vouchers were touched by others, arrival by arrival.
    private static func touched(_ query: StandingsQuery, most: Int, in database: Database) throws
        -> [(arrival: UInt64, voucher: VoucherIdentity)]
    {
        let arguments: [any DatabaseValueConvertible] = [
            .number(query.after), query.terminal.text, .blob(query.journal),
        ]
        return try Row.fetchAll(
            database,
            sql: """
                SELECT e.arrival, c.issuer, c.cti FROM entries e
                    JOIN captures c USING (terminal, journal, sequence)
                    WHERE e.arrival > ? AND NOT (e.terminal = ? AND e.journal = ?)
                UNION
                SELECT e.arrival, c.issuer, c.cti FROM entries e
                    JOIN undoings u USING (terminal, journal, sequence)
                    JOIN captures c ON (c.terminal, c.journal, c.sequence)
                        = (u.terminal, u.journal, u.capture)
                    WHERE e.arrival > ? AND NOT (e.terminal = ? AND e.journal = ?)
                ORDER BY 1 LIMIT ?
                """, arguments: StatementArguments(arguments + arguments + [most])
        ).map { (try $0.unsigned("arrival"), try $0.identity()) }
    }

    /// See ``Hub/HubLedger/journals()``.
    public func journals() async throws(HubLedgerError) -> [JournalStanding] {
        let enrolments = try await enrolments()
        let known = try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT terminal, journal, count(*) AS batches, max(at) AS at,
                        max(last_sequence) AS sequence, max(last_receipt) AS receipt
                    FROM batches GROUP BY terminal, journal
                    """
            ).map { row in
                (
                    terminal: try row.terminal(), journal: try row.bytes("journal"),
                    batches: try row.unsigned("batches"), at: try row.unsigned("at"),
                    sequence: try row.unsigned("sequence"), receipt: try row.unsigned("receipt")
                )
            }
        }
        return enrolments.map { enrolment in
            let row = known.first {
                $0.terminal == enrolment.terminal && $0.journal == enrolment.journal
            }
            return JournalStanding(
                enrolment: enrolment, lastBatch: row?.at, batches: row?.batches ?? 0,
                sequence: row?.sequence ?? 0, receipt: row?.receipt ?? 0)
        }
    }
}
