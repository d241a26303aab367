import COSE
import Money
import Testing
import Trust
import Vouchers

/// Both sides of the limits, and what is told of a file that is not what it should be.
@Suite("At the edges of trust")
struct TrustEdgeTests {
    @Test("Documents that have lain safe come back; a statement that does not belong is left out")
    func restored() throws {
        let (root, list) = (World.root(), World.list())
        let statement = World.freshness(7, of: list)
        let whole = try TrustStore.restore(
            root: root, listRoot: root, list: list, freshness: statement)
        #expect(whole.freshness?.statement.version == 7)
        #expect(whole.floors.freshnessVersion == 7 && whole.floors.listVersion == 1)
        #expect(whole.floors.rootVersion == 1)
        let other = World.freshness(7, of: World.list(2), list: 2)
        let stranger = World.freshness(7, of: list, by: World.key(99))
        for wrong in [other, stranger] {
            let without = try TrustStore.restore(
                root: root, listRoot: root, list: list, freshness: wrong)
            #expect(without.freshness == nil && without.floors.freshnessVersion == 0)
            #expect(without.list == whole.list)
        }
    }

    @Test("A file raises the floors and lowers none; another signer's statements are forgotten")
    func floors() throws {
        let list = World.list()
        let store = try TrustStore.introduce(
            TrustOffer(roots: [World.root()], list: list, freshness: World.freshness(5, of: list)),
            at: World.now)
        func read(signer: [UInt8]?, freshness: UInt64, root: UInt64 = 1) throws -> TrustFloors {
            try TrustStore(
                decoding: store.encoded(),
                floors: TrustFloors(
                    rootVersion: root, generation: 1, listVersion: 1, signer: signer,
                    freshnessVersion: freshness, names: [:])
            ).floors
        }
        let own = World.hub.publicKey.thumbprint
        #expect(try read(signer: own, freshness: 9).freshnessVersion == 9)
        #expect(try read(signer: own, freshness: 3).freshnessVersion == 5)
        #expect(
            try read(signer: World.key(99).publicKey.thumbprint, freshness: 9).freshnessVersion == 5
        )
        #expect(try read(signer: own, freshness: 5, root: 0).rootVersion == 1)
        #expect(throws: TrustRefusal.rolledBack(held: 2, found: 1)) {
            try read(signer: own, freshness: 5, root: 2)
        }
    }

    @Test("A statement may name the same hot list again, and none that is older")
    func names() throws {
        let list = World.list()
        func statement(_ version: UInt64, hot: UInt64) -> [UInt8] {
            Freshness(
                merchant: World.merchant, version: version, issuedAt: World.now - 60,
                expiresAt: World.now + 3_600,
                names: [
                    DocumentName(kind: .trustList, version: 1, digest: Hashing.sha256(list)),
                    DocumentName(
                        kind: .hotList, version: hot, digest: [UInt8](repeating: 3, count: 32)),
                ]
            ).signed(by: World.hub)
        }
        let store = try TrustStore.introduce(
            TrustOffer(roots: [World.root()], list: list, freshness: statement(1, hot: 4)),
            at: World.now)
        let again = store.update(
            with: TrustOffer(freshness: statement(2, hot: 4)), at: World.now)
        #expect(again.refusal == nil && again.changed)
        let older = store.update(
            with: TrustOffer(freshness: statement(2, hot: 3)), at: World.now)
        #expect(older.refusal == .rolledBack(held: 4, found: 3))
    }

    @Test("A file that ends early is cut; one that is something else is no document")
    func cut() throws {
        let store = try World.store()
        func reason(_ bytes: [UInt8]) -> [String] {
            var reasons: [String] = []
            do { _ = try TrustStore(decoding: bytes, floors: .none) } catch {
                reasons.append(error.reason)
            }
            do { _ = try TrustOffer(decoding: bytes) } catch { reasons.append(error.reason) }
            return reasons
        }
        let stored = try #require(
            throws: TrustRefusal.self,
            performing: { try TrustStore(decoding: store.encoded().dropLast(), floors: .none) })
        #expect(stored.reason == TrustRefusal.cut("").reason)
        let offered = try #require(
            throws: TrustRefusal.self,
            performing: { try TrustOffer(decoding: store.offer.encoded().dropLast()) })
        #expect(offered.reason == TrustRefusal.cut("").reason)
        #expect(reason([]) == [TrustRefusal.cut("").reason, TrustRefusal.cut("").reason])
        let none = TrustRefusal.notADocument("").reason
        #expect(reason([0xFF, 0x00]) == [none, none])
    }

    @Test("The longest that is read, and one byte more")
    func lengths() throws {
        func isTooLong(_ read: () throws(TrustRefusal) -> Void) -> Bool {
            do throws(TrustRefusal) {
                try read()
                return false
            } catch {
                if case .tooLarge = error { return true }
                return false
            }
        }
        for (limit, read): (Int, ([UInt8]) throws(TrustRefusal) -> Void) in [
            (
                TrustStore.maximumStoredBytes,
                { bytes throws(TrustRefusal) in
                    _ = try TrustStore(decoding: bytes, floors: .none)
                }
            ),
            (
                TrustOffer.maximumBytes,
                { bytes throws(TrustRefusal) in _ = try TrustOffer(decoding: bytes) }
            ),
        ] {
            let longest = [UInt8](repeating: 0xFF, count: limit)
            #expect(!isTooLong { () throws(TrustRefusal) in try read(longest) })
            #expect(isTooLong { () throws(TrustRefusal) in try read(longest + [0]) })
        }
        #expect(
            TrustOffer.maximumBytes
                > TrustDefaults.maximumRootSteps * TrustDefaults.maximumRootBytes
                + TrustDefaults.maximumListBytes + TrustDefaults.maximumFreshnessBytes)
    }

    @Test("A statement lives seven days at most, and not at all without a second")
    func lives() async throws {
        func statement(_ seconds: UInt64) -> Freshness {
            Freshness(
                merchant: World.merchant, version: 1, issuedAt: World.now,
                expiresAt: World.now + seconds,
                names: [
                    DocumentName(
                        kind: .trustList, version: 1, digest: [UInt8](repeating: 1, count: 32))
                ])
        }
        let list = World.list()
        let longest = Freshness(
            merchant: World.merchant, version: 1, issuedAt: World.now - 60,
            expiresAt: World.now - 60 + TrustDefaults.maximumFreshnessLifeSeconds,
            names: [DocumentName(kind: .trustList, version: 1, digest: Hashing.sha256(list))]
        ).signed(by: World.hub)
        let store = try TrustStore.introduce(
            TrustOffer(roots: [World.root()], list: list, freshness: longest), at: World.now)
        #expect(store.freshness != nil)
        #expect(statement(1).expiresAt == World.now + 1)
        await #expect(processExitsWith: .failure) {
            _ = Freshness(
                merchant: World.merchant, version: 1, issuedAt: World.now, expiresAt: World.now,
                names: [])
        }
        await #expect(processExitsWith: .failure) {
            _ = Freshness(
                merchant: World.merchant, version: 1, issuedAt: World.now,
                expiresAt: World.now + TrustDefaults.maximumFreshnessLifeSeconds + 1, names: [])
        }
    }

    @Test(
        "What a terminal that may refund has signed is honoured as long as a refund voucher lives")
    func refunds() throws {
        let terminal = try #require(World.entries().last)
        let euro = try #require(Currency(code: "EUR"))
        let right = RefundRight(
            issuer: try #require(IssuerID("refunds")), limits: [.init(currency: euro, most: 5_000)])
        let granted = terminal.granting(right)
        #expect(granted.honouredUntil == terminal.until + TrustDefaults.refundHonourSeconds)
        #expect(granted.granting(nil).honouredUntil == terminal.until)
    }
}
