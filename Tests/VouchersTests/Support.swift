import CBOR
import COSE
import Foundation
import Testing
import Vouchers

/// The bytes that these hex digits stand for.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The root of the package.
let packageFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// `vouchers.json`: codes that an independent implementation made and judged.
struct VoucherVectors: Decodable {
    let now: UInt64
    let issuer_keys: [String]
    let issuer_seed_ed25519: String
    let vectors: [Vector]

    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let note: String
        let at: UInt64
        let terminal: String
        let nonce: String?
        let expect: String

        var testDescription: String { id }
    }

    static let file: VoucherVectors = {
        let file = packageFolder.appending(path: "Tests/Vectors/vouchers.json")
        do {
            return try JSONDecoder().decode(VoucherVectors.self, from: Data(contentsOf: file))
        } catch {
            fatalError("\(file.path) is not readable: \(error)")
        }
    }()
}

/// A small world to sign in: two issuers, a holder of each kind, a terminal with an open request.
enum World {
    static let now: UInt64 = 1_800_000_000
    static let terminal = TerminalID("till:m42/t7")
    static let nonce = bytes("f04ee29762d685c0")
    static let cti = bytes("00112233445566778899")

    static let issuer = key(.ed25519, 1)
    static let otherIssuer = key(.ecdsaP256, 2)
    static let holder = key(.ed25519, 3)
    static let phone = key(.ecdsaP256, 4)
    static let stranger = key(.ed25519, 5)

    static func key(_ algorithm: KeyAlgorithm, _ number: UInt8) -> PrivateKey {
        do {
            return try PrivateKey(
                algorithm: algorithm, seed: [UInt8](repeating: number, count: 32))
        } catch {
            fatalError("seed \(number) makes no key: \(error)")
        }
    }

    static func id(_ name: String) -> IssuerID {
        guard let id = IssuerID(name) else { fatalError("\(name) is no issuer's name") }
        return id
    }

    static var context: VerificationContext {
        VerificationContext(
            now: now, terminal: terminal, openNonce: nonce,
            issuers: IssuerDirectory([
                Issuer(id: id("first"), keys: [issuer.publicKey]),
                Issuer(id: id("second"), keys: [otherIssuer.publicKey]),
            ]))
    }

    static func claims(
        _ value: VoucherValue = .fixed(amount: 2_500), holder: PublicKey? = nil
    ) -> VoucherClaims {
        VoucherClaims(
            value: value, currencyNumber: 978, cti: cti, expiry: now + 1_000, holder: holder)
    }
}

/// Payloads and objects written by hand: whatever our own writers never would.
enum Claims {
    /// Claim labels, as an attacker writes them.
    static let iss: Int64 = 1
    static let aud: Int64 = 3
    static let exp: Int64 = 4
    static let nbf: Int64 = 5
    static let iat: Int64 = 6
    static let cti: Int64 = 7
    static let cnf: Int64 = 8
    static let cnonce: Int64 = 39
    static let value: Int64 = -65_537

    /// A good issuer's payload with some claims replaced; a claim that is replaced by nil is gone.
    static func issued(_ changes: [Int64: CBORValue?] = [:]) -> CBORValue {
        changed(
            [
                exp: .unsigned(World.now + 1_000), cti: .bytes(World.cti),
                value: .array([1, 978, 2_500]),
            ], changes)
    }

    /// A good wallet's payload for the open request, likewise.
    static func presented(_ changes: [Int64: CBORValue?] = [:]) -> CBORValue {
        changed(
            [
                iat: .unsigned(World.now), aud: "till:m42/t7", cnonce: .bytes(World.nonce),
                value: 1_234,
            ], changes)
    }

    static func holder(_ key: PublicKey) -> CBORValue {
        .map([CBORPair(1, key.coseKeyValue(compressed: false))])
    }

    private static func changed(
        _ base: [Int64: CBORValue], _ changes: [Int64: CBORValue?]
    ) -> CBORValue {
        var claims = base
        for (label, value) in changes { claims[label] = value }
        return .map(
            claims.map { CBORPair(.integer($0.key), $0.value) }.sorted {
                $0.key.encoded().lexicographicallyPrecedes($1.key.encoded())
            })
    }
}

enum Forged {
    /// An object with this protected header and payload, byte for byte, signed by the key.
    static func object(
        protected: [UInt8], payload: [UInt8], by key: PrivateKey
    ) -> CBORValue {
        let signature = key.sign(
            Sign1.signatureInput(protectedBytes: protected, payload: payload))
        return .tagged(
            18, .array([.bytes(protected), .map([]), .bytes(payload), .bytes(signature)]))
    }

    static func issued(
        _ payload: [UInt8], by key: PrivateKey = World.issuer, header: CBORValue? = nil
    ) -> CBORValue {
        let standard = CBORValue.map([
            CBORPair(1, .integer(key.algorithm.coseAlgorithm)),
            CBORPair(4, .bytes(key.publicKey.keyID)),
        ])
        return object(protected: (header ?? standard).encoded(), payload: payload, by: key)
    }

    static func issued(_ changes: [Int64: CBORValue?]) -> CBORValue {
        issued(Claims.issued(changes).encoded())
    }

    static func presented(
        _ changes: [Int64: CBORValue?] = [:], of inner: CBORValue,
        by key: PrivateKey = World.holder
    ) -> CBORValue {
        let header = CBORValue.map([
            CBORPair(1, .integer(key.algorithm.coseAlgorithm)), CBORPair(13, inner),
        ])
        return object(
            protected: header.encoded(), payload: Claims.presented(changes).encoded(), by: key)
    }

    /// A good object of this value that belongs to the holder.
    static func bound(_ value: CBORValue, _ changes: [Int64: CBORValue?] = [:]) -> CBORValue {
        var all = changes
        all[Claims.value] = value
        all[Claims.cnf] = all[Claims.cnf] ?? Claims.holder(World.holder.publicKey)
        return issued(all)
    }
}

/// The verdict on this object, as a code.
func verify(
    _ object: CBORValue, in context: VerificationContext = World.context
) -> VoucherVerification {
    VoucherVerifier.verify(Array(VoucherText.encode(object.encoded()).utf8), in: context)
}

/// Why this object is refused, or nil when it is accepted.
func reason(
    _ object: CBORValue, in context: VerificationContext = World.context
) -> VoucherRefusal.Reason? {
    verify(object, in: context).reason
}

extension VoucherVerification {
    var reason: VoucherRefusal.Reason? {
        if case .refused(let refusal) = self { refusal.reason } else { nil }
    }

    var voucher: Voucher? {
        if case .accepted(let voucher) = self { voucher } else { nil }
    }
}
