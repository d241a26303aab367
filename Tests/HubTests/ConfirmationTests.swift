import COSE
import CSVStatements
import Foundation
import HTTPHubLink
import Hub
import HubProtocol
import Money
import Payments
import Terminal
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import SQLiteHubLedger

/// A terminal asks whether a scheme's wallet has paid its request.
@Suite struct ConfirmationTests {
    private static let euro = Currency(code: "EUR")!
    /// A budget in which any answer comes, however busy the machine is.
    private static let patient: UInt64 = 600_000
    private static let bank = IssuerID("instant")!
    private static let bankKey = Scene.key(9)

    /// A hub that signs for a bank's scheme too, a terminal, and a folder of statements.
    private struct Shop {
        let scene: Scene
        let terminal: TerminalDouble
        let statements: TemporaryFolder

        init() async throws {
            scene = try await Scene()
            terminal = try await scene.terminal("t1")
            statements = try TemporaryFolder()
            try await scene.publish(
                2,
                [
                    Scene.trust.issuer(Scene.own, Scene.issuerKey.publicKey),
                    Scene.trust.issuer(Scene.gifts, Scene.giftsKey.publicKey),
                    Scene.trust.issuer(bank, bankKey.publicKey),
                ])
        }

        /// A desk as a hub makes it at its start: nothing is remembered but what is on disk.
        var desk: ConfirmationDesk {
            ConfirmationDesk(
                ledger: scene.ledger,
                schemes: [
                    AccountConfirmation(ledger: scene.ledger),
                    StatementConfirmation(
                        scheme: bank, source: CSVStatementFolder(path: statements.path),
                        ledger: scene.ledger,
                        issuer: VoucherIssuer(
                            ledger: scene.ledger, keys: [Scene.issuerKey, bankKey])),
                ])
        }

        func write(_ lines: String..., to name: String = "a.csv") throws {
            try (["entry,booked,amount,currency,reference"] + lines + [""])
                .joined(separator: "\n").write(
                    toFile: statements.path + "/" + name, atomically: true, encoding: .utf8)
        }

        func request(
            _ sale: String = "S1", _ amount: UInt64 = 1_250, nonce: UInt8 = 1,
            at: UInt64 = Scene.now, journal: [UInt8]? = nil, by key: PrivateKey? = nil
        ) -> [UInt8] {
            ConfirmationRequest(
                terminal: terminal.id, journal: journal ?? terminal.journal, at: at, sale: sale,
                amount: Amount(minorUnits: amount, currency: euro),
                nonce: [UInt8](repeating: nonce, count: 8), expiry: Scene.now + 300
            ).signed(by: key ?? terminal.key)
        }

        func ask(_ request: [UInt8], cti: UInt8 = 1) async throws -> ConfirmationReply {
            try await desk.answer(
                request, cti: [UInt8](repeating: cti, count: VoucherIssuer.ctiLength),
                at: Scene.now)
        }

        /// The word as the terminal takes it: verified by its trust list.
        func voucher(_ reply: ConfirmationReply, nonce: UInt8 = 1) -> Voucher? {
            guard case .confirmed(let code, _, _) = reply else { return nil }
            let context = VerificationContext(
                now: Scene.now, terminal: terminal.id,
                confirmableNonces: [[UInt8](repeating: nonce, count: 8)],
                issuers: IssuerDirectory([
                    Issuer(id: Scene.own, keys: [Scene.issuerKey.publicKey]),
                    Issuer(id: bank, keys: [bankKey.publicKey]),
                ]))
            guard
                case .accepted(let voucher) = VoucherVerifier.verify(Array(code.utf8), in: context)
            else { return nil }
            return voucher
        }
    }

    @Test(
        "A credit with the sale's reference, amount and currency confirms the request by its scheme"
    )
    func confirmsByStatement() async throws {
        let shop = try await Shop()
        #expect(try await shop.ask(shop.request()) == .noWord)
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        let reply = try await shop.ask(shop.request())
        let voucher = try #require(shop.voucher(reply))
        #expect(voucher.identity.issuer == Self.bank && voucher.value == .fixed(amount: 1_250))
        #expect(voucher.expiry == Scene.now + 300)
        // The same word again, byte for byte, after a restart too.
        guard case .confirmed(let first, "instant", false) = reply,
            case .confirmed(let again, "instant", true) = try await shop.ask(
                shop.request(at: Scene.now + 4), cti: 2)
        else {
            Issue.record("\(reply)")
            return
        }
        #expect(first == again)
    }

    @Test(
        "What differs in reference, amount or currency, or is a debit, confirms nothing",
        arguments: [
            "E1,2027-01-15,12.50,EUR,S2", "E1,2027-01-15,12.51,EUR,S1",
            "E1,2027-01-15,12.50,USD,S1", "E1,2027-01-15,-12.50,EUR,S1",
            "E1,2027-01-15,12.50,EUR,s1", "E1,2027-01-15,12.50,EUR,S1 ",
        ])
    func otherCredits(_ line: String) async throws {
        let shop = try await Shop()
        try shop.write(line)
        #expect(try await shop.ask(shop.request()) == .noWord)
    }

    @Test("A credit confirms one request, for ever: not another, and not in a later statement")
    func confirmsOnce() async throws {
        let shop = try await Shop()
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        #expect(shop.voucher(try await shop.ask(shop.request())) != nil)
        try shop.write("E1,2027-01-15,12.50,EUR,S1", to: "b.csv")
        #expect(try await shop.ask(shop.request(nonce: 2), cti: 2) == .noWord)
        // A second credit confirms the second request.
        try shop.write("E2,2027-01-15,12.50,EUR,S1", to: "c.csv")
        let second = try await shop.ask(shop.request(nonce: 2), cti: 3)
        #expect(shop.voucher(second, nonce: 2) != nil)
        #expect(
            try await shop.scene.ledger.statementConfirmations(of: Self.bank).map(\.entry)
                == ["E1", "E2"])
    }

    @Test("Of two that claim one credit at the same moment one gets it")
    func confirmsOnceAtOnce() async throws {
        let shop = try await Shop()
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        let words = try await withThrowingTaskGroup(of: Bool.self) { group in
            for nonce in UInt8(1)...8 {
                group.addTask {
                    shop.voucher(
                        try await shop.ask(shop.request(nonce: nonce), cti: nonce), nonce: nonce)
                        != nil
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(words == 1)
    }

    @Test("A request that an account has paid is confirmed by that, and by no statement too")
    func accountsFirst() async throws {
        let shop = try await Shop()
        let wallet = Scene.key(40)
        let account = Account(
            key: wallet.publicKey, currencyNumber: 978, name: "Ada", at: Scene.now)
        _ = try await shop.scene.ledger.open(account)
        try await shop.scene.ledger.credit(account.identity, amount: 5_000, at: Scene.now)
        let order = VoucherOrder(
            value: .fixed(amount: 1_250), currency: Self.euro, expiry: Scene.now + 300,
            audience: [shop.terminal.id.text], confirmationNonce: [UInt8](repeating: 1, count: 8))
        func payment(_ cti: UInt8) async throws -> AccountPayment {
            guard
                case .issued(let voucher, let code) = try await VoucherIssuer(
                    ledger: try SQLiteHubLedger(
                        path: shop.scene.folder.path + "/ledger.sqlite", creating: false),
                    keys: [Scene.issuerKey]
                ).issue(order, cti: [UInt8](repeating: cti, count: 10), at: Scene.now)
            else { throw HubLedgerError.inputOutput("not issued") }
            let other = IssuedVoucher(
                identity: VoucherIdentity(
                    issuer: voucher.identity.issuer, cti: [UInt8](repeating: cti + 1, count: 10)),
                value: voucher.value, currencyNumber: 978, expiry: voucher.expiry, at: voucher.at)
            return AccountPayment(
                account: account.identity, terminal: shop.terminal.id,
                nonce: [UInt8](repeating: 1, count: 8), at: Scene.now, voucher: other, code: code)
        }
        try shop.write("E1,2027-01-15,12.50,EUR,S1", "E2,2027-01-15,12.50,EUR,S1")
        #expect(try await shop.scene.ledger.pay(try await payment(50)))
        guard case .confirmed(_, "accounts", true) = try await shop.ask(shop.request()) else {
            Issue.record("the account's word is given")
            return
        }
        #expect(try await shop.scene.ledger.statementConfirmations(of: Self.bank).isEmpty)
        // The schema has the last word, both ways round.
        let voucher = try await payment(60).voucher
        let late = StatementConfirmed(
            scheme: Self.bank, entry: "E1", terminal: shop.terminal.id,
            nonce: [UInt8](repeating: 1, count: 8), at: Scene.now, voucher: voucher, code: "TV1:")
        #expect(try await !shop.scene.ledger.confirm(late))
    }

    @Test("A request that is not the terminal's, or not of now, is refused by name")
    func refusals() async throws {
        let shop = try await Shop()
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        func reason(_ request: [UInt8]) async throws -> String? {
            if case .refused(let refusal) = try await shop.ask(request) {
                refusal.reason
            } else {
                nil
            }
        }
        #expect(try await reason(shop.request(by: Scene.key(77))) == "wrong-signer")
        #expect(
            try await reason(shop.request(journal: [9, 9, 9, 9, 9, 9, 9, 9])) == "unknown-terminal")
        #expect(try await reason(shop.request(at: Scene.now - 601)) == "request-stale")
        #expect(try await reason([1]) != nil)
        #expect(
            try await reason([UInt8](repeating: 0, count: ConfirmationRequest.maximumBytes + 1))
                == "message-too-long")
        #expect(try await shop.scene.ledger.statementConfirmations(of: Self.bank).isEmpty)
    }

    @Test("A terminal whose key is revoked, and a scheme without a key, get no word")
    func withoutAKey() async throws {
        let shop = try await Shop()
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        let desk = ConfirmationDesk(
            ledger: shop.scene.ledger,
            schemes: [
                StatementConfirmation(
                    scheme: Self.bank, source: CSVStatementFolder(path: shop.statements.path),
                    ledger: shop.scene.ledger, issuer: shop.scene.issuer)
            ])
        let reply = try await desk.answer(
            shop.request(), cti: [UInt8](repeating: 1, count: 10), at: Scene.now)
        guard case .refused(let refusal) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(refusal.reason == "issuer-key-unknown" && refusal.category == .unavailable)
    }

    @Test("Over HTTP the word is 200, none is 204, and a request too long is 413")
    func overHTTP() async throws {
        let shop = try await Shop()
        let desk = shop.desk
        let request = shop.request(at: Scene.now + 100)
        let (none, word, refused) = try await withHub(shop.scene, confirmations: desk) { link in
            let none = try await link.confirmation(request: request, milliseconds: Self.patient)
            try shop.write("E1,2027-01-15,12.50,EUR,S1")
            let word = try await link.confirmation(request: request, milliseconds: Self.patient)
            var refused: HubLinkError?
            do throws(HubLinkError) {
                _ = try await link.confirmation(
                    request: [UInt8](repeating: 0, count: 600), milliseconds: Self.patient)
            } catch { refused = error }
            return (none, word, refused)
        }
        #expect(none == nil)
        #expect(try VoucherCode(try #require(word)).claims.confirmationNonce?.first == 1)
        guard case .refused(413, _, _) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
    }

    @Test(
        "A statement with a fault counts for nothing, and the fault names file and line",
        arguments: [
            ("E1,2027-01-15,12.5,EUR,S1", "statement-amount"),
            ("E1,2027-01-15,12.50,JPY,S1", "statement-amount"),
            ("E1,2027-01-15,12.50,EURO,S1", "statement-currency"),
            ("E1,15.01.2027,12.50,EUR,S1", "statement-date"),
            (",2027-01-15,12.50,EUR,S1", "statement-entry"),
            ("E1,2027-01-15,12.50,EUR", "statement-columns"),
            ("E1,2027-01-15,\"12.50,EUR,S1", "statement-quoting"),
            ("E1,2027-01-15,12.50,EUR,S\u{7}1", "statement-reference"),
            ("E1,2027-01-15,0.00,EUR,S1", "statement-amount"),
        ])
    func faults(_ line: String, _ reason: String) async throws {
        let shop = try await Shop()
        try shop.write("E0,2027-01-15,12.50,EUR,S1", line)
        let reading = CSVStatementFolder(path: shop.statements.path).read()
        #expect(reading.lines.isEmpty)
        #expect(reading.faults.map(\.reason) == [reason])
        #expect(reading.faults.first?.message.hasPrefix("a.csv line 3: ") == true)
        // The terminal hears that the hub cannot say; another file counts.
        guard case .refused(.scheme(let fault)) = try await shop.ask(shop.request()) else {
            Issue.record("a fault is told")
            return
        }
        #expect(fault.reason == reason)
        try shop.write("\"E\"\"9\",2027-01-15,12.50,EUR,\"S1\"\r", to: "b.csv")
        #expect(shop.voucher(try await shop.ask(shop.request())) != nil)
    }

    @Test("An entry that says something else in another statement is told, and the first counts")
    func entriesThatDiffer() async throws {
        let shop = try await Shop()
        try shop.write("E1,2027-01-15,12.50,EUR,S1")
        try shop.write("E1,2027-01-15,99.00,EUR,S1", to: "b.csv")
        let folder = CSVStatementFolder(path: shop.statements.path)
        #expect(folder.read().lines.map(\.amount.minorUnits) == [1_250])
        #expect(folder.read().faults.map(\.reason) == ["statement-entry-differs"])
        try shop.write(to: "b.csv")
        #expect(folder.read().faults.isEmpty, "what has changed is read anew")
    }

    @Test("A sale that was marked as paid and shows on a statement is told once, and is no capture")
    func marked() async throws {
        let shop = try await Shop()
        var terminal = shop.terminal
        let batch = terminal.batch([
            terminal.decline("unconfirmed"), terminal.mark("S1", 1_250), terminal.mark("S9", 700),
        ])
        guard case .acknowledged = try await shop.scene.accept(batch) else {
            Issue.record("a batch with marks is taken")
            return
        }
        #expect(try await shop.scene.quarantine().isEmpty)
        #expect(try await shop.scene.captures().isEmpty)
        var report = PeriodReport()
        let finding = try await LedgerAuditor(
            ledger: shop.scene.ledger, hub: Scene.hubKey.publicKey
        ).audit { report.add($0, $1) }
        #expect(finding == nil)
        let line = try #require(report.lines.first)
        #expect(line.marked == CountedSum(count: 2, amount: 1_950))
        #expect(line.captured == CountedSum() && line.net == 0)
        try shop.write("E1,2027-01-15,12.50,EUR,S1", "E2,2027-01-15,3.00,EUR,Rent")
        let review = try await StatementReview(
            of: CSVStatementFolder(path: shop.statements.path), scheme: Self.bank,
            ledger: shop.scene.ledger)
        guard case .marked(let sale) = review.lines.first?.standing else {
            Issue.record("the credit is a marked sale's")
            return
        }
        #expect(sale.sale == "S1" && sale.terminal == shop.terminal.id)
        #expect(review.lines.map(\.standing).last == .unmatched)
        #expect(review.unseen.map(\.sale) == ["S9"])
    }
}
