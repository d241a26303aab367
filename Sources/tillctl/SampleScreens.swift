import COSE
import CommandSupport
import HubProtocol
import Money
import Payments
import QRencodeEncoder
import Screens
import Vouchers

/// Every screen that a customer can meet, with sample words and amounts: to be looked at.
enum SampleScreens {
    /// A screen with its name.
    struct Sample {
        let name: String
        let screen: Screen
    }

    /// As long as a typical shop QR: version 14 at level M.
    private static let payload = Array(repeating: "0002010102122633", count: 21).joined()

    /// What a voice says of a payment.
    static func spoken(in language: ScreenLanguage) -> String {
        guard let euro = Currency(code: "EUR") else {
            preconditionFailure("ISO 4217 has the euro.")
        }
        return language.text(Amount(minorUnits: 1_250, currency: euro)) + ". "
            + language.text(.paid)
    }

    static func all(_ language: ScreenLanguage) throws -> [Sample] {
        guard let euro = Currency(code: "EUR"), let reference = SaleReference("0001A7") else {
            preconditionFailure("ISO 4217 has the euro, and the reference is one.")
        }
        let composer = ScreenComposer(merchant: "Bäckerei Morgenrot", language: language)
        let amount = Amount(minorUnits: 1_250, currency: euro)
        let sale = Sale(
            reference: reference, key: nil, total: amount,
            request: PaymentRequest(
                nonce: [UInt8](repeating: 7, count: PaymentRequest.nonceLength), amount: amount,
                expiry: 1_800_000_300), openedAt: 1_800_000_000)
        let symbol: SymbolMatrix
        do { symbol = try SymbolEncoder.encode(Array(payload.utf8), mode: .byte) } catch {
            throw CommandFailure(reason: error.reason, message: "\(error)")
        }
        func screen(_ name: String, _ kind: ScreenKind, _ headline: String, _ line: String)
            -> Sample
        {
            Sample(
                name: name,
                screen: Screen(
                    kind: kind, merchant: composer.merchant, headline: headline,
                    amount: language.text(amount), lines: [line],
                    footer: language.text(.receipt(17))))
        }
        var samples = [
            Sample(name: "idle", screen: composer.idle()),
            Sample(
                name: "shop-qr", screen: composer.waiting(sale, symbol: symbol, secondsLeft: 119)),
            Sample(name: "code-only", screen: composer.waiting(sale, symbol: nil, secondsLeft: 9)),
            Sample(name: "asking", screen: composer.asking(amount)),
            Sample(
                name: "tip",
                screen: composer.tip(
                    on: amount,
                    [5, 10, 15].map { percent in
                        TipChoice(
                            percent: percent,
                            tip: Amount(
                                minorUnits: Tip.amount(percent, of: amount.minorUnits),
                                currency: euro))
                    })),
            screen("approved", .approved, language.text(.paid), language.text(.thankYou)),
            Sample(
                name: "receipt",
                screen: composer.receipt(amount, number: 17, symbol: try receiptSymbol(amount))),
            screen(
                "approved-in-part", .approvedInPart, language.text(.paidInPart),
                language.text(.stillDue(amount))),
        ]
        samples += declines(amount).map { name, decline in
            screen(
                "declined-" + name, .declined, language.text(.notPaid), language.text(decline))
        }
        samples += [
            ("cancelled", CustomerUndo.cancelled, CustomerUndo.voucherGoodAgain),
            ("refunded", .refunded, .amountIsBack), ("refunded-cash", .refunded, .shopGivesItBack),
            ("refund-voucher", .refunded, .keepThisVoucher),
        ].map { name, headline, line in
            screen(name, .undone, language.text(headline), language.text(line))
        }
        samples.append(Sample(name: "closed", screen: composer.closed()))
        samples.append(Sample(name: "service", screen: composer.health(symbol: symbol)))
        samples.append(Sample(name: "out-of-order", screen: composer.outOfOrder()))
        return samples
    }

    private static func receiptSymbol(_ amount: Amount) throws -> SymbolMatrix {
        guard let terminal = TerminalID("till:m42/t7"), let issuer = IssuerID("acme-gifts") else {
            preconditionFailure("Both are as the grammar wants them.")
        }
        // Nobody's key: the symbol is to be looked at, not believed.
        let key = try PrivateKey(
            algorithm: .ed25519, seed: [UInt8](repeating: 7, count: 32))
        let text = SignedReceipt(
            terminal: terminal, receipt: 17, kind: .payment, at: 1_800_000_000, amount: amount,
            issuer: issuer
        ).text(signedBy: key)
        return try SymbolEncoder.encode(Array(text.utf8), mode: .alphanumeric)
    }

    private static func declines(_ amount: Amount) -> [(String, CustomerDecline)] {
        [
            ("several-codes", .oneCodeOnly), ("not-a-code", .notAPaymentCode),
            ("receipt", .thisIsAReceipt),
            ("other-scheme", .notAcceptedHere("Alipay")), ("card-unknown", .cardUnknown),
            ("check-number", .checkTheNumber), ("own-code", .showOwnCode),
            ("code", .codeNotAccepted), ("no-payments", .takesNoPayments),
            ("not-now", .notThisPayment), ("not-confirmed", .notConfirmedYet),
            ("not-allowed", .notAllowed), ("used", .usedAlready),
            ("currency", .voucherIsIn("USD")), ("issuer", .askTheIssuer),
            ("revoked", .askTheIssuerForANewOne), ("scan-again", .scanAgain),
            ("fresh-code", .showAFreshCode), ("nothing-left", .nothingLeft),
            ("scan", .scanWithYourWallet), ("ceiling", .codePaysAtMost(amount)),
            ("worth", .voucherIsWorth(amount)), ("wallet-limit", .walletPaysAtMost(amount)),
            ("wallet-rest", .walletMayPayMore(amount)), ("may-be-listed", .cannotBeCheckedOffline),
            ("hours", .needsANetworkNow), ("voucher-limit", .tooHighForVoucher),
            ("terminal-limit", .tooHighForTerminal), ("too-soon", .justPaid),
            ("too-often", .usedTooOften), ("kind", .voucherNotNow), ("part", .doesNotCover),
        ]
    }
}
