import GRDB

// What a scheme's wallet has paid by the customer's word, and what a supervisor says of it.
extension JournalSchema {
    /// Two states of a sale more, and entries of kind 9, which are about a sale.
    static let makeUnconfirmedSales: @Sendable (Database) throws -> Void = { db in
        try replaceCheck(
            of: "sale", "'partly-paid', 'cancelled', 'expired')",
            by: "'partly-paid', 'cancelled', 'expired', 'unconfirmed', 'marked-paid')",
            in: db)
        try replaceCheck(of: "entry", "BETWEEN 1 AND 8)", by: "BETWEEN 1 AND 9)", in: db)
        for column in ["sale", "currency", "amount"] {
            try replaceCheck(
                of: "entry", "(kind <= 5) = (\(column) IS NOT NULL)",
                by: "(kind <= 5 OR kind = 9) = (\(column) IS NOT NULL)", in: db)
        }
        try db.execute(sql: saleEndings)
    }

    /// A sale is marked as paid by its entry alone, for all that was due, once, and only where it
    /// ended unconfirmed; after that no capture pays it. Until then a word that comes late may.
    private static let saleEndings = """
        DROP TRIGGER sale_keeps_its_terms;
        CREATE TRIGGER sale_keeps_its_terms BEFORE UPDATE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-terms-immutable')
                WHERE NEW.reference <> OLD.reference OR NEW.key IS NOT OLD.key
                OR NEW.currency <> OLD.currency OR NEW.total <> OLD.total
                OR NEW.opened <> OLD.opened;
            SELECT RAISE(ABORT, 'sale-already-paid')
                WHERE OLD.state = 'paid' AND NEW.archived = OLD.archived;
            SELECT RAISE(ABORT, 'sale-marked-paid')
                WHERE OLD.state = 'marked-paid' AND NEW.archived = OLD.archived;
            SELECT RAISE(ABORT, 'mark-without-entry')
                WHERE NEW.state = 'marked-paid' AND OLD.state <> 'marked-paid'
                AND (OLD.state <> 'unconfirmed' OR NOT EXISTS (
                    SELECT 1 FROM entry WHERE sale = NEW.reference AND kind = 9));
            SELECT RAISE(ABORT, 'sale-has-ended')
                WHERE OLD.state <> 'open' AND NEW.state NOT IN (OLD.state, 'paid', 'marked-paid');
            SELECT RAISE(ABORT, 'sale-captured-differs')
                WHERE NEW.captured <> NEW.archived + (
                    SELECT coalesce(sum(amount), 0) FROM entry
                    WHERE sale = NEW.reference AND kind = 1);
            SELECT RAISE(ABORT, 'request-already-paid')
                WHERE NEW.nonce <> OLD.nonce
                AND EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
        END;
        CREATE TRIGGER sale_begins_unmarked BEFORE INSERT ON sale
        WHEN NEW.state = 'marked-paid' BEGIN
            SELECT RAISE(ABORT, 'mark-without-entry');
        END;
        CREATE TRIGGER entry_marks AFTER INSERT ON entry WHEN NEW.kind = 9 BEGIN
            SELECT RAISE(ABORT, 'mark-of-other-sale') WHERE NOT EXISTS (
                SELECT 1 FROM sale WHERE reference = NEW.sale AND state = 'unconfirmed'
                AND currency = NEW.currency AND total - captured = NEW.amount);
            UPDATE sale SET state = 'marked-paid' WHERE reference = NEW.sale;
        END;
        """
}
