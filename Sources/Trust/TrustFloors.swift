import CBOR
import COSE

/// The highest versions that a terminal has ever held. They outlive the documents: who installs an
/// old list anew is still refused (`docs/spec/trust.md`, *Floors*).
public struct TrustFloors: Hashable, Sendable {
    /// The root's version; 0 where none was ever held.
    public let rootVersion: UInt64
    /// The generation of the trust list; 0 where none was ever held.
    public let generation: UInt64
    /// The trust list's version within the generation.
    public let listVersion: UInt64
    /// The thumbprint of the hub key whose statements the following numbers are from, 32 bytes.
    public let signer: [UInt8]?
    /// The freshness statement's version.
    public let freshnessVersion: UInt64
    /// The versions that statements have named.
    public let names: [NamedKind: UInt64]

    /// Nothing was ever held.
    public static let none = TrustFloors(
        rootVersion: 0, generation: 0, listVersion: 0, signer: nil, freshnessVersion: 0, names: [:])

    /// Makes floors from their parts.
    public init(
        rootVersion: UInt64, generation: UInt64, listVersion: UInt64, signer: [UInt8]?,
        freshnessVersion: UInt64, names: [NamedKind: UInt64]
    ) {
        self.rootVersion = rootVersion
        self.generation = generation
        self.listVersion = listVersion
        self.signer = signer
        self.freshnessVersion = freshnessVersion
        self.names = names
    }

    /// The floors raised to a root.
    func raised(to root: Root) -> TrustFloors {
        TrustFloors(
            rootVersion: max(rootVersion, root.version), generation: generation,
            listVersion: listVersion,
            signer: signer, freshnessVersion: freshnessVersion, names: names)
    }

    /// The floors raised to a list: a new generation forgets the versions of the old.
    func raised(to list: TrustList) -> TrustFloors {
        TrustFloors(
            rootVersion: rootVersion, generation: max(generation, list.generation),
            listVersion: list.generation > generation
                ? list.version
                : list.generation == generation ? max(listVersion, list.version) : listVersion,
            signer: signer, freshnessVersion: freshnessVersion, names: names)
    }

    /// The floors raised to a statement; with `forgetting`, those of statements before it are
    /// given up.
    func raised(to freshness: VerifiedFreshness, forgetting: Bool) -> TrustFloors {
        let statement = freshness.statement
        var names = forgetting ? [:] : self.names
        for name in statement.names {
            names[name.kind] = max(names[name.kind] ?? 0, name.version)
        }
        return TrustFloors(
            rootVersion: rootVersion, generation: generation, listVersion: listVersion,
            signer: freshness.signer.thumbprint,
            freshnessVersion: forgetting
                ? statement.version : max(freshnessVersion, statement.version),
            names: names)
    }

    /// The floors as deterministic CBOR, for a file beside the documents.
    public func encoded() -> [UInt8] {
        CBORValue.array([
            .unsigned(1), .unsigned(rootVersion), .unsigned(generation), .unsigned(listVersion),
            .bytes(signer ?? []), .unsigned(freshnessVersion),
            .array(
                names.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    .array([.unsigned(UInt64($0.key.rawValue)), .unsigned($0.value)])
                }),
        ]).encoded()
    }

    /// Reads floors that ``encoded()`` has written.
    public init(decoding bytes: [UInt8]) throws(TrustRefusal) {
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch { throw .shape("floors: \(error)") }
        var reader = try DocumentReader(value, "floors")
        try reader.format()
        rootVersion = try reader.unsigned("root version (element 1)")
        generation = try reader.unsigned("generation (element 2)")
        listVersion = try reader.unsigned("list version (element 3)")
        guard let signer = try reader.next("signer (element 4)").asBytes,
            signer.isEmpty || signer.count == DocumentName.digestLength
        else { throw .shape("signer (element 4)") }
        self.signer = signer.isEmpty ? nil : signer
        freshnessVersion = try reader.unsigned("statement version (element 5)")
        var names: [NamedKind: UInt64] = [:]
        for line in try reader.array("names (element 6)", atMost: TrustDefaults.maximumNames) {
            var fields = try DocumentReader(line, "name (element 6)")
            guard let number = UInt8(exactly: try fields.unsigned("kind (element 6)")),
                let kind = NamedKind(rawValue: number)
            else { throw .shape("kind (element 6)") }
            names[kind] = try fields.unsigned("version (element 6)")
            try fields.end()
        }
        self.names = names
        try reader.end()
    }
}
