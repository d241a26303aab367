import CBOR
import COSE
import Foundation
import Testing
import Vouchers

/// The table of `docs/spec/voucher.md`: our reason for each of the vector file's words.
private enum SpecTable {
    /// Rows of a table whose first two cells are code: ours, theirs. A dash stands for no word.
    static let rows: [(ours: String, theirs: String?)] = {
        let page = packageFolder.appending(path: "docs/spec/voucher.md")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count >= 5, let ours = code(cells[1]),
                VoucherRefusal.Reason(rawValue: ours) != nil,
                cells[2] == "–" || code(cells[2]) != nil
            else { return nil }
            return (ours, code(cells[2]))
        }
    }()

    private static func code(_ cell: String) -> String? {
        guard cell.hasPrefix("`"), cell.hasSuffix("`"), cell.count > 2 else { return nil }
        return String(cell.dropFirst().dropLast())
    }

    static let oursByTheirs: [String: String] = Dictionary(
        rows.compactMap { row in row.theirs.map { ($0, row.ours) } }, uniquingKeysWith: { $1 })
}

@Suite struct VoucherVectorFile {
    static let vectors = VoucherVectors.file.vectors
    static let accepted = vectors.filter { $0.expect == "accept" }

    static let issuers: IssuerDirectory = {
        let keys = VoucherVectors.file.issuer_keys.map { hex in
            do {
                return try PublicKey(coseKey: bytes(hex))
            } catch {
                fatalError("issuer key \(hex): \(error)")
            }
        }
        return IssuerDirectory(
            keys.enumerated().map { Issuer(id: World.id("issuer-\($0)"), keys: [$1]) })
    }()

    private func context(of vector: VoucherVectors.Vector) -> VerificationContext {
        VerificationContext(
            now: vector.at, terminal: TerminalID(vector.terminal),
            openNonce: vector.nonce.map(bytes), issuers: Self.issuers)
    }

    @Test func hasItsEightyCodes() {
        #expect(Self.vectors.count == 80)
        #expect(Self.accepted.count == 31)
    }

    @Test(arguments: vectors)
    func comesOutAsItSays(vector: VoucherVectors.Vector) throws {
        let verification = VoucherVerifier.verify(
            Array(vector.text.utf8), in: context(of: vector))
        switch verification {
        case .accepted:
            #expect(vector.expect == "accept")
        case .refused(let refusal):
            let theirs = vector.expect.replacing("refuse:", with: "")
            let ours = try #require(SpecTable.oursByTheirs[theirs], "\(theirs) is in no row")
            #expect(refusal.reason.rawValue == ours, "\(refusal)")
        }
    }

    @Test(arguments: accepted)
    func isWrittenAgainByteForByte(vector: VoucherVectors.Vector) throws {
        let code = try VoucherCode(text: Array(vector.text.utf8))
        #expect(VoucherText.encode(code.bytes) == vector.text)
        let outer = try Sign1.decode(code.bytes)
        let payload = code.presentation?.payload ?? code.claims.payload
        #expect(rebuilt(outer, payload: payload) == code.bytes)
        let inner = try Sign1.decode(code.issuerBytes)
        #expect(rebuilt(inner, payload: code.claims.payload) == code.issuerBytes)
    }

    /// The object written from its values: header, payload, signature.
    private func rebuilt(_ object: Sign1, payload: [UInt8]) -> [UInt8] {
        CBORValue.tagged(
            18,
            .array([
                .bytes(object.protected.encoded()), .map([]), .bytes(payload),
                .bytes(object.signature),
            ])
        ).encoded()
    }

    @Test func isSignedAgainWithTheIssuersSeedToTheSameBytes() throws {
        let key = try PrivateKey(
            algorithm: .ed25519, seed: bytes(VoucherVectors.file.issuer_seed_ed25519))
        var checked = 0
        for vector in Self.accepted {
            let code = try VoucherCode(text: Array(vector.text.utf8))
            let object = try Sign1.decode(code.issuerBytes)
            guard object.keyID == key.publicKey.keyID, object.protected[1] == -19 else { continue }
            #expect(code.claims.signed(by: key) == code.issuerBytes, "\(vector.id)")
            checked += 1
        }
        #expect(checked == 27, "all but the 8-byte kid, the older alg and the other issuers")
    }

    @Test(arguments: accepted)
    func isReadByFrontAndBack(vector: VoucherVectors.Vector) throws {
        let whole = Array(vector.text.utf8)
        let plain = VoucherVerifier.verify(whole, in: context(of: vector)).voucher
        for ending in [[0x0A], [0x0D]] as [[UInt8]] {
            let voucher = VoucherVerifier.verify(whole + ending, in: context(of: vector)).voucher
            #expect(voucher == plain)
        }
        for ending in [[0x0D, 0x0A], [0x0A, 0x0A], [0x0A, 0x0D], [0x20, 0x20, 0x0A], [0x00]]
            as [[UInt8]]
        {
            let refused = VoucherVerifier.verify(whole + ending, in: context(of: vector)).reason
            #expect(refused?.category == .formatBad)
        }
        #expect(
            VoucherVerifier.verify([0x20] + whole, in: context(of: vector)).reason == .textPrefix)
    }
}

@Suite struct RefusalTable {
    @Test func coversEachWordOfTheFileOnceAndNoTwoOfOursInOne() {
        let words = Set(
            VoucherVectors.file.vectors.map(\.expect).filter { $0 != "accept" }
                .map { $0.replacing("refuse:", with: "") })
        let theirs = SpecTable.rows.compactMap(\.theirs)
        #expect(Set(theirs) == words)
        #expect(theirs.count == words.count, "a word of theirs stands in two rows")
    }

    @Test func namesEachReasonOfOursOnce() {
        let ours = SpecTable.rows.map(\.ours)
        #expect(ours.sorted() == VoucherRefusal.Reason.allCases.map(\.rawValue).sorted())
    }
}

@Suite struct MutatedVectors {
    /// Flips bits of every byte of every accepted code: none is accepted with another meaning.
    @Test(arguments: [0x01, 0x80] as [UInt8])
    func areNeverAcceptedWithAnotherMeaning(mask: UInt8) throws {
        var mutations = 0
        for vector in VoucherVectorFile.accepted {
            let context = VerificationContext(
                now: vector.at, terminal: TerminalID(vector.terminal),
                openNonce: vector.nonce.map(bytes), issuers: VoucherVectorFile.issuers)
            let original = try VoucherText.decode(Array(vector.text.utf8))
            for position in original.indices {
                var mutated = original
                mutated[position] ^= mask
                let text = Array(VoucherText.encode(mutated).utf8)
                mutations += 1
                #expect(
                    VoucherVerifier.verify(text, in: context).voucher == nil,
                    "\(vector.id), byte \(position)")
            }
        }
        #expect(mutations > 5_000)
    }

    /// Changes every character of every accepted text.
    @Test func ofTextAreNeverAccepted() throws {
        for vector in VoucherVectorFile.accepted {
            let context = VerificationContext(
                now: vector.at, terminal: TerminalID(vector.terminal),
                openNonce: vector.nonce.map(bytes), issuers: VoucherVectorFile.issuers)
            let original = Array(vector.text.utf8)
            for position in original.indices {
                for replacement in [UInt8(ascii: "0"), UInt8(ascii: ":"), 0xFF]
                where original[position] != replacement {
                    var mutated = original
                    mutated[position] = replacement
                    #expect(VoucherVerifier.verify(mutated, in: context).voucher == nil)
                }
                let cut = Array(original[..<position])
                #expect(VoucherVerifier.verify(cut, in: context).reason?.category == .formatBad)
            }
        }
    }
}
