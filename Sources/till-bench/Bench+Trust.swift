import COSE
import CommandSupport
import Trust
import Vouchers

// What a fleet's trust list costs.
extension Bench {
    /// The fleet that is measured.
    private static let fleet = 10_000

    /// A list of 10,000 terminals: verified against its root and read, read again from its file,
    /// and the look-up of one key; beside the bare hash of its bytes.
    func trustList() throws -> [Measurement] {
        let roots = try (1...3).map {
            try PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: UInt8(100 + $0), count: 32))
        }
        let (root, list) = try documents(roots)
        let store = try TrustStore.introduce(TrustOffer(roots: [root], list: list), at: now)
        let file = store.encoded()
        let count = rounds.of(10)
        let hashed = timed(count) { _ in _ = Hashing.sha256(list) }
        let verified = try timed(count) { _ in
            _ = try TrustStore.introduce(TrustOffer(roots: [root], list: list), at: now)
        }
        let loaded = try timed(count) { _ in
            _ = try TrustStore(decoding: file, floors: store.floors)
        }
        let issuers = store.list.list.issuers
        let directory = timed(rounds.of(1_000)) { _ in _ = IssuerDirectory(issuers) }
        return [
            Measurement(
                "SHA-256 of a trust list", hashed, note: "\(list.count) bytes, nothing read"),
            Measurement(
                "trust list of \(Self.fleet) verified and loaded", verified,
                note: "two root signatures, every key checked"),
            Measurement(
                "the same from the terminal's file", loaded, note: "as a daemon that starts does"),
            Measurement(
                "issuers of that list made ready", directory, note: "once for each list taken"),
        ]
    }

    private func documents(_ roots: [PrivateKey]) throws -> (root: [UInt8], list: [UInt8]) {
        let life = TrustDefaults.listLifeSeconds
        var entries = try (0..<Self.fleet).map { number in
            var seed = [UInt8](repeating: 9, count: 32)
            for place in 0..<4 { seed[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
            guard let id = TerminalID("till:m42/t\(number)") else {
                throw CommandFailure(
                    reason: "bench", message: "The benchmark's constants are wrong.")
            }
            return TrustEntry(
                subject: .terminal(id),
                key: try PrivateKey(algorithm: .ed25519, seed: seed).publicKey, from: now,
                until: now + life)
        }
        entries.append(
            TrustEntry(
                subject: .hub(terminal.merchant), key: hubKey.publicKey, from: now,
                until: now + life))
        if let id = IssuerID("bench") {
            entries.append(
                TrustEntry(
                    subject: .issuer(id), key: issuer.publicKey, from: now, until: now + life))
        }
        let root = Root(
            merchant: terminal.merchant, generation: 1, version: 1, issuedAt: now,
            expiresAt: now + life, threshold: 2, keys: roots.map(\.publicKey))
        let list = TrustList(
            merchant: terminal.merchant, generation: 1, version: 1, issuedAt: now,
            expiresAt: now + life, entries: entries)
        func sign(_ draft: Sign) -> [UInt8] {
            roots.prefix(2).reduce(draft) { $0.adding(signatureBy: $1) ?? $0 }.encoded()
        }
        return (sign(root.draft()), sign(list.draft()))
    }
}
