public import COSE
public import Vouchers

extension HubRegistrar {
    /// The keys by which somebody is known to be `terminal`, or to have been: revoked ones too, as
    /// what a terminal captured before it was revoked is not turned away. Empty for a terminal that is
    /// not enrolled.
    public func keys(of terminal: TerminalID) async throws(HubLedgerError) -> Set<PublicKey> {
        let enrolled = try await ledger.enrolments().filter { $0.terminal == terminal }.map(\.key)
        let added = try await ledger.journalKeys().filter { $0.terminal == terminal }.map(\.key)
        return Set(enrolled + added)
    }
}
