import CBOR
import COSE
import Testing
import Vouchers

@Suite struct Times {
    @Test func refuseFromTheExpiryOn() {
        let now = World.now
        #expect(reason(Forged.issued([Claims.exp: .unsigned(now + 1)])) == nil)
        #expect(reason(Forged.issued([Claims.exp: .unsigned(now)])) == .expired)
        #expect(reason(Forged.issued([Claims.exp: .unsigned(now - 1)])) == .expired)
    }

    @Test func allowTwentySecondsBeforeNotBefore() {
        let now = World.now
        #expect(reason(Forged.issued([Claims.nbf: .unsigned(now + 20)])) == nil)
        #expect(reason(Forged.issued([Claims.nbf: .unsigned(now + 21)])) == .notYetValid)
        #expect(reason(Forged.issued([Claims.nbf: .unsigned(now)])) == nil)
    }

    @Test(arguments: [0, 1, 19, 20, 59, 60, 1 << 53, UInt64.max - 20, UInt64.max - 1, UInt64.max])
    func atTheEndsOfTheClockAreRefusedAndNeverTrap(now: UInt64) {
        var context = World.context
        context.now = now
        let bound = Forged.bound([2, 978, 5, 0], [Claims.nbf: .unsigned(World.now)])
        let refused = reason(Forged.presented([Claims.value: 5], of: bound), in: context)
        #expect(refused == (now < World.now ? .notYetValid : .expired))
    }
}

@Suite struct Audiences {
    private func refused(_ aud: CBORValue, terminal: String? = "till:m42/t7")
        -> VoucherRefusal.Reason?
    {
        var context = World.context
        context.terminal = terminal.flatMap(TerminalID.init)
        return reason(Forged.issued([Claims.aud: aud]), in: context)
    }

    @Test func admitTheTerminalOrItsMerchantByteForByte() {
        for aud in [
            "till:m42", "till:m42/t7", ["till:m42"], ["till:m42/t7"],
            ["till:m1", "till:m42/t7"], ["", "anything", "till:m42", "till:m42"],
        ] as [CBORValue] {
            #expect(refused(aud) == nil, "\(aud)")
        }
        for aud in [
            "till:m4", "till:m420", "till:m42/", "till:m42/t", "till:m42/t70", "till:m42/t8",
            "TILL:M42", "till:M42", "till:m42/T7", "till:*", "till:m42/*", "m42", "", " till:m42",
            "till:m42\0", "t7", "till:", "https://till:m42", ["till:m1", "till:m2"],
            ["till:m42/t8"],
        ]
            as [CBORValue]
        {
            #expect(refused(aud) == .audience, "\(aud)")
        }
    }

    @Test func doNotTakeAnotherCharacterForTheSame() {
        // The Kelvin sign is canonically equivalent to K, and still another id.
        #expect(refused("till:K1", terminal: "till:K1/t") == nil)
        #expect(refused("till:\u{212A}1", terminal: "till:K1/t") == .audience)
        #expect(refused(["till:\u{212A}1/t"], terminal: "till:K1/t") == .audience)
    }

    @Test func refuseATerminalWithoutAnID() {
        #expect(refused("till:m42", terminal: nil) == .audience)
    }
}

@Suite struct IDs {
    @Test(arguments: [
        ("till:m42/t7", true), ("till:a/b", true), ("till:A.b_c-9/0", true),
        ("till:m42", false), ("till:m42/", false), ("till:/t7", false), ("till:m42/t/7", false),
        ("Till:m42/t7", false), ("m42/t7", false), ("till:m 2/t7", false), ("till:m42/t7\n", false),
        ("till:mé/t", false), ("till:\u{212A}/t", false), ("", false), ("/", false),
        ("till:123456789012345678/t", true),  // 25 characters
        ("till:1234567890123456789/t", false),
        ("till:1/34567890123456789012", false), ("till:1/345678901234567890", true),
    ])
    func ofTerminalsKeepTheGrammar(text: String, isFine: Bool) {
        let id = TerminalID(text)
        #expect((id != nil) == isFine)
        #expect(id == nil || id?.text == text)
    }

    @Test(arguments: [
        ("till:m42", true), ("till:.", true), ("till:", false), ("till", false), ("", false),
        ("till:m42/t7", false), ("till:m:42", false), ("till:m+", false),
        ("till:12345678901234567890", true), ("till:123456789012345678901", false),
    ])
    func ofMerchantsKeepTheGrammar(text: String, isFine: Bool) {
        #expect((MerchantID(text) != nil) == isFine)
    }

    @Test func ofATerminalNameItsMerchant() {
        #expect(TerminalID("till:m42/t7")?.merchant == MerchantID("till:m42"))
    }

    @Test(arguments: [
        ("acme", true), ("A.b_c-9", true), ("", false), ("a b", false), ("a/b", false),
        ("12345678901234567890123456789012", true), ("123456789012345678901234567890123", false),
    ])
    func ofIssuersKeepTheGrammar(text: String, isFine: Bool) {
        #expect((IssuerID(text) != nil) == isFine)
    }
}

@Suite struct Identities {
    private func voucher(_ changes: [Int64: CBORValue?], by key: PrivateKey = World.issuer) throws
        -> Voucher
    {
        try #require(verify(Forged.issued(Claims.issued(changes).encoded(), by: key)).voucher)
    }

    @Test func areTheIssuerWithTheCTI() throws {
        let one = try voucher([:])
        let other = try voucher([:], by: World.otherIssuer)
        #expect(one.identity.cti == other.identity.cti)
        #expect(one.identity != other.identity)
    }

    @Test func areTheSameForEveryKeyOfTheIssuer() throws {
        var context = World.context
        context.issuers = IssuerDirectory([
            Issuer(
                id: World.id("first"),
                keys: [World.issuer.publicKey, World.otherIssuer.publicKey])
        ])
        let payload = Claims.issued().encoded()
        let one = try #require(verify(Forged.issued(payload), in: context).voucher)
        let other = try #require(
            verify(Forged.issued(payload, by: World.otherIssuer), in: context).voucher)
        #expect(one.identity == other.identity)
        #expect(one.coreDigest == other.coreDigest)
        #expect(one.issuerKeyThumbprint != other.issuerKeyThumbprint)
    }

    @Test func shareACoreThatOnlyGrowthAndWordsMayLeave() throws {
        let core = try voucher([:]).coreDigest
        #expect(core.count == 32)
        #expect(try voucher([Claims.iss: "a", Claims.iat: 7]).coreDigest == core)
        #expect(try voucher([100: "ignored"]).coreDigest == core)
        for changes in [
            [Claims.exp: .unsigned(World.now + 1_001)], [Claims.nbf: 1],
            [Claims.aud: "till:m42"], [Claims.value: [1, 978, 2_501]],
            [Claims.value: [1, 840, 2_500]], [Claims.value: [2, 978, 2_500, 0]],
            [Claims.aud: "till:m42/t7", Claims.cnonce: .bytes(World.nonce)],
        ] as [[Int64: CBORValue?]] {
            #expect(try voucher(changes).coreDigest != core, "\(changes)")
        }
    }

    @Test func ofStoredValueLeaveTheGrowingAmountsOut() throws {
        let one = try voucher([Claims.value: [2, 978, 5_000, 0]]).coreDigest
        #expect(try voucher([Claims.value: [2, 978, 9_000, 4_000]]).coreDigest == one)
        #expect(try voucher([Claims.value: [2, 756, 5_000, 0]]).coreDigest != one)
    }

    @Test func tellTheWaysToWriteAnAudienceApart() throws {
        let text = try voucher([Claims.aud: "till:m42"]).coreDigest
        let array = try voucher([Claims.aud: ["till:m42"]]).coreDigest
        let two = try voucher([Claims.aud: ["till:m42", "till:m1"]]).coreDigest
        let swapped = try voucher([Claims.aud: ["till:m1", "till:m42"]]).coreDigest
        #expect(Set([text, array, two, swapped]).count == 4)
    }

    @Test func compareTheHoldersKeyAndNotItsSpelling() throws {
        func core(_ cnf: CBORValue, value: CBORValue = [3, 978, 5_000, 9_000]) throws -> [UInt8] {
            let inner = Forged.bound(value, [Claims.cnf: cnf])
            let object = Forged.presented(of: inner, by: World.phone)
            return try #require(verify(object).voucher).coreDigest
        }
        let key = World.phone.publicKey
        let bytes = CBORValue.map([CBORPair(1, key.coseKeyValue(compressed: false))])
        let sign = CBORValue.map([CBORPair(1, key.coseKeyValue(compressed: true))])
        #expect(try core(bytes) == core(sign))
        #expect(try core(bytes) != core(bytes, value: [3, 978, 5_001, 9_000]))
        #expect(try core(bytes) != core(bytes, value: [3, 978, 5_000, 9_001]))
    }

    @Test func areNeverPrintedWhole() throws {
        let voucher = try voucher([Claims.iss: "Shop"])
        let hex = "00112233445566778899"
        #expect(voucher.identity.shortName.hasPrefix("first/"))
        #expect(voucher.identity.shortName.utf8.count == "first/".utf8.count + 4)
        var dumped = ""
        dump(voucher, to: &dumped)
        dump(voucher.claims, to: &dumped)
        dump(voucher.identity, to: &dumped)
        for text in ["\(voucher)", "\(voucher.claims)", "\(voucher.identity)", dumped] {
            #expect(!text.contains(hex) && !text.contains("17, 34, 51"), "\(text)")
            #expect(!text.contains("[UInt8]") && !text.contains("cti"), "\(text)")
        }
    }
}

@Suite struct Refusals {
    @Test func sayInASentenceWhere() throws {
        func detail(_ changes: [Int64: CBORValue?]) throws -> String {
            guard case .refused(let refusal) = verify(Forged.issued(changes)) else { return "" }
            return refusal.detail
        }
        #expect(
            try detail([Claims.exp: nil])
                == "In the issuer's payload, claim 4 (exp) is missing: it is required.")
        #expect(
            try detail([Claims.value: [7, 978, 1]])
                == "In the issuer's payload, claim -65537 (value) is not as expected: its first"
                + " element is 1, 2 or 3.")
        #expect(try detail([Claims.exp: 1]).hasSuffix("."))
    }

    @Test func belongToOneCategoryEach() {
        let formats = VoucherRefusal.Reason.allCases.filter { $0.category == .formatBad }
        #expect(formats.count == VoucherRefusal.Reason.allCases.count - 16)
        for category in VoucherRefusal.Category.allCases {
            #expect(VoucherRefusal.Reason.allCases.contains { $0.category == category })
        }
    }

    @Test func comeInTheOrderFormatSignatureTimeAudienceRequest() {
        // Everything is wrong; one thing after the other is put right.
        var changes: [Int64: CBORValue?] = [
            Claims.exp: 1, Claims.aud: "till:m1", Claims.cti: .bytes([1]),
            Claims.cnf: Claims.holder(World.holder.publicKey),
        ]
        func refused(by key: PrivateKey) -> VoucherRefusal.Reason? {
            reason(
                Forged.issued(
                    Claims.issued(changes).encoded(), by: key,
                    header: .map([
                        CBORPair(1, -19), CBORPair(4, .bytes(World.issuer.publicKey.keyID)),
                    ])))
        }
        #expect(refused(by: World.stranger) == .claimCTI)
        changes[Claims.cti] = .bytes(World.cti)
        #expect(refused(by: World.stranger) == .signatureBad)
        #expect(refused(by: World.issuer) == .expired)
        changes[Claims.exp] = .unsigned(World.now + 1)
        #expect(refused(by: World.issuer) == .audience)
        changes[Claims.aud] = .some(nil)
        #expect(refused(by: World.issuer) == .needsPresentation)
        changes[Claims.cnf] = .some(nil)
        #expect(refused(by: World.issuer) == nil)
    }
}
