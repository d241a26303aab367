import COSE
import Hub
import HubProtocol
import Money
import Testing
import Vouchers

@Suite struct VoucherIssuerTests {
    private let euro = Currency(code: "EUR")!
    private let cti = [UInt8](repeating: 5, count: VoucherIssuer.ctiLength)

    private func issue(_ order: VoucherOrder, _ scene: Scene) async throws -> VoucherIssuer.Answer {
        try await scene.issuer.issue(order, cti: cti, at: Scene.now)
    }

    @Test func aTerminalOfTheHubAcceptsWhatItIssues() async throws {
        let scene = try await Scene()
        let values: [VoucherValue] = [.fixed(amount: 2_500), .stored(credit: 5_000, redeemed: 100)]
        for (index, value) in values.enumerated() {
            let order = VoucherOrder(
                value: value, currency: euro, expiry: Scene.now + 100, audience: ["till:m42"])
            var cti = cti
            cti[0] = UInt8(index)
            guard
                case .issued(let voucher, let code) = try await scene.issuer.issue(
                    order, cti: cti, at: Scene.now)
            else {
                Issue.record("The voucher was not issued.")
                continue
            }
            let context = VerificationContext(
                now: Scene.now, terminal: TerminalID("till:m42/t1"),
                issuers: Scene.issuers)
            guard
                case .accepted(let verified) = VoucherVerifier.verify(
                    Array(code.utf8), in: context)
            else {
                Issue.record("A terminal refuses it.")
                continue
            }
            #expect(verified.identity == voucher.identity)
            #expect(verified.value == value)
        }
        #expect(try await scene.ledger.issuedVouchers().map(\.value) == values)
    }

    @Test func whatIsRedeemedIsCounted() async throws {
        let scene = try await Scene()
        let order = VoucherOrder(
            value: .stored(credit: 5_000, redeemed: 0), currency: euro, expiry: Scene.now + 1_000)
        guard case .issued(let voucher, let code) = try await issue(order, scene) else { return }
        var terminal = try await scene.terminal("t1")
        var double = VoucherDouble(order.value)
        double.presented = try VoucherText.decode(Array(code.utf8))
        let batch = terminal.batch([
            terminal.capture(double, 700, .init(identity: voucher.identity)),
            terminal.capture(double, 300, .init(identity: voucher.identity)),
        ])
        _ = try await scene.accept(batch)
        #expect(try await scene.ledger.issuedVouchers().map(\.redeemed) == [1_000])
    }

    @Test func whatNoTerminalWouldAcceptIsNotIssued() async throws {
        let scene = try await Scene()
        let later = Scene.now + 100
        let cases: [(VoucherOrder, IssueRefusal)] = [
            (
                VoucherOrder(value: .fixed(amount: 0), currency: euro, expiry: later),
                .amountOutOfRange
            ),
            (
                VoucherOrder(value: .fixed(amount: 1 << 53), currency: euro, expiry: later),
                .amountOutOfRange
            ),
            (
                VoucherOrder(
                    value: .stored(credit: 5, redeemed: 6), currency: euro, expiry: later),
                .redeemedAboveCredit
            ),
            (
                VoucherOrder(
                    value: .certificate(perPayment: 6, offlineTotal: 5), currency: euro,
                    expiry: later),
                .perPaymentAboveTotal
            ),
            (
                VoucherOrder(
                    value: .certificate(perPayment: 5, offlineTotal: 5), currency: euro,
                    expiry: later),
                .holderMissing
            ),
            (VoucherOrder(value: .fixed(amount: 5), currency: euro, expiry: Scene.now), .expired),
            (
                VoucherOrder(
                    value: .fixed(amount: 5), currency: euro, expiry: later, notBefore: later),
                .expired
            ),
            (
                VoucherOrder(
                    value: .fixed(amount: 5), currency: euro, expiry: later, audience: ["m42"]),
                .audienceInvalid("m42")
            ),
        ]
        for (order, refusal) in cases {
            #expect(try await issue(order, scene) == .refused(refusal))
        }
        let crowd = (0..<60).map { "till:m42/terminal\($0)" }
        let order = VoucherOrder(
            value: .fixed(amount: 5), currency: euro, expiry: later, audience: crowd)
        guard case .refused(.tooLong) = try await issue(order, scene) else {
            Issue.record("A code that no terminal reads was issued.")
            return
        }
        #expect(try await scene.ledger.issuedVouchers().isEmpty)
    }

    @Test func aKeyThatTheTermsDoNotNameIssuesNothing() async throws {
        let scene = try await Scene()
        let other = VoucherIssuer(ledger: scene.ledger, keys: [Scene.key(90)])
        let order = VoucherOrder(value: .fixed(amount: 5), currency: euro, expiry: Scene.now + 9)
        #expect(
            try await other.issue(order, cti: cti, at: Scene.now)
                == .refused(.issuerKeyUnknown(Scene.own)))
    }
}
