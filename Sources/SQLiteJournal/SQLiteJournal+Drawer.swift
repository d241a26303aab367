import GRDB
import HubProtocol
public import Terminal

// The cash drawer of the open period.
extension SQLiteJournal {
    /// Keeps what is said of the open period's drawer.
    public func tell(_ word: DrawerWord, of period: UInt64, currencyNumber: UInt16)
        async throws(JournalError) -> Period
    {
        try await write { db in
            let open = try JournalQueries.openPeriod(in: db)
            guard period == open.number else {
                throw JournalError.periodOtherwise(open: open.number)
            }
            let place = try period.column()
            let currency = Int64(currencyNumber)
            switch word {
            case .float(let float):
                if let drawer = open.drawer, drawer.counts > 0, drawer.float != float {
                    throw JournalError.drawerCounted
                }
                try db.execute(
                    sql: """
                        INSERT INTO drawer (period, currency, float) VALUES (?, ?, ?)
                        ON CONFLICT (period) DO UPDATE SET float = excluded.float
                        """, arguments: [place, currency, try float.column()])
            case .counted(let counted):
                // The same count again is a request that was repeated, not another count.
                if open.drawer?.counted == counted { return open }
                try db.execute(
                    sql: """
                        INSERT INTO drawer (period, currency, float, counted, counts)
                        VALUES (?, ?, 0, ?, 1) ON CONFLICT (period) DO UPDATE SET
                            counted = excluded.counted, counts = counts + 1
                        """, arguments: [place, currency, try counted.column()])
            }
            return try JournalQueries.openPeriod(in: db)
        }
    }
}

extension JournalQueries {
    /// What was said of a period's drawer; nil where nothing was.
    static func drawer(of period: UInt64, in db: Database) throws -> CashDrawer? {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT currency, float, counted, counts FROM drawer WHERE period = ?",
            arguments: [try period.column()])
        return try row.map { row in
            CashDrawer(
                currencyNumber: try row.currencyNumber("currency"),
                float: try row.unsigned("float"), counted: try row.unsignedIfPresent("counted"),
                counts: try row.unsigned("counts"))
        }
    }
}
