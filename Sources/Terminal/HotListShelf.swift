public import COSE
public import HotLists

/// The hot list of a terminal: the one in force, and the rules by which another takes its place
/// (`docs/spec/hot-list.md`, *Taking a list*). For the daemon and for a technician's tool alike.
public struct HotListShelf: Sendable {
    /// What came of a list or a delta that was offered.
    public enum Offer: Hashable, Sendable {
        /// It is in force now.
        case taken(SignedHotList)
        /// It is the list in force already.
        case held(SignedHotList)
        /// It is not taken; the old list stays in force.
        case refused(HotListError)
        /// It could not be written, in the system's words; the old list stays in force.
        case notKept(String)
    }

    /// The list in force, if any.
    public private(set) var held: SignedHotList?
    private let keeper: any HotListKeeper

    /// The shelf that `keeper` keeps. A list that `hub` has not signed is as good as none.
    public init(keeper: any HotListKeeper, hub: PublicKey) {
        self.keeper = keeper
        held = keeper.load().flatMap { try? SignedHotList($0, signedBy: hub) }
    }

    /// Takes a list or a delta, where it may be taken.
    ///
    /// - Parameter latest: the latest that it can be, in seconds since 1970 UTC; nil where the
    ///   clock cannot tell.
    public mutating func take(_ bytes: [UInt8], signedBy hub: PublicKey, latest: UInt64?) -> Offer {
        let offered: SignedHotList
        do throws(HotListError) {
            if HotListDelta.isDelta(bytes) {
                let delta = try HotListDelta.open(bytes, signedBy: hub)
                guard let held else { throw .otherBase(version: delta.baseVersion) }
                offered = try delta.applied(to: held, signedBy: hub)
            } else {
                offered = try SignedHotList(bytes, signedBy: hub)
            }
            try offered.mayReplace(held, floor: keeper.floor(), latest: latest)
        } catch { return .refused(error) }
        if let held, held.digest == offered.digest { return .held(held) }
        do { try keeper.keep(offered.bytes, version: offered.list.version) } catch {
            return .notKept("\(error)")
        }
        held = offered
        return .taken(offered)
    }
}
