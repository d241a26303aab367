import CBOR
import COSE
import HubProtocol
import Money
import Payments
import Vouchers

/// One of everything, made from fixed seeds.
enum Samples {
    static let terminalKey = key(1)
    static let hubKey = key(2)
    static let otherKey = key(3)
    static let terminal = TerminalID("till:m42/t7")!
    static let journal: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    static func key(_ number: UInt8, _ algorithm: KeyAlgorithm = .ed25519) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: algorithm, seed: [UInt8](repeating: number, count: 32))
        else { preconditionFailure("A seed of 32 equal bytes makes a key.") }
        return key
    }

    static let capture = JournalEntry(
        sequence: 1, previousHash: JournalEntry.genesis, at: 1_800_000_000, sale: "A1",
        currencyNumber: 978, amount: 1_250,
        event: .capture(
            CaptureEntry(
                receipt: 1,
                voucher: VoucherIdentity(
                    issuer: IssuerID("gifts")!, cti: [UInt8](repeating: 9, count: 10)),
                kind: 1, consumed: 1_300, requestNonce: [8, 7, 6, 5, 4, 3, 2, 1],
                evidence: [0xD2, 0x84])))

    static let decline = JournalEntry(
        sequence: 2, previousHash: JournalEntry.hash(of: capture.encoded()), at: 1_800_000_010,
        sale: "A2", currencyNumber: 978, amount: 99,
        event: .decline(DeclineEntry(reason: "spent-here", voucher: nil)))

    static let batch = Batch(
        terminal: terminal, journal: journal, number: 3,
        entries: [capture.encoded(), decline.encoded()])

    static let terms = TerminalTerms(
        merchant: MerchantTerms(
            name: "Café Linde", city: "Berlin", countryCode: "DE", categoryCode: "5812",
            accounts: [.init(id: "26", value: "0017internal.merchant0103m42")]),
        policy: Policy(
            limits: [
                CurrencyLimits(
                    currency: Currency(code: "EUR")!, perPayment: 25_000, outstanding: 100_000)
            ], outstandingCount: 7, splitSales: false, oneWayKinds: [.stored],
            requestLifetimeSeconds: 120),
        currency: Currency(code: "EUR")!, hubURL: "http://hub.example:8480")

    static let configuration = TerminalConfiguration(
        version: 5, issuedAt: 1_800_000_000, hub: hubKey.publicKey, terminal: terminal,
        terms: terms)

    /// A message of any payload and header, signed properly: what a foreign program might send.
    static func message(
        _ payload: CBORValue, type: String?, key: PrivateKey,
        keyID: [UInt8]? = nil, extra: [CBORPair] = []
    ) -> [UInt8] {
        var header = [CBORPair(4, .bytes(keyID ?? key.publicKey.longKeyID))] + extra
        if let type { header.append(CBORPair(16, .text(type))) }
        return Sign1(signing: payload.encoded(), protected: .map(header), with: key).encoded()
    }

    /// The payload of a message.
    static func payload(of message: [UInt8]) throws -> CBORValue {
        try CBORValue.decode(try Sign1.decode(message).payload)
    }
}

extension CBORValue {
    /// An array with another element at `index`.
    func replacing(_ index: Int, with value: CBORValue) -> CBORValue {
        guard var elements = asArray else { return self }
        elements[index] = value
        return .array(elements)
    }

    /// A map with another value under `key`; nil removes it.
    func setting(_ key: UInt64, to value: CBORValue?) -> CBORValue {
        guard let pairs = asMap else { return self }
        let kept = pairs.filter { $0.key != .unsigned(key) }
        return .map(kept + (value.map { [CBORPair(.unsigned(key), $0)] } ?? []))
    }
}
