import COSE
import Trust
import Vouchers

/// Why a trust list does not say that a terminal of its merchant has signed something.
enum TerminalSignatureRefusal: Error, Hashable, Sendable {
    /// The terminal is another merchant's.
    case otherShop
    /// The list has no such key of that terminal.
    case terminalUnknown
    /// The signature is not that key's.
    case signatureBad
    /// The key is revoked, since this moment in seconds since 1970 UTC.
    case keyRevoked(since: UInt64)
    /// The time is not the key's.
    case outsideKeyTime
}

extension TrustList {
    /// Makes sure that `terminal` has signed `object`, with a key that signs at `time`.
    func verify(_ object: Sign1, of terminal: TerminalID, at time: UInt64)
        throws(TerminalSignatureRefusal)
    {
        guard terminal.merchant == merchant else { throw .otherShop }
        let keys = entries(of: terminal).filter { $0.key.longKeyID == object.keyID }
        guard !keys.isEmpty else { throw .terminalUnknown }
        guard let signer = keys.first(where: { object.isSigned(by: $0.key) }) else {
            throw .signatureBad
        }
        if case .revoked(let since) = signer.status { throw .keyRevoked(since: since) }
        guard signer.from <= time, time < signer.until else { throw .outsideKeyTime }
    }
}
