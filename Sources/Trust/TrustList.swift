import CBOR
public import COSE
public import Vouchers

/// Whom the terminals of a merchant trust, and for what (`docs/spec/trust.md`, *Trust list*).
public struct TrustList: Hashable, Sendable {
    /// The `typ` of a signed trust list.
    public static let type = "till-trust-list/1"

    /// The merchant whose terminals it is for.
    public let merchant: MerchantID
    /// The generation, as in the root that introduces it.
    public let generation: UInt64
    /// The version within the generation, from 1.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// From when on it is too old to approve anything by, in seconds since 1970 UTC.
    public let expiresAt: UInt64
    /// The keys, each once, ascending by role, subject and thumbprint.
    public let entries: [TrustEntry]

    /// Makes a list; the entries may come in any order, each key once.
    public init(
        merchant: MerchantID, generation: UInt64, version: UInt64, issuedAt: UInt64,
        expiresAt: UInt64,
        entries: [TrustEntry]
    ) {
        precondition(version >= 1 && generation >= 1, "Versions and generations count from 1.")
        precondition(issuedAt < expiresAt, "A list expires after its issue.")
        precondition(
            entries.count <= TrustDefaults.maximumEntries, "A list has a limit of entries.")
        precondition(Set(entries.map(\.key)).count == entries.count, "A list has each key once.")
        precondition(
            Self.namedTwice(entries) == nil, "A name for refunds is no issuer's and one terminal's."
        )
        self.merchant = merchant
        self.generation = generation
        self.version = version
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.entries = entries.sorted { $0.precedes($1) }
    }

    /// The list as a document that nobody has signed yet.
    public func draft() -> Sign {
        SignedDocument.draft(
            .array([
                .unsigned(1), .text(merchant.text), .unsigned(generation), .unsigned(version),
                .unsigned(issuedAt), .unsigned(expiresAt), .array(entries.map(\.encoded)),
            ]), type: Self.type)
    }

    /// Reads a list; nobody's signature is looked at, so that it is good for nothing but to be
    /// shown or signed.
    public static func unverified(_ bytes: [UInt8]) throws(TrustRefusal) -> TrustList {
        try read(bytes).list
    }

    static func read(_ bytes: [UInt8]) throws(TrustRefusal) -> (
        list: TrustList, document: SignedDocument
    ) {
        let document = try SignedDocument(
            bytes, type: type, limit: TrustDefaults.maximumListBytes)
        return (try TrustList(document.payload), document)
    }

    private init(_ payload: CBORValue) throws(TrustRefusal) {
        var reader = try DocumentReader(payload, "trust list")
        try reader.format()
        let name = try reader.text("merchant id (element 1)")
        guard let merchant = MerchantID(name) else { throw .shape("merchant id (element 1)") }
        self.merchant = merchant
        generation = try reader.unsigned("generation (element 2)")
        version = try reader.unsigned("version (element 3)")
        guard generation >= 1, version >= 1 else {
            throw .shape("generation or version: they count from 1")
        }
        (issuedAt, expiresAt) = try reader.life()
        var entries: [TrustEntry] = []
        var places: [[UInt8]: Int] = [:]
        let values = try reader.array("entries (element 6)", atMost: TrustDefaults.maximumEntries)
        entries.reserveCapacity(values.count)
        places.reserveCapacity(values.count)
        for (place, value) in values.enumerated() {
            let entry = try TrustEntry(value, at: place)
            if let first = places.updateValue(place, forKey: entry.key.thumbprint) {
                throw .keyTwice(first, place)
            }
            if let last = entries.last, !last.precedes(entry) {
                throw .shape("order of entry \(place): role, subject and thumbprint ascend")
            }
            entries.append(entry)
        }
        if let name = Self.namedTwice(entries) {
            throw .shape("refund right under \(name.name): the name is another's")
        }
        self.entries = entries
        try reader.end()
    }

    /// A name under which a terminal refunds and that is an issuer's or another terminal's too: of
    /// two vouchers under one name nobody could say which is which.
    private static func namedTwice(_ entries: [TrustEntry]) -> IssuerID? {
        var owners: [IssuerID: TrustSubject] = [:]
        for entry in entries {
            if case .issuer(let id) = entry.subject { owners[id] = entry.subject }
        }
        for entry in entries {
            guard let name = entry.refunds?.issuer else { continue }
            if let owner = owners[name], owner != entry.subject { return name }
            owners[name] = entry.subject
        }
        return nil
    }

    /// The entries of this role, in their order.
    public func entries(_ role: TrustRole) -> [TrustEntry] {
        entries.filter { $0.subject.role == role }
    }

    /// The keys of a terminal, in their order.
    public func entries(of terminal: TerminalID) -> [TrustEntry] {
        entries.filter { $0.subject == .terminal(terminal) }
    }

    /// The entry of this key in this role.
    public func entry(of key: PublicKey, as role: TrustRole) -> TrustEntry? {
        entries.first { $0.subject.role == role && $0.key == key }
    }

    /// The issuers as a verifier of vouchers looks them up: every key, in force or not, so that a
    /// voucher of a revoked key is told from a stranger's. Terminals that sign refund vouchers are
    /// among them, under their names and within their rights.
    public var issuers: [Issuer] {
        var keys: [(id: IssuerID, keys: [IssuerKey])] = []
        for entry in entries {
            let id: IssuerID
            switch entry.subject {
            case .issuer(let name): id = name
            case .terminal:
                guard let right = entry.refunds else { continue }
                id = right.issuer
            case .hub: continue
            }
            let revokedSince: UInt64?
            if case .revoked(let since) = entry.status {
                revokedSince = since
            } else {
                revokedSince = nil
            }
            let key = IssuerKey(
                key: entry.key, from: entry.from, until: entry.until,
                honouredUntil: entry.honouredUntil, revokedSince: revokedSince,
                bounds: entry.refunds?.bounds(for: merchant))
            if keys.last?.id == id {
                keys[keys.count - 1].keys.append(key)
            } else {
                keys.append((id, [key]))
            }
        }
        return keys.map { Issuer(id: $0.id, signers: $0.keys) }
    }
}

/// A trust list that enough root keys have signed. Only verification makes one.
public struct VerifiedList: Hashable, Sendable {
    /// The list.
    public let list: TrustList
    /// The document as it was signed.
    public let bytes: [UInt8]

    init(list: TrustList, bytes: [UInt8]) {
        self.list = list
        self.bytes = bytes
    }

    /// The SHA-256 of the document, by which a freshness statement names it, 32 bytes.
    public var digest: [UInt8] { Hashing.sha256(bytes) }
}
