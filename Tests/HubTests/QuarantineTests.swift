import COSE
import Hub
import HubProtocol
import Testing
import Vouchers

@Suite struct QuarantineTests {
    /// What becomes of one capture, as the reasons in quarantine.
    private func reasons(
        of voucher: VoucherDouble, _ amount: UInt64,
        _ changes: TerminalDouble.Changes = TerminalDouble.Changes()
    ) async throws -> [String] {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.capture(voucher, amount, changes)])
        guard case .acknowledged(let bytes, _) = try await scene.accept(batch) else {
            Issue.record("A capture in quarantine is acknowledged, not refused.")
            return []
        }
        let answer = try Acknowledgement.verify(
            bytes, answering: batch, signedBy: Scene.hubKey.publicKey)
        let kept = try await scene.quarantine()
        #expect(answer.quarantined.map(\.reason) == kept)
        #expect(try await scene.rows().count == 1)
        return kept
    }

    @Test func evidenceThatIsRightIsNotQuarantined() async throws {
        let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let till = TerminalID("till:m42/t1")!
        let certificate = VoucherDouble(.certificate(perPayment: 900, offlineTotal: 5_000))
        var confirmation = VoucherDouble(.fixed(amount: 700))
        confirmation.claims.confirmationNonce = nonce
        confirmation.claims.audience = .one(till.text)
        let cases: [(VoucherDouble, UInt64, [UInt8]?)] = [
            (VoucherDouble(.fixed(amount: 500)), 1, nil),
            (VoucherDouble(.stored(credit: 500, redeemed: 100)), 400, nil),
            (certificate.presenting(nil), 900, nil), (certificate.presenting(300), 300, nil),
            (certificate.presenting(300, nonce: nonce, to: till), 300, nonce),
            (confirmation, 700, nonce),
        ]
        for (voucher, amount, nonce) in cases {
            var changes = TerminalDouble.Changes()
            changes.nonce = nonce
            #expect(try await reasons(of: voucher, amount, changes).isEmpty)
        }
    }

    @Test func aForgedSignatureIsNamed() async throws {
        var voucher = VoucherDouble(.fixed(amount: 500))
        var code = voucher.code
        code[code.count - 1] ^= 1
        voucher.presented = code
        #expect(try await reasons(of: voucher, 500) == ["signature-bad"])
    }

    @Test func anIssuerThatTheHubDoesNotTrustIsNamed() async throws {
        var voucher = VoucherDouble(.fixed(amount: 500))
        voucher.key = Scene.key(99)
        #expect(try await reasons(of: voucher, 500) == ["issuer-unknown"])
    }

    @Test func aVoucherThatHadExpiredIsNamed() async throws {
        var changes = TerminalDouble.Changes()
        changes.at = Scene.now + 2_000
        #expect(
            try await reasons(of: VoucherDouble(.fixed(amount: 500)), 500, changes) == ["expired"])
    }

    @Test func aDecisionNotedAMomentAfterTheExpiryIsNotPunished() async throws {
        var changes = TerminalDouble.Changes()
        changes.at = Scene.now + 1_005
        #expect(
            try await reasons(of: VoucherDouble(.fixed(amount: 500)), 500, changes).isEmpty)
    }

    @Test func aVoucherForAnotherShopIsNamed() async throws {
        var voucher = VoucherDouble(.fixed(amount: 500))
        voucher.claims.audience = .one("till:m43")
        let reasons = try await reasons(of: voucher, 500)
        #expect(reasons.count == 1)
    }

    @Test func anEntryThatSaysSomethingElseThanItsEvidenceIsNamed() async throws {
        let fixed = VoucherDouble(.fixed(amount: 500))
        let stored = VoucherDouble(.stored(credit: 500, redeemed: 100))
        let certificate = VoucherDouble(.certificate(perPayment: 300, offlineTotal: 1_000))
        typealias Changes = TerminalDouble.Changes
        let cases: [(VoucherDouble, UInt64, Changes, String)] = [
            (
                fixed, 500, Changes(identity: VoucherDouble(.fixed(amount: 1), cti: 2).identity),
                "evidence-identity-differs"
            ),
            (fixed, 500, Changes(kind: 2), "evidence-kind-differs"),
            (fixed, 500, Changes(currency: 840), "evidence-currency-differs"),
            (
                fixed, 500, Changes(nonce: [1, 2, 3, 4, 5, 6, 7, 8]), "evidence-nonce-differs"
            ),
            (fixed, 501, Changes(), "evidence-amount-differs"),
            (fixed, 0, Changes(), "evidence-amount-differs"),
            (fixed, 400, Changes(consumed: 400), "evidence-amount-differs"),
            (stored, 401, Changes(), "evidence-amount-differs"),
            (stored, 100, Changes(consumed: 50), "evidence-amount-differs"),
            (certificate.presenting(nil), 301, Changes(), "evidence-amount-differs"),
            (certificate.presenting(200), 201, Changes(), "evidence-amount-differs"),
        ]
        for (voucher, amount, changes, reason) in cases {
            #expect(try await reasons(of: voucher, amount, changes) == [reason])
        }
    }

    @Test func receiptsWithGapsOrRepeatsAreNamedOnce() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        func capture(_ receipt: UInt64, cti: UInt8) -> [UInt8] {
            terminal.capture(
                VoucherDouble(.fixed(amount: 500), cti: cti), 500, .init(receipt: receipt))
        }
        let entries = [
            capture(1, cti: 1), capture(3, cti: 2), capture(4, cti: 3), capture(3, cti: 4),
            capture(5, cti: 5),
        ]
        _ = try await scene.accept(terminal.batch(entries))
        #expect(try await scene.quarantine() == ["receipt-gap", "receipt-repeated"])
        #expect(try await scene.captures().map(\.receipt) == [1, 4, 5])
    }

    @Test func aConflictingVoucherIsNamed() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        _ = try await scene.accept(
            first.batch([first.capture(VoucherDouble(.fixed(amount: 500)), 500)]))
        _ = try await scene.accept(
            second.batch([second.capture(VoucherDouble(.fixed(amount: 600)), 600)]))
        #expect(try await scene.quarantine() == ["conflicting-voucher"])
    }
}
