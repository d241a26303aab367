import HTTPTypes
import Money
import Payments
import Terminal

/// What somebody at the console may do.
struct ConsoleRights: Sendable {
    /// Who answers for the request: whoever is logged in, or the supervisor who has just vouched.
    let member: StaffMember
    /// The most that a cashier gives back by themselves, in minor units.
    let refundLimit: UInt64

    /// As the journal names them.
    var operatedBy: EntryOperator { member.entryOperator }

    /// Refuses to give back more than a cashier may.
    func check(givingBack amount: Amount) throws(SaleRefusal) {
        guard member.role < .supervisor, amount.minorUnits > refundLimit else { return }
        let limit = Amount(minorUnits: refundLimit, currency: amount.currency)
        throw SaleRefusal(
            reason: "supervisor-needed",
            message: "More than \(limit) is given back only with a supervisor's PIN. Nothing was "
                + "given back. Ask a supervisor.")
    }

    /// One line of the table of who may do what.
    private struct Line: Sendable {
        let method: HTTPRequest.Method
        /// The path, piece by piece; `*` stands for any one piece.
        let path: [String]
        let role: StaffRole
    }

    private static func line(_ method: HTTPRequest.Method, _ path: String, _ role: StaffRole)
        -> Line
    {
        Line(method: method, path: path.split(separator: "/").map(String.init), role: role)
    }

    /// What each route asks for. What is not here is nobody's at the console.
    private static let table: [Line] = [
        line(.get, "v1/status", .cashier),
        line(.post, "v1/sales", .cashier),
        line(.get, "v1/sales/current", .cashier),
        line(.delete, "v1/sales/current", .cashier),
        line(.post, "v1/sales/current/codes", .cashier),
        line(.post, "v1/sales/current/paid-by-app", .cashier),
        line(.post, "v1/sales/*/mark-paid", .supervisor),
        line(.post, "v1/sync", .cashier),
        line(.get, "v1/journal", .cashier),
        line(.get, "v1/decisions", .cashier),
        line(.get, "v1/queue", .cashier),
        line(.post, "v1/health-report", .cashier),
        line(.get, "v1/receipts/*", .cashier),
        // Up to the limit: ``check(givingBack:)``.
        line(.post, "v1/receipts/*/refund", .cashier),
        line(.post, "v1/receipts/*/cancel", .cashier),
        line(.post, "v1/receipts/*/reverse", .supervisor),
        line(.get, "v1/periods/*", .cashier),
        line(.post, "v1/periods", .supervisor),
        line(.post, "v1/periods/open/drawer", .cashier),
        line(.get, "v1/clock", .cashier),
        line(.post, "v1/clock/challenge", .technician),
        line(.post, "v1/clock/code", .technician),
        line(.get, "v1/hot-list", .cashier),
        line(.get, "v1/journal/checkpoint", .supervisor),
        line(.get, "v1/journal/export", .technician),
    ]

    /// The least role that may ask this; nil where no role may.
    static func needed(_ method: HTTPRequest.Method, _ path: String) -> StaffRole? {
        let pieces = path.split(separator: "/").map(String.init)
        return table.first { line in
            line.method == method && line.path.count == pieces.count
                && zip(line.path, pieces).allSatisfy { $0 == "*" || $0 == $1 }
        }?.role
    }
}
