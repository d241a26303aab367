import COSE
import HotLists
import Hub
import HubProtocol
import Money
import Testing
import Vouchers

@Suite struct HotListPublisherTests {
    private let euro = Currency(code: "EUR")!

    private func publisher(_ scene: Scene) -> HotListPublisher {
        HotListPublisher(ledger: scene.ledger, key: Scene.hubKey, issuer: Scene.own)
    }

    private func salt() -> [UInt8] { [UInt8](repeating: 0x5A, count: 16) }

    private func publish(_ publisher: HotListPublisher, at now: UInt64 = Scene.now)
        async throws -> SignedHotList
    {
        switch try await publisher.publish(at: now, salt: salt) {
        case .published(let list, _): return list
        case .refused(let refusal): throw refusal
        }
    }

    private func issue(_ scene: Scene, _ number: UInt8, at now: UInt64 = Scene.now - 1_000)
        async throws -> VoucherIdentity
    {
        let order = VoucherOrder(
            value: .fixed(amount: 100), currency: euro, expiry: Scene.now + 86_400)
        let cti = [UInt8](repeating: number, count: VoucherIssuer.ctiLength)
        guard case .issued(let voucher, _) = try await scene.issuer.issue(order, cti: cti, at: now)
        else { throw HotListRefusal.noSalt }
        return voucher.identity
    }

    @Test func whatIsRevokedIsListedAndWhatIsWithdrawnIsNotAnyMore() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        let vouchers = [try await issue(scene, 1), try await issue(scene, 2)]
        let foreign = VoucherIdentity(issuer: Scene.gifts, cti: [1, 2, 3, 4, 5, 6, 7, 8])
        let added = try await publisher.revoke(
            [
                .voucher(vouchers[0]), .voucher(foreign),
                .walletKey(Scene.holderKey.publicKey.thumbprint),
            ],
            from: Scene.now, expiry: nil, reason: "lost", at: Scene.now)
        #expect(added.count == 3)
        // Its own voucher's expiry is known to the hub.
        #expect(added[0].expiry == Scene.now + 86_400)
        let list = try await publish(publisher).list
        #expect(list.version == 1)
        let iat = Scene.now - 1_000
        #expect(list.finding(on: vouchers[0], issuedAt: iat) == .listed(.voucher, from: nil))
        #expect(list.finding(on: vouchers[1], issuedAt: iat) == .clear)
        #expect(list.finding(on: foreign, issuedAt: iat) == .mayBeListed)
        #expect(list.walletKeys.map(\.thumbprint) == [Scene.holderKey.publicKey.thumbprint])

        let refusal = try await publisher.withdraw(
            .voucher(vouchers[0]), reason: "found", at: Scene.now)
        #expect(refusal == nil)
        let next = try await publish(publisher).list
        #expect(next.version == 2)
        #expect(next.finding(on: vouchers[0], issuedAt: iat) == .clear)
        #expect(
            try await publisher.withdraw(.voucher(vouchers[0]), reason: "x", at: Scene.now)
                == .notRevoked)
    }

    @Test func theSameAgainIsEnteredOnceAndAnEarlierDateCounts() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        let key = RevocationSubject.issuerKey(Scene.giftsKey.publicKey.thumbprint)
        for (from, entered) in [(Scene.now, 1), (Scene.now + 5, 0), (Scene.now - 5, 1)] {
            let added = try await publisher.revoke(
                [key], from: from, expiry: nil, reason: "stolen", at: Scene.now)
            #expect(added.count == entered)
        }
        #expect(try await publish(publisher).list.issuerKeys.map(\.from) == [Scene.now - 5])
    }

    @Test func anExpiredVoucherLeavesTheListAWeekLater() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        let voucher = try await issue(scene, 1)
        _ = try await publisher.revoke(
            [.voucher(voucher)], from: Scene.now, expiry: nil, reason: "lost", at: Scene.now)
        let end = Scene.now + 86_400 + HotListPublisher.expiryMarginSeconds
        #expect(try await publish(publisher, at: end - 1).list.vouchers.count == 1)
        #expect(try await publish(publisher, at: end).list.vouchers.isEmpty)
    }

    @Test func whatWasSpentTwiceIsRevokedByOneWord() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        var first = try await scene.terminal("t1", number: 20)
        var second = try await scene.terminal("t2", number: 21)
        let voucher = VoucherDouble(.fixed(amount: 500))
        _ = try await scene.accept(first.batch([first.capture(voucher, 500)]))
        _ = try await scene.accept(second.batch([second.capture(voucher, 500)]))
        let added = try await publisher.revokeOverspent(reason: "spent twice", at: Scene.now)
        #expect(added.count == 1)
        #expect(try await publisher.revokeOverspent(reason: "again", at: Scene.now).isEmpty)
    }

    @Test func aTerminalIsAnsweredWithADeltaWhereOneLeadsOn() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        for number in UInt8(1)...40 { _ = try await issue(scene, number) }
        let hub = Scene.hubKey.publicKey
        #expect(try await publisher.newer(than: 0, digest: []) == nil)
        func revoke(_ numbers: ClosedRange<UInt8>) async throws {
            let subjects = numbers.map {
                RevocationSubject.voucher(
                    VoucherIdentity(issuer: Scene.own, cti: [UInt8](repeating: $0, count: 10)))
            }
            _ = try await publisher.revoke(
                subjects, from: Scene.now, expiry: nil, reason: "lost", at: Scene.now)
        }
        try await revoke(1...30)
        // Enough keys that a change is shorter than the whole.
        _ = try await publisher.revoke(
            (0..<40).map { .walletKey([UInt8](repeating: $0, count: 32)) }, from: 1, expiry: nil,
            reason: "lost", at: Scene.now)
        let one = try await publish(publisher)
        #expect(try await publisher.newer(than: 0, digest: []) == one.bytes)
        #expect(try await publisher.newer(than: 1, digest: one.digest) == nil)
        try await revoke(31...33)
        let two = try await publish(publisher, at: Scene.now + 60)
        for _ in 0..<2 {
            let answer = try #require(try await publisher.newer(than: 1, digest: one.digest))
            #expect(HotListDelta.isDelta(answer))
            let delta = try HotListDelta.open(answer, signedBy: hub)
            #expect(try delta.applied(to: one, signedBy: hub) == two)
        }
        // Who has another list of that version takes the whole one.
        let other = [UInt8](repeating: 0, count: 32)
        #expect(try await publisher.newer(than: 1, digest: other) == two.bytes)
        #expect(try await publisher.newer(than: 9, digest: other) == two.bytes)
        #expect(try await publisher.export(since: 1).map(HotListDelta.isDelta) == true)
        #expect(try await publisher.export(since: 0) == two.bytes)
    }

    @Test func oldListsAreForgottenAndTheirNumbersAreNot() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        for _ in 0...PublishedHotList.maximumKept { _ = try await publish(publisher) }
        #expect(try await scene.ledger.hotList(version: 1) == nil)
        #expect(try await scene.ledger.hotList(version: 2) != nil)
        #expect(
            try await publish(publisher).list.version == UInt64(PublishedHotList.maximumKept) + 2)
        let taken = PublishedHotList(version: 3, at: Scene.now, bytes: [1])
        #expect(try await scene.ledger.append(taken) == false)
    }

    @Test func aListIsPublishedAnewBeforeItAges() async throws {
        let scene = try await Scene()
        let publisher = publisher(scene)
        func due(_ now: UInt64) async throws -> Bool {
            try await publisher.publishIfOlder(than: 3_600, at: now, salt: salt) != nil
        }
        #expect(try await due(Scene.now) == false, "there is none yet")
        _ = try await publish(publisher)
        #expect(try await due(Scene.now + 3_599) == false)
        #expect(try await due(Scene.now + 3_600))
        #expect(try await due(Scene.now + 3_601) == false)
    }
}
