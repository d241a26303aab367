import CBOR
public import COSE
public import Vouchers

/// Who may say whom the terminals trust: the root keys and how many of them must sign
/// (`docs/spec/trust.md`, *Root*).
public struct Root: Hashable, Sendable {
    /// The `typ` of a signed root.
    public static let type = "till-root/1"

    /// The merchant whose terminals it is for.
    public let merchant: MerchantID
    /// The generation of trust lists; a new one forgets the versions of the old
    /// (*Fast-forward* in the spec).
    public let generation: UInt64
    /// The version, from 1; each follows the one before it without a gap.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// From when on it introduces nothing but its successor, in seconds since 1970 UTC.
    public let expiresAt: UInt64
    /// How many of the keys must sign.
    public let threshold: Int
    /// The keys, each once, ascending by their thumbprints.
    public let keys: [PublicKey]

    /// Makes a root; the keys may come in any order, each once.
    public init(
        merchant: MerchantID, generation: UInt64, version: UInt64, issuedAt: UInt64,
        expiresAt: UInt64,
        threshold: Int, keys: [PublicKey]
    ) {
        precondition(version >= 1 && generation >= 1, "Versions and generations count from 1.")
        precondition(issuedAt < expiresAt, "A root expires after its issue.")
        precondition(Set(keys).count == keys.count, "A root has each key once.")
        precondition(
            (1...TrustDefaults.maximumRootKeys).contains(keys.count)
                && (1...keys.count).contains(threshold),
            "A root has 1 to 16 keys, all or fewer sign.")
        self.merchant = merchant
        self.generation = generation
        self.version = version
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.threshold = threshold
        self.keys = keys.sorted { $0.thumbprint.lexicographicallyPrecedes($1.thumbprint) }
    }

    /// The root as a document that nobody has signed yet.
    public func draft() -> Sign {
        SignedDocument.draft(
            .array([
                .unsigned(1), .text(merchant.text), .unsigned(generation), .unsigned(version),
                .unsigned(issuedAt), .unsigned(expiresAt), .unsigned(UInt64(threshold)),
                .array(keys.map { $0.coseKeyValue(compressed: false) }),
            ]), type: Self.type)
    }

    /// Reads a root; nobody's signature is looked at, so that it is good for nothing but to be
    /// shown or signed.
    public static func unverified(_ bytes: [UInt8]) throws(TrustRefusal) -> Root {
        try read(bytes).root
    }

    static func read(_ bytes: [UInt8]) throws(TrustRefusal) -> (
        root: Root, document: SignedDocument
    ) {
        let document = try SignedDocument(
            bytes, type: type, limit: TrustDefaults.maximumRootBytes)
        return (try Root(document.payload), document)
    }

    private init(_ payload: CBORValue) throws(TrustRefusal) {
        var reader = try DocumentReader(payload, "root")
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
        let threshold = try reader.unsigned("threshold (element 6)")
        var keys: [PublicKey] = []
        for (place, value) in try reader.array(
            "keys (element 7)", atMost: TrustDefaults.maximumRootKeys
        ).enumerated() {
            let key: PublicKey
            do { key = try PublicKey(coseKey: value) } catch {
                throw .shape("key \(place) (element 7): \(error)")
            }
            if let first = keys.firstIndex(of: key) { throw .keyTwice(first, place) }
            if let last = keys.last,
                !last.thumbprint.lexicographicallyPrecedes(key.thumbprint)
            {
                throw .shape("order of the keys (element 7): thumbprints ascend")
            }
            keys.append(key)
        }
        guard !keys.isEmpty, (1...UInt64(keys.count)).contains(threshold) else {
            throw .shape("threshold (element 6): from 1 to the number of keys")
        }
        self.threshold = Int(threshold)
        self.keys = keys
        try reader.end()
    }

    /// The fingerprint that people compare: SHA-256 of the keys and the threshold, in the form of
    /// the document, 32 bytes. Roots of the same keys have the same.
    public var fingerprint: [UInt8] {
        Hashing.sha256(
            CBORValue.array(
                [.unsigned(UInt64(threshold))] + keys.map { .bytes($0.thumbprint) }
            ).encoded())
    }
}

/// A root that enough of its own keys have signed. Only verification makes one.
public struct VerifiedRoot: Hashable, Sendable {
    /// The root.
    public let root: Root
    /// The document as it was signed.
    public let bytes: [UInt8]

    private init(root: Root, bytes: [UInt8]) {
        self.root = root
        self.bytes = bytes
    }

    /// The first root, which a person has carried here: it must be signed by its own threshold.
    public static func introduction(_ bytes: [UInt8]) throws(TrustRefusal) -> VerifiedRoot {
        let (root, document) = try Root.read(bytes)
        try document.check(root.threshold, of: root.keys)
        return VerifiedRoot(root: root, bytes: bytes)
    }

    /// The root that follows this one: signed by the threshold of both, with the next version.
    ///
    /// Its expiry is not looked at here: an expired root may still be the way to one that is not
    /// (TUF, section 5.3).
    public func successor(_ bytes: [UInt8]) throws(TrustRefusal) -> VerifiedRoot {
        let (next, document) = try Root.read(bytes)
        let signers = document.signers(among: root.keys)
        guard signers > 0 else { throw .signedByStranger }
        guard signers >= root.threshold else {
            throw .oldThresholdNotMet(needed: root.threshold, found: signers)
        }
        let successors = document.signers(among: next.keys)
        guard successors >= next.threshold else {
            throw .thresholdNotMet(needed: next.threshold, found: successors)
        }
        guard next.merchant == root.merchant else {
            throw .otherMerchant(found: next.merchant.text)
        }
        guard next.version == root.version + 1 else {
            throw next.version <= root.version
                ? .rolledBack(held: root.version, found: next.version)
                : .rootNotNext(held: root.version, found: next.version)
        }
        guard next.generation >= root.generation else {
            throw .generationBack(held: root.generation, found: next.generation)
        }
        return VerifiedRoot(root: next, bytes: bytes)
    }

    /// Reads a trust list that enough of this root's keys have signed, at `now`.
    public func list(_ bytes: [UInt8], at now: UInt64) throws(TrustRefusal) -> VerifiedList {
        let list = try stored(bytes)
        guard now < root.expiresAt else { throw .rootExpired(at: root.expiresAt) }
        try DocumentTime.check(
            issued: list.list.issuedAt, expires: list.list.expiresAt, now: now)
        return list
    }

    /// Reads again a list that was put in force before: whatever the time is now.
    func stored(_ bytes: [UInt8]) throws(TrustRefusal) -> VerifiedList {
        let (list, document) = try TrustList.read(bytes)
        try document.check(root.threshold, of: root.keys)
        guard list.merchant == root.merchant else {
            throw .otherMerchant(found: list.merchant.text)
        }
        guard list.generation == root.generation else {
            throw .otherGeneration(root: root.generation, found: list.generation)
        }
        return VerifiedList(list: list, bytes: bytes)
    }
}
