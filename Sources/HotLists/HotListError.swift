public import HubProtocol

/// Why a hot list or a delta is not taken. The list that is held stays in force.
public enum HotListError: Error, Hashable, Sendable {
    /// It is no message of this kind that the hub has signed.
    case message(MessageError)
    /// It is older than the list that is held.
    case older(held: UInt64, found: UInt64)
    /// It has the version of the list that is held and is another one: the hub has said two things.
    case conflicting(version: UInt64)
    /// It was made later (in seconds since 1970 UTC) than it can be by the terminal's clock.
    case fromFuture(issuedAt: UInt64, latest: UInt64)
    /// A key, an issuer or a voucher is in it twice or out of order; the text names where.
    case repeated(String)
    /// More vouchers than its fingerprints can tell apart.
    case crowded(vouchers: Int, bits: Int)
    /// The delta starts from another list than the one held.
    case otherBase(version: UInt64)
    /// The delta does not lead to the list that the hub signed.
    case wrongResult

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .message(let error): error.reason
        case .older: "hot-list-older"
        case .conflicting: "hot-list-conflicting"
        case .fromFuture: "hot-list-from-the-future"
        case .repeated: "hot-list-entry-twice"
        case .crowded: "hot-list-crowded"
        case .otherBase: "hot-list-other-base"
        case .wrongResult: "hot-list-wrong-result"
        }
    }

    /// What is wrong, as a sentence that names the place.
    public var description: String {
        switch self {
        case .message(let error): error.description
        case .older(let held, let found):
            "The hot list has version \(found); version \(held) is already held."
        case .conflicting(let version):
            "There are two different hot lists of version \(version), both signed by the hub."
        case .fromFuture(let issuedAt, let latest):
            "The hot list was made at \(issuedAt), and by this clock it is \(latest) at the latest."
        case .repeated(let place):
            "The hot list has the same \(place) twice, or out of order."
        case .crowded(let vouchers, let bits):
            "The hot list has \(vouchers) vouchers in fingerprints of \(bits) bits: more than one "
                + "honest voucher in \(HotList.honestVouchersPerHit) would be hit."
        case .otherBase(let version):
            "The change starts from version \(version) of the hot list, which is not the one held."
        case .wrongResult: "The change does not lead to the hot list that the hub signed."
        }
    }
}
