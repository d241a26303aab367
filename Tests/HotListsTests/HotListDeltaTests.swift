import COSE
import HotLists
import HubProtocol
import Testing
import Vouchers

@Suite struct HotListDeltaTests {
    private let base: SignedHotList
    private let next: SignedHotList
    private let delta: [UInt8]

    init() throws {
        let first = try Samples.list(revoked: 0..<300, issued: 2_000)
        let second = try Samples.list(
            version: 7, revoked: 20..<320, issued: 2_500, after: first,
            issuedAt: Samples.now + 60,
            walletKeys: [
                RevokedKey(thumbprint: Samples.thumbprint(9), from: Samples.now - 20),
                RevokedKey(thumbprint: Samples.thumbprint(8), from: Samples.now),
            ], issuerKeys: [])
        base = Samples.signed(first)
        next = Samples.signed(second)
        delta = try #require(HotListDelta(from: base, to: next)).signed(by: Samples.hub)
    }

    private func apply(_ bytes: [UInt8], to held: SignedHotList) throws(HotListError)
        -> SignedHotList
    {
        try HotListDelta.open(bytes, signedBy: Samples.hub.publicKey)
            .applied(to: held, signedBy: Samples.hub.publicKey)
    }

    @Test func aDeltaLeadsToTheVeryBytesOfTheWholeList() throws {
        let result = try apply(delta, to: base)
        #expect(result == next)
        #expect(result.bytes == next.bytes)
        #expect(delta.count < next.bytes.count / 2)
    }

    @Test func aDeltaStartsFromItsOwnBaseAlone() throws {
        #expect(throws: HotListError.otherBase(version: 5)) { try apply(delta, to: next) }
        let twin = Samples.signed(
            try Samples.list(revoked: 0..<299, issued: 2_000))
        #expect(throws: HotListError.otherBase(version: 5)) { try apply(delta, to: twin) }
    }

    @Test func aDeltaCutAnywhereOrWithABitFlippedIsRefused() {
        for length in stride(from: 0, to: delta.count, by: 7) {
            #expect(throws: HotListError.self) { try apply(Array(delta[..<length]), to: base) }
        }
        for index in delta.indices {
            var flipped = delta
            flipped[index] ^= 1
            #expect(throws: HotListError.self) { try apply(flipped, to: base) }
        }
    }

    /// Even the hub's own delta yields nothing but a list that the hub has signed whole.
    @Test func aDeltaThatLeadsElsewhereIsRefused() throws {
        let other = Samples.signed(next.list, by: Samples.stranger)
        let wrong = try #require(HotListDelta(from: base, to: other)).signed(by: Samples.hub)
        #expect(throws: HotListError.wrongResult) { try apply(wrong, to: base) }
    }

    @Test func anotherSaltNeedsTheWholeList() throws {
        var builder = HotListBuilder(
            revoked: [Samples.voucher(1)], settled: [], after: nil,
            salt: [UInt8](repeating: 1, count: 16))
        builder.admit(Samples.voucher(2))
        let list = try builder.list(
            version: 8, issuedAt: Samples.now, walletKeys: [], issuerKeys: [])
        #expect(HotListDelta(from: next, to: Samples.signed(list)) == nil)
        #expect(HotListDelta(from: next, to: base) == nil)
    }
}

@Suite struct HotListReplacementTests {
    private func list(_ version: UInt64, at time: UInt64 = Samples.now) throws -> SignedHotList {
        Samples.signed(try Samples.list(version: version, issuedAt: time))
    }

    @Test func aNewerListAndTheSameAgainMayReplaceTheHeldOne() throws {
        let held = try list(5)
        try list(6).mayReplace(held, floor: 5, latest: Samples.now)
        try list(5).mayReplace(held, floor: 5, latest: Samples.now)
        try list(1).mayReplace(nil, floor: 0, latest: nil)
    }

    @Test func anOlderListIsRefusedByTheListHeldOrByTheFloorThatOutlivesIt() throws {
        let held = try list(5)
        #expect(throws: HotListError.older(held: 5, found: 4)) {
            try list(4).mayReplace(held, floor: 0, latest: nil)
        }
        #expect(throws: HotListError.older(held: 9, found: 8)) {
            try list(8).mayReplace(nil, floor: 9, latest: nil)
        }
    }

    @Test func twoListsOfOneVersionAreNamed() throws {
        #expect(throws: HotListError.conflicting(version: 5)) {
            try list(5, at: Samples.now + 1).mayReplace(try list(5), floor: 5, latest: nil)
        }
    }

    @Test func aListThatTheStatementOfTheNewestContradictsIsRefused() throws {
        let newest = try list(6)
        let name = HotListName(version: 6, digest: newest.digest)
        try newest.mayReplace(try list(5), floor: 5, latest: nil, named: name)
        try list(7).mayReplace(nil, floor: 0, latest: nil, named: name)
        #expect(throws: HotListError.older(held: 6, found: 5)) {
            try list(5).mayReplace(nil, floor: 0, latest: nil, named: name)
        }
        #expect(throws: HotListError.conflicting(version: 6)) {
            try list(6, at: Samples.now + 1).mayReplace(nil, floor: 0, latest: nil, named: name)
        }
    }

    @Test func aListFromTheFutureIsRefusedWhereTheClockCanTell() throws {
        let future = try list(6, at: Samples.now + 301)
        #expect(
            throws: HotListError.fromFuture(issuedAt: Samples.now + 301, latest: Samples.now)
        ) { try future.mayReplace(nil, floor: 0, latest: Samples.now) }
        try future.mayReplace(nil, floor: 0, latest: Samples.now + 1)
        try future.mayReplace(nil, floor: 0, latest: nil)
    }
}
