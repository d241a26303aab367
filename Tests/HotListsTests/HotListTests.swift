import CBOR
import COSE
import HotLists
import HubProtocol
import Testing
import Vouchers

@Suite struct HotListTests {
    @Test func everyRevokedVoucherIsListedAndNoOtherOfASettledIssuerIs() throws {
        let list = try Samples.list(revoked: 0..<800, issued: 20_000)
        for number in 0..<800 {
            let voucher = Samples.voucher(UInt64(number))
            #expect(
                list.finding(on: voucher, issuedAt: Samples.now) == .listed(.voucher, from: nil))
        }
        for number in UInt64(800)..<20_000 {
            #expect(list.finding(on: Samples.voucher(number), issuedAt: Samples.now) == .clear)
        }
    }

    /// A list so crowded that honest vouchers are hit: its exceptions must free every one.
    @Test func exceptionsFreeEveryHonestVoucherThatIsHit() throws {
        // 24 bits for 1,100 entries: a hit in 15,250 vouchers, so 8 or so in 120,000.
        let issued: UInt64 = 120_000
        var builder = HotListBuilder(
            revoked: (0..<1_100).map { Samples.voucher($0) },
            settled: [SettledIssuer(issuer: Samples.own, through: Samples.now)], after: nil,
            salt: Samples.salt)
        for number in 0..<issued { builder.admit(Samples.voucher(number)) }
        let list = try builder.list(
            version: 1, issuedAt: Samples.now, walletKeys: [], issuerKeys: [])
        #expect(list.bits == 24)
        #expect((2...25).contains(list.exceptions.count))
        let wrong = (0..<issued).filter { number in
            let finding = list.finding(on: Samples.voucher(number), issuedAt: 0)
            return (finding == .listed(.voucher, from: nil)) != (number < 1_100)
                || finding == .mayBeListed
        }
        #expect(wrong.isEmpty)
    }

    @Test func aForeignVoucherIsAtMostSuspected() throws {
        let list = try Samples.list()
        let revoked = Samples.voucher(3, of: Samples.foreign)
        #expect(list.finding(on: revoked, issuedAt: Samples.now) == .mayBeListed)
        let honest = Samples.voucher(3_000, of: Samples.foreign)
        #expect(list.finding(on: honest, issuedAt: Samples.now) == .clear)
    }

    @Test func atMostOneForeignVoucherInTenThousandIsSuspected() throws {
        let list = try Samples.list(revoked: 0..<500, issued: 0)
        let hits = (UInt64(10_000)..<60_000).filter {
            list.finding(on: Samples.voucher($0, of: Samples.foreign), issuedAt: nil) != .clear
        }
        #expect(hits.count <= 2 * 50_000 / 10_000)
    }

    @Test func aVoucherYoungerThanTheListIsAtMostSuspected() throws {
        let list = try Samples.list()
        let voucher = Samples.voucher(3)
        #expect(list.finding(on: voucher, issuedAt: Samples.now + 1) == .mayBeListed)
        #expect(list.finding(on: voucher, issuedAt: nil) == .mayBeListed)
    }

    @Test func anEmptyListListsNothing() throws {
        let list = try Samples.list(revoked: 0..<0, issued: 0, walletKeys: [], issuerKeys: [])
        #expect(list.finding(on: Samples.voucher(1), issuedAt: 0) == .clear)
        let read = try HotList.open(
            list.signed(by: Samples.hub), signedBy: Samples.hub.publicKey)
        #expect(read == list)
    }

    @Test func aKeyIsRevokedOnceWithItsEarliestDate() throws {
        let twice = [
            RevokedKey(thumbprint: Samples.thumbprint(4), from: 20),
            RevokedKey(thumbprint: Samples.thumbprint(4), from: 10),
        ]
        let list = try Samples.list(walletKeys: twice)
        #expect(list.walletKeys == [twice[1]])
    }

    @Test func aListReadsBackWholeAndHasOneSpelling() throws {
        let list = try Samples.list(revoked: 0..<800, issued: 10_000)
        let signed = Samples.signed(list)
        let read = try SignedHotList(signed.bytes, signedBy: Samples.hub.publicKey)
        #expect(read == signed)
        #expect(read.list.signed(by: Samples.hub) == signed.bytes)
        #expect(read.digest == Hashing.sha256(signed.bytes))
    }

    @Test func aListCutAnywhereOrWithABitFlippedIsRefused() throws {
        let bytes = Samples.signed(try Samples.list()).bytes
        for length in 0..<bytes.count {
            #expect(throws: HotListError.self) {
                try HotList.open(Array(bytes[..<length]), signedBy: Samples.hub.publicKey)
            }
        }
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            #expect(throws: HotListError.self) {
                try HotList.open(flipped, signedBy: Samples.hub.publicKey)
            }
        }
    }

    @Test func aStrangersListAndAnotherMessageAreNamed() throws {
        let list = try Samples.list()
        #expect(throws: HotListError.message(.wrongSigner)) {
            try HotList.open(
                list.signed(by: Samples.stranger), signedBy: Samples.hub.publicKey)
        }
        let base = Samples.signed(list)
        let next = Samples.signed(try Samples.list(version: 6, after: list))
        let delta = try #require(HotListDelta(from: base, to: next)).signed(by: Samples.hub)
        let wrong = MessageError.wrongType(expected: HotList.type, found: HotListDelta.type)
        #expect(throws: HotListError.message(wrong)) {
            try HotList.open(delta, signedBy: Samples.hub.publicKey)
        }
    }

    @Test func aListThatIsTooLongIsRefusedUnread() {
        let bytes = [UInt8](repeating: 0, count: HotList.maximumBytes + 1)
        let tooLong = MessageError.tooLong(limit: HotList.maximumBytes, found: bytes.count)
        #expect(throws: HotListError.message(tooLong)) {
            try HotList.open(bytes, signedBy: Samples.hub.publicKey)
        }
    }
}

@Suite struct HotListPlaceTests {
    private func elements(_ list: HotList) throws -> [CBORValue] {
        let object = try Sign1.decode(list.signed(by: Samples.hub))
        return try #require(try CBORValue.decode(object.payload).asArray)
    }

    /// The reason for which a list with these elements, rightly signed, is refused.
    private func reason(_ elements: [CBORValue]) -> HotListError? {
        let header = CBORValue.map([
            CBORPair(.unsigned(4), .bytes(Samples.hub.publicKey.longKeyID)),
            CBORPair(.unsigned(16), .text(HotList.type)),
        ])
        let bytes = Sign1(
            signing: CBORValue.array(elements).encoded(), protected: header, with: Samples.hub
        ).encoded()
        do {
            _ = try HotList.open(bytes, signedBy: Samples.hub.publicKey)
            return nil
        } catch { return error }
    }

    @Test func aKeyTwiceOrOutOfOrderIsNamed() throws {
        var elements = try elements(try Samples.list())
        let keys = try #require(elements[8].asArray)
        #expect(reason(elements) == nil)
        elements[8] = .array([keys[0], keys[0]])
        #expect(reason(elements) == .repeated("wallet keys (element 8)"))
        elements[8] = .array([keys[1], keys[0]])
        #expect(reason(elements) == .repeated("wallet keys (element 8)"))
    }

    @Test func anIssuerTwiceIsNamed() throws {
        var elements = try elements(try Samples.list())
        let line = try #require(elements[6].asArray).first
        elements[6] = .array([try #require(line), try #require(line)])
        #expect(reason(elements) == .repeated("settled issuers (element 6)"))
    }

    @Test func aCrowdedListIsNamed() throws {
        var elements = try elements(try Samples.list())
        let values = (0..<1_700).map { UInt64($0) * 9_000 }
        let set = RiceSet(values)
        elements[5] = .array([
            .unsigned(1_700), .unsigned(UInt64(set.parameter)), .bytes(set.bytes),
        ])
        #expect(reason(elements) == .crowded(vouchers: 1_700, bits: 24))
    }

    @Test func eachWrongElementNamesItsPlace() throws {
        let good = try elements(try Samples.list())
        let places = [
            "format number", "version (element 1)", "time (element 2)", "salt (element 3)",
            "fingerprint bits (element 4)", "vouchers (element 5)", "settled issuers (element 6)",
            "exceptions (element 7)", "wallet keys (element 8)", "issuer keys (element 9)",
        ]
        for (index, place) in places.enumerated() {
            var elements = good
            elements[index] = .text("x")
            #expect(reason(elements) == .message(.shape(place)))
            #expect(reason(Array(good[..<index])) == .message(.shape(place)))
        }
        #expect(
            reason(good + [.unsigned(1)])
                == .message(.shape("end of the hot list: elements follow")))
        var future = good
        future[0] = .unsigned(2)
        #expect(reason(future) == .message(.unknownFormat(2)))
        var none = good
        none[1] = .unsigned(0)
        #expect(reason(none) == .message(.shape("version (element 1)")))
    }
}
