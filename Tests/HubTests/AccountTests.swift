import COSE
import GRDB
import HTTPHubLink
import HTTPHubServer
import Hub
import HubProtocol
import Logging
import Money
import PaymentCodes
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteHubLedger

/// A wallet with a network pays a shop that has none.
@Suite struct AccountTests {
    private static let euro = Currency(code: "EUR")!
    private static let life: UInt32 = 300

    /// A hub with an account of 50.00, and a terminal whose request it is to pay.
    private struct Shop {
        let scene: Scene
        let keeper: AccountKeeper
        var terminal: TerminalDouble
        let wallet = Scene.key(40)

        init() async throws {
            scene = try await Scene()
            keeper = AccountKeeper(ledger: scene.ledger, issuer: scene.issuer)
            terminal = try await scene.terminal("t1")
            try await open(wallet, credit: 5_000)
        }

        func open(_ wallet: PrivateKey, credit: UInt64) async throws {
            let account = Account(
                key: wallet.publicKey, currencyNumber: 978, name: "Ada", at: Scene.now)
            #expect(try await scene.ledger.open(account))
            try await scene.ledger.credit(account.identity, amount: credit, at: Scene.now)
        }

        func balance(of wallet: PrivateKey? = nil) async throws -> UInt64? {
            try await scene.ledger.account((wallet ?? self.wallet).publicKey.thumbprint)?.balance
        }

        func request(
            _ amount: UInt64 = 1_250, nonce: UInt8 = 1, currency: Currency = euro,
            signedBy key: PrivateKey? = nil
        ) throws -> String {
            try ShopQR.payload(
                for: ShopRequest(
                    terminal: terminal.id, amount: Amount(minorUnits: amount, currency: currency),
                    reference: "S1", nonce: [UInt8](repeating: nonce, count: 8),
                    expiry: UInt32(Scene.now) + life),
                merchant: try MerchantProfile(
                    name: "Shop", city: "Berlin", countryCode: "DE", categoryCode: "5812",
                    accounts: [MerchantAccount(id: 26, objects: [EMVObject("00", "test.scheme")])]),
                key: key ?? terminal.key)
        }

        func order(_ shopQR: String, from wallet: PrivateKey? = nil, at: UInt64 = Scene.now)
            -> [UInt8]
        {
            let wallet = wallet ?? self.wallet
            return PaymentOrder(holder: wallet.publicKey, at: at, shopQR: shopQR).signed(by: wallet)
        }

        func pay(_ order: [UInt8], cti: UInt8 = 1, at now: UInt64 = Scene.now) async throws
            -> PaymentReply
        {
            try await keeper.pay(
                order, cti: [UInt8](repeating: cti, count: VoucherIssuer.ctiLength), at: now)
        }

        /// The confirmation of a request, as the shop's terminal takes it.
        func confirmed(_ reply: PaymentReply) throws -> Voucher {
            guard case .confirmed(let payment, _) = reply else {
                throw HubLedgerError.inputOutput("not paid: \(reply)")
            }
            let nonces: Set<[UInt8]> = [payment.nonce]
            let context = VerificationContext(
                now: Scene.now, terminal: terminal.id, confirmableNonces: nonces,
                issuers: Scene.issuers)
            guard
                case .accepted(let voucher) = VoucherVerifier.verify(
                    Array(payment.code.utf8), in: context)
            else { throw HubLedgerError.inputOutput("the terminal refuses it") }
            return voucher
        }

        /// The terminal captures a confirmation; what it has done arrives at the hub.
        mutating func capture(_ payment: AccountPayment) async throws {
            var double = VoucherDouble(payment.voucher.value)
            double.presented = try VoucherText.decode(Array(payment.code.utf8))
            let entry = terminal.capture(
                double, payment.amount,
                .init(identity: payment.voucher.identity, nonce: payment.nonce))
            guard case .acknowledged = try await scene.accept(terminal.batch([entry])) else {
                throw HubLedgerError.inputOutput("the hub refuses the batch")
            }
            #expect(try await scene.quarantine().isEmpty)
        }

        func states() async throws -> [AccountPaymentState] {
            try await scene.ledger.payments(of: wallet.publicKey.thumbprint).map(\.state)
        }

        func giveBack() async throws -> UInt64 {
            try await scene.ledger.giveBack(
                to: wallet.publicKey.thumbprint, at: Scene.now + 10_000)
        }
    }

    @Test("The issuer pays a request from the account, and the terminal takes its word for it")
    func pays() async throws {
        var shop = try await Shop()
        let reply = try await shop.pay(shop.order(try shop.request()))
        let voucher = try shop.confirmed(reply)
        #expect(voucher.value == .fixed(amount: 1_250))
        #expect(voucher.confirmationNonce == [UInt8](repeating: 1, count: 8))
        #expect(voucher.expiry == Scene.now + UInt64(Self.life))
        #expect(try await shop.balance() == 3_750)
        #expect(try await shop.states() == [.pending])
        guard case .confirmed(let payment, false) = reply else { return }
        try await shop.capture(payment)
        #expect(try await shop.states() == [.captured])
        #expect(try await shop.giveBack() == 0)
        #expect(try await shop.balance() == 3_750)
    }

    @Test("The same request is paid once, however often the order comes")
    func paysOnce() async throws {
        let shop = try await Shop()
        let shopQR = try shop.request()
        guard case .confirmed(let first, false) = try await shop.pay(shop.order(shopQR)),
            case .confirmed(let second, true) = try await shop.pay(
                shop.order(shopQR, at: Scene.now + 5), cti: 2, at: Scene.now + 6)
        else {
            Issue.record("It was not paid.")
            return
        }
        #expect(first == second)
        #expect(try await shop.balance() == 3_750)
        let other = Scene.key(41)
        try await shop.open(other, credit: 5_000)
        #expect(
            try await shop.pay(shop.order(shopQR, from: other), cti: 3) == .refused(.paidByAnother))
        #expect(try await shop.balance(of: other) == 5_000)
    }

    @Test("Of many orders at once the account pays what is on it, and not a cent more")
    func neverOverdrawn() async throws {
        let shop = try await Shop()
        let orders = try (1...8).map { shop.order(try shop.request(1_250, nonce: $0)) }
        let replies = try await withThrowingTaskGroup(of: PaymentReply.self) { group in
            for (place, order) in orders.enumerated() {
                group.addTask { try await shop.pay(order, cti: UInt8(place + 1)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let paid = replies.filter { if case .confirmed = $0 { true } else { false } }
        #expect(paid.count == 4)
        #expect(replies.filter { $0 == .refused(.balance(left: 0)) }.count == 4)
        #expect(try await shop.balance() == 0)
    }

    @Test("What no account pays, takes nothing from it, and is refused by name")
    func refusals() async throws {
        let shop = try await Shop()
        let shopQR = try shop.request()
        let cases: [(order: [UInt8], now: UInt64, reason: String)] = [
            (shop.order(shopQR, from: Scene.key(42)), Scene.now, "account-unknown"),
            (shop.order(try shop.request(5_001)), Scene.now, "balance-too-small"),
            (
                shop.order(try shop.request(500, currency: Currency(code: "CHF")!)), Scene.now,
                "currency-differs"
            ),
            (
                shop.order(try shop.request(signedBy: Scene.key(43))), Scene.now,
                "shop-qr-terminal-unknown"
            ),
            (
                shop.order(shopQR, at: Scene.now + 299), Scene.now + UInt64(Self.life),
                "shop-qr-expired"
            ),
            (shop.order(shopQR), Scene.now + 601, "request-stale"),
            (shop.order(shopQR + "x"), Scene.now, "shop-qr-malformed"),
            (
                PaymentOrder(holder: shop.wallet.publicKey, at: Scene.now, shopQR: shopQR)
                    .signed(by: Scene.key(44)), Scene.now, "wrong-signer"
            ),
            ([0xD2], Scene.now, "message-malformed"),
            ([UInt8](repeating: 0, count: PaymentOrder.maximumBytes + 1), Scene.now, "too-long"),
        ]
        for (order, now, reason) in cases {
            guard case .refused(let refusal) = try await shop.pay(order, at: now) else {
                Issue.record("\(reason): it was paid")
                continue
            }
            #expect(refusal.reason.hasSuffix(reason), "\(refusal.reason), not \(reason)")
            #expect(!refusal.message.isEmpty)
        }
        #expect(try await shop.balance() == 5_000)
        #expect(try await shop.states().isEmpty)
    }

    @Test("What the shop can no more capture comes back, and never before")
    func comesBack() async throws {
        var shop = try await Shop()
        _ = try await shop.pay(shop.order(try shop.request()))
        let end = Scene.now + UInt64(Self.life)
        // The terminal is silent: it may have captured it.
        #expect(try await shop.giveBack() == 0)
        // It has told of a time before the request's end: it may still.
        var other = VoucherDouble(.fixed(amount: 100), cti: 9)
        other.claims.expiry = end + 1_000
        _ = try await shop.scene.accept(
            shop.terminal.batch([shop.terminal.capture(other, 100, .init(at: end - 1))]))
        #expect(try await shop.giveBack() == 0)
        #expect(try await shop.states() == [.pending])
        // And of one after it: now it cannot.
        var later = VoucherDouble(.fixed(amount: 100), cti: 10)
        later.claims.expiry = end + 1_000
        _ = try await shop.scene.accept(
            shop.terminal.batch([shop.terminal.capture(later, 100, .init(at: end))]))
        #expect(try await shop.giveBack() == 1_250)
        #expect(try await shop.giveBack() == 0)
        #expect(try await shop.states() == [.givenBack])
        #expect(try await shop.balance() == 5_000)
    }

    @Test("What the shop cancelled comes back")
    func cancelled() async throws {
        var shop = try await Shop()
        guard
            case .confirmed(let payment, _) = try await shop.pay(shop.order(try shop.request()))
        else { return }
        try await shop.capture(payment)
        let undoing = shop.terminal.undo(
            1, 1_250, .cancellation(receipt: shop.terminal.nextReceipt),
            restoring: .init(voucher: payment.voucher.identity, kind: 1, amount: 1_250))
        _ = try await shop.scene.accept(shop.terminal.batch([undoing]))
        #expect(try await shop.scene.quarantine().isEmpty)
        #expect(try await shop.giveBack() == 1_250)
        #expect(try await shop.balance() == 5_000)
    }

    @Test("The schema lets no account be overdrawn, nothing given back twice and nothing changed")
    func schema() async throws {
        let shop = try await Shop()
        guard case .confirmed = try await shop.pay(shop.order(try shop.request())),
            let ledger = shop.scene.ledger as? SQLiteHubLedger
        else { return }
        let line = "SELECT account, 3, amount, at, NULL, NULL, issuer, cti, NULL FROM account_lines"
        let columns = "account, kind, amount, at, terminal, nonce, issuer, cti, code"
        for (sql, name) in [
            ("UPDATE account_lines SET amount = 1", "only ever added"),
            ("DELETE FROM account_lines", "only ever added"),
            ("UPDATE accounts SET name = 'Bob'", "only ever added"),
            (
                "INSERT INTO account_lines (\(columns)) SELECT account, 2, 3751, at, terminal, "
                    + "x'0909090909090909', issuer, cti, code FROM account_lines WHERE kind = 2",
                "account-overdrawn"
            ),
            (
                "INSERT INTO account_lines (\(columns)) SELECT account, 3, amount + 1, at, NULL, NULL, "
                    + "issuer, cti, NULL FROM account_lines WHERE kind = 2",
                "account-given-back-otherwise"
            ),
            (
                "INSERT INTO account_lines (\(columns)) \(line) WHERE kind = 2;"
                    + "INSERT INTO account_lines (\(columns)) \(line) WHERE kind = 2",
                "UNIQUE"
            ),
        ] {
            do {
                try await ledger.write { try $0.execute(sql: sql) }
                Issue.record("\(sql) was taken")
            } catch {
                guard case .constraint(let text) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(text.contains(name), "\(text)")
            }
        }
    }

    @Test("Over HTTP: a confirmation, and refusals that a wallet can show")
    func overHTTP() async throws {
        let shop = try await Shop()
        let order = shop.order(try shop.request(), at: Scene.now + 90)
        let stranger = shop.order(try shop.request(nonce: 2), from: Scene.key(45))
        try await withHub(shop.scene, accounts: shop.keeper) { link in
            let object = try await link.pay(order: order)
            #expect(try VoucherCode(object).claims.value == .fixed(amount: 1_250))
            #expect(try await link.pay(order: order) == object)
            await #expect {
                _ = try await link.pay(order: stranger)
            } throws: {
                guard case .refused(403, "account-unknown", let words)? = $0 as? HubLinkError else {
                    return false
                }
                return words.contains("Nothing was paid.")
            }
        }
        #expect(try await shop.balance() == 3_750)
    }
}
