import COSE
import Testing
import Trust

@Suite("What a terminal holds")
struct TrustStoreTests {
    @Test("A list cut at any byte is refused by name, and the old one stays in force")
    func cutAnywhere() throws {
        let store = try World.store()
        let newer = World.list(2)
        for count in 0..<newer.count {
            let update = store.update(
                with: TrustOffer(list: Array(newer[..<count])), at: World.now)
            guard case .cut = update.refusal else {
                Issue.record("\(count) bytes: \(String(describing: update.refusal))")
                continue
            }
            #expect(update.store == store && !update.changed)
        }
        #expect(store.update(with: TrustOffer(list: newer), at: World.now).refusal == nil)
    }

    @Test("A list with any one bit changed is refused, and the old one stays in force")
    func bitChangedAnywhere() throws {
        let store = try World.store()
        let newer = World.list(2)
        for place in 0..<newer.count {
            var changed = newer
            changed[place] ^= 1 << UInt8(place % 8)
            let update = store.update(with: TrustOffer(list: changed), at: World.now)
            #expect(update.refusal != nil, "bit \(place % 8) of byte \(place)")
            #expect(update.store == store)
        }
    }

    @Test("An expired list stays held, so that a newer one can follow it, but says that it is")
    func expiredList() throws {
        let store = try World.store()
        let late = World.now + 91 * World.day
        #expect(!store.isExpired(at: World.now))
        #expect(store.isExpired(at: late))
        let newer = World.list(2, issued: late - 60, expires: late + World.day)
        let update = store.update(
            with: TrustOffer(
                list: newer, freshness: World.freshness(2, of: newer, list: 2, issued: late - 30)),
            at: late)
        #expect(update.refusal == nil)
        #expect(update.store.list.list.version == 2)
        #expect(update.store.age(at: late) == 30)
    }

    @Test("The age is counted from the last word that the list is the newest")
    func age() throws {
        let store = try World.store()
        #expect(store.confirmedAt == World.now - 60)
        #expect(store.age(at: World.now + 3_600) == 3_660)
        #expect(store.age(at: World.now - World.day) == 0)
        // A list that came alone, by a stick, is as old as its own issue.
        let newer = World.list(2, issued: World.now - 30)
        let update = store.update(with: TrustOffer(list: newer), at: World.now)
        #expect(update.store.freshness == nil)
        #expect(update.store.confirmedAt == World.now - 30)
    }

    @Test("Times end with the second that they name")
    func seconds() throws {
        let end = World.now + 10
        let list = World.list()
        let store = try TrustStore.introduce(
            TrustOffer(roots: [World.root(expires: end)], list: list), at: end - 1)
        let newer = TrustOffer(list: World.list(2))
        #expect(store.update(with: newer, at: end - 1).refusal == nil)
        #expect(store.update(with: newer, at: end).refusal == .rootExpired(at: end))
        let statement = TrustOffer(freshness: World.freshness(2, of: list))
        #expect(store.update(with: statement, at: end - 1).refusal == nil)
        #expect(store.update(with: statement, at: end).refusal == .rootExpired(at: end))
    }

    @Test("No honest clock stands before the latest of the documents")
    func latest() throws {
        #expect(try World.store().latestTime == World.now - 60)
    }

    @Test("Whether anything has changed is told beside a refusal too")
    func changedBesideARefusal() throws {
        let store = try World.store()
        let good = World.root(2)
        let bad = World.root(3, signers: [World.roots[0]])
        let both = store.update(with: TrustOffer(roots: [good, bad]), at: World.now)
        #expect(both.changed && both.refusal != nil && both.store.root.root.version == 2)
        let alone = store.update(with: TrustOffer(roots: [bad]), at: World.now)
        #expect(!alone.changed && alone.refusal != nil && alone.store == store)
    }

    @Test("A hub key counts while it is not revoked, and its statements' versions while it signs")
    func hubKeys() throws {
        let next = World.key(22)
        let end = World.now + 100
        func list(_ version: UInt64, ending: UInt64, status: TrustStatus = .active) -> [UInt8] {
            World.list(
                version,
                entries: [
                    TrustEntry(
                        subject: .hub(World.merchant), key: World.hub.publicKey,
                        from: World.now - World.day, until: ending, status: status),
                    TrustEntry(
                        subject: .hub(World.merchant), key: next.publicKey,
                        from: World.now - World.day, until: World.now + World.day),
                ])
        }
        let first = list(1, ending: end)
        let store = try TrustStore.introduce(
            TrustOffer(
                roots: [World.root()], list: first, freshness: World.freshness(9, of: first)),
            at: World.now)
        #expect(Set(store.hubKeys) == [World.hub.publicKey, next.publicKey])
        let statement = TrustOffer(freshness: World.freshness(1, of: first, by: next))
        #expect(
            store.update(with: statement, at: end - 1).refusal == .rolledBack(held: 9, found: 1))
        #expect(store.update(with: statement, at: end).refusal == nil, "the old key is over")
        let revoking = list(2, ending: end, status: .revoked(since: World.now - 5))
        let revoked = store.update(with: TrustOffer(list: revoking), at: World.now)
        #expect(revoked.refusal == nil && revoked.store.hubKeys == [next.publicKey])
    }

    @Test("Nothing of an offer is taken by halves: without its list a statement is not held")
    func together() throws {
        let store = try World.store()
        let newer = World.list(2)
        let statement = World.freshness(2, of: newer, list: 2)
        let alone = store.update(with: TrustOffer(freshness: statement), at: World.now)
        #expect(alone.refusal == .notTheNamedList(named: 2, found: 1))
        #expect(alone.store == store)
        let cut = store.update(
            with: TrustOffer(list: Array(newer.dropLast()), freshness: statement), at: World.now)
        #expect(cut.store == store && cut.refusal != nil)
        let whole = store.update(
            with: TrustOffer(list: newer, freshness: statement), at: World.now)
        #expect(whole.refusal == nil && whole.store.freshness?.statement.version == 2)
    }

    @Test("Each refusal has a code of its own, a sentence, and what to do")
    func words() {
        let all: [TrustRefusal] = [
            .tooLarge(limit: 1, found: 2), .cut("x"), .notADocument("x"),
            .wrongType(expected: "a", found: "b"), .unknownFormat(2), .shape("x"),
            .keyTwice(0, 1), .signedByStranger, .thresholdNotMet(needed: 2, found: 1),
            .oldThresholdNotMet(needed: 2, found: 1), .rootNotNext(held: 1, found: 3),
            .generationBack(held: 2, found: 1), .otherGeneration(root: 1, found: 2),
            .rootExpired(at: 1),
            .otherMerchant(found: "x"), .rolledBack(held: 2, found: 1), .versionReused(1),
            .fromFuture(issued: 2, now: 1), .expired(at: 1), .hubKeyNotInForce("x"),
            .notTheNamedList(named: 2, found: 1), .noRoot,
        ]
        #expect(Set(all.map(\.reason)).count == all.count)
        for refusal in all {
            #expect(refusal.reason.hasPrefix("trust-"))
            #expect(refusal.description.hasSuffix(".") && refusal.advice.hasSuffix("."))
        }
    }
}

@Suite("What survives on disk")
struct StoredTrustTests {
    @Test("Documents are read again as they were, under a root that has moved on too")
    func again() throws {
        let store = try World.store()
        let rotated = store.update(
            with: TrustOffer(
                roots: [
                    World.root(
                        2, keys: Array(World.roots[3..<6]),
                        signers: [
                            World.roots[0], World.roots[1], World.roots[3], World.roots[4],
                        ])
                ]), at: World.now
        ).store
        #expect(rotated.root.root.version == 2 && rotated.listRoot.root.version == 1)
        for held in [store, rotated] {
            let read = try TrustStore(decoding: held.encoded(), floors: held.floors)
            #expect(read == held)
        }
    }

    @Test("An older file in the place of the newer is refused by the floors")
    func oldFile() throws {
        let store = try World.store()
        let newer = World.list(2)
        let later = store.update(with: TrustOffer(list: newer), at: World.now).store
        #expect(throws: TrustRefusal.rolledBack(held: 2, found: 1)) {
            try TrustStore(decoding: store.encoded(), floors: later.floors)
        }
        // Written before the floors, as after a crash in between: what is newer is no fault.
        let read = try TrustStore(decoding: later.encoded(), floors: store.floors)
        #expect(read.floors == later.floors)
    }

    @Test("A file with any bit changed is refused")
    func damaged() throws {
        let store = try World.store()
        let file = store.encoded()
        for place in 0..<file.count {
            var changed = file
            changed[place] ^= 0x10
            #expect(throws: TrustRefusal.self, "byte \(place)") {
                try TrustStore(decoding: changed, floors: store.floors)
            }
        }
    }

    @Test("Floors survive the documents: a list installed anew is held against them")
    func reinstalled() throws {
        let newer = World.list(3)
        let store = try World.store().update(
            with: TrustOffer(list: newer, freshness: World.freshness(5, of: newer, list: 3)),
            at: World.now
        ).store
        let floors = try TrustFloors(decoding: store.floors.encoded())
        #expect(floors == store.floors)
        #expect(throws: TrustRefusal.rolledBack(held: 3, found: 1)) {
            try World.store(floors: floors)
        }
        let again = try TrustStore.introduce(store.offer, floors: floors, at: World.now)
        #expect(again.list.list.version == 3)
    }
}
