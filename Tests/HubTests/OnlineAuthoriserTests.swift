import COSE
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing
import Vouchers

@Suite struct OnlineAuthoriserTests {
    static let at = Scene.now + 10

    static func request(
        _ terminal: TerminalDouble, _ voucher: VoucherDouble, _ amount: UInt64, id: UInt8 = 1,
        sale: String = "S1", at: UInt64 = at, nonce: [UInt8]? = nil, evidence: [UInt8]? = nil
    ) -> [UInt8] {
        let consumed = if case .fixed(let face) = voucher.claims.value { face } else { amount }
        return AuthorisationRequest(
            terminal: terminal.id, journal: terminal.journal,
            identity: [UInt8](repeating: id, count: AuthorisationRequest.identityLength), at: at,
            terms: AuthorisationRequest.Terms(
                sale: sale, currencyNumber: 978, amount: amount, consumed: consumed,
                requestNonce: nonce, evidence: evidence ?? voucher.code)
        ).signed(by: terminal.key)
    }

    static func ask(_ scene: Scene, _ request: [UInt8], at now: UInt64 = at) async throws
        -> AuthorisationAnswer.Verdict
    {
        guard case .answered(let bytes, _) = try await scene.authoriser.authorise(request, at: now)
        else {
            Issue.record("The hub did not answer.")
            throw CancellationError()
        }
        return try AuthorisationAnswer.verify(
            bytes, answering: request, signedBy: Scene.hubKey.publicKey
        ).verdict
    }

    static func reason(_ verdict: AuthorisationAnswer.Verdict) -> String? {
        if case .declined(let reason, _) = verdict { reason } else { nil }
    }

    /// The voucher's code with its signature's last bit flipped.
    static func forge(_ voucher: VoucherDouble) -> [UInt8] {
        var code = voucher.code
        code[code.count - 1] ^= 1
        return code
    }

    @Test func twoTerminalsThatAskAboutOneVoucherGetOneApproval() async throws {
        let scene = try await Scene()
        let voucher = VoucherDouble(.fixed(amount: 500))
        var terminals: [TerminalDouble] = []
        for index in 0..<8 as Range<UInt8> {
            terminals.append(try await scene.terminal("t\(index)", number: 30 + index))
        }
        let verdicts = try await withThrowingTaskGroup(of: AuthorisationAnswer.Verdict.self) {
            group in
            for terminal in terminals {
                group.addTask { try await Self.ask(scene, Self.request(terminal, voucher, 500)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let approvals = verdicts.filter {
            $0 == .approved(reservedUntil: Self.at + OnlineAuthoriser.reservationSeconds)
        }
        #expect(approvals.count == 1)
        #expect(verdicts.compactMap(Self.reason) == Array(repeating: "spent-elsewhere", count: 7))
    }

    @Test func whatIsRevokedIsDeclinedThoughItVerifies() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let publisher = HotListPublisher(
            ledger: scene.ledger, key: Scene.hubKey, issuer: Scene.own)
        let first = VoucherDouble(.fixed(amount: 500), cti: 1)
        let identity = VoucherIdentity(issuer: Scene.own, cti: first.claims.cti)
        let subjects = [
            RevocationSubject.voucher(identity),
            .voucher(VoucherIdentity(issuer: Scene.gifts, cti: first.claims.cti)),
        ]
        _ = try await publisher.revoke(
            subjects, from: Self.at, expiry: nil, reason: "lost", at: Self.at)
        let asked = Self.request(terminal, first, 500)
        #expect(Self.reason(try await Self.ask(scene, asked)) == "hot-listed")
        let other = Self.request(terminal, VoucherDouble(.fixed(amount: 500), cti: 2), 500, id: 2)
        #expect(Self.reason(try await Self.ask(scene, other)) == nil)
        for subject in subjects {
            _ = try await publisher.withdraw(subject, reason: "found", at: Self.at)
        }
        let again = Self.request(terminal, first, 500, id: 3)
        #expect(Self.reason(try await Self.ask(scene, again)) == nil)
    }

    @Test func theSameBytesGetTheSameAnswerAndReserveOnce() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let request = Self.request(terminal, VoucherDouble(.stored(credit: 900, redeemed: 0)), 500)
        let first = try await scene.authoriser.authorise(request, at: Self.at)
        guard case .answered(let answer, repeated: false) = first else {
            Issue.record("\(first)")
            return
        }
        let again = try await scene.authoriser.authorise(request, at: Self.at + 99_999)
        #expect(again == .answered(answer, repeated: true))
        let other = Self.request(terminal, VoucherDouble(.fixed(amount: 5), cti: 2), 5)
        #expect(
            try await scene.authoriser.authorise(other, at: Self.at) == .refused(.identityReused))
        let elsewhere = try await scene.terminal("t2", number: 21)
        let rest = Self.request(elsewhere, VoucherDouble(.stored(credit: 900, redeemed: 0)), 400)
        #expect(Self.reason(try await Self.ask(scene, rest)) == nil, "400 of 900 are left")
        let more = Self.request(
            elsewhere, VoucherDouble(.stored(credit: 900, redeemed: 0)), 401, id: 2)
        #expect(Self.reason(try await Self.ask(scene, more)) == "spent-elsewhere")
    }

    @Test func whatIsKeptForASaleIsNotGivenAwayToTheNextOne() async throws {
        let scene = try await Scene()
        let first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(first, card, 600, sale: "S1")))
                == nil)
        // Meanwhile 300 were captured elsewhere without asking. 100 are left, whoever asks.
        _ = try await scene.accept(second.batch([second.capture(card, 300)]))
        let rest = Self.request(first, card, 100, id: 2, sale: "S2")
        #expect(Self.reason(try await Self.ask(scene, rest)) == nil)
        // An answer that was lost is asked for again by the same sale, which gets it.
        let again = Self.request(first, card, 600, id: 3, sale: "S1")
        #expect(Self.reason(try await Self.ask(scene, again)) == nil)
        let more = Self.request(first, card, 1, id: 4, sale: "S3")
        guard case .declined("spent-elsewhere", let other?) = try await Self.ask(scene, more) else {
            Issue.record("What the terminal has captured and not delivered was given away again.")
            return
        }
        #expect(other.terminal == first.id && other.receipt == 0)
    }

    @Test func aPaymentThatWasCancelledIsMadeAnewAtOnce() async throws {
        let scene = try await Scene()
        let first = try await scene.terminal("t1")
        let voucher = VoucherDouble(.fixed(amount: 500))
        for (id, sale) in [(1, "S1"), (2, "S2")] as [(UInt8, String)] {
            // Nobody else has anything of it: what became of S1 the terminal knows best.
            let request = Self.request(first, voucher, 500, id: id, sale: sale)
            #expect(Self.reason(try await Self.ask(scene, request)) == nil)
        }
        let second = try await scene.terminal("t2", number: 21)
        let elsewhere = Self.request(second, voucher, 500, sale: "S3")
        #expect(Self.reason(try await Self.ask(scene, elsewhere)) == "spent-elsewhere")
    }

    @Test func whatWasCapturedElsewhereIsNamed() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        let voucher = VoucherDouble(.fixed(amount: 500))
        _ = try await scene.accept(first.batch([first.capture(voucher, 450)]))
        let verdict = try await Self.ask(scene, Self.request(second, voucher, 500))
        guard case .declined("spent-elsewhere", let other?) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(other.terminal == first.id)
        #expect(other.receipt == 1)
        #expect(other.amount == 450)
        #expect(other.at == Scene.now + 10)
    }

    @Test func aReservationEndsByTimeOrByTheArrivalOfItsCapture() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        _ = try await Self.ask(scene, Self.request(first, card, 600, sale: "S1"))
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(second, card, 500)))
                == "spent-elsewhere")
        // Captured for less than was asked: what was kept beyond it is free again.
        _ = try await scene.accept(first.batch([first.capture(card, 400)]))
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(second, card, 500, id: 2))) == nil)
        let third = try await scene.terminal("t3", number: 22)
        let late = Self.at + OnlineAuthoriser.reservationSeconds
        let then = Self.request(third, card, 600, at: late)
        #expect(Self.reason(try await Self.ask(scene, then, at: late - 1)) == "spent-elsewhere")
        let after = Self.request(third, card, 600, id: 2, at: late)
        #expect(Self.reason(try await Self.ask(scene, after, at: late)) == nil)
    }

    @Test func badEvidenceIsDeclinedByItsOwnReason() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        var forged = VoucherDouble(.fixed(amount: 500))
        forged.claims.expiry += 1
        forged.presented = Self.forge(forged)
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(terminal, forged, 500)))
                == "signature-bad")
        var expired = VoucherDouble(.fixed(amount: 500))
        expired.claims.expiry = Self.at
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(terminal, expired, 500, id: 2)))
                == "expired")
        let card = VoucherDouble(.stored(credit: 400, redeemed: 300))
        #expect(
            Self.reason(try await Self.ask(scene, Self.request(terminal, card, 101, id: 3)))
                == "spent-elsewhere", "the issuer knew that 300 were redeemed")
    }

    @Test func strangersStaleRequestsAndRubbishAreRefusedByName() async throws {
        let scene = try await Scene()
        let voucher = VoucherDouble(.fixed(amount: 500))
        let stranger = TerminalDouble("t9", number: 50)
        #expect(
            try await scene.authoriser.authorise(Self.request(stranger, voucher, 5), at: Self.at)
                == .refused(.unknownTerminal(stranger.id)))
        let known = try await scene.terminal("t1")
        let impostor = TerminalDouble("t1", number: 51)
        #expect(
            try await scene.authoriser.authorise(Self.request(impostor, voucher, 5), at: Self.at)
                == .refused(.message(.wrongSigner)))
        let limit = OnlineAuthoriser.maximumDifferenceSeconds
        for now in [Self.at + limit + 1, Self.at - limit - 1] {
            #expect(
                try await scene.authoriser.authorise(Self.request(known, voucher, 5), at: now)
                    == .refused(.stale(differenceSeconds: limit + 1)))
        }
        for bytes in [[], [0xD2], [UInt8](repeating: 0, count: 5_000)] as [[UInt8]] {
            guard case .refused = try await scene.authoriser.authorise(bytes, at: Self.at) else {
                Issue.record("Rubbish was answered.")
                continue
            }
        }
    }
}
