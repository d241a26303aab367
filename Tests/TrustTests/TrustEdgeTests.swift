import CBOR
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
        // Complete but for its life.
        await #expect(processExitsWith: .failure) {
            _ = Self.statement(from: World.now, to: World.now)
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.statement(
                from: World.now, to: World.now + TrustDefaults.maximumFreshnessLifeSeconds + 1)
        }
    }

    private static func statement(from issued: UInt64, to expires: UInt64) -> Freshness {
        Freshness(
            merchant: World.merchant, version: 1, issuedAt: issued, expiresAt: expires,
            names: [
                DocumentName(
                    kind: .trustList, version: 1, digest: [UInt8](repeating: 1, count: 32))
            ])
    }

    @Test("A root's threshold is from one to all of its keys, sixteen at most")
    func thresholds() async throws {
        let many = (1...16).map { World.key(UInt8($0)) }
        for threshold in [1, 16] {
            let root = World.root(keys: many, threshold: threshold)
            #expect(try VerifiedRoot.introduction(root).root.threshold == threshold)
        }
        await #expect(processExitsWith: .failure) { _ = World.root(threshold: 0, signers: []) }
        await #expect(processExitsWith: .failure) { _ = World.root(threshold: 4, signers: []) }
        await #expect(processExitsWith: .failure) {
            _ = World.root(keys: (1...17).map { World.key(UInt8($0)) }, threshold: 2)
        }
    }

    @Test("A root may be as long as it may be, and brings in no list in the second it expires")
    func lastSecondOfARoot() throws {
        let longest = [UInt8](repeating: 0xFF, count: TrustDefaults.maximumRootBytes)
        let refusal = try #require(
            throws: TrustRefusal.self, performing: { try VerifiedRoot.introduction(longest) })
        #expect(refusal.reason == TrustRefusal.notADocument("").reason)
        let expires = World.now + 50
        let root = try VerifiedRoot.introduction(World.root(expires: expires))
        #expect(try root.list(World.list(), at: expires - 1).list.version == 1)
        #expect(throws: TrustRefusal.rootExpired(at: expires)) {
            try root.list(World.list(), at: expires)
        }
    }

    @Test("A list may be ten minutes ahead of the clock, and no second more")
    func future() throws {
        let root = try VerifiedRoot.introduction(World.root())
        let tolerance = TrustDefaults.clockToleranceSeconds
        #expect(
            try root.list(World.list(issued: World.now + tolerance), at: World.now).list.version
                == 1)
        #expect(
            throws: TrustRefusal.fromFuture(issued: World.now + tolerance + 1, now: World.now)
        ) { try root.list(World.list(issued: World.now + tolerance + 1), at: World.now) }
    }

    @Test("A statement that names one kind twice is none")
    func kindTwice() throws {
        let digest = CBORValue.bytes([UInt8](repeating: 1, count: 32))
        let name = CBORValue.array([.unsigned(2), .unsigned(1), digest])
        func statement(_ names: [CBORValue]) -> [UInt8] {
            let payload = CBORValue.array([
                .unsigned(1), .text(World.merchant.text), .unsigned(1), .unsigned(World.now),
                .unsigned(World.now + 60), .array(names),
            ])
            return World.sign(
                Sign(
                    draft: payload.encoded(),
                    protected: .map([CBORPair(.unsigned(16), .text("till-freshness/1"))])),
                [World.hub])
        }
        #expect(try Freshness.unverified(statement([name])).names.count == 1)
        #expect(throws: TrustRefusal.self) { try Freshness.unverified(statement([name, name])) }
    }

    @Test("A right to refund is worth something in every currency that it names")
    func rights() async {
        await #expect(processExitsWith: .failure) {
            _ = RefundRight(issuer: IssuerID("refunds")!, limits: [])
        }
        await #expect(processExitsWith: .failure) {
            _ = RefundRight(
                issuer: IssuerID("refunds")!,
                limits: [.init(currency: Currency(code: "EUR")!, most: 0)])
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
