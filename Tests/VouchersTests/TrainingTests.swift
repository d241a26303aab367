import COSE
import Testing
import Vouchers

@Suite("Training and money never meet")
struct TrainingTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let terminal: String
        let issuer: String
        let isTrusted: Bool
        let claim: String?
        let expect: VoucherRefusal.Reason?

        var testDescription: String {
            "\(issuer), \(isTrusted ? "trusted" : "unknown"), at \(terminal)"
        }
    }

    private static let live = "till:m42/t7"
    private static let training = "till:training.m42/t1"
    private static let cases = [
        Case(terminal: live, issuer: "hub", isTrusted: true, claim: "Till hub", expect: nil),
        Case(
            terminal: training, issuer: "training.hub", isTrusted: true, claim: "TRAINING",
            expect: nil),
        // By the keys, as any stranger's: the names say whose they are.
        Case(
            terminal: live, issuer: "training.hub", isTrusted: false, claim: "TRAINING: no money",
            expect: .trainingVoucher),
        Case(
            terminal: training, issuer: "hub", isTrusted: false, claim: "Till hub",
            expect: .notForTraining),
        Case(
            terminal: training, issuer: "hub", isTrusted: false, claim: nil,
            expect: .notForTraining),
        Case(
            terminal: live, issuer: "stranger", isTrusted: false, claim: "Till hub",
            expect: .issuerUnknown),
        // A training hub that was made anew: its former vouchers are nobody's.
        Case(
            terminal: training, issuer: "training.hub", isTrusted: false, claim: "TRAINING",
            expect: .issuerUnknown),
        // Whoever has put the one's key into the other's list: the signed name decides.
        Case(
            terminal: live, issuer: "training.hub", isTrusted: true, claim: nil,
            expect: .trainingVoucher),
        Case(
            terminal: training, issuer: "hub", isTrusted: true, claim: "TRAINING",
            expect: .notForTraining),
        // A name that only looks like it.
        Case(
            terminal: "till:training/t1", issuer: "trainingshop", isTrusted: true, claim: nil,
            expect: nil),
    ]

    @Test("A voucher is refused by name where it is not of the terminal's sort", arguments: cases)
    private func verdict(_ one: Case) {
        var claims = World.claims()
        claims.issuerName = one.claim
        let object = claims.signed(by: World.issuer)
        let key = one.isTrusted ? World.issuer.publicKey : World.stranger.publicKey
        let context = VerificationContext(
            now: World.now, terminal: TerminalID(one.terminal),
            issuers: IssuerDirectory([Issuer(id: World.id(one.issuer), keys: [key])]))
        switch VoucherVerifier.verify(Array(VoucherText.encode(object).utf8), in: context) {
        case .accepted: #expect(one.expect == nil)
        case .refused(let refusal): #expect(refusal.reason == one.expect)
        }
    }

    @Test("Ids say whether they are for training")
    func ids() {
        #expect(TerminalID(Self.training)?.isTraining == true)
        #expect(TerminalID(Self.live)?.isTraining == false)
        #expect(MerchantID("till:training.m42")?.isTraining == true)
        #expect(MerchantID("till:m42.training.")?.isTraining == false)
        #expect(IssuerID("training.till-hub")?.isTraining == true)
        #expect(IssuerID("till:training.x") == nil)
    }
}
