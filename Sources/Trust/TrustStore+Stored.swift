import CBOR
import COSE

extension TrustStore {
    /// The longest stored form in bytes.
    public static let maximumStoredBytes = TrustOffer.maximumBytes + TrustDefaults.maximumRootBytes

    /// The documents as deterministic CBOR, for a file: `[1, root, the list's root, list,
    /// statement, its signer]`; the floors lie apart from them.
    public func encoded() -> [UInt8] {
        CBORValue.array([
            .unsigned(1), .bytes(root.bytes), .bytes(listRoot.bytes), .bytes(list.bytes),
            .bytes(freshness?.bytes ?? []),
            freshness.map { $0.signer.coseKeyValue(compressed: false) } ?? .null,
        ]).encoded()
    }

    /// Reads documents that ``encoded()`` has written. Every signature is checked anew, and a file
    /// that is older than `floors` is refused: somebody has put an old one in its place.
    public init(decoding bytes: [UInt8], floors: TrustFloors) throws(TrustRefusal) {
        guard bytes.count <= Self.maximumStoredBytes else {
            throw .tooLarge(limit: Self.maximumStoredBytes, found: bytes.count)
        }
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch {
            throw error.kind == .truncated || error.kind == .length
                ? .cut("\(error)") : .notADocument("\(error)")
        }
        var reader = try DocumentReader(value, "trust file")
        try reader.format()
        let root = try VerifiedRoot.introduction(try reader.document("root (element 1)"))
        let listRoot = try VerifiedRoot.introduction(try reader.document("root (element 2)"))
        let list = try listRoot.stored(try reader.document("list (element 3)"))
        let statement = try reader.document("statement (element 4)")
        let signer = try reader.next("signer (element 5)")
        try reader.end()
        var freshness: VerifiedFreshness?
        if !statement.isEmpty {
            let key: PublicKey
            do { key = try PublicKey(coseKey: signer) } catch {
                throw .shape("signer (element 5): \(error)")
            }
            freshness = try VerifiedFreshness.stored(statement, signer: key)
        }
        guard root.root.version >= floors.rootVersion else {
            throw .rolledBack(held: floors.rootVersion, found: root.root.version)
        }
        guard (list.list.generation, list.list.version) >= (floors.generation, floors.listVersion)
        else {
            throw .rolledBack(held: floors.listVersion, found: list.list.version)
        }
        var raised = floors.raised(to: root.root).raised(to: list.list)
        if let freshness {
            raised = raised.raised(
                to: freshness, forgetting: floors.signer != freshness.signer.thumbprint)
        }
        self.init(
            root: root, listRoot: listRoot, list: list, freshness: freshness, floors: raised)
    }
}

extension TrustStore {
    /// Reads again documents that were judged when they were taken and have lain safe since: every
    /// signature is checked, no version and no time. A statement that names another list than this
    /// one, or is not signed by a hub key of it, is left out.
    public static func restore(
        root: [UInt8], listRoot: [UInt8], list: [UInt8], freshness: [UInt8]?
    ) throws(TrustRefusal) -> TrustStore {
        let root = try VerifiedRoot.introduction(root)
        let listRoot = try VerifiedRoot.introduction(listRoot)
        let list = try listRoot.stored(list)
        var floors = TrustFloors.none.raised(to: root.root).raised(to: list.list)
        var statement: VerifiedFreshness?
        if let freshness {
            let signer = list.list.entries(.hub).map(\.key).first { key in
                (try? VerifiedFreshness.stored(freshness, signer: key)) != nil
            }
            if let signer {
                let verified = try VerifiedFreshness.stored(freshness, signer: signer)
                if verified.statement.name(.trustList)?.digest == list.digest {
                    floors = floors.raised(to: verified, forgetting: true)
                    statement = verified
                }
            }
        }
        return TrustStore(
            root: root, listRoot: listRoot, list: list, freshness: statement, floors: floors)
    }
}

extension DocumentReader {
    fileprivate mutating func document(_ name: String) throws(TrustRefusal) -> [UInt8] {
        guard let bytes = try next(name).asBytes else { throw .shape(name) }
        return bytes
    }
}
