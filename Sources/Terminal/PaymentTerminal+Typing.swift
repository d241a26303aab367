import Payments

// Codes that are typed, or read by a scanner that types.
extension PaymentTerminal {
    /// Takes a code that was typed, as if the camera had seen it; answers with the sale and with
    /// how many outcomes there were before, so that the newest is the code's.
    public func type(_ code: [UInt8]) async throws(SaleRefusal) -> (view: SaleView, told: UInt64) {
        guard let before = currentSale, before.sale.state == .open else {
            throw SaleRefusal(
                reason: "no-sale-open",
                message: "No sale is open. Nothing was paid. Open one first.")
        }
        await see(.code(code))
        guard let after = currentSale, after.sale.reference == before.sale.reference,
            after.outcomeCount > before.outcomeCount
        else {
            throw SaleRefusal(
                reason: "sale-busy",
                message: "The code was not looked at, because another is being dealt with. "
                    + "Look at its result first.")
        }
        return (after, before.outcomeCount)
    }
}
