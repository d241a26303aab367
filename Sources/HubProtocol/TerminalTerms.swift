import CBOR
import COSE
public import Money
public import Payments
import Vouchers

/// The merchant as the shop QR names it (`formats.md` 3): texts only, judged by the shop QR's
/// own rules where they are used.
public struct MerchantTerms: Hashable, Sendable {
    /// One merchant account template: an EMVCo object "02" to "51" and its whole value.
    public struct Account: Hashable, Sendable {
        /// The object's id, two digits.
        public let id: String
        /// The object's value; for ids from "26" the sub-objects, written one after another.
        public let value: String

        /// Makes an account.
        public init(id: String, value: String) {
            self.id = id
            self.value = value
        }
    }

    /// The most account templates: one for each id that EMVCo has.
    public static let maximumAccounts = 50

    /// The merchant's name, at most 25 characters.
    public let name: String
    /// The merchant's city, at most 15 characters.
    public let city: String
    /// The ISO 3166 country code, two letters.
    public let countryCode: String
    /// The ISO 18245 merchant category code, four digits.
    public let categoryCode: String
    /// The account templates.
    public let accounts: [Account]
    /// The merchant's postal code, at most 10 characters, where a scheme asks for one.
    public let postalCode: String?

    /// Makes a merchant; see the properties for shapes.
    public init(
        name: String, city: String, countryCode: String, categoryCode: String,
        accounts: [Account], postalCode: String? = nil
    ) {
        self.name = name
        self.city = city
        self.countryCode = countryCode
        self.categoryCode = categoryCode
        self.accounts = accounts
        self.postalCode = postalCode
    }
}

/// The part of a configuration that is the same for every terminal of a hub.
public struct TerminalTerms: Hashable, Sendable {

    /// The merchant as the shop QR names it.
    public let merchant: MerchantTerms
    /// What a terminal may approve by itself.
    public let policy: Policy
    /// The currency of a sale that names none.
    public let currency: Currency
    /// Where the hub listens (`http://host:port`); nil where it is reached by other ways.
    public let hubURL: String?

    /// Makes terms from their parts.
    public init(
        merchant: MerchantTerms, policy: Policy, currency: Currency, hubURL: String?
    ) {
        self.merchant = merchant
        self.policy = policy
        self.currency = currency
        self.hubURL = hubURL
    }

    /// The same terms with another policy.
    public func changing(policy: Policy) -> TerminalTerms {
        TerminalTerms(merchant: merchant, policy: policy, currency: currency, hubURL: hubURL)
    }

    /// The map keys (`docs/spec/hub-protocol.md`, *Configuration*).
    private enum Key {
        static let merchant: UInt64 = 5
        /// Where terms had the issuers before there was a trust list.
        static let formerIssuers: UInt64 = 6
        static let policy: UInt64 = 7
        static let currency: UInt64 = 8
        static let hubURL: UInt64 = 9
    }

    /// The keys 5 and 7 to 9 of a configuration's map.
    var fields: [(UInt64, CBORValue)] {
        [
            (
                Key.merchant,
                .array(
                    [
                        .text(merchant.name), .text(merchant.city), .text(merchant.countryCode),
                        .text(merchant.categoryCode),
                        .array(merchant.accounts.map { .array([.text($0.id), .text($0.value)]) }),
                    ] + (merchant.postalCode.map { [.text($0)] } ?? []))
            ),
            (Key.policy, PolicyCodec.encode(policy)),
            (Key.currency, .unsigned(UInt64(currency.number))),
            (Key.hubURL, .text(hubURL ?? "")),
        ]
    }

    /// The terms alone as deterministic CBOR, as a hub keeps them: a map of the keys 5
    /// and 7 to 9.
    public func encoded() -> [UInt8] {
        CBORValue.map(fields.map { CBORPair(.unsigned($0.0), $0.1) }).encoded()
    }

    /// Reads terms that ``encoded()`` has written.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch { throw .payloadNotCBOR(error) }
        var fields = try PayloadFields(value, "terms")
        fields.drop(Key.formerIssuers)
        try self.init(&fields)
        try fields.end()
    }

    /// Takes the keys 5 and 7 to 9 out of a configuration's map.
    init(_ fields: inout PayloadFields) throws(MessageError) {
        merchant = try Self.merchant(try fields.take(Key.merchant, "merchant (key 5)"))
        policy = try Self.policy(try fields.take(Key.policy, "policy (key 7)"))
        currency = try Payload.currency(
            try fields.take(Key.currency, "currency (key 8)"), "currency (key 8)")
        let url = try Payload.text(try fields.take(Key.hubURL, "URL (key 9)"), "URL (key 9)")
        hubURL = url.isEmpty ? nil : url
    }
}

extension TerminalTerms {
    private static func merchant(_ value: CBORValue) throws(MessageError) -> MerchantTerms {
        var reader = try PayloadReader(value, "merchant (key 5)")
        let name = try reader.text("merchant name (key 5)")
        let city = try reader.text("merchant city (key 5)")
        let country = try reader.text("merchant country (key 5)")
        let category = try reader.text("merchant category code (key 5)")
        var accounts: [MerchantTerms.Account] = []
        for account in try reader.array(
            "merchant accounts (key 5)", atMost: MerchantTerms.maximumAccounts)
        {
            var pair = try PayloadReader(account, "merchant account (key 5)")
            let id = try pair.text("merchant account id (key 5)")
            let text = try pair.text("merchant account value (key 5)")
            try pair.end()
            accounts.append(MerchantTerms.Account(id: id, value: text))
        }
        let postalCode = reader.count > 0 ? try reader.text("merchant postal code (key 5)") : nil
        try reader.end()
        return MerchantTerms(
            name: name, city: city, countryCode: country, categoryCode: category,
            accounts: accounts, postalCode: postalCode)
    }

    /// The policy: the map of `policy.md`, or the array of five that came before it.
    private static func policy(_ value: CBORValue) throws(MessageError) -> Policy {
        if case .map = value { return try PolicyCodec.decode(value) }
        return try formerPolicy(value)
    }

    /// What terms of format 1 held before a policy had masks, bands and hours: those are the
    /// standard ones.
    private static func formerPolicy(_ value: CBORValue) throws(MessageError) -> Policy {
        var reader = try PayloadReader(value, "policy (key 7)")
        var limits: [CurrencyLimits] = []
        for line in try reader.array(
            "currency lines (key 7)", atMost: PolicyCodec.maximumCurrencies)
        {
            var fields = try PayloadReader(line, "currency line (key 7)")
            let currency = try Payload.currency(
                try fields.next("currency of a line (key 7)"), "currency of a line (key 7)")
            guard !limits.contains(where: { $0.currency == currency }) else {
                throw .shape("currency of a line (key 7): it is there twice")
            }
            limits.append(
                CurrencyLimits(
                    currency: currency, perPayment: try fields.unsigned("floor limit (key 7)"),
                    outstanding: try fields.unsigned("outstanding limit (key 7)")))
            try fields.end()
        }
        let count = try reader.unsigned("outstanding count (key 7)")
        guard case .bool(let split) = try reader.next("split sales (key 7)") else {
            throw .shape("split sales (key 7)")
        }
        var kinds: [VoucherKind] = []
        for value in try reader.array(
            "one-way kinds (key 7)", atMost: VoucherKind.allCases.count)
        {
            guard let number = value.asUnsigned, let raw = UInt8(exactly: number),
                let kind = VoucherKind(rawValue: raw),
                kinds.last.map({ $0.rawValue < raw }) ?? true
            else { throw .shape("one-way kind (key 7)") }
            kinds.append(kind)
        }
        let lifetime = try reader.unsigned("request lifetime (key 7)")
        guard lifetime >= 1 else { throw .shape("request lifetime (key 7)") }
        try reader.end()
        return Policy(
            limits: limits, outstandingCount: count, splitSales: split, oneWayKinds: Set(kinds),
            requestLifetimeSeconds: lifetime)
    }
}
