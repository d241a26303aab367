import CommandSupport
import FileTrustKeeper
import HubProtocol
import SQLiteExitMarks
import Screens
import Synchronization
import Terminal
import TerminalState
import Trust
import Vouchers

/// Looks at receipts' codes as another terminal of the shop does: by the trust list that lies in the
/// state folder, with or without a daemon.
struct ReceiptDesk: Sendable {
    /// Whom the folder trusts, or why that is not known.
    private enum Belief: Sendable {
        case store(TrustStore)
        case none(reason: String, message: String)
    }

    /// Reads it when it is first asked for: most codes are no receipts, and a fleet's list is long.
    private final class LazyBelief: Sendable {
        private let state: StateFolder
        private let held = Mutex<Belief?>(nil)

        init(_ state: StateFolder) { self.state = state }

        var value: Belief {
            held.withLock { held in
                let value = held ?? ReceiptDesk.belief(of: state)
                held = value
                return value
            }
        }
    }

    private let belief: LazyBelief
    private let gate: ExitGate?
    private let now: UInt64

    /// A desk over a state folder at `now`, in seconds since 1970 UTC; one that lets people out marks
    /// the receipts there.
    init(_ state: StateFolder, letsOut: Bool, at now: UInt64) throws {
        self.now = now
        belief = LazyBelief(state)
        guard letsOut else {
            gate = nil
            return
        }
        // An exit without a terminal's folder would begin marks that nobody else looks at.
        if case .none(let reason, let message) = belief.value {
            throw CommandFailure(.notFound, reason: reason, message: message)
        }
        do throws(ExitMarkError) {
            gate = ExitGate(marks: try SQLiteExitMarks(path: state.exitMarksPath))
        } catch { throw CommandFailure(reason: error.reason, message: error.message) }
    }

    private static func belief(of state: StateFolder) -> Belief {
        do throws(TrustFileError) {
            if let store = try state.trustKeeper.load() { return .store(store) }
        } catch { return .none(reason: error.reason, message: error.message) }
        return .none(
            reason: "not-enrolled",
            message:
                "\(state.path) holds no trust list, by which a receipt could be verified. Name a "
                + "terminal's state folder of the shop with --state, or $TILL_STATE.")
    }

    /// What a text that begins as a health report is.
    func explainHealth(_ text: [UInt8], kind: String) -> CodeExplanation {
        func said(
            _ verdict: String, _ reason: String, _ message: String, _ report: HealthReport?
        ) -> CodeExplanation {
            CodeExplanation(
                kind: kind, wellFormed: reason != "health-malformed", verdict: verdict,
                reason: reason, message: message, fields: report.map(HealthFields.of) ?? [:])
        }
        switch belief.value {
        case .none(let reason, let message): return said("refuse", reason, message, nil)
        case .store(let store):
            do throws(HealthRefusal) {
                let report = try HealthReport.verified(text, by: store.list.list)
                return said(
                    "health", "health-genuine", HealthFields.sentence(of: report), report)
            } catch {
                let claim = error.claimed.map { " It says: " + HealthFields.sentence(of: $0) } ?? ""
                return said("refuse", error.reason, error.description + claim, error.claimed)
            }
        }
    }

    /// What a text that begins as a receipt is; with an exit, whether it may leave.
    func explain(_ text: [UInt8], kind: String) -> CodeExplanation {
        let store: TrustStore
        switch belief.value {
        case .store(let held): store = held
        case .none(let reason, let message):
            return Self.refused(reason, message, of: nil, kind: kind, isWellFormed: true)
        }
        let verified: VerifiedReceipt
        do { verified = try ReceiptVerifier.verify(text, by: store.list.list) } catch {
            return Self.refused(
                error.reason, error.description, of: error.claimed, kind: kind,
                isWellFormed: error.claimed != nil)
        }
        let receipt = verified.receipt
        let exit: ExitVerdict?
        do throws(ExitMarkError) { exit = try gate?.pass(verified, at: now) } catch {
            return Self.refused(
                error.reason, error.message, of: receipt, kind: kind, isWellFormed: true)
        }
        var fields = Self.fields(of: receipt)
        var message = "A genuine receipt. " + Self.sentence(of: receipt)
        if store.isExpired(at: now) {
            message += " The trust list that says so has expired: synchronise."
        }
        if receipt.terminal.isTraining { message = "TRAINING, nothing was paid. " + message }
        guard let exit else {
            return CodeExplanation(
                kind: kind, wellFormed: true, verdict: Self.verdict, reason: "receipt-genuine",
                message: message + " It is no payment.", fields: fields)
        }
        if case .markedBefore(let at) = exit { fields["markedAt"] = UTCTime(at).rfc3339 }
        return CodeExplanation(
            kind: kind, wellFormed: true, verdict: exit == .marked ? Self.verdict : "refuse",
            reason: exit.reason, message: message + " " + Self.sentence(of: exit), fields: fields)
    }

    /// The verdict on what is genuine and pays nothing.
    static let verdict = "receipt"

    private static func refused(
        _ reason: String, _ message: String, of claimed: SignedReceipt?, kind: String,
        isWellFormed: Bool
    ) -> CodeExplanation {
        CodeExplanation(
            kind: kind, wellFormed: isWellFormed, verdict: "refuse", reason: reason,
            message: message, fields: claimed.map(fields) ?? [:])
    }

    private static func fields(of receipt: SignedReceipt) -> [String: String] {
        var fields = [
            "terminal": receipt.terminal.text, "receipt": "\(receipt.receipt)",
            "what": receipt.kind.name, "at": UTCTime(receipt.at).rfc3339,
            "amount": "\(receipt.amount)",
        ]
        fields["payment"] = receipt.payment.map { "\($0)" }
        fields["issuer"] = receipt.issuer?.name
        return fields
    }

    private static func sentence(of receipt: SignedReceipt) -> String {
        let what =
            switch (receipt.kind, receipt.payment) {
            case (.payment, _): "\(receipt.amount) paid"
            case (.refund, let payment?): "\(receipt.amount) of receipt \(payment) given back"
            case (_, let payment): "receipt \(payment ?? 0) of \(receipt.amount) cancelled"
            }
        return "\(receipt.terminal), receipt \(receipt.receipt): \(what) on \(UTCTime(receipt.at))."
    }

    private static func sentence(of exit: ExitVerdict) -> String {
        switch exit {
        case .marked: "Marked: it leaves now, for the first time here."
        case .markedBefore(let at):
            "It left here before, on \(UTCTime(at)). Compare the goods with what was paid."
        case .notForExit: "It is no payment's: nothing is carried out on it. It was not marked."
        case .tooOld:
            "It is older than \(ExitGate.lifeSeconds / 3_600) hours. It was not marked; ask for the "
                + "receipt of today."
        case .fromTheFuture:
            "Its time is ahead of this terminal's clock. It was not marked; look at both clocks."
        }
    }
}
