import COSE
import PaymentCodes
import Testing
import Vouchers
import Wallet

@Suite("Purse")
struct PurseTests {
    @Test("It takes what is bound to its key or to nobody, and no other")
    func holders() throws {
        var world = try WalletWorld()
        try world.take(world.claims(.fixed(amount: 100), cti: 1))
        try world.take(world.claims(.fixed(amount: 100), cti: 2, bearer: true))
        let other = try WalletWorld(walletAlgorithm: .ecdsaP256)
        let foreign = other.text(other.claims(.fixed(amount: 100), cti: 3))
        #expect(reason { try world.add(foreign) } == "other-holder")
        #expect(world.purse.holdings.count == 2)
    }

    @Test("It refuses what is no voucher, a broken one, an expired one and a presentation")
    func refusals() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let fixed = world.claims(.fixed(amount: 100), cti: 1)
        #expect(reason { try world.add(Array("https://example.org".utf8)) } == "not-a-voucher")
        #expect(reason { try world.add([]) } == "not-a-voucher")
        let cut = VoucherText.encode(fixed.signed(by: world.issuerKey).dropLast())
        #expect(reason { try world.add(Array(cut.utf8)) } == "cbor-length")
        #expect(
            reason { try world.take(world.claims(.fixed(amount: 100), cti: 2, lasting: 0)) }
                == "voucher-expired")
        try world.take(fixed)
        let code = try world.pay(100)
        #expect(reason { try world.add(Array(code.text.utf8)) } == "presentation-given")
        #expect(world.purse.holdings.count == 1)
    }

    @Test(
        "The same voucher is taken once, however often it is signed; newer stored value takes the older one's place"
    )
    func succession() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let old = world.claims(.stored(credit: 1_000, redeemed: 0), cti: 1)
        try world.take(old)
        #expect(reason { try world.take(old) } == "already-held")
        _ = try world.pay(300)
        // The issuer has heard of the 300 and of 50 elsewhere, and credited 500.
        let name = try world.take(world.claims(.stored(credit: 1_500, redeemed: 350), cti: 1))
        #expect(world.purse.holdings.count == 1)
        #expect(try world.purse.holding(named: name).left == 1_150)
        #expect(try world.purse.holding(named: name).shown.count == 1)
        // What goes back, or has other terms, is not the same voucher grown.
        for claims in [
            world.claims(.stored(credit: 1_500, redeemed: 349), cti: 1),
            world.claims(.stored(credit: 1_400, redeemed: 350), cti: 1),
            world.claims(.stored(credit: 1_600, redeemed: 350), cti: 1, lasting: 7_200),
            world.claims(.stored(credit: 1_500, redeemed: 350), cti: 1, bearer: true),
            world.claims(.fixed(amount: 1_500), cti: 1),
        ] {
            #expect(reason { try world.take(claims) } == "conflicting-voucher")
        }
        #expect(try world.purse.holding(named: name).left == 1_150)
    }

    @Test("What the issuer has not heard of yet stays counted")
    func unheard() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        try world.take(world.claims(.stored(credit: 1_000, redeemed: 0), cti: 1))
        _ = try world.pay(300)
        let name = try world.take(world.claims(.stored(credit: 1_200, redeemed: 0), cti: 1))
        #expect(try world.purse.holding(named: name).left == 900)
    }

    @Test("A one-way code verifies without a request; a bearer voucher is shown as it is")
    func oneWay() throws {
        var world = try WalletWorld()
        let account = try world.take(
            world.claims(.certificate(perPayment: 400, offlineTotal: 1_000), cti: 1))
        let bearer = try world.take(world.claims(.fixed(amount: 500), cti: 2, bearer: true))
        #expect(reason { _ = try world.show() } == "voucher-ambiguous")
        let code = try world.show(from: account, amount: 250)
        let voucher = try world.verify(code.text, nonce: nil)
        #expect(voucher.presentation?.amount == 250)
        #expect(voucher.presentation?.nonce == nil)
        #expect(code.holding.left == 750)
        // Without an amount the certificate's maximum is what the code can pay.
        #expect(try world.show(from: account).holding.left == 350)
        #expect(reason { _ = try world.show(from: account) } == "above-what-is-left")
        let printed = try world.show(from: bearer)
        #expect(try world.verify(printed.text, nonce: nil).presentation == nil)
        #expect(reason { _ = try world.show(from: bearer, amount: 5) } == "voucher-spent-whole")
    }

    @Test("A code that was not paid is taken back, once no terminal can accept it any more")
    func takingBack() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let name = try world.take(world.claims(.stored(credit: 1_000, redeemed: 100), cti: 1))
        #expect(reason { try world.takeBack(name, after: 0) } == "nothing-shown")
        _ = try world.pay(300)
        #expect(reason { try world.takeBack(name, after: 80) } == "code-still-good")
        try world.takeBack(name, after: 81)
        #expect(try world.purse.holding(named: name).left == 900)
        #expect(reason { try world.takeBack(name, after: 81) } == "nothing-shown")
    }

    @Test("Only Ed25519 keys are terminals' keys; trusting one again renames it")
    func trust() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        let key = world.terminalKey.publicKey.coseKey
        _ = try world.purse.trust(coseKey: key, name: nil)
        #expect(world.purse.terminals.map(\.name) == [nil])
        let issuer = world.issuerKey.publicKey.coseKey
        #expect(
            reason { _ = try world.purse.trust(coseKey: issuer, name: nil) }
                == "terminal-key-not-ed25519")
        #expect(reason { _ = try world.purse.trust(coseKey: [1], name: nil) } == "key-refused")
        #expect(
            reason { _ = try world.purse.trust(coseKey: key, name: "a\u{1B}[2J") }
                == "terminal-name")
    }

    @Test("A name shows neither the cti nor anything that could pay")
    func names() throws {
        var world = try WalletWorld()
        let name = try world.take(world.claims(.fixed(amount: 100), cti: 0xAB, bearer: true))
        #expect(name.utf8.count == 13)
        #expect(!name.contains("abab"))
        #expect(try world.purse.holding(named: String(name.suffix(4))).name == name)
    }

    @Test("Answers are forgotten a day after the request is over, not before")
    func forgetting() throws {
        var world = try WalletWorld()
        try world.trustTerminal()
        try world.take(
            world.claims(.stored(credit: 1_000, redeemed: 0), cti: 1, lasting: 1_000_000))
        _ = try world.pay(100, nonce: 1)
        #expect(world.purse.answered.count == 1)
        for (seconds, count) in [(86_000, 2), (200_000, 1)] as [(UInt64, Int)] {
            let later = world.now + seconds
            var request = world.request(100, nonce: UInt8(count + 1))
            request = .init(
                terminal: request.terminal, amount: request.amount, reference: "S2",
                nonce: request.nonce, expiry: UInt32(later + 300))
            let demand = try world.purse.read(shopQR: world.shopQR(request), now: later)
            _ = try world.purse.answer(demand, key: world.walletKey, now: later)
            #expect(world.purse.answered.count == count)
        }
    }
}

extension WalletWorld {
    mutating func add(_ text: [UInt8]) throws(WalletRefusal) {
        _ = try purse.add(text, owner: walletKey.publicKey, now: now)
    }

    mutating func takeBack(_ name: String, after seconds: UInt64) throws(WalletRefusal) {
        _ = try purse.takeBack(name, now: now + seconds)
    }
}
