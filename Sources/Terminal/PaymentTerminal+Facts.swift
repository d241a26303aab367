import HubProtocol
import Payments

// What the terminal knows about itself when it decides.
extension PaymentTerminal {
    /// The facts of a decision at `now`, in seconds since 1970 UTC.
    func terminalFacts(at now: UInt64) -> TerminalFacts {
        TerminalFacts(
            now: now, clockFloor: machine.clockFloor,
            lastSyncAge: now > lastContact ? now - lastContact : 0,
            documents: DocumentsInForce(
                policy: DocumentReference(
                    version: configuration.version,
                    hash: PolicyCodec.hash(of: configuration.policy))))
    }

    /// When the hub was last heard, in seconds since 1970 UTC: at the latest when it signed the
    /// configuration in force.
    var lastContact: UInt64 {
        max(configuration.issuedAt, parts.lastContact ?? 0, syncState.lastSuccess ?? 0)
    }
}
