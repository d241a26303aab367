import ControlProtocol
import Foundation
import Hummingbird
import Money
import NIOCore
import Payments
import Screens
import Terminal
import Vouchers

/// The routes that undo payments (`docs/spec/control.md`, *A receipt*).
struct UndoRoutes: Sendable {
    let terminal: PaymentTerminal

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("v1/receipts/:receipt") { _, context in
            try await answering {
                let payment = try await terminal.payment(receipt: try receipt(context))
                let vat = try await terminal.vat(of: payment.receipt)
                let tip = try await terminal.tip(of: payment.receipt)
                return try Answer.json(
                    PaymentMessage(
                        payment,
                        receiptText: await terminal.receiptComposer.copy(
                            of: payment, vat: vat, tip: tip),
                        receiptCode: await terminal.receiptCode(of: payment), vat: vat, tip: tip))
            }
        }
        router.post("v1/receipts/:receipt/cancel") { request, context in
            try await undo(request, context, .cancellation)
        }
        router.post("v1/receipts/:receipt/reverse") { request, context in
            try await undo(request, context, .reversal)
        }
        router.post("v1/receipts/:receipt/refund") { request, context in
            try await refund(request, context)
        }
    }

    private func undo(_ request: Request, _ context: ControlContext, _ kind: UndoKind)
        async throws -> Response
    {
        try await answering {
            let order = try await order(request, context)
            guard order.amount == nil, order.to == nil else {
                throw SaleRefusal(
                    reason: "order-malformed",
                    message: "A payment is undone as a whole. Nothing was undone. Leave amount "
                        + "and to away, or refund it.")
            }
            let receipt = try receipt(context)
            if let rights = context.rights {
                try rights.check(givingBack: try await terminal.payment(receipt: receipt).amount)
            }
            let result = try await terminal.undo(
                receipt: receipt, kind: kind, reason: order.reason, key: order.key,
                by: context.rights?.operatedBy)
            return try Answer.json(try await message(result), status: .created)
        }
    }

    private func refund(_ request: Request, _ context: ControlContext) async throws -> Response {
        try await answering {
            let order = try await order(request, context)
            let payment = try await terminal.payment(receipt: try receipt(context))
            let way: RefundWay
            if let name = order.to {
                guard let named = RefundWay.allCases.first(where: { $0.name == name }) else {
                    throw SaleRefusal(
                        reason: "way-unknown",
                        message: "Money goes back to stored-value, voucher or cash. Nothing was "
                            + "undone.")
                }
                way = named
            } else {
                way = try await terminal.usualWay(for: payment)
            }
            let amount = try order.amount.map { try self.amount($0, of: payment) }
            try context.rights?.check(
                givingBack: amount
                    ?? Amount(minorUnits: payment.refundable, currency: payment.amount.currency))
            let result = try await terminal.undo(
                receipt: payment.receipt, kind: .refund(way), amount: amount,
                reason: order.reason, key: order.key, by: context.rights?.operatedBy)
            return try Answer.json(try await message(result), status: .created)
        }
    }

    private func amount(_ text: String, of payment: CapturedPayment) throws(SaleRefusal) -> Amount {
        do { return try Amount(parsing: text, currency: payment.amount.currency) } catch {
            throw SaleRefusal(reason: error.reason, message: "\(error) Nothing was undone.")
        }
    }

    private func message(_ result: UndoResult) async throws -> UndoMessage {
        UndoMessage(
            result, profile: await terminal.receiptComposer,
            receiptCode: await terminal.receiptCode(of: result.undo, receipt: result.receipt),
            payment: try await terminal.payment(receipt: result.undo.payment.receipt),
            vat: try await terminal.vat(of: result.receipt),
            tip: try await terminal.tip(of: result.receipt))
    }

    private func answering(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let refusal as SaleRefusal {
            return refusal.reason == "receipt-unknown"
                ? try Answer.problem(.notFound, reason: refusal.reason, refusal.message)
                : try Answer.problem(refusal)
        }
    }

    private func receipt(_ context: ControlContext) throws(SaleRefusal) -> ReceiptNumber {
        guard let number = context.parameters.get("receipt").flatMap({ UInt64($0) }), number > 0
        else {
            throw SaleRefusal(
                reason: "receipt-unknown",
                message: "A receipt has a number from 1. Nothing was undone.")
        }
        return number
    }

    private func order(_ request: Request, _ context: ControlContext) async throws
        -> UndoOrderMessage
    {
        guard let order = try await context.decoded(UndoOrderMessage.self, from: request) else {
            throw SaleRefusal(
                reason: "order-malformed",
                message: "The order is no JSON object. Nothing was undone.")
        }
        if let key = order.key, !(1...Sale.maximumKeyLength).contains(key.utf8.count) {
            throw SaleRefusal(
                reason: "order-malformed",
                message: "A key has 1 to \(Sale.maximumKeyLength) bytes. Nothing was undone.")
        }
        return order
    }
}

extension PaymentMessage {
    init(
        _ payment: CapturedPayment, receiptText: [String]? = nil, receiptCode: String? = nil,
        vat: [VATLine] = [], tip: UInt64 = 0
    ) {
        let currency = payment.amount.currency.number
        self.init(
            receipt: payment.receipt, sequence: payment.sequence, sale: payment.sale.text,
            at: UTCTime(payment.at).rfc3339, amount: MoneyMessage(payment.amount),
            standing: payment.standing.rawValue,
            refundable: MoneyMessage(payment.refundable, currency: currency),
            voucher: payment.voucher.shortName, voucherKind: payment.voucherKind.name,
            receiptText: receiptText, receiptCode: receiptCode,
            vat: VATLineMessage.messages(vat, currency: currency),
            tip: MoneyMessage.unlessZero(tip, currency: currency))
    }
}

extension UndoMessage {
    /// `payment` is the payment as it stands after the undoing.
    init(
        _ result: UndoResult, profile: ReceiptComposer, receiptCode: String?,
        payment: CapturedPayment, vat: [VATLine], tip: UInt64
    ) {
        let undo = result.undo
        var way: RefundWay?
        if case .refund(let named) = undo.kind { way = named }
        self.init(
            kind: undo.kind.name, receipt: result.receipt, payment: undo.payment.receipt,
            sale: undo.payment.sale.text, at: UTCTime(undo.at).rfc3339,
            amount: MoneyMessage(undo.amount),
            refundable: MoneyMessage(
                payment.refundable, currency: undo.amount.currency.number),
            to: way?.name, reason: undo.reason, code: result.code,
            halfBlocks: result.symbol?.halfBlocks(),
            receiptText: profile.lines(of: undo, receipt: result.receipt, vat: vat, tip: tip),
            receiptCode: receiptCode,
            message: UndoSentences(undo).cashier, repeated: result.isRepeated,
            vat: VATLineMessage.messages(vat, currency: undo.amount.currency.number),
            tip: MoneyMessage.unlessZero(tip, currency: undo.amount.currency.number))
    }
}
