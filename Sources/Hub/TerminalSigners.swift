import COSE
import HubProtocol
import Trust
import Vouchers

/// The keys that may sign for a terminal's journal, and since when one of them counts no more.
struct TerminalSigners {
    let ledger: any HubLedger

    /// What `read` makes of a message with the first key of `enrolment`'s journal that signed it:
    /// the one it was enrolled with, or one that replaced it since (`docs/spec/trust.md`).
    func read<Value>(
        for enrolment: Enrolment, _ read: (PublicKey) throws(MessageError) -> Value
    ) async throws(HubLedgerError) -> Result<(value: Value, signer: PublicKey), MessageError> {
        let added = try await ledger.journalKeys().filter {
            $0.terminal == enrolment.terminal && $0.journal == enrolment.journal
        }
        var refusal = MessageError.wrongSigner
        for key in [enrolment.key] + added.map(\.key) {
            do throws(MessageError) { return .success((try read(key), key)) } catch {
                if error != .wrongSigner { refusal = error }
            }
        }
        return .failure(refusal)
    }

    /// Since when `key` is revoked, in seconds since 1970 UTC; nil where it is not.
    func revocation(of key: PublicKey) async throws(HubLedgerError) -> UInt64? {
        Self.revocation(of: key, in: try await ledger.trustKeys())
    }

    /// All keys that a terminal may sign with at `now`, each once: those not revoked by then.
    func honoured(at now: UInt64) async throws(HubLedgerError) -> Set<PublicKey> {
        let records = try await ledger.trustKeys()
        let keys = try await ledger.enrolments().map(\.key) + ledger.journalKeys().map(\.key)
        return Set(keys).filter { key in
            Self.revocation(of: key, in: records).map { $0 > now } ?? true
        }
    }

    private static func revocation(of key: PublicKey, in records: [TrustKey]) -> UInt64? {
        guard case .revoked(let since) = records.last(where: { $0.entry.key == key })?.entry.status
        else { return nil }
        return since
    }
}
