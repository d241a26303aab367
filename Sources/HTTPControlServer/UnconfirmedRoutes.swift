import ControlProtocol
import Foundation
import HTTPTypes
import Hummingbird
import Payments
import Terminal
import Vouchers

/// The routes of sales that a scheme's wallet pays (`docs/spec/control.md`).
struct UnconfirmedRoutes: Sendable {
    let terminal: PaymentTerminal
    let message: @Sendable (SaleView, UInt64?) async -> SaleMessage

    func add(to router: some RouterMethods<ControlContext>) {
        router.post("v1/sales/current/paid-by-app") { request, _ in
            let meant = request.uri.queryParameters["reference"].map(String.init)
            return try await answering {
                let (view, told) = try await terminal.askWhetherPaid(meant)
                return await message(view, told)
            }
        }
        router.post("v1/sales/:reference/mark-paid") { request, context in
            let reference = context.parameters.get("reference") ?? ""
            return try await answering {
                let operatedBy = try await supervisor(request, context)
                return await message(try await terminal.markPaid(reference, by: operatedBy), nil)
            }
        }
    }

    /// Who says that the sale is paid: whoever the console's gate let in, whatever name a body has, or
    /// whom the caller at the socket names, who answers for it.
    private func supervisor(_ request: Request, _ context: ControlContext) async throws
        -> EntryOperator
    {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        let order =
            body.readableBytes == 0
            ? MarkOrderMessage(by: nil)
            : try? JSONDecoder().decode(MarkOrderMessage.self, from: Data(body.readableBytesView))
        let name = order?.by
        let isName = name.map {
            (1...EntryOperator.maximumIDLength).contains($0.utf8.count) && $0.isDisplayable
        }
        if let rights = context.rights, order != nil, isName != false { return rights.operatedBy }
        guard context.rights == nil, let name, isName == true else {
            throw SaleRefusal(
                reason: "order-malformed",
                message: "Say who has seen the money: by, a name of 1 to "
                    + "\(EntryOperator.maximumIDLength) bytes. Nothing was changed.")
        }
        return EntryOperator(role: .supervisor, id: name)
    }

    private func answering(_ body: () async throws -> SaleMessage) async throws -> Response {
        do { return try Answer.json(try await body()) } catch let refusal as SaleRefusal {
            return refusal.reason == "sale-unknown"
                ? try Answer.problem(.notFound, reason: refusal.reason, refusal.message)
                : try Answer.problem(refusal)
        }
    }
}
