import COSE
import PaymentCodes
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteVoucherStore

@Suite struct ReferenceTests {
    private static let mint = VoucherMint()
    private static let other = VoucherMint(seed: 40)

    private static func reference(_ number: UInt64) throws -> [UInt8] {
        Array(try #require(VoucherReference(cti: VoucherMint.cti(number))).text.utf8)
    }

    /// What a reference reads as where these objects were imported.
    private func read(
        _ text: [UInt8], from objects: [[UInt8]], now: UInt64 = VoucherMint.now,
        trusting issuers: [Issuer]? = nil
    ) async throws -> PresentedCode {
        let place = try StorePlace()
        _ = try VoucherStoreImport(folder: place.folder).add(pack: try place.pack(objects))
        let context = VerificationContext(
            now: now, terminal: VoucherMint.terminal,
            issuers: IssuerDirectory(
                issuers ?? [Issuer(id: VoucherMint.issuer, keys: [Self.mint.issuerKey.publicKey])]))
        return await ReferenceReader.read(
            text, from: SQLiteVoucherStore(folder: place.folder), in: context)
    }

    private func reason(_ code: PresentedCode) -> String? {
        guard case .unusable(let reason) = code else { return nil }
        return reason.code
    }

    @Test("A reference is the voucher that it names, as if it had been shown")
    func reads() async throws {
        let object = Self.mint.object(.fixed(amount: 1_250), cti: 7)
        let code = try await read(try Self.reference(7), from: [object])
        #expect(code == .voucher(Self.mint.voucher(object)))
    }

    @Test("Case, hyphens, O for 0 and I or L for 1 are forgiven")
    func forgives() async throws {
        let object = Self.mint.object(.fixed(amount: 1_250), cti: 7)
        let text = String(decoding: try Self.reference(7), as: UTF8.self)
        let typed = text.lowercased().replacing("0", with: "o").replacing("1", with: "l")
        let hyphened = "tvr:" + typed.dropFirst(4).map { "\($0)-" }.joined()
        let code = try await read(Array(hyphened.utf8), from: [object])
        #expect(code == .voucher(Self.mint.voucher(object)))
    }

    @Test("The signature and the time are those of the moment of payment")
    func verifies() async throws {
        let object = Self.mint.object(.fixed(amount: 1_250), cti: 7)
        let reference = try Self.reference(7)
        let late = try await read(reference, from: [object], now: VoucherMint.now + 90_000)
        #expect(reason(late) == "expired")
        let untrusted = try await read(reference, from: [object], trusting: [])
        #expect(reason(untrusted) == "issuer-unknown")
        var forged = object
        forged[forged.count - 1] ^= 1
        #expect(reason(try await read(reference, from: [forged])) == "signature-bad")
    }

    @Test("Of stored value that was topped up the object with the highest credit pays")
    func toppedUp() async throws {
        let objects = [
            Self.mint.object(.stored(credit: 3_000, redeemed: 100), cti: 7),
            Self.mint.object(.stored(credit: 3_000, redeemed: 400), cti: 7),
            Self.mint.object(.stored(credit: 1_000, redeemed: 0), cti: 7),
        ]
        let code = try await read(try Self.reference(7), from: objects)
        #expect(code == .voucher(Self.mint.voucher(objects[1])))
    }

    @Test("A reference that matches two vouchers is refused")
    func ambiguous() async throws {
        let mine = Self.mint.object(.fixed(amount: 1_250), cti: 7)
        let reference = try Self.reference(7)
        let issuers = [
            Issuer(id: VoucherMint.issuer, keys: [Self.mint.issuerKey.publicKey]),
            Issuer(id: IssuerID("other")!, keys: [Self.other.issuerKey.publicKey]),
        ]
        for twin in [
            Self.other.object(.fixed(amount: 1_250), cti: 7),
            Self.mint.object(.fixed(amount: 900), cti: 7),
        ] {
            for objects in [[mine, twin], [twin, mine]] {
                let code = try await read(reference, from: objects, trusting: issuers)
                #expect(reason(code) == "reference-ambiguous")
            }
        }
        // Nor beside one that nobody here can verify: it may be the card's own.
        let stranger = Self.other.object(.fixed(amount: 1_250), cti: 7)
        #expect(reason(try await read(reference, from: [mine, stranger])) == "reference-ambiguous")
    }

    @Test("A mistyped reference and an unknown one are told apart")
    func unknown() async throws {
        let object = Self.mint.object(.fixed(amount: 1_250), cti: 7)
        #expect(
            reason(try await read(try Self.reference(8), from: [object])) == "reference-unknown")
        var typo = try Self.reference(7)
        typo[10] = typo[10] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        #expect(reason(try await read(typo, from: [object])) == "reference-check-symbol")
        let short = Array(try Self.reference(7).dropLast())
        #expect(reason(try await read(short, from: [object])) == "reference-length")
    }
}
