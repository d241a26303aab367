import HubProtocol
public import PaymentCodes

extension MerchantProfile {
    /// The merchant of a hub's configuration, checked as a shop QR needs it.
    public init(_ merchant: MerchantTerms) throws(MerchantProfileError) {
        try self.init(
            name: merchant.name, city: merchant.city, countryCode: merchant.countryCode,
            categoryCode: merchant.categoryCode,
            accounts: try merchant.accounts.map { account throws(MerchantProfileError) in
                try MerchantAccount(id: account.id, value: account.value)
            })
    }
}
