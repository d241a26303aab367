public import HubProtocol
public import PaymentCodes

extension MerchantProfile {
    /// The merchant of a hub's configuration, checked as a shop QR needs it.
    public init(_ merchant: MerchantTerms) throws(MerchantProfileError) {
        var accounts: [MerchantAccount] = []
        for account in merchant.accounts {
            // An id that is no number is refused by the same rule as one out of range.
            accounts.append(
                try MerchantAccount(id: Int(account.id) ?? -1, value: account.value))
        }
        try self.init(
            name: merchant.name, city: merchant.city, countryCode: merchant.countryCode,
            categoryCode: merchant.categoryCode, postalCode: merchant.postalCode,
            accounts: accounts)
    }
}
