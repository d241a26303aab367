import Money
import Payments
import Terminal
import VoucherMint
import Vouchers

/// Makes sales and records as a counter makes them: through the sale machine, for nothing else
/// can make a capture.
struct Records {
    static let euro = Currency(code: "EUR")!
    static let now = VoucherMint.now
    static let mint = VoucherMint()

    /// What a journal says of a voucher that it has never seen. Given for one that it has seen, it
    /// is the lie of a caller whose facts are wrong.
    static let blank = JournalFacts(
        memory: nil, presentationKnown: false, requestPaid: false, exposure: .none)

    /// 8 bytes of nonce that follow from `number`.
    static func nonce(_ number: UInt8) -> [UInt8] { [0xA0, 0, 0, 0, 0, 0, 0, number] }

    /// A sale whose reference, key and nonce follow from `number`.
    static func sale(
        _ number: UInt8, _ total: UInt64 = 1_250, captured: UInt64 = 0, state: SaleState = .open,
        request: [UInt8]? = nil, asked: UInt64? = nil, at: UInt64 = now
    ) -> Sale {
        Sale(
            reference: SaleReference("S\(number)")!, key: "key-\(number)",
            total: Amount(minorUnits: total, currency: euro), captured: captured, state: state,
            request: PaymentRequest(
                nonce: request ?? nonce(number),
                amount: Amount(minorUnits: asked ?? total - captured, currency: euro),
                expiry: at + 300), openedAt: at)
    }

    /// What the machine has recorded when `code` is shown for `sale`.
    static func record(
        _ code: PresentedCode, for sale: Sale, facts: JournalFacts = blank, at: UInt64 = now
    ) -> JournalRecord {
        var machine = SaleMachine(policy: .standard(for: [euro]), clockFloor: 0)
        _ = machine.handle(.restored(sale))
        var effects = machine.handle(.presented(code, at: at))
        if case .lookUp? = effects.first {
            effects = machine.handle(
                .factsRead(
                    facts, TerminalFacts(now: at, clockFloor: 0), Draw(seed: 1)))
        }
        guard case .record(let record)? = effects.first else {
            preconditionFailure("The machine records nothing: \(effects)")
        }
        return record
    }

    /// The capture of `voucher` for `sale`.
    static func capture(
        _ voucher: Voucher, for sale: Sale, facts: JournalFacts = blank, at: UInt64 = now
    ) -> JournalRecord {
        let record = record(.voucher(voucher), for: sale, facts: facts, at: at)
        guard case .capture = record else { preconditionFailure("declined: \(record)") }
        return record
    }

    /// The decline of something that is no payment code.
    static func decline(_ sale: Sale, at: UInt64 = now) -> JournalRecord {
        record(.unusable(.notAPaymentCode), for: sale, at: at)
    }

    /// The decline of a voucher, because the terminal's allowance is used up.
    static func declined(_ voucher: Voucher, for sale: Sale, at: UInt64 = now) -> JournalRecord {
        let usedUp = JournalFacts(
            memory: nil, presentationKnown: false, requestPaid: false,
            exposure: Exposure(amounts: [VoucherMint.euro: 100_000], count: 1, oldest: now))
        let record = record(.voucher(voucher), for: sale, facts: usedUp, at: at)
        guard case .decline = record else { preconditionFailure("captured: \(record)") }
        return record
    }

    /// A wallet's presentation of a bound certificate.
    static func presentation(
        _ value: VoucherValue, cti: UInt64 = 1, nonce: [UInt8]?, amount: UInt64, at: UInt64 = now
    ) -> Voucher {
        let object = mint.object(value, cti: cti, bound: true)
        return mint.voucher(
            mint.presentation(of: object, at: at, nonce: nonce, amount: amount), openNonce: nonce)
    }

    /// A payment confirmation of the request with `nonce`.
    static func confirmation(_ amount: UInt64, cti: UInt64 = 1, nonce: [UInt8]) -> Voucher {
        mint.voucher(
            mint.object(.fixed(amount: amount), cti: cti, confirms: nonce), openNonce: nonce)
    }
}
