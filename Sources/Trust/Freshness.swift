import CBOR
public import COSE
public import Vouchers

/// The kinds of document that a freshness statement names. The numbers are those under which a
/// journal keeps what was put in force.
public enum NamedKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The trust list.
    case trustList = 2
    /// The policy.
    case policy = 3
    /// The hot list.
    case hotList = 4
}

/// The newest document of one kind: its version and the SHA-256 of the document, 32 bytes.
public struct DocumentName: Hashable, Sendable {
    /// What document.
    public let kind: NamedKind
    /// Its version.
    public let version: UInt64
    /// The SHA-256 of its bytes, 32 bytes.
    public let digest: [UInt8]

    /// Names a document.
    public init(kind: NamedKind, version: UInt64, digest: [UInt8]) {
        precondition(digest.count == Self.digestLength, "A SHA-256 digest has 32 bytes.")
        self.kind = kind
        self.version = version
        self.digest = digest
    }

    static let digestLength = 32
}

/// The hub's word on which documents are the newest, all in one, good for a short time
/// (`docs/spec/trust.md`, *Freshness statement*).
public struct Freshness: Hashable, Sendable {
    /// The `typ` of a signed statement.
    public static let type = "till-freshness/1"

    /// The merchant whose terminals it is for.
    public let merchant: MerchantID
    /// The version, from 1.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// From when on it says nothing any more, in seconds since 1970 UTC.
    public let expiresAt: UInt64
    /// The newest documents, ascending by kind, each kind once; the trust list is among them.
    public let names: [DocumentName]

    /// Makes a statement; the names may come in any order, each kind once, the trust list's too.
    public init(
        merchant: MerchantID, version: UInt64, issuedAt: UInt64, expiresAt: UInt64,
        names: [DocumentName]
    ) {
        precondition(version >= 1, "Versions count from 1.")
        precondition(
            issuedAt < expiresAt
                && expiresAt - issuedAt <= TrustDefaults.maximumFreshnessLifeSeconds,
            "A statement expires within seven days of its issue.")
        precondition(Set(names.map(\.kind)).count == names.count, "A kind is named once.")
        precondition(
            names.contains { $0.kind == .trustList }, "A statement names the trust list.")
        self.merchant = merchant
        self.version = version
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.names = names.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    /// The name of this kind's newest document, if the statement has one.
    public func name(_ kind: NamedKind) -> DocumentName? { names.first { $0.kind == kind } }

    /// The statement, signed by the hub's online key.
    public func signed(by key: PrivateKey) -> [UInt8] {
        let draft = SignedDocument.draft(
            .array([
                .unsigned(1), .text(merchant.text), .unsigned(version), .unsigned(issuedAt),
                .unsigned(expiresAt),
                .array(
                    names.map {
                        .array([
                            .unsigned(UInt64($0.kind.rawValue)), .unsigned($0.version),
                            .bytes($0.digest),
                        ])
                    }),
            ]), type: Self.type)
        guard let signed = draft.adding(signatureBy: key) else {
            preconditionFailure("a draft has room for a signature")
        }
        return signed.encoded()
    }

    /// Reads a statement; nobody's signature is looked at, so that it is good for nothing but to
    /// find out what to ask for.
    public static func unverified(_ bytes: [UInt8]) throws(TrustRefusal) -> Freshness {
        try read(bytes).statement
    }

    static func read(_ bytes: [UInt8]) throws(TrustRefusal) -> (
        statement: Freshness, document: SignedDocument
    ) {
        let document = try SignedDocument(
            bytes, type: type, limit: TrustDefaults.maximumFreshnessBytes)
        return (try Freshness(document.payload), document)
    }

    private init(_ payload: CBORValue) throws(TrustRefusal) {
        var reader = try DocumentReader(payload, "freshness statement")
        try reader.format()
        let name = try reader.text("merchant id (element 1)")
        guard let merchant = MerchantID(name) else { throw .shape("merchant id (element 1)") }
        self.merchant = merchant
        version = try reader.unsigned("version (element 2)")
        guard version >= 1 else { throw .shape("version: it counts from 1") }
        (issuedAt, expiresAt) = try reader.life()
        guard expiresAt - issuedAt <= TrustDefaults.maximumFreshnessLifeSeconds else {
            throw .shape("time of expiry: a statement lasts seven days at most")
        }
        var names: [DocumentName] = []
        for line in try reader.array("names (element 5)", atMost: TrustDefaults.maximumNames) {
            var fields = try DocumentReader(line, "name (element 5)")
            guard let number = UInt8(exactly: try fields.unsigned("kind (element 5)")),
                let kind = NamedKind(rawValue: number),
                names.last.map({ $0.kind.rawValue < number }) ?? true
            else { throw .shape("kind (element 5): known kinds, ascending") }
            names.append(
                DocumentName(
                    kind: kind, version: try fields.unsigned("version of a name (element 5)"),
                    digest: try fields.bytes(
                        "digest (element 5)", count: DocumentName.digestLength)))
            try fields.end()
        }
        guard names.contains(where: { $0.kind == .trustList }) else {
            throw .shape("names (element 5): the trust list is named")
        }
        self.names = names
        try reader.end()
    }
}

/// A statement that a hub key of the trust list has signed. Only verification makes one.
public struct VerifiedFreshness: Hashable, Sendable {
    /// The statement.
    public let statement: Freshness
    /// The hub key that signed it.
    public let signer: PublicKey
    /// The document as it was signed.
    public let bytes: [UInt8]

    /// Reads a statement that a hub key of `list` has signed, at `now`.
    static func verify(_ bytes: [UInt8], by list: TrustList, at now: UInt64)
        throws(TrustRefusal) -> VerifiedFreshness
    {
        let (statement, document) = try Freshness.read(bytes)
        let entries = list.entries(.hub)
        guard let entry = entries.first(where: { document.object.isSigned(by: $0.key) }) else {
            throw .signedByStranger
        }
        if case .revoked(let since) = entry.status {
            throw .hubKeyNotInForce("it is revoked since \(since)")
        }
        guard entry.maySign(at: statement.issuedAt) else {
            throw .hubKeyNotInForce("it signs from \(entry.from) until \(entry.until)")
        }
        guard statement.merchant == list.merchant else {
            throw .otherMerchant(found: statement.merchant.text)
        }
        try DocumentTime.check(
            issued: statement.issuedAt, expires: statement.expiresAt, now: now)
        return VerifiedFreshness(statement: statement, signer: entry.key, bytes: bytes)
    }

    /// Reads again a statement that was adopted before, whatever the time and the list now say.
    static func stored(_ bytes: [UInt8], signer: PublicKey) throws(TrustRefusal)
        -> VerifiedFreshness
    {
        let (statement, document) = try Freshness.read(bytes)
        guard document.object.isSigned(by: signer) else { throw .signedByStranger }
        return VerifiedFreshness(statement: statement, signer: signer, bytes: bytes)
    }
}
