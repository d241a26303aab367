import COSE
import Money
import PaymentCodes
import Testing
import Vouchers
import Wallet

/// An issuer, a wallet's key, a terminal, and a moment: what the suites play with. All keys are
/// real, and everything is really signed.
struct WalletWorld {
    let issuerKey: PrivateKey
    let walletKey: PrivateKey
    let terminalKey: PrivateKey
    let terminal: TerminalID
    let euro: Currency
    let now: UInt64 = 1_800_000_000
    var purse = Purse()

    init(walletAlgorithm: KeyAlgorithm = .ed25519) throws {
        issuerKey = try PrivateKey(algorithm: .ecdsaP256, seed: Self.seed(1))
        walletKey = try PrivateKey(algorithm: walletAlgorithm, seed: Self.seed(2))
        terminalKey = try PrivateKey(algorithm: .ed25519, seed: Self.seed(3))
        terminal = try #require(TerminalID("till:m42/t7"))
        euro = try #require(Currency(code: "EUR"))
    }

    static func seed(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    /// Claims of a voucher for this wallet (or its bearer), good for an hour.
    func claims(
        _ value: VoucherValue, cti: UInt8, bearer: Bool = false, audience: [String]? = nil,
        lasting seconds: UInt64 = 3_600
    ) -> VoucherClaims {
        VoucherClaims(
            value: value, currencyNumber: euro.number, cti: [UInt8](repeating: cti, count: 10),
            expiry: now + seconds, issuerName: "Acme", audience: audience.map(Audience.init),
            holder: bearer ? nil : walletKey.publicKey)
    }

    func text(_ claims: VoucherClaims) -> [UInt8] {
        Array(VoucherText.encode(claims.signed(by: issuerKey)).utf8)
    }

    /// Takes a voucher and returns its name.
    @discardableResult
    mutating func take(_ claims: VoucherClaims) throws -> String {
        try purse.add(text(claims), owner: walletKey.publicKey, now: now).name
    }

    mutating func trustTerminal() throws {
        _ = try purse.trust(coseKey: terminalKey.publicKey.coseKey, name: "Corner shop")
    }

    func request(_ minorUnits: UInt64, nonce: UInt8 = 1, lasting seconds: UInt64 = 300)
        -> ShopRequest
    {
        ShopRequest(
            terminal: terminal, amount: Amount(minorUnits: minorUnits, currency: euro),
            reference: "S1", nonce: [UInt8](repeating: nonce, count: 8),
            expiry: UInt32(now + seconds))
    }

    static func merchant() throws -> MerchantProfile {
        try MerchantProfile(
            name: "Corner Shop", city: "Utrecht", countryCode: "NL", categoryCode: "5411",
            accounts: [MerchantAccount(id: 26, objects: [EMVObject("00", "test.scheme")])])
    }

    func shopQR(_ request: ShopRequest, key: PrivateKey? = nil) throws -> [UInt8] {
        Array(
            try ShopQR.payload(
                for: request, merchant: Self.merchant(), key: key ?? terminalKey
            ).utf8)
    }

    /// Answers a request for `minorUnits` as the program does.
    mutating func pay(
        _ minorUnits: UInt64, amount: UInt64? = nil, from name: String? = nil, nonce: UInt8 = 1
    ) throws(WalletRefusal) -> PreparedCode {
        let qr: [UInt8]
        do { qr = try shopQR(request(minorUnits, nonce: nonce)) } catch {
            Issue.record("no shop QR: \(error)")
            qr = []
        }
        let demand = try purse.read(shopQR: qr, now: now)
        return try purse.answer(demand, amount: amount, from: name, key: walletKey, now: now)
    }

    /// What the terminal makes of a code while the request with `nonce` is open.
    func verify(_ text: String, nonce: UInt8? = 1, at time: UInt64? = nil) throws -> Voucher {
        let issuer = Issuer(id: try #require(IssuerID("acme")), keys: [issuerKey.publicKey])
        let context = VerificationContext(
            now: time ?? now, terminal: terminal,
            openNonce: nonce.map { [UInt8](repeating: $0, count: 8) },
            issuers: IssuerDirectory([issuer]))
        switch VoucherVerifier.verify(Array(text.utf8), in: context) {
        case .accepted(let voucher): return voucher
        case .refused(let refusal): throw refusal
        }
    }
}

/// The stable reason with which `body` is refused, or nil.
func reason(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let refusal as WalletRefusal {
        // Every refusal has a sentence for people.
        #expect(refusal.message.hasSuffix(".") || refusal.message.hasSuffix("`."))
        return refusal.reason
    } catch {
        return "\(error)"
    }
}
