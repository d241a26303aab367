import COSE
import Foundation
import Trust
import Vouchers

/// The bytes that these hex digits stand for.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A merchant with root keys, a hub and a terminal; everything is signed, nothing is made up.
enum World {
    static let now: UInt64 = 1_800_000_000
    static let day: UInt64 = 86_400
    static let merchant = MerchantID("till:m42")!
    static let terminal = TerminalID("till:m42/t7")!
    static let roots = (1...10).map { key(UInt8($0)) }
    static let hub = key(21)
    static let issuer = key(31)
    static let device = key(41)

    static func key(_ byte: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: byte, count: 32))
        else { preconditionFailure("Any 32 bytes are a seed.") }
        return key
    }

    static func sign(_ draft: Sign, _ keys: [PrivateKey]) -> [UInt8] {
        var object = draft
        for key in keys { object = object.adding(signatureBy: key) ?? object }
        return object.encoded()
    }

    static func root(
        _ version: UInt64 = 1, keys: [PrivateKey] = Array(roots[..<3]), threshold: Int = 2,
        signers: [PrivateKey]? = nil, generation: UInt64 = 1, expires: UInt64 = now + 700 * day
    ) -> [UInt8] {
        let root = Root(
            merchant: merchant, generation: generation, version: version, issuedAt: now - 10 * day,
            expiresAt: expires, threshold: threshold, keys: keys.map(\.publicKey))
        return sign(root.draft(), signers ?? Array(keys.prefix(threshold)))
    }

    static func entries(hub: PrivateKey = hub, _ more: [TrustEntry] = []) -> [TrustEntry] {
        [
            TrustEntry(
                subject: .issuer(IssuerID("gifts")!), key: issuer.publicKey, from: now - day,
                until: now + 89 * day, honouredUntil: now + 485 * day),
            TrustEntry(
                subject: .hub(merchant), key: hub.publicKey, from: now - day,
                until: now + 700 * day),
            TrustEntry(
                subject: .terminal(terminal), key: device.publicKey, from: now - day,
                until: now + 700 * day),
        ] + more
    }

    static func list(
        _ version: UInt64 = 1, signers: [PrivateKey] = Array(roots[..<2]),
        entries: [TrustEntry] = entries(), issued: UInt64 = now - 100,
        expires: UInt64 = now + 90 * day
    ) -> [UInt8] {
        let list = TrustList(
            merchant: merchant, generation: 1, version: version, issuedAt: issued,
            expiresAt: expires,
            entries: entries)
        return sign(list.draft(), signers)
    }

    static func freshness(
        _ version: UInt64 = 1, of list: [UInt8], list number: UInt64 = 1,
        issued: UInt64 = now - 60, by key: PrivateKey = hub
    ) -> [UInt8] {
        Freshness(
            merchant: merchant, version: version, issuedAt: issued,
            expiresAt: issued + TrustDefaults.freshnessLifeSeconds,
            names: [
                DocumentName(kind: .trustList, version: number, digest: Hashing.sha256(list))
            ]
        ).signed(by: key)
    }

    /// What a terminal holds that was enrolled a minute ago.
    static func store(floors: TrustFloors = .none) throws(TrustRefusal) -> TrustStore {
        let list = list()
        return try TrustStore.introduce(
            TrustOffer(roots: [root()], list: list, freshness: freshness(of: list)),
            floors: floors, at: now)
    }
}
