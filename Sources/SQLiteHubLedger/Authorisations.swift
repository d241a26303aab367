import GRDB
public import Hub
import HubProtocol
import Vouchers

extension SQLiteHubLedger {
    /// See ``Hub/HubLedger/authorisationSnapshot(for:)``.
    public func authorisationSnapshot(for query: AuthorisationQuery)
        async throws(HubLedgerError) -> AuthorisationSnapshot
    {
        try await read { database in
            let history = try query.voucher.flatMap {
                try Self.history(of: $0, apartFrom: query.terminal, in: database)
            }
            let presentation = try query.presentation.flatMap {
                try Self.capture(presenting: $0, in: database)
            }
            let answered = try Row.fetchOne(
                database,
                sql: """
                    SELECT digest, answer FROM authorisations
                    WHERE terminal = ? AND journal = ? AND identity = ?
                    """,
                arguments: [query.terminal.text, .blob(query.journal), .blob(query.identity)])
            return AuthorisationSnapshot(
                nextNumber: try Self.nextAuthorisation(in: database),
                nextArrival: try Self.nextArrival(in: database),
                answered: try answered.map {
                    AuthorisationSnapshot.Answered(
                        digest: try $0.bytes("digest"), answer: try $0.bytes("answer"))
                }, history: history, presentation: presentation,
                reservations: try Self.reservations(for: query, in: database))
        }
    }

    private static func nextAuthorisation(in database: Database) throws -> UInt64 {
        try UInt64.fetchOne(
            database, sql: "SELECT coalesce(max(number), 0) + 1 FROM authorisations") ?? 1
    }

    /// What is kept of the voucher for other journals, and for other sales of the asking one: what
    /// it has captured since has not arrived yet. It ends when the capture arrives, or in time.
    private static func reservations(for query: AuthorisationQuery, in database: Database) throws
        -> [StandingReservation]
    {
        guard let voucher = query.voucher else { return [] }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM authorisations a
                WHERE issuer = ? AND cti = ? AND until > ?
                AND NOT (terminal = ? AND journal = ? AND sale = ?)
                AND NOT EXISTS (
                    SELECT 1 FROM captures c JOIN entries e USING (terminal, journal, sequence)
                    WHERE c.terminal = a.terminal AND c.journal = a.journal
                    AND c.issuer = a.issuer AND c.cti = a.cti AND e.sale = a.sale)
                ORDER BY number
                """,
            arguments: [
                voucher.issuer.name, .blob(voucher.cti), .number(query.now), query.terminal.text,
                .blob(query.journal), query.sale,
            ]
        ).map { row in
            StandingReservation(
                terminal: try row.terminal(), journal: try row.bytes("journal"),
                at: try row.unsigned("at"),
                reservation: Reservation(
                    voucher: try row.identity(), amount: try row.unsigned("amount"),
                    consumed: try row.unsigned("consumed"),
                    redeemed: try row.unsigned("redeemed"), ceiling: try row.unsigned("ceiling"),
                    coreDigest: try row.bytes("core_digest"),
                    presentation: try row.optionalBytes("presentation"),
                    until: try row.unsigned("until")))
        }
    }

    /// See ``Hub/HubLedger/append(_:)-(LedgerAuthorisation)``.
    public func append(_ authorisation: LedgerAuthorisation) async throws(HubLedgerError) -> Bool {
        try await write { database in
            guard try Self.nextAuthorisation(in: database) == authorisation.number,
                try Self.nextArrival(in: database) == authorisation.nextArrival
            else { return false }
            let kept = authorisation.reservation
            try database.cachedStatement(
                sql: """
                    INSERT INTO authorisations (number, terminal, journal, identity, digest, sale,
                        at, reason, answer, issuer, cti, amount, consumed, redeemed, ceiling,
                        core_digest, presentation, until)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                .number(authorisation.number), authorisation.terminal.text,
                .blob(authorisation.journal), .blob(authorisation.identity),
                .blob(authorisation.digest), authorisation.sale, .number(authorisation.at),
                authorisation.reason, .blob(authorisation.answer), kept?.voucher.issuer.name,
                kept.map { .blob($0.voucher.cti) }, kept.map { .number($0.amount) },
                kept.map { .number($0.consumed) }, kept.map { .number($0.redeemed) },
                kept.map { .number($0.ceiling) }, kept.map { .blob($0.coreDigest) },
                kept?.presentation.map { .blob($0) }, kept.map { .number($0.until) },
            ])
            return true
        }
    }
}
