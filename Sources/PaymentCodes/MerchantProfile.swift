/// Where a scheme's wallet sends the money: one object 02 to 51 of a shop QR.
public struct MerchantAccount: Hashable, Sendable {
    /// 2 to 51; from 26 on a template (QRCPS table 3.6).
    public let id: Int
    /// The value as it is written, 1 to 99 characters.
    public let value: String

    /// An account as its scheme handed it out; an id that is not 2 to 51 is refused, as is a
    /// value that is not 1 to 99 printable ASCII characters.
    public init(id: Int, value: String) throws(MerchantProfileError) {
        self.id = id
        self.value = value
        guard id != 90, id != 91 else {
            throw MerchantProfileError(
                .reservedObject, path,
                "Object \(path) carries the terminal's own request; a profile may not use it.")
        }
        guard (2...51).contains(id) else {
            throw MerchantProfileError(
                .notAnAccount, path, "Object \(path) is no merchant account: those are 02 to 51.")
        }
        try MerchantProfileError.checkValue(value, at: path, limit: 99)
    }

    /// A template of a scheme: its identifier as object 00 and the scheme's own objects.
    public init(id: Int, objects: [EMVObject]) throws(MerchantProfileError) {
        try self.init(id: id, value: objects.map(\.text).joined())
    }

    /// The id as two digits.
    var path: String { (0..<10).contains(id) ? "0\(id)" : "\(id)" }
}

/// Why a merchant's configuration cannot make a shop QR.
public struct MerchantProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; the raw values are stable codes.
    public enum Reason: String, CaseIterable, Sendable {
        /// No account: a scheme's wallet would have nothing to pay to.
        case noAccount = "profile-no-account"
        /// An account in an object that is not 02 to 51.
        case notAnAccount = "profile-not-an-account"
        /// An account in object 90 or 91, which carry the terminal's request.
        case reservedObject = "profile-reserved-object"
        /// Two accounts in one object.
        case accountRepeated = "profile-account-repeated"
        /// A scheme whose form forbids the amount or the reference, such as dynamic PIX.
        case schemeForbids = "profile-scheme-forbids"
        /// A value that breaks its object's format.
        case valueFormat = "profile-value-format"
        /// With the longest amount, reference and terminal the payload would pass 512 characters.
        case tooLong = "profile-too-long"
    }

    /// The stable code.
    public let reason: Reason
    /// The object at fault, such as `59` or `26/01`.
    public let path: String
    /// A sentence for the person who configures the terminal.
    public let description: String
    /// The same sentence.
    public var message: String { description }

    init(_ reason: Reason, _ path: String, _ description: String) {
        self.reason = reason
        self.path = path
        self.description = description
    }

    static func checkValue(
        _ value: String, at path: String, limit: Int
    ) throws(MerchantProfileError) {
        guard (1...limit).contains(value.utf8.count), value.utf8.allSatisfy(ASCII.isPrintable)
        else {
            throw MerchantProfileError(
                .valueFormat, path,
                "Object \(path) needs 1 to \(limit) printable ASCII characters.")
        }
    }
}

/// What a shop QR says of the merchant (QRCPS objects 02 to 51, 52 and 58 to 61).
public struct MerchantProfile: Hashable, Sendable {
    /// 1 to 25 printable ASCII characters.
    public let name: String
    /// 1 to 15 printable ASCII characters.
    public let city: String
    /// ISO 3166-1 alpha-2.
    public let countryCode: String
    /// ISO 18245, four digits; `0000` where a scheme asks for it.
    public let categoryCode: String
    /// At most 10 characters; some schemes (QRIS, Bharat QR) ask for it.
    public let postalCode: String?
    /// At least one, no object twice, in ascending order of their objects.
    public let accounts: [MerchantAccount]

    /// Checks everything that can be known before a sale, so that a wrong profile is refused when
    /// it is configured and not before a customer.
    public init(
        name: String, city: String, countryCode: String, categoryCode: String,
        postalCode: String? = nil, accounts: [MerchantAccount]
    ) throws(MerchantProfileError) {
        self.name = name
        self.city = city
        self.countryCode = countryCode
        self.categoryCode = categoryCode
        self.postalCode = postalCode
        self.accounts = accounts.sorted { $0.id < $1.id }
        try checkAccounts()
        try checkLengths()
        try checkForm()
    }

    private func checkAccounts() throws(MerchantProfileError) {
        guard !accounts.isEmpty else {
            throw MerchantProfileError(
                .noAccount, "02-51",
                "The profile has no merchant account: no scheme could pay to it.")
        }
        for (account, next) in zip(accounts, accounts.dropFirst()) where account.id == next.id {
            throw MerchantProfileError(
                .accountRepeated, account.path, "Object \(account.path) is configured twice.")
        }
    }

    private func checkLengths() throws(MerchantProfileError) {
        var values = [
            ("52", categoryCode, 4), ("58", countryCode, 2), ("59", name, 25), ("60", city, 15),
        ]
        if let postalCode { values.append(("61", postalCode, 10)) }
        for (path, value, limit) in values {
            try MerchantProfileError.checkValue(value, at: path, limit: limit)
        }
    }

    /// Writes the longest payload that a sale could ask for and reads it with a customer's eyes.
    private func checkForm() throws(MerchantProfileError) {
        let payload: EMVPayload
        do throws(EMVProblem) {
            payload = try EMVPayload(writing: Self.longestRequest(of: self))
        } catch {
            let tooLong = error.reason == .payloadTooLong
            throw MerchantProfileError(
                tooLong ? .tooLong : .valueFormat, error.path,
                tooLong
                    ? "With the longest amount, reference and terminal the payload would have more "
                        + "than \(EMVPayload.maximumCharacters) characters."
                    : "The profile makes no valid payload: \(error).")
        }
        if let problem = payload.conformance.problem {
            throw MerchantProfileError(
                .valueFormat, problem.path, "The profile makes no valid payload: \(problem).")
        }
        for scheme in payload.schemes { try check(scheme, payload) }
    }

    /// An account whose scheme forbids what a dynamic shop QR has, or whose objects are not the
    /// scheme's, is refused by the scheme's name.
    private func check(
        _ scheme: SchemeReading, _ payload: EMVPayload
    ) throws(MerchantProfileError) {
        let name = scheme.profile.name
        if case .unfit(let path, let reason) = scheme.profile.shopQR {
            let place = SchemePath(path).place(at: scheme.accountID)
            throw MerchantProfileError(
                .schemeForbids, place,
                "\(name) has no place in a shop QR with an amount (object \(place)): \(reason).")
        }
        if let problem = payload.accountProblem(of: scheme) {
            throw MerchantProfileError(
                .valueFormat, problem.path, "The account is none of \(name): \(problem).")
        }
    }

    /// Whether one of the accounts is a PIX account, whose form asks for a reference always.
    func hasPIXAccount(in payload: EMVPayload) -> Bool {
        payload.schemes.contains { $0.profile.id == "pix-static" }
    }

    /// The objects before the sale's own: 00, 01 and the accounts.
    func opening(initiation: String) -> [EMVObject] {
        [EMVObject("00", "01"), EMVObject("01", initiation)]
            + accounts.map { EMVObject($0.path, $0.value) }
            + [EMVObject("52", categoryCode)]
    }

    /// The objects that name the merchant: 58 to 61.
    var naming: [EMVObject] {
        [EMVObject("58", countryCode), EMVObject("59", name), EMVObject("60", city)]
            + (postalCode.map { [EMVObject("61", $0)] } ?? [])
    }

    private static func longestRequest(of profile: MerchantProfile) -> [EMVObject] {
        profile.opening(initiation: "12")
            + [EMVObject("53", "978"), EMVObject("54", String(repeating: "9", count: 13))]
            + profile.naming
            + [
                EMVObject(
                    "62",
                    template: [
                        EMVObject("05", String(repeating: "A", count: 25)),
                        EMVObject("07", String(repeating: "t", count: 25)),
                        EMVObject("11", ShopQR.channel),
                    ])
            ]
            + ShopQR.templates(
                proof: String(repeating: "A", count: ShopQR.proofCharacters),
                signature: String(repeating: "A", count: ShopQR.signatureCharacters))
    }
}
