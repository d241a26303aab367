import PaymentCodes
public import Payments
public import Vouchers

/// From a voucher reference to the voucher that lies in the store, verified now as if it had been
/// shown (`formats.md` section 2).
public enum ReferenceReader {
    /// Reads what `store` holds under the reference.
    public static func read(
        _ text: [UInt8], from store: any VoucherStore, in context: VerificationContext
    ) async -> PresentedCode {
        let reference: VoucherReference
        do throws(VoucherReferenceError) { reference = try VoucherReference(parsing: text) } catch {
            return .unusable(
                .referenceMalformed(reason: error.reason, detail: error.description))
        }
        do throws(VoucherStoreError) {
            return verify(try await store.objects(cti: reference.cti), in: context)
        } catch {
            return .unusable(.storeUnavailable(detail: error.message))
        }
    }

    /// The one voucher among the objects of a `cti`.
    ///
    /// Several objects may be one voucher, stored value that was topped up; then the one that says
    /// the most is meant. Two vouchers are refused, and so is one beside an object that does not
    /// verify: whose card it is that spells this reference, nobody here can tell.
    static func verify(_ objects: [[UInt8]], in context: VerificationContext) -> PresentedCode {
        var best: Voucher?
        for object in objects {
            switch verify(object, in: context) {
            case .refused(let refusal):
                return .unusable(objects.count == 1 ? .refused(refusal) : .referenceAmbiguous)
            case .accepted(let voucher):
                guard let known = best else {
                    best = voucher
                    continue
                }
                guard known.identity == voucher.identity, known.coreDigest == voucher.coreDigest
                else { return .unusable(.referenceAmbiguous) }
                if known.standing < voucher.standing { best = voucher }
            }
        }
        return best.map { .voucher($0) } ?? .unusable(.referenceUnknown)
    }

    private static func verify(_ object: [UInt8], in context: VerificationContext)
        -> VoucherVerification
    {
        do { return VoucherVerifier.verify(try VoucherCode(object), in: context) } catch {
            return .refused(error)
        }
    }
}

extension Voucher {
    /// What it says of its credit and of what is redeemed, to be compared in this order: both only
    /// grow (`formats.md` 1.1).
    fileprivate var standing: (UInt64, UInt64) {
        if case .stored(let credit, let redeemed) = value { return (credit, redeemed) }
        return (value.ceiling, 0)
    }
}
