public import COSE
import HubProtocol

/// A hot list by name: what a statement of the newest documents says of it.
public struct HotListName: Hashable, Sendable {
    /// The version.
    public let version: UInt64
    /// The SHA-256 of the signed message, 32 bytes.
    public let digest: [UInt8]

    /// Names a list.
    public init(version: UInt64, digest: [UInt8]) {
        self.version = version
        self.digest = digest
    }
}

/// A hot list with the very bytes that the hub signed: what is kept, named and passed on.
public struct SignedHotList: Hashable, Sendable {
    /// The length of a digest in bytes (SHA-256).
    public static let digestLength = 32
    /// A list may be dated after the terminal's latest time by so many seconds: clocks that are
    /// disciplined differ by seconds, and a hub that is minutes ahead is to be noticed.
    public static let futureToleranceSeconds: UInt64 = 300

    /// The list.
    public let list: HotList
    /// The signed message.
    public let bytes: [UInt8]
    /// The SHA-256 of the signed message, 32 bytes: by it a freshness statement names the list.
    public let digest: [UInt8]

    /// Reads the list that `hub` has signed, whatever its version and its age.
    public init(_ bytes: [UInt8], signedBy hub: PublicKey) throws(HotListError) {
        list = try HotList.open(bytes, signedBy: hub)
        self.bytes = bytes
        digest = Hashing.sha256(bytes)
    }

    /// Signs a list.
    public init(_ list: HotList, by key: PrivateKey) {
        self.list = list
        bytes = list.signed(by: key)
        digest = Hashing.sha256(bytes)
    }

    /// Throws unless this list may take the place of the one held.
    ///
    /// - Parameters:
    ///   - held: the list in force, if any.
    ///   - floor: the highest version ever in force here, remembered apart from the list itself;
    ///     0 where there was none.
    ///   - latest: the latest that it can be, in seconds since 1970 UTC; nil where the clock
    ///     cannot tell.
    ///   - named: what the hub's statement of the newest documents names, if it names one.
    public func mayReplace(
        _ held: SignedHotList?, floor: UInt64, latest: UInt64?, named: HotListName? = nil
    ) throws(HotListError) {
        let highest = max(floor, held?.list.version ?? 0, named?.version ?? 0)
        guard list.version >= highest else {
            throw .older(held: highest, found: list.version)
        }
        if let held, held.list.version == list.version, held.digest != digest {
            throw .conflicting(version: list.version)
        }
        if let named, named.version == list.version, named.digest != digest {
            throw .conflicting(version: list.version)
        }
        if let latest, list.issuedAt > latest, list.issuedAt - latest > Self.futureToleranceSeconds
        {
            throw .fromFuture(issuedAt: list.issuedAt, latest: latest)
        }
    }
}
