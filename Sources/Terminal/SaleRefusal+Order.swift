import Money
import Payments

extension SaleRefusal {
    /// The refusal of an order, in words.
    init(_ refusal: SaleMachine.OrderRefusal) {
        switch refusal {
        case .saleOpen(let reference):
            self.init(
                reason: "sale-open",
                message: "Sale \(reference) is still open. No new sale was opened. "
                    + "Finish it, or give it up first.")
        case .busy:
            self.init(
                reason: "sale-busy",
                message: "An earlier payment is being recorded. No sale was opened. Ask again.")
        case .currencyNotAccepted(let currency):
            self.init(
                reason: "currency-not-accepted",
                message: "This terminal takes no payments in \(currency.code). "
                    + "No sale was opened.")
        case .clockSuspect: self = .clockSuspect("No sale was opened.")
        case .journalUnavailable(let detail):
            self.init(reason: "journal-unavailable", message: detail)
        }
    }

    /// The terminal does not believe its clock; `outcome` says what that means.
    static func clockSuspect(_ outcome: String) -> SaleRefusal {
        SaleRefusal(
            reason: "clock-suspect",
            message: "The terminal's clock cannot be believed. \(outcome) Connect it to its hub "
                + "(tillctl sync), or have a technician settle it (tillctl clock challenge).")
    }
}
