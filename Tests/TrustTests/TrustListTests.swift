import COSE
import Money
import Testing
import Trust
import Vouchers

@Suite("The trust list in use")
struct TrustListTests {
    private func entry(
        _ subject: TrustSubject, _ key: PrivateKey, status: TrustStatus = .active
    ) -> TrustEntry {
        TrustEntry(
            subject: subject, key: key.publicKey, from: World.now - 10, until: World.now + 10,
            status: status)
    }

    @Test("A verifier is given every key of an issuer, and only of issuers")
    func issuers() throws {
        let gifts = IssuerID("gifts")!
        let next = World.key(33)
        let list = try TrustList.unverified(
            World.list(
                entries: World.entries([
                    entry(.issuer(gifts), next, status: .revoked(since: World.now - 5)),
                    entry(.issuer(IssuerID("other")!), World.key(34)),
                ])))
        let issuers = list.issuers
        #expect(issuers.map(\.id.name) == ["gifts", "other"])
        #expect(Set(issuers[0].keys) == [World.issuer.publicKey, next.publicKey])
        #expect(issuers[0].signers.first { $0.key == next.publicKey }?.revokedSince != nil)
        let all = issuers.flatMap(\.keys)
        #expect(!all.contains(World.hub.publicKey) && !all.contains(World.device.publicKey))
    }

    @Test("Limits are kept by currency, and entries found by their subject")
    func limits() throws {
        let euro = try #require(Currency(number: 978))
        let yen = try #require(Currency(number: 392))
        let limits = [
            TrustLimit(currency: euro, perPayment: 5_000, outstanding: 20_000),
            TrustLimit(currency: yen, perPayment: 700_000, outstanding: 900_000),
        ]
        let limited = TrustEntry(
            subject: .terminal(World.terminal), key: World.key(42).publicKey, from: World.now,
            until: World.now + 5, limits: limits)
        let list = try TrustList.unverified(World.list(entries: World.entries([limited])))
        let found = list.entries(of: World.terminal)
        #expect(found.count == 2)
        #expect(found.first { !$0.limits.isEmpty }?.limits.map(\.currency.number) == [392, 978])
        #expect(list.entry(of: limited.key, as: .terminal) == limited)
        #expect(list.entry(of: limited.key, as: .issuer) == nil)
    }

    @Test("A key signs within its time while it is not revoked")
    func times() {
        let active = entry(.hub(World.merchant), World.hub)
        #expect(!active.maySign(at: World.now - 11) && active.maySign(at: World.now - 10))
        #expect(active.maySign(at: World.now + 9) && !active.maySign(at: World.now + 10))
        let revoked = entry(
            .hub(World.merchant), World.hub, status: .revoked(since: World.now + 9))
        #expect(!revoked.maySign(at: World.now))
    }

    @Test("20,000 entries are read; one more is refused before its keys are")
    func many() throws {
        let rows = (0..<TrustDefaults.maximumEntries).map { number in
            var seed = [UInt8](repeating: 7, count: 32)
            for place in 0..<4 { seed[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
            guard let key = try? PrivateKey(algorithm: .ed25519, seed: seed) else {
                preconditionFailure("Any 32 bytes are a seed.")
            }
            return entry(.terminal(TerminalID("till:m42/t\(number)")!), key)
        }
        let bytes = World.list(entries: rows)
        #expect(bytes.count < TrustDefaults.maximumListBytes)
        #expect(try TrustList.unverified(bytes).entries.count == rows.count)
    }
}
