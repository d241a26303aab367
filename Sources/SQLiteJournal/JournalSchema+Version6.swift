import GRDB

// Schema 6: the cash drawer.
extension JournalSchema {
    static let makeVersion6: @Sendable (Database) throws -> Void = { db in
        try makeDrawers(db)
    }
}
