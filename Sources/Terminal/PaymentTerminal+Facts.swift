import HubProtocol
import Payments
import Trust

// What the terminal knows about itself when it decides.
extension PaymentTerminal {
    /// The facts of a decision at `now`, in seconds since 1970 UTC.
    func terminalFacts(at now: UInt64) -> TerminalFacts {
        TerminalFacts(
            now: now, clockFloor: machine.clockFloor,
            trustListAge: trustListAge(at: now),
            lastSyncAge: now > lastContact ? now - lastContact : 0,
            documents: DocumentsInForce(
                policy: DocumentReference(
                    version: configuration.version,
                    hash: PolicyCodec.hash(of: configuration.policy)),
                trustList: DocumentReference(
                    version: trust.list.list.version, hash: trust.list.digest)))
    }

    /// How long ago the trust list was known to be the newest, in seconds. One that has expired is
    /// as old as the policy lets nothing be, whatever the policy says.
    private func trustListAge(at now: UInt64) -> UInt64 {
        let age = trust.age(at: now)
        return trust.isExpired(at: now)
            ? max(age, configuration.policy.bands.trustList.stopped) : age
    }

    /// When the hub was last heard, in seconds since 1970 UTC: at the latest when it signed the
    /// configuration in force.
    var lastContact: UInt64 {
        max(configuration.issuedAt, parts.lastContact ?? 0, syncState.lastSuccess ?? 0)
    }
}
