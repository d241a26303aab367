import ControlProtocol
import Hummingbird
import Money
import Payments
import Terminal

/// The question for a tip: asked by whoever is logged in at the console, answered on the customer's
/// page, which nobody logs in to but on the network (`docs/spec/tip.md`).
struct TipRoutes: Sendable {
    let terminal: PaymentTerminal
    let percents: [UInt64]
    let sessions: ConsoleSessions
    /// Whether a request comes from where customers answer.
    let mayAnswer: @Sendable (Request) -> Bool

    func add(to router: Router<ControlContext>) {
        router.post("console/tips") { request, context in
            try await loggedIn(request) { try await askFor(request, context) }
        }
        router.delete("console/tips") { request, _ in
            try await loggedIn(request) {
                await terminal.withdrawTip()
                return Response(status: .noContent)
            }
        }
        router.post("display/tip") { request, context in try await take(request, context) }
    }

    private func loggedIn(_ request: Request, _ body: () async throws -> Response) async throws
        -> Response
    {
        do {
            guard let token = ConsoleGate.token(of: request),
                try sessions.member(of: token) != nil
            else { return try ConsoleRoutes.notLoggedIn() }
            return try await body()
        } catch let error as StaffError {
            return try Answer.problem(error)
        } catch let refusal as SaleRefusal {
            return try Answer.problem(refusal)
        }
    }

    private func askFor(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let order = try await context.decoded(TipOrderMessage.self, from: request) else {
            return try Answer.problem(
                .badRequest, reason: "order-malformed",
                "The order is no JSON object with an amount. Nobody was asked for a tip.")
        }
        let bill = try await terminal.amount(order.amount, currencyCode: nil)
        return try Answer.json(
            TipQuestionMessage(try await terminal.askTip(on: bill, percents: percents)),
            status: .created)
    }

    private func take(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard mayAnswer(request) else { return try ConsoleRoutes.notLoggedIn() }
        guard let answer = try await context.decoded(TipAnswerMessage.self, from: request) else {
            return try Answer.problem(
                .badRequest, reason: "order-malformed",
                "The answer is no JSON object with a question and a share. Nothing was added.")
        }
        do {
            return try Answer.json(
                TipQuestionMessage(
                    try await terminal.answerTip(answer.id, percent: answer.percent)))
        } catch let refusal as SaleRefusal {
            return try Answer.problem(refusal)
        }
    }
}

extension TipQuestionMessage {
    init(_ question: TipQuestion) {
        self.init(
            id: question.id, amount: MoneyMessage(question.bill),
            choices: question.choices.map(TipChoiceMessage.init),
            tip: question.answer.map {
                MoneyMessage($0, currency: question.bill.currency.number)
            })
    }
}
