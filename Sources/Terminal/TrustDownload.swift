import COSE
public import Trust

/// Asks a hub for what is newer than the trust documents that are held.
public enum TrustDownload {
    /// What the hub offers: roots in their order, then the statement, and the list only where the
    /// statement names another than the one held; nil where it has nothing new. None of it is
    /// believed yet.
    public static func offer(over link: any HubLink, held: TrustStore)
        async throws(HubLinkError) -> TrustOffer?
    {
        var roots: [[UInt8]] = []
        var version = held.root.root.version
        while roots.count < TrustDefaults.maximumRootSteps,
            let next = try await link.root(after: version)
        {
            roots.append(next)
            version += 1
        }
        let statement = try await link.document(
            .freshness, held: held.freshness.map { Hashing.sha256($0.bytes) })
        var list: [UInt8]?
        if let statement, listNamed(by: statement) != held.list.digest {
            list = try await link.document(.trustList, held: held.list.digest)
        }
        guard !roots.isEmpty || statement != nil else { return nil }
        return TrustOffer(roots: roots, list: list, freshness: statement)
    }

    /// What a statement names, before anybody has looked at its signature: only whether the list
    /// must be fetched hangs on it.
    private static func listNamed(by statement: [UInt8]) -> [UInt8]? {
        do throws(TrustRefusal) {
            return try Freshness.unverified(statement).name(.trustList)?.digest
        } catch {
            return nil
        }
    }
}
