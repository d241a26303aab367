import CBOR
import COSE
import HubProtocol
import Vouchers

/// Why bytes are no record; the text names the element.
struct RecordError: Error { let place: String }

extension ExportRecord {
    /// The record as deterministic CBOR: an array whose first element is its kind, or in the
    /// header the name of the format.
    func encoded() -> [UInt8] {
        let elements: [CBORValue]
        switch self {
        case .header(let header):
            elements = [
                .text(ExportHeader.magic), .unsigned(ExportHeader.format),
                .text(header.terminal.text), .bytes(header.journal),
                header.key.coseKeyValue(compressed: false),
                header.hub?.coseKeyValue(compressed: false) ?? .null, .unsigned(header.at),
                .unsigned(header.start.sequence), .bytes(header.start.hash),
                .unsigned(header.start.receipt), .unsigned(header.start.period),
            ]
        case .segment(let segment):
            elements = [
                .unsigned(order), .unsigned(segment.number), .unsigned(segment.first),
                .unsigned(segment.last), .bytes(segment.previous), .bytes(segment.hash),
                .unsigned(segment.receipt), .bytes(segment.digest),
            ]
        case .entry(let bytes), .checkpoint(let bytes):
            elements = [.unsigned(order), .bytes(bytes)]
        case .document(let kind, let version, let bytes):
            elements = [
                .unsigned(order), .unsigned(UInt64(kind)), .unsigned(version), .bytes(bytes),
            ]
        case .batch(let batch):
            elements = [
                .unsigned(order), .unsigned(batch.number), .unsigned(batch.first),
                .unsigned(batch.last), .bytes(batch.digest),
                batch.acknowledgement.map { .bytes($0) } ?? .null,
            ]
        case .voucher(let voucher):
            elements = [
                .unsigned(order), .text(voucher.identity.issuer.name),
                .bytes(voucher.identity.cti), .unsigned(UInt64(voucher.kind)),
                .unsigned(UInt64(voucher.currencyNumber)), .bytes(voucher.core),
                .unsigned(voucher.expiry), .unsigned(voucher.ceiling), .unsigned(voucher.spent),
            ]
        case .redemption(let made):
            elements = [
                .unsigned(order), .unsigned(made.sequence), .text(made.voucher.issuer.name),
                .bytes(made.voucher.cti), .unsigned(UInt64(made.kind)), .unsigned(made.consumed),
                made.nonce.map { .bytes($0) } ?? .null,
                made.presentation.map { .bytes($0) } ?? .null, .unsigned(made.at),
                .unsigned(made.amount), .unsigned(made.receipt),
            ]
        case .trailer(let trailer):
            elements = [
                .unsigned(order), .unsigned(trailer.records), .bytes(trailer.digest),
                trailer.seal.map { .bytes($0) } ?? .null,
            ]
        }
        return CBORValue.array(elements).encoded()
    }

    /// Reads a record; its elements are exactly those of its kind.
    init(decoding bytes: [UInt8]) throws(RecordError) {
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch {
            throw RecordError(place: "deterministic CBOR: \(error)")
        }
        var elements = Elements(value)
        switch elements.first {
        case .text(ExportHeader.magic): self = .header(try ExportHeader(&elements))
        case .unsigned(1): self = .segment(try ExportedSegment(&elements))
        case .unsigned(2):
            self = .entry(try elements.bytes("entry", 1...JournalEntry.maximumBytes))
        case .unsigned(3):
            self = .document(
                kind: try elements.small("kind"), version: try elements.number("version"),
                bytes: try elements.bytes("document", 1...(4 << 20)))
        case .unsigned(4):
            self = .checkpoint(try elements.bytes("checkpoint", 1...Checkpoint.maximumBytes))
        case .unsigned(5): self = .batch(try ExportedBatch(&elements))
        case .unsigned(6): self = .voucher(try ExportedVoucher(&elements))
        case .unsigned(7): self = .redemption(try ExportedRedemption(&elements))
        case .unsigned(8):
            self = .trailer(
                ExportTrailer(
                    records: try elements.number("count"), digest: try elements.hash("digest"),
                    seal: try elements.bytesOrNull("seal", 64...64)))
        default: throw RecordError(place: "kind of record")
        }
        try elements.end()
    }
}

extension ExportHeader {
    fileprivate init(_ elements: inout Elements) throws(RecordError) {
        guard try elements.number("format") == Self.format else {
            throw RecordError(place: "format that is known")
        }
        guard let terminal = TerminalID(try elements.text("terminal")) else {
            throw RecordError(place: "terminal")
        }
        self.init(
            terminal: terminal, journal: try elements.bytes("journal", 8...8),
            key: try elements.key("key"), hub: try elements.keyOrNull("hub's key"),
            at: try elements.number("time"),
            start: ChainPosition(
                sequence: try elements.number("start"), hash: try elements.hash("start's hash"),
                receipt: try elements.number("start's receipt"),
                period: try elements.number("start's period")))
    }
}

extension ExportedSegment {
    fileprivate init(_ elements: inout Elements) throws(RecordError) {
        self.init(
            number: try elements.number("number"), first: try elements.number("first entry"),
            last: try elements.number("last entry"), previous: try elements.hash("previous hash"),
            hash: try elements.hash("hash"), receipt: try elements.number("receipt"),
            digest: try elements.hash("digest"))
    }
}

extension ExportedBatch {
    fileprivate init(_ elements: inout Elements) throws(RecordError) {
        self.init(
            number: try elements.number("number"), first: try elements.number("first entry"),
            last: try elements.number("last entry"), digest: try elements.hash("digest"),
            acknowledgement: try elements.bytesOrNull(
                "acknowledgement", 1...Acknowledgement.maximumBytes))
    }
}

extension ExportedVoucher {
    fileprivate init(_ elements: inout Elements) throws(RecordError) {
        self.init(
            identity: try elements.identity(), kind: try elements.small("kind"),
            currencyNumber: try elements.currency(), core: try elements.hash("core"),
            expiry: try elements.number("expiry"), ceiling: try elements.number("ceiling"),
            spent: try elements.number("spent"))
    }
}

extension ExportedRedemption {
    fileprivate init(_ elements: inout Elements) throws(RecordError) {
        self.init(
            sequence: try elements.number("entry"), voucher: try elements.identity(),
            kind: try elements.small("kind"), consumed: try elements.number("consumed"),
            nonce: try elements.bytesOrNull("nonce", 8...16),
            presentation: try elements.bytesOrNull("presentation", 32...32),
            at: try elements.number("time"), amount: try elements.number("amount"),
            receipt: try elements.number("receipt"))
    }
}

/// The elements of a record, taken out in order.
private struct Elements {
    private var rest: ArraySlice<CBORValue>
    let first: CBORValue?

    init(_ value: CBORValue) {
        let all = value.asArray ?? []
        first = all.first
        rest = all.dropFirst()
    }

    private mutating func next(_ name: String) throws(RecordError) -> CBORValue {
        guard let value = rest.popFirst() else { throw RecordError(place: name) }
        return value
    }

    func end() throws(RecordError) {
        guard rest.isEmpty else { throw RecordError(place: "end: elements follow") }
    }

    mutating func number(_ name: String) throws(RecordError) -> UInt64 {
        guard let value = try next(name).asUnsigned, value <= MessageLimits.maximumInteger else {
            throw RecordError(place: name)
        }
        return value
    }

    mutating func small(_ name: String) throws(RecordError) -> UInt8 {
        guard let value = UInt8(exactly: try number(name)), value > 0 else {
            throw RecordError(place: name)
        }
        return value
    }

    mutating func currency() throws(RecordError) -> UInt16 {
        guard let value = UInt16(exactly: try number("currency")), (1...999).contains(value) else {
            throw RecordError(place: "currency")
        }
        return value
    }

    mutating func text(_ name: String) throws(RecordError) -> String {
        guard let value = try next(name).asText else { throw RecordError(place: name) }
        return value
    }

    mutating func bytes(_ name: String, _ count: ClosedRange<Int>) throws(RecordError) -> [UInt8] {
        guard let value = try next(name).asBytes, count.contains(value.count) else {
            throw RecordError(place: name)
        }
        return value
    }

    mutating func hash(_ name: String) throws(RecordError) -> [UInt8] {
        try bytes(name, JournalEntry.hashLength...JournalEntry.hashLength)
    }

    mutating func bytesOrNull(_ name: String, _ count: ClosedRange<Int>) throws(RecordError)
        -> [UInt8]?
    {
        if case .null? = rest.first {
            rest.removeFirst()
            return nil
        }
        return try bytes(name, count)
    }

    mutating func key(_ name: String) throws(RecordError) -> PublicKey {
        let value = try next(name)
        guard let key = try? PublicKey(coseKey: value),
            key.coseKeyValue(compressed: false) == value
        else { throw RecordError(place: name) }
        return key
    }

    mutating func keyOrNull(_ name: String) throws(RecordError) -> PublicKey? {
        if case .null? = rest.first {
            rest.removeFirst()
            return nil
        }
        return try key(name)
    }

    mutating func identity() throws(RecordError) -> VoucherIdentity {
        guard let issuer = IssuerID(try text("issuer")) else { throw RecordError(place: "issuer") }
        return VoucherIdentity(issuer: issuer, cti: try bytes("cti", 8...16))
    }
}
