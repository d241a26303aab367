import COSE
import Clocks
import HubProtocol
import Trust
import Vouchers

/// What a terminal knows of its hub's log.
public struct HubLogStanding: Hashable, Sendable {
    /// How many batches the log had, by the newest checkpoint that is believed.
    public internal(set) var size: UInt64
    /// When that was signed, by the hub's clock, in seconds since 1970 UTC; 0 where there is none.
    public internal(set) var at: UInt64
    /// The stable code of what the hub's log contradicts it in, if in anything.
    public internal(set) var finding: String?
    /// When the hub was last asked, by the terminal's clock, in seconds since 1970 UTC.
    var askedAt: UInt64
}

// The hub is held to what it has signed (`docs/spec/hub-log.md`, *At the terminal*).
extension PaymentTerminal {
    /// The hub is asked at least so often, in seconds, while exchanges are made: a hub that was set back
    /// is known within the hour.
    static let logSeconds: UInt64 = 3_600

    /// Has the hub prove that its log has only grown since it was last seen, where that is due. A hub
    /// that does not is told of; what it acknowledges meanwhile is taken, as it signs that anew.
    func watchLog(over link: any HubLink, hasNews: Bool) async throws(SyncReport.Failure) {
        guard let keeper = parts.hubLog else { return }
        let now = parts.clock.now()
        if let known = syncState.log, known.finding == nil, !hasNews,
            now < known.askedAt + Self.logSeconds
        {
            return
        }
        let bytes = keeper.load()
        let held = bytes.flatMap { try? HubLogCheckpoint(unverified: $0) }
        var standing = HubLogStanding(size: held?.size ?? 0, at: held?.at ?? 0, askedAt: now)
        do throws(HubLogFault) {
            if let found = try await proven(over: link, since: held) {
                if found.checkpoint != held {
                    do { try keeper.keep(found.bytes) } catch {
                        throw .failed(
                            SyncReport.Failure(
                                reason: "hub-log-not-kept",
                                message:
                                    "The newest checkpoint of the hub's log could not be written "
                                    + "(\(error)). The old one stays."))
                    }
                }
                standing = HubLogStanding(
                    size: found.checkpoint.size, at: found.checkpoint.at, askedAt: now)
            }
            syncState.log = standing
        } catch {
            switch error {
            case .failed(let failure): throw failure
            case .link(let error): throw SyncReport.Failure(error)
            case .found(let error):
                standing.finding = error.reason
                syncState.log = standing
                throw SyncReport.Failure(reason: error.reason, message: error.message)
            }
        }
    }

    /// Why the hub's log was not seen to grow.
    private enum HubLogFault: Error {
        case failed(SyncReport.Failure)
        case link(HubLinkError)
        case found(HubLogError)
    }

    /// The newest checkpoint, proven to continue the one that is held; nil where this way, or a hub
    /// whose log was never seen, shows none.
    private func proven(over link: any HubLink, since held: HubLogCheckpoint?)
        async throws(HubLogFault) -> (checkpoint: HubLogCheckpoint, bytes: [UInt8])?
    {
        let text: [UInt8]?
        do throws(HubLinkError) {
            text = try await link.logConsistency(from: held?.size ?? 0)
        } catch .refused(_, "log-shorter", _) {
            // The hub's own signature on the shorter log is what proves it.
            do throws(HubLinkError) { text = try await link.logConsistency(from: 0) } catch {
                throw .link(error)
            }
        } catch .refused(_, "no-such-route", _) {
            // A hub of before the log; one that had it has no reason to hide it.
            guard let held else { return nil }
            throw .found(.withheld(held: held.size))
        } catch { throw .link(error) }
        guard let text else { return nil }
        do throws(HubLogError) {
            let proof = try HubLogConsistency(decoding: text)
            let start =
                held
                ?? HubLogCheckpoint(
                    merchant: configuration.terminal.merchant, size: 0,
                    root: MerkleTree.emptyRoot, at: 0)
            do throws(HubLogError) {
                let found = try byLog { (key) throws(HubLogError) in
                    try proof.verify(continuing: start, signedBy: key)
                }
                return (found, proof.checkpoint)
            } catch {
                // Another hub than the one that signed what is held, by the trust list's word: its
                // log is another one.
                guard let held, !isSignedByHub(held) else { throw error }
                let found = try byLog { (key) throws(HubLogError) in
                    try HubLogCheckpoint.verify(proof.checkpoint, signedBy: key)
                }
                return (found, proof.checkpoint)
            }
        } catch { throw .found(error) }
    }

    /// Whether one of the hub's present keys has signed the checkpoint that is kept.
    private func isSignedByHub(_ held: HubLogCheckpoint) -> Bool {
        guard let bytes = parts.hubLog?.load() else { return false }
        return trust.hubKeys.contains {
            (try? HubLogCheckpoint.verify(bytes, signedBy: $0)) == held
        }
    }

    /// What a text says that one of the hub's keys has signed.
    private func byLog<Value>(_ read: (PublicKey) throws(HubLogError) -> Value)
        throws(HubLogError) -> Value
    {
        var refusal = HubLogError.wrongSigner
        for key in trust.hubKeys {
            do throws(HubLogError) { return try read(key) } catch {
                if error != .wrongSigner { refusal = error }
            }
        }
        throw refusal
    }
}
