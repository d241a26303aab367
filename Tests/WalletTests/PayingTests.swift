import COSE
import Money
import PaymentCodes
import Testing
import Vouchers
import Wallet

@Suite("Paying")
struct PayingTests {
    @Test(
        "A certificate answers a shop QR, and the terminal accepts the answer",
        arguments: KeyAlgorithm.allCases)
    func certificate(_ algorithm: KeyAlgorithm) throws {
        var world = try WalletWorld(walletAlgorithm: algorithm)
        try world.trustTerminal()
        try world.take(world.claims(.certificate(perPayment: 5_000, offlineTotal: 20_000), cti: 1))
        let code = try world.pay(1_250)
        let voucher = try world.verify(code.text)
        #expect(voucher.presentation?.amount == 1_250)
        #expect(voucher.presentation?.nonce == [UInt8](repeating: 1, count: 8))
        #expect(code.amount?.description == "12.50 EUR")
        #expect(code.holding.left == 18_750)
        #expect(code.text.utf8.count <= VoucherText.maximumByteCount)
        // To another request, at another terminal or a minute later it is worth nothing.
        #expect(throws: VoucherRefusal.self) { try world.verify(code.text, nonce: 2) }
        #expect(throws: VoucherRefusal.self) { try world.verify(code.text, at: world.now + 61) }
    }

    @Test("The request is read as the terminal signed it")
    func demand() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let demand = try world.purse.read(shopQR: world.shopQR(world.request(990)), now: world.now)
        #expect(demand.merchantName == "Corner Shop")
        #expect(demand.merchantCity == "Utrecht")
        #expect(demand.request.amount.minorUnits == 990)
        #expect(demand.request.terminal == world.terminal)
    }

    @Test("A request of a terminal in training is refused by that name, unless it is trusted")
    func training() throws {
        var world = try WalletWorld()
        let id = try #require(TerminalID("till:training.m42/t1"))
        let request = ShopRequest(
            terminal: id, amount: Amount(minorUnits: 990, currency: world.euro), reference: "S1",
            nonce: [UInt8](repeating: 1, count: 8), expiry: UInt32(world.now + 300))
        let qr = try world.shopQR(request)
        let (purse, now) = (world.purse, world.now)
        #expect(reason { _ = try purse.read(shopQR: qr, now: now) } == "training-request")
        try world.trustTerminal()
        #expect(try world.purse.read(shopQR: qr, now: now).request.terminal == id)
    }

    @Test("Every code that is no live request of a trusted terminal is refused by its own name")
    func notRequests() throws {
        var world = try WalletWorld()
        let qr = try world.shopQR(world.request(990))
        let now = world.now
        #expect(reason { _ = try world.purse.read(shopQR: qr, now: now) } == "unknown-terminal")
        try world.trustTerminal()
        let stranger = try PrivateKey(algorithm: .ed25519, seed: WalletWorld.seed(9))
        let strange = try world.shopQR(world.request(990), key: stranger)
        let purse = world.purse
        let over = now + 300
        #expect(reason { _ = try purse.read(shopQR: strange, now: now) } == "unknown-terminal")
        #expect(reason { _ = try purse.read(shopQR: qr, now: over) } == "shop-qr-expired")
        let dearer = try Self.altered(qr, "54049.90", "54049.99")
        #expect(
            reason { _ = try purse.read(shopQR: dearer, now: now) }
                == "shop-qr-signature")
        var broken = qr
        broken[broken.count - 1] ^= 1
        #expect(reason { _ = try purse.read(shopQR: broken, now: now) } == "shop-qr-checksum")
        let fixed = try ShopQR.staticPayload(
            merchant: WalletWorld.merchant(), currency: world.euro)
        #expect(
            reason { _ = try purse.read(shopQR: Array(fixed.utf8), now: now) } == "needs-network")
        for other in ["https://example.org/", "", "hello", "134567890123456789"] {
            #expect(
                reason { _ = try purse.read(shopQR: Array(other.utf8), now: now) }
                    == "not-a-shop-qr")
        }
        #expect(reason { _ = try purse.read(shopQR: [0xFF, 0x00], now: now) } == "not-a-shop-qr")
    }

    @Test("Fixed vouchers of just the amount go first, then stored value, then an account")
    func order() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let account = try world.take(
            world.claims(.certificate(perPayment: 5_000, offlineTotal: 20_000), cti: 1))
        let card = try world.take(world.claims(.stored(credit: 1_000, redeemed: 0), cti: 2))
        let fixed = try world.take(world.claims(.fixed(amount: 500), cti: 3))
        #expect(try world.pay(500, nonce: 1).holding.name == fixed)
        // The fixed one was shown and may be spent; the card has just enough; then the account.
        #expect(try world.pay(500, nonce: 2).holding.name == card)
        #expect(try world.pay(500, nonce: 3).holding.name == card)
        #expect(try world.pay(500, nonce: 4).holding.name == account)
        // The owner may show the fixed one again: the terminal knows whether it is spent.
        let again = try world.pay(500, from: fixed, nonce: 5)
        #expect(try world.verify(again.text, nonce: 5).presentation?.amount == nil)
    }

    @Test("Of two that fit, the one that expires first pays")
    func expiringFirst() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        try world.take(world.claims(.stored(credit: 1_000, redeemed: 0), cti: 1))
        let soon = try world.take(
            world.claims(.stored(credit: 1_000, redeemed: 0), cti: 2, lasting: 60))
        #expect(try world.pay(500).holding.name == soon)
    }

    @Test("No more is promised than the certificate's offline total, and its maximum at once")
    func offlineTotal() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let name = try world.take(
            world.claims(.certificate(perPayment: 400, offlineTotal: 1_000), cti: 1))
        #expect(reason { _ = try world.pay(401, from: name) } == "above-per-payment-maximum")
        _ = try world.pay(400, nonce: 1)
        _ = try world.pay(400, nonce: 2)
        #expect(reason { _ = try world.pay(201, from: name, nonce: 3) } == "above-what-is-left")
        #expect(reason { _ = try world.pay(201, nonce: 3) } == "no-voucher-fits")
        #expect(try world.pay(200, nonce: 3).holding.left == 0)
        #expect(reason { _ = try world.show(from: name, amount: 1) } == "above-what-is-left")
    }

    @Test("One request is answered again with the same amount, counted once, and with no other")
    func repeats() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let name = try world.take(world.claims(.stored(credit: 1_000, redeemed: 0), cti: 1))
        let first = try world.pay(800)
        let second = try world.pay(800)
        #expect(second.holding.left == 200)
        #expect(second.holding.shown.count == 1)
        #expect(try world.verify(first.text).identity == world.verify(second.text).identity)
        let before = world.purse
        #expect(reason { _ = try world.pay(800, amount: 700, from: name) } == "request-answered")
        #expect(world.purse == before)
    }

    @Test("Less than asked may be paid from stored value, more never, and nothing of a fixed one")
    func parts() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let card = try world.take(world.claims(.stored(credit: 300, redeemed: 0), cti: 1))
        let fixed = try world.take(world.claims(.fixed(amount: 300), cti: 2))
        #expect(reason { _ = try world.pay(500, amount: 501) } == "above-request")
        #expect(
            reason { _ = try world.pay(500, amount: 300, from: fixed) } == "voucher-spent-whole")
        #expect(reason { _ = try world.pay(500, from: fixed) } == "voucher-too-small")
        let code = try world.pay(500, amount: 300)
        #expect(code.holding.name == card)
        #expect(try world.verify(code.text).presentation?.amount == 300)
    }

    @Test("A fixed voucher worth more loses the rest only where its owner names it")
    func lapse() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let name = try world.take(world.claims(.fixed(amount: 1_000), cti: 1))
        #expect(reason { _ = try world.pay(800) } == "no-voucher-fits")
        let code = try world.pay(800, from: name)
        #expect(code.lapses == 200)
        #expect(try world.verify(code.text).presentation?.amount == nil)
    }

    @Test("What cannot pay is refused with the holding's own reason")
    func misfits() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        #expect(reason { _ = try world.pay(100) } == "wallet-empty")
        let bearer = try world.take(world.claims(.fixed(amount: 100), cti: 1, bearer: true))
        let foreign = try world.take(
            world.claims(.fixed(amount: 100), cti: 2, audience: ["till:m43"]))
        var yen = world.claims(.fixed(amount: 100), cti: 3)
        yen.currencyNumber = 392
        var later = world.claims(.fixed(amount: 100), cti: 4)
        later.notBefore = world.now + 21
        var confirmation = world.claims(
            .fixed(amount: 100), cti: 5, audience: [world.terminal.text])
        confirmation.confirmationNonce = [UInt8](repeating: 7, count: 8)
        let expected = [
            (bearer, "voucher-bearer"), (foreign, "voucher-not-for-this-shop"),
            (try world.take(yen), "currency-differs"),
            (try world.take(later), "voucher-not-yet-valid"),
            (try world.take(confirmation), "voucher-not-for-this-request"),
        ]
        for (name, expected) in expected {
            #expect(reason { _ = try world.pay(100, from: name) } == expected)
        }
        #expect(reason { _ = try world.pay(100) } == "no-voucher-fits")
        #expect(reason { _ = try world.pay(100, from: "beef") } == "voucher-not-found")
        let confirmed = try world.pay(100, nonce: 7)
        #expect(try world.verify(confirmed.text, nonce: 7).confirmationNonce != nil)
    }

    @Test("A voucher that expired in the wallet is not shown")
    func expired() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let name = try world.take(world.claims(.fixed(amount: 100), cti: 1, lasting: 30))
        let demand = try world.purse.read(shopQR: world.shopQR(world.request(100)), now: world.now)
        let late = world.now + 30
        #expect(
            reason {
                _ = try world.purse.answer(demand, from: name, key: world.walletKey, now: late)
            } == "voucher-expired")
    }

    /// A payload in which one text is another, with a checksum that holds (QRCPS 4.7.3).
    private static func altered(_ payload: [UInt8], _ old: String, _ new: String) throws -> [UInt8]
    {
        let body = Array(payload.dropLast(4))
        let place = try #require(body.firstRange(of: Array(old.utf8)))
        let changed = body[..<place.lowerBound] + Array(new.utf8) + body[place.upperBound...]
        var checksum: UInt16 = 0xFFFF
        for byte in changed {
            checksum ^= UInt16(byte) << 8
            for _ in 0..<8 {
                checksum = checksum & 0x8000 == 0 ? checksum << 1 : checksum << 1 ^ 0x1021
            }
        }
        let digits = String(checksum, radix: 16, uppercase: true)
        return Array(changed)
            + Array((String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
}

extension WalletWorld {
    mutating func show(from name: String? = nil, amount: UInt64? = nil)
        throws(WalletRefusal) -> PreparedCode
    {
        try purse.show(amount: amount, from: name, key: walletKey, now: now)
    }
}
