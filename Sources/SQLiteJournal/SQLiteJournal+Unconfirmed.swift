import Foundation
import GRDB
import HubProtocol
public import Payments
public import Terminal

// What a scheme's wallet has paid by the customer's word.
extension SQLiteJournal {
    /// The sale that was open when the last process ended.
    public func openSale() async throws(JournalError) -> Sale? {
        try await read { db in
            guard let sale = try SaleRow.fetch(where: "state = ?", ["open"], in: db) else {
                return nil
            }
            let isClaimed = try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM entry WHERE sale = ? AND reason = ?)"),
                arguments: [sale.reference.text, DeclineReason.unconfirmed.code])
            return isClaimed == true ? sale.claimed() : sale
        }
    }

    static func write(_ mark: PaidMark, in db: Database) throws -> JournalReceipt {
        let sequence = try append(
            .markedPaid(MarkEntry(requestNonce: mark.requestNonce)), sale: mark.sale,
            amount: mark.amount, at: mark.at, operatedBy: mark.operatedBy, in: db)
        return JournalReceipt(sequence: sequence, receipt: nil)
    }

    static func find(_ mark: PaidMark, in db: Database) throws -> JournalReceipt? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sequence, receipt FROM entry WHERE sale = ? AND kind = ? AND at = ?"),
            arguments: [
                mark.sale.text, Int64(JournalEntry.Kind.markedPaid.rawValue),
                try mark.at.column(),
            ])
        return try row.map(receipt)
    }
}
