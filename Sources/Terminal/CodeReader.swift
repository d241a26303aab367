import PaymentCodes
public import Payments
public import Vouchers

/// From the bytes of one symbol to what the sale machine can use: any scheme's code is named,
/// only a verified voucher can pay.
public enum CodeReader {
    /// Reads the content of one symbol.
    public static func read(_ bytes: [UInt8], in context: VerificationContext) -> PresentedCode {
        let recognition = PaymentCode.recognise(bytes)
        switch recognition.codeKind {
        case .tillVoucher:
            switch VoucherVerifier.verify(bytes, in: context) {
            case .accepted(let voucher): return .voucher(voucher)
            case .refused(let refusal): return .unusable(.refused(refusal))
            }
        case .tillReference:
            do throws(VoucherReferenceError) { _ = try VoucherReference(parsing: bytes) } catch {
                return .unusable(
                    .referenceMalformed(reason: error.reason, detail: error.description))
            }
            return .unusable(.referenceUnknown)
        case .tillReceipt: return .unusable(.receiptShown)
        default:
            guard recognition.isPaymentCode else { return .unusable(.notAPaymentCode) }
            return .unusable(
                .otherScheme(kind: recognition.kind, name: recognition.schemeName))
        }
    }
}
