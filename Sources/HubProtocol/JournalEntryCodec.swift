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
    enum Key {
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
        static let decision: Int64 = 16
        static let operatedBy: Int64 = 17
        static let foreignCode: Int64 = 18
        static let undone: Int64 = 20
        static let refundWay: Int64 = 21
        static let periodNumber: Int64 = 22
        static let totals: Int64 = 23
        static let document: Int64 = 24
        static let clock: Int64 = 25
        static let drawer: Int64 = 28
        static let vat: Int64 = 29
        static let tip: Int64 = 30
    }

    /// What key 4 says: the kind of an entry.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// A payment was captured.
        case capture = 1
        /// A code was declined.
        case decline = 2
        /// A capture was cancelled before its period closed.
        case cancellation = 3
        /// A capture was refunded.
        case refund = 4
        /// A capture whose completion was unclear was reversed.
        case reversal = 5
        /// A period was closed.
        case periodClosed = 6
        /// A document was put in force.
        case document = 7
        /// The clock did something.
        case clock = 8
        /// A supervisor has marked an unconfirmed sale as paid.
        case markedPaid = 9
    }

    /// The kind of the entry.
    public var kind: Kind {
        switch event {
        case .capture: .capture
        case .decline: .decline
        case .undo(let undo):
            switch undo.kind {
            case .cancellation: .cancellation
            case .refund: .refund
            case .reversal: .reversal
            }
        case .periodClosed: .periodClosed
        case .document: .document
        case .clock: .clock
        case .markedPaid: .markedPaid
        }
    }

    /// The entry as deterministic CBOR.
    public func encoded() -> [UInt8] {
        var pairs: [(Int64, CBORValue)] = [
            (Key.sequence, .unsigned(sequence)), (Key.previousHash, .bytes(previousHash)),
            (Key.at, .unsigned(at)), (Key.kind, .unsigned(UInt64(kind.rawValue))),
        ]
        if let subject {
            pairs += [
                (Key.sale, .text(subject.sale)),
                (Key.currency, .unsigned(UInt64(subject.currencyNumber))),
                (Key.amount, .unsigned(subject.amount)),
            ]
        }
        if let operatedBy {
            pairs.append(
                (
                    Key.operatedBy,
                    .array([.unsigned(UInt64(operatedBy.role.rawValue)), .text(operatedBy.id)])
                ))
        }
        switch event {
        case .capture(let capture): pairs += capture.fields
        case .decline(let decline): pairs += decline.fields
        case .undo(let undo): pairs += undo.fields
        case .periodClosed(let period): pairs += period.fields
        case .document(let document): pairs += document.fields
        case .clock(let clock): pairs += clock.fields
        case .markedPaid(let mark): pairs += mark.fields
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
        let number = try fields.unsigned(Key.kind, "kind (key 4)")
        guard let number = UInt8(exactly: number), let kind = Kind(rawValue: number) else {
            throw .shape("kind (key 4)")
        }
        let event: Event
        switch kind {
        case .capture: event = .capture(try CaptureEntry(&fields))
        case .decline: event = .decline(try DeclineEntry(&fields))
        case .cancellation, .refund, .reversal: event = .undo(try UndoEntry(kind, &fields))
        case .periodClosed: event = .periodClosed(try PeriodEntry(&fields))
        case .document: event = .document(try DocumentEntry(&fields))
        case .clock: event = .clock(try ClockEntry(&fields))
        case .markedPaid: event = .markedPaid(try MarkEntry(&fields))
        }
        let subject = event.hasSubject ? try EntrySubject(&fields) : nil
        try event.checkParts(of: subject)
        let operatedBy = try EntryOperator(&fields)
        guard fields.isEmpty else { throw .shape("set of keys: an unknown one is there") }
        if case .markedPaid = event, operatedBy == nil { throw .shape("operator (key 17)") }
        if case .undo(let undo) = event, undo.undone >= sequence {
            throw .shape("entry undone (key 20): it does not come before")
        }
        self.init(
            sequence: sequence, previousHash: previousHash, at: at, subject: subject, event: event,
            operatedBy: operatedBy)
    }
}

extension EntrySubject {
    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let sale = try fields.text(JournalEntry.Key.sale, "sale reference (key 5)")
        guard SaleReference(sale) != nil else { throw .shape("sale reference (key 5)") }
        let currency = try fields.unsigned(JournalEntry.Key.currency, "currency (key 6)")
        guard let currencyNumber = UInt16(exactly: currency) else {
            throw .shape("currency (key 6)")
        }
        self.init(
            sale: sale, currencyNumber: currencyNumber,
            amount: try fields.unsigned(JournalEntry.Key.amount, "amount (key 7)"))
    }
}

extension EntryOperator {
    /// Reads key 17; nil where it is absent.
    init?(_ fields: inout EntryFields) throws(JournalEntryError) {
        let name = "operator (key 17)"
        guard fields.has(JournalEntry.Key.operatedBy) else { return nil }
        let pair = try fields.array(JournalEntry.Key.operatedBy, name, count: 2...2)
        guard let number = pair[0].asUnsigned.flatMap({ UInt8(exactly: $0) }),
            let role = Role(rawValue: number), let id = pair[1].asText,
            (1...Self.maximumIDLength).contains(id.utf8.count), Payload.isDisplayable(id)
        else { throw .shape(name) }
        self.init(role: role, id: id)
    }
}
