import COSE
import CommandSupport
import Money
import Payments
import Screens
import Vouchers

/// What is told of a voucher. The `cti` is left out: for a bearer voucher it can be the money.
enum VoucherFields {
    static func of(_ voucher: Voucher) -> [String: String] {
        var fields: [String: String] = [:]
        fields["issuer"] = voucher.identity.issuer.name
        fields["voucher"] = voucher.identity.shortName
        add(
            value: voucher.value, currency: voucher.currencyNumber, expiry: voucher.expiry,
            to: &fields)
        fields["audience"] = voucher.audience?.joined(separator: " ")
        fields["notBefore"] = voucher.notBefore.map { UTCTime($0).rfc3339 }
        fields["issuedAt"] = voucher.issuedAt.map { UTCTime($0).rfc3339 }
        fields["confirms"] = voucher.confirmationNonce?.hex
        fields["holder"] = voucher.holder?.keyID.hex
        if let presentation = voucher.presentation {
            fields["presentedAt"] = UTCTime(presentation.issuedAt).rfc3339
            fields["presentedNonce"] = presentation.nonce?.hex
            fields["presentedAmount"] = presentation.amount.map {
                money($0, voucher.currencyNumber)
            }
        }
        return fields
    }

    /// What can be read of a code that was refused; nothing where its form is broken.
    static func of(text: [UInt8]) -> [String: String] {
        guard let bytes = try? VoucherText.decode(text),
            let claims = try? VoucherClaims.read(bytes)
        else { return [:] }
        var fields: [String: String] = [:]
        add(
            value: claims.value, currency: claims.currencyNumber, expiry: claims.expiry,
            to: &fields)
        fields["issuerName"] = claims.issuerName
        fields["audience"] = claims.audience?.ids.joined(separator: " ")
        fields["notBefore"] = claims.notBefore.map { UTCTime($0).rfc3339 }
        fields["holder"] = claims.holder?.keyID.hex
        return fields
    }

    private static func add(
        value: VoucherValue, currency: UInt16, expiry: UInt64, to fields: inout [String: String]
    ) {
        fields["value"] = value.kind.name
        fields["currency"] = Currency(number: currency)?.code ?? "\(currency)"
        fields["expiry"] = UTCTime(expiry).rfc3339
        switch value {
        case .fixed(let amount): fields["amount"] = money(amount, currency)
        case .stored(let credit, let redeemed):
            fields["credit"] = money(credit, currency)
            fields["redeemed"] = money(redeemed, currency)
        case .certificate(let perPayment, let offlineTotal):
            fields["perPayment"] = money(perPayment, currency)
            fields["offlineTotal"] = money(offlineTotal, currency)
        }
    }

    private static func money(_ minorUnits: UInt64, _ currency: UInt16) -> String {
        guard let known = Currency(number: currency) else {
            return "\(minorUnits) minor units of currency \(currency)"
        }
        return Amount(minorUnits: minorUnits, currency: known).description
    }
}
