import HubProtocol
public import Money
public import Payments

// Value-added tax beside the payments (`docs/spec/vat.md`).
extension PaymentTerminal {
    /// The lines of a sale, from what an external till claims; refused where they do not come to the
    /// amount, or say another tax than the rule.
    public nonisolated func vat(_ claims: [VATClaim], of total: Amount) throws(SaleRefusal)
        -> [VATLine]
    {
        do { return try VATLine.lines(claims, of: total.minorUnits) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
    }

    /// What of a receipt's amount is taxed at which rate; nothing for a reversal, which has none.
    public func vat(of receipt: ReceiptNumber?) async throws(SaleRefusal) -> [VATLine] {
        guard let receipt else { return [] }
        do { return try await parts.journal.vat(of: receipt) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
    }
}
