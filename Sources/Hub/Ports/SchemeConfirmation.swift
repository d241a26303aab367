public import HubProtocol

/// What a scheme says of one request of a terminal.
public enum SchemeWord: Hashable, Sendable {
    /// It knows of no payment of it, yet.
    case none
    /// The request is paid: a payment confirmation (claim 39) for exactly it, as text (`TV1:`).
    /// Whether it had been given before.
    case confirmed(code: String, repeated: Bool)
    /// What it has to go by cannot be read, or the hub cannot sign: why.
    case unavailable(SchemeFault)
}

/// Why a scheme cannot say anything.
public struct SchemeFault: Error, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// What is wrong and where, what it means for the money, and what to do.
    public let message: String

    /// Makes a fault.
    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}

/// A scheme whose wallets pay shop QRs: whoever knows whether a request has been paid.
///
/// The answer to one request never changes once it is ``SchemeWord/confirmed(code:repeated:)``, and
/// one payment confirms one request at most, also after a restart.
public protocol SchemeConfirmation: Sendable {
    /// What people call it.
    var name: String { get }

    /// Its word on a request whose signature has been checked, at `now` in seconds since 1970 UTC;
    /// `cti` is ``VoucherIssuer/ctiLength`` random bytes for a confirmation that is made for it.
    func word(on request: ConfirmationRequest, cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> SchemeWord
}
