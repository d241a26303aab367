import ArgumentParser
import CommandSupport
import Hub
import Money
import Trust
import Vouchers

/// `tillhub terminal refunds`: whether a terminal may give money back by vouchers that it signs.
struct TerminalRefundsCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "refunds",
        abstract: "Let a terminal sign refund vouchers up to a limit, or no more.",
        discussion: """
            A refund voucher is this merchant's own debt: only its terminals take it, and what is \
            spent twice of it while terminals are offline is the merchant's loss, at most the limit \
            times the number of terminals. In force with the next list: tillhub trust publish.

              tillhub terminal refunds till:m42/t7 --limit EUR:50.00
              tillhub terminal refunds till:m42/t7 --none    nothing it signed is taken any more
            """)

    @Argument(help: "The terminal's id: till:MERCHANT/TERMINAL.")
    var terminal: String
    @Option(
        help: ArgumentHelp(
            "The most that one voucher is worth in a currency; may be repeated.",
            valueName: "EUR:50.00"))
    var limit: [String] = []
    @Flag(help: "Take the right away.")
    var none = false
    @Option(
        help: ArgumentHelp(
            "The name under which the terminal is an issuer (default: refunds-TERMINAL; "
                + "in training, training.refunds-TERMINAL).",
            valueName: "name"))
    var name: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let terminal: String
        let keys: [TrustKeyMessage]
    }

    func validate() throws {
        guard none == limit.isEmpty, !(none && name != nil) else {
            throw ValidationError("Give either --limit (and perhaps --name) or --none.")
        }
    }

    func perform() async throws {
        let now = try Clock.believable()
        guard let id = TerminalID(terminal) else {
            throw CommandFailure(
                .usage, reason: "terminal-malformed",
                message: "A terminal's id is till:MERCHANT/TERMINAL. Nothing was changed.")
        }
        let right = none ? nil : try right(of: id)
        let registrar = TrustRegistrar(ledger: try hub.folder.openLedger())
        let result: Result<[TrustEntry], TrustKeyRefusal>
        do { result = try await registrar.setRefunds(right, of: id, at: now) } catch {
            throw CommandFailure(error)
        }
        switch result {
        case .failure(let refusal): throw CommandFailure(refusal)
        case .success(let entries):
            guard !entries.isEmpty else {
                throw CommandFailure(
                    .notFound, reason: "unknown-terminal",
                    message: "\(id.text) has no key that is not revoked. Nothing was changed. "
                        + "tillhub terminal list names the terminals.")
            }
            let answer = Answer(terminal: id.text, keys: entries.map(TrustKeyMessage.init))
            if output.json { return try Output.json(answer) }
            for key in answer.keys { key.tell() }
            Output.line("Next: tillhub trust publish, sign, import.")
        }
    }

    private func right(of id: TerminalID) throws -> RefundRight {
        let usual = (id.isTraining ? Training.idPrefix : "") + "refunds-"
        let chosen = name ?? usual + id.text.dropFirst(id.merchant.text.count + 1)
        guard let issuer = IssuerID(chosen) else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "A name is 1 to 32 of A-Z a-z 0-9 . _ - and nothing was changed.")
        }
        let malformed = CommandFailure(
            .usage, reason: "limit-malformed",
            message: "--limit is written EUR:50.00, above 0, each currency once. Nothing was "
                + "changed.")
        let limits = try limit.map { text in
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 2 else { throw malformed }
            let currency = try Parsing.currency(parts[0])
            let most = try Parsing.amount(parts[1], currency, option: "--limit")
            guard most > 0 else { throw malformed }
            return RefundRight.Limit(currency: currency, most: most)
        }
        guard Set(limits.map(\.currency)).count == limits.count else { throw malformed }
        return RefundRight(issuer: issuer, limits: limits)
    }
}
