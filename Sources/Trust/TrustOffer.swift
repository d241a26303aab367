import CBOR

/// Documents that a hub or a person offers together, none of them believed yet
/// (`docs/spec/trust.md`, *Offer*).
public struct TrustOffer: Hashable, Sendable {
    /// The longest offer in bytes: all its parts at their longest.
    public static let maximumBytes =
        TrustDefaults.maximumRootSteps * TrustDefaults.maximumRootBytes
        + TrustDefaults.maximumListBytes + TrustDefaults.maximumFreshnessBytes + 1_024

    /// Roots, in the order of their versions.
    public let roots: [[UInt8]]
    /// A trust list.
    public let list: [UInt8]?
    /// A freshness statement.
    public let freshness: [UInt8]?

    /// Gathers documents.
    public init(roots: [[UInt8]] = [], list: [UInt8]? = nil, freshness: [UInt8]? = nil) {
        self.roots = roots
        self.list = list
        self.freshness = freshness
    }

    /// The offer as deterministic CBOR: `[1, [root, …], list, statement]`, an absent part as an
    /// empty byte string.
    public func encoded() -> [UInt8] {
        CBORValue.array([
            .unsigned(1), .array(roots.map { .bytes($0) }), .bytes(list ?? []),
            .bytes(freshness ?? []),
        ]).encoded()
    }

    /// Reads an offer; its parts are judged when they are put to a ``TrustStore``.
    public init(decoding bytes: [UInt8]) throws(TrustRefusal) {
        guard bytes.count <= Self.maximumBytes else {
            throw .tooLarge(limit: Self.maximumBytes, found: bytes.count)
        }
        let value: CBORValue
        do { value = try CBORValue.decode(bytes) } catch {
            throw error.kind == .truncated || error.kind == .length
                ? .cut("\(error)") : .notADocument("\(error)")
        }
        var reader = try DocumentReader(value, "offer")
        try reader.format()
        var roots: [[UInt8]] = []
        for root in try reader.array(
            "roots (element 1)", atMost: TrustDefaults.maximumRootSteps)
        {
            guard let bytes = root.asBytes else { throw .shape("root (element 1)") }
            roots.append(bytes)
        }
        guard let list = try reader.next("list (element 2)").asBytes,
            let freshness = try reader.next("statement (element 3)").asBytes
        else { throw .shape("list or statement (elements 2, 3)") }
        try reader.end()
        self.init(
            roots: roots, list: list.isEmpty ? nil : list,
            freshness: freshness.isEmpty ? nil : freshness)
    }
}
