public import CBOR
import Payments
import Vouchers

/// Why bytes are no journal entry.
public enum JournalEntryError: Error, Hashable, Sendable {
    /// They are not core deterministic CBOR.
    case notCBOR(CBORError)
    /// They are CBOR of another shape; the text names the key.
    case shape(String)

    /// What is wrong, as a sentence.
    public var description: String {
        switch self {
        case .notCBOR(let error): "The entry is not deterministic CBOR: \(error)."
        case .shape(let place): "The entry has no valid \(place)."
        }
    }
}

extension JournalEntry {
    /// The map keys of an entry (`docs/spec/journal.md`, *Entry*).
    private enum Key {
        static let sequence: Int64 = 1
        static let previousHash: Int64 = 2
        static let at: Int64 = 3
        static let kind: Int64 = 4
        static let sale: Int64 = 5
        static let currency: Int64 = 6
        static let amount: Int64 = 7
        static let receipt: Int64 = 8
        static let issuer: Int64 = 9
        static let cti: Int64 = 10
        static let voucherKind: Int64 = 11
        static let consumed: Int64 = 12
        static let requestNonce: Int64 = 13
        static let evidence: Int64 = 14
        static let reason: Int64 = 15
    }

    /// The values of key 4.
    private enum Kind {
        static let capture: UInt64 = 1
        static let decline: UInt64 = 2
    }

    /// The entry as deterministic CBOR.
    public func encoded() -> [UInt8] {
        var pairs: [(Int64, CBORValue)] = [
            (Key.sequence, .unsigned(sequence)), (Key.previousHash, .bytes(previousHash)),
            (Key.at, .unsigned(at)), (Key.sale, .text(sale)),
            (Key.currency, .unsigned(UInt64(currencyNumber))), (Key.amount, .unsigned(amount)),
        ]
        switch event {
        case .capture(let capture):
            pairs += [
                (Key.kind, .unsigned(Kind.capture)), (Key.receipt, .unsigned(capture.receipt)),
                (Key.issuer, .text(capture.voucher.issuer.name)),
                (Key.cti, .bytes(capture.voucher.cti)),
                (Key.voucherKind, .unsigned(UInt64(capture.kind))),
                (Key.consumed, .unsigned(capture.consumed)),
                (Key.evidence, .bytes(capture.evidence)),
            ]
            if let nonce = capture.requestNonce { pairs.append((Key.requestNonce, .bytes(nonce))) }
        case .decline(let decline):
            pairs += [(Key.kind, .unsigned(Kind.decline)), (Key.reason, .text(decline.reason))]
            if let voucher = decline.voucher {
                pairs += [
                    (Key.issuer, .text(voucher.issuer.name)), (Key.cti, .bytes(voucher.cti)),
                ]
            }
        }
        return CBORValue.map(pairs.map { CBORPair(.integer($0.0), $0.1) }).encoded()
    }

    /// Reads an entry; every key that its kind has must be there, and no other.
    public init(decoding bytes: [UInt8]) throws(JournalEntryError) {
        let map: CBORValue
        do { map = try CBORValue.decode(bytes) } catch { throw .notCBOR(error) }
        var fields = EntryFields(map)
        let sequence = try fields.unsigned(Key.sequence, "sequence number (key 1)")
        let previousHash = try fields.bytes(
            Key.previousHash, "previous hash (key 2)", count: Self.hashLength...Self.hashLength)
        let at = try fields.unsigned(Key.at, "time (key 3)")
        let kind = try fields.unsigned(Key.kind, "kind (key 4)")
        let sale = try fields.text(Key.sale, "sale reference (key 5)")
        guard SaleReference(sale) != nil else { throw .shape("sale reference (key 5)") }
        let currency = try fields.unsigned(Key.currency, "currency (key 6)")
        let amount = try fields.unsigned(Key.amount, "amount (key 7)")
        guard let currencyNumber = UInt16(exactly: currency) else {
            throw .shape("currency (key 6)")
        }
        let event: Event
        switch kind {
        case Kind.capture: event = .capture(try Self.capture(&fields))
        case Kind.decline: event = .decline(try Self.decline(&fields))
        default: throw .shape("kind (key 4)")
        }
        guard fields.isEmpty else { throw .shape("set of keys: an unknown one is there") }
        self.init(
            sequence: sequence, previousHash: previousHash, at: at, sale: sale,
            currencyNumber: currencyNumber, amount: amount, event: event)
    }

    private static func capture(_ fields: inout EntryFields) throws(JournalEntryError)
        -> CaptureEntry
    {
        let receipt = try fields.unsigned(Key.receipt, "receipt number (key 8)")
        let voucher = try fields.identity(issuerKey: Key.issuer, ctiKey: Key.cti)
        let kind = try fields.unsigned(Key.voucherKind, "voucher kind (key 11)")
        guard let kind = UInt8(exactly: kind) else { throw .shape("voucher kind (key 11)") }
        let consumed = try fields.unsigned(Key.consumed, "consumed amount (key 12)")
        let nonce =
            fields.has(Key.requestNonce)
            ? try fields.bytes(Key.requestNonce, "request nonce (key 13)", count: 8...16) : nil
        let evidence = try fields.bytes(Key.evidence, "evidence (key 14)", count: 1...1_000)
        return CaptureEntry(
            receipt: receipt, voucher: voucher, kind: kind, consumed: consumed,
            requestNonce: nonce, evidence: evidence)
    }

    private static func decline(_ fields: inout EntryFields) throws(JournalEntryError)
        -> DeclineEntry
    {
        let reason = try fields.text(Key.reason, "reason (key 15)")
        guard (1...maximumReasonLength).contains(reason.utf8.count), Payload.isDisplayable(reason)
        else { throw .shape("reason (key 15)") }
        let voucher =
            fields.has(Key.issuer)
            ? try fields.identity(issuerKey: Key.issuer, ctiKey: Key.cti) : nil
        return DeclineEntry(reason: reason, voucher: voucher)
    }
}

/// The fields of a map, taken out one by one so that what is left over is known.
private struct EntryFields {
    private var values: [Int64: CBORValue] = [:]
    private var hasOtherKeys = false

    init(_ map: CBORValue) {
        guard let pairs = map.asMap else {
            hasOtherKeys = true
            return
        }
        for pair in pairs {
            if case .unsigned(let key) = pair.key, let key = Int64(exactly: key) {
                values[key] = pair.value
            } else {
                hasOtherKeys = true
            }
        }
    }

    var isEmpty: Bool { values.isEmpty && !hasOtherKeys }

    func has(_ key: Int64) -> Bool { values[key] != nil }

    mutating func unsigned(_ key: Int64, _ name: String) throws(JournalEntryError) -> UInt64 {
        guard let value = values.removeValue(forKey: key)?.asUnsigned,
            value <= MessageLimits.maximumInteger
        else { throw .shape(name) }
        return value
    }

    mutating func text(_ key: Int64, _ name: String) throws(JournalEntryError) -> String {
        guard let value = values.removeValue(forKey: key)?.asText else { throw .shape(name) }
        return value
    }

    mutating func bytes(_ key: Int64, _ name: String, count: ClosedRange<Int>)
        throws(JournalEntryError) -> [UInt8]
    {
        guard let value = values.removeValue(forKey: key)?.asBytes, count.contains(value.count)
        else { throw .shape(name) }
        return value
    }

    mutating func identity(issuerKey: Int64, ctiKey: Int64) throws(JournalEntryError)
        -> VoucherIdentity
    {
        let name = try text(issuerKey, "issuer (key 9)")
        guard let issuer = IssuerID(name) else { throw .shape("issuer (key 9)") }
        let cti = try bytes(ctiKey, "cti (key 10)", count: 8...16)
        return VoucherIdentity(issuer: issuer, cti: cti)
    }
}
