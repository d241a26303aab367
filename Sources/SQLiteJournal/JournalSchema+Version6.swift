import GRDB

// Schema 6: sales that ended unconfirmed, and the cash drawer.
extension JournalSchema {
    static let makeVersion6: @Sendable (Database) throws -> Void = { db in
        try makeUnconfirmedSales(db)
        try makeDrawers(db)
    }
}
