import COSE
import Clocks
import HubProtocol
import PaymentCodes
import Payments
import Trust

/// What one exchange with the hub came to.
public struct SyncReport: Hashable, Sendable {
    /// What went wrong.
    public struct Failure: Hashable, Sendable {
        /// The stable code.
        public let reason: String
        /// What happened, what it means for the money, and what to do.
        public let message: String
    }

    /// Batches acknowledged in this exchange.
    public internal(set) var batches: UInt64 = 0
    /// Entries acknowledged in this exchange.
    public internal(set) var entries: UInt64 = 0
    /// Entries that the hub put aside: `sequence: reason`.
    public internal(set) var quarantined: [String] = []
    /// Entries that still wait.
    public internal(set) var queuedEntries: UInt64 = 0
    /// The version of the configuration in force.
    public internal(set) var configurationVersion: UInt64 = 0
    /// What went wrong, if anything.
    public internal(set) var failure: Failure?
}

/// How exchanges with the hub have gone since the daemon started.
struct SyncState: Sendable {
    var network = NetworkStatus.unknown
    var lastSuccess: UInt64?
    var lastProblem: String?
    var isRunning = false
    /// What is known of the hub's log; nil where it was not asked for yet.
    var log: HubLogStanding?
}

/// The terminal's half of the hub protocol: upload first, then download.
extension PaymentTerminal {
    /// Entries in one batch: at some 600 bytes each a batch stays below 200 kB.
    public static let maximumBatchEntries = 200

    /// Delivers what waits, takes the hub's signed answers, and adopts a newer configuration.
    ///
    /// Nothing leaves the queue but against an acknowledgement that names this very batch and is
    /// signed by the hub this terminal was enrolled with.
    ///
    /// - Parameter keep: makes a newer configuration durable before it is put in force.
    public func sync(
        over link: any HubLink, keep: @Sendable ([UInt8]) throws -> Void
    ) async -> SyncReport {
        var report = SyncReport()
        guard !syncState.isRunning else {
            report.failure = .init(
                reason: "sync-running",
                message: "An exchange with the hub is under way. Nothing is lost. Ask again.")
            return report
        }
        syncState.isRunning = true
        hasUnsentRecords = false
        defer {
            syncState.isRunning = false
            parts.meter?.save()
        }
        do throws(SyncReport.Failure) {
            let clockFailure = await settleClock(over: link)
            if let clockFailure, clockFailure.network != .online { throw clockFailure }
            try await upload(over: link, into: &report)
            try await downloadTrust(over: link)
            try await download(over: link, keep: keep)
            syncState.network = .online
            let now = parts.clock.now()
            syncState.lastSuccess = now
            parts.contacted(now)
            syncState.lastProblem = nil
            // Where a metered line has little left, it is kept for payments.
            if parts.meter?.standing.listsWait != true {
                try await downloadStandings(over: link)
                try await downloadHotList(over: link)
            }
            // What was put in force has its entries too: they need not wait for the next time.
            try await upload(over: link, into: &report)
            if parts.meter?.standing.listsWait != true {
                try await watchLog(over: link, hasNews: report.batches > 0)
            }
            // A clock that nothing speaks against does without the hub's word.
            if let clockFailure, parts.clock.estimate().suspicion != nil { throw clockFailure }
        } catch {
            let error = await explained(error, over: link)
            report.failure = error
            syncState.network = error.network
            syncState.lastProblem = error.message
        }
        // A hub that has answered may be asked about payments again; one that has not, not yet.
        if parts.hub != nil {
            await run(.connectionChanged(syncState.network == .online ? .up : .down))
        }
        report.queuedEntries = (try? await parts.journal.queue().entries) ?? 0
        report.configurationVersion = configuration.version
        return report
    }

    /// A hub that does not know this terminal is most often another hub: it is asked who it is.
    private func explained(_ failure: SyncReport.Failure, over link: any HubLink) async
        -> SyncReport.Failure
    {
        guard failure.reason == "unknown-terminal", let key = await link.identity(),
            !trust.hubKeys.contains(where: { $0.coseKey == key })
        else { return failure }
        return .otherHub(kept: "The queue is kept as it is.")
    }

    /// The report of a terminal that knows no address of its hub.
    public func syncWithoutLink() async -> SyncReport {
        var report = SyncReport()
        report.failure = .init(
            reason: "no-hub-url",
            message: "This terminal knows no address of its hub. Nothing is lost: payments wait "
                + "in the journal. Start tilld with --hub-url.")
        report.queuedEntries = (try? await parts.journal.queue().entries) ?? 0
        report.configurationVersion = configuration.version
        return report
    }

    private func upload(over link: any HubLink, into report: inout SyncReport)
        async throws(SyncReport.Failure)
    {
        while let batch = try await nextBatch() {
            let answer = try await deliver(batch, over: link)
            let acknowledgement: Acknowledgement
            do {
                acknowledgement = try byHub { (key) throws(MessageError) in
                    try Acknowledgement.verify(answer, answering: batch.bytes, signedBy: key)
                }
            } catch {
                throw SyncReport.Failure(
                    hubAnswer: error, kept: "The queue is kept as it is.")
            }
            do {
                try await parts.journal.acknowledge(batch: batch.number, acknowledgement: answer)
            } catch {
                throw SyncReport.Failure(reason: error.reason, message: error.message)
            }
            parts.clock.passed(acknowledgement.at)
            report.batches += 1
            report.entries += UInt64(batch.entries.count)
            report.quarantined += acknowledgement.quarantined.map { "\($0.sequence): \($0.reason)" }
        }
    }

    private func nextBatch() async throws(SyncReport.Failure) -> PendingBatch? {
        let key = parts.key
        let terminal = configuration.terminal
        let journal = parts.journal.identity
        do {
            let checkpoint = try await signedCheckpoint()
            return try await parts.journal.pendingBatch(
                maximumEntries: Self.maximumBatchEntries
            ) { number, entries in
                Batch(
                    terminal: terminal, journal: journal, number: number, entries: entries,
                    checkpoint: checkpoint
                ).signed(by: key)
            }
        } catch {
            throw SyncReport.Failure(reason: error.reason, message: error.message)
        }
    }

    private func deliver(_ batch: PendingBatch, over link: any HubLink)
        async throws(SyncReport.Failure) -> [UInt8]
    {
        do { return try await link.deliver(batch: batch.bytes) } catch {
            throw SyncReport.Failure(error)
        }
    }

    private func download(over link: any HubLink, keep: @Sendable ([UInt8]) throws -> Void)
        async throws(SyncReport.Failure)
    {
        let bytes: [UInt8]?
        do {
            bytes = try await link.configuration(
                for: configuration.terminal, newerThan: configuration.version)
        } catch {
            throw SyncReport.Failure(error)
        }
        guard let bytes else { return }
        let newer: TerminalConfiguration
        do {
            let held = configuration
            newer = try byHub { (key) throws(MessageError) in
                try TerminalConfiguration.verify(
                    bytes, signedBy: key, for: held.terminal, held: held.version)
            }
        } catch {
            throw SyncReport.Failure(hubAnswer: error, kept: "The old configuration stays.")
        }
        let merchant: MerchantProfile
        do { merchant = try MerchantProfile(newer.merchant) } catch {
            throw SyncReport.Failure(
                reason: "merchant-invalid",
                message: "The hub's merchant data cannot be used: \(error) "
                    + "The old configuration stays.")
        }
        do { try keep(bytes) } catch {
            throw SyncReport.Failure(
                reason: "configuration-not-kept",
                message: "The newer configuration could not be written: \(error). "
                    + "The old one stays.")
        }
        do { try await adopt(newer, merchant: merchant, message: bytes) } catch {
            throw SyncReport.Failure(reason: error.reason, message: error.message)
        }
    }
}

extension SyncReport.Failure: Error {
    /// An answer that did not verify: most often another hub answers at this address.
    init(hubAnswer error: MessageError, kept: String) {
        switch error {
        case .wrongSigner, .badSignature: self = .otherHub(kept: kept)
        default:
            self.init(reason: error.reason, message: "\(error.description) \(kept)")
        }
    }

    /// What it says of the network. An answer that no hub gives is none of the hub's.
    var network: NetworkStatus {
        switch reason {
        case "hub-unreachable", "hub-bad-answer": .offline
        case "captive-portal": .captivePortal
        default: .online
        }
    }

    /// Another hub than this terminal's own has answered.
    static func otherHub(kept: String) -> SyncReport.Failure {
        SyncReport.Failure(
            reason: "hub-identity",
            message: "Another hub answers than the one this terminal was enrolled with. Nothing "
                + "is lost. \(kept) Check the hub's address, or enrol anew with the new hub.")
    }

    /// A failure of the link, in words.
    init(_ error: HubLinkError) {
        switch error {
        case .unreachable(let detail):
            self.init(
                reason: error.reason,
                message: "The hub cannot be reached (\(detail)). Nothing is lost: payments wait "
                    + "in the journal and go out with the next exchange.")
        case .captivePortal(let sign):
            self.init(
                reason: error.reason,
                message: "The network's log-in page answers in the hub's place (\(sign)). Nothing "
                    + "of it was believed and nothing is lost: payments wait in the journal. Log in "
                    + "to the network with a browser in it, or ask whoever runs it.")
        case .refused(let status, let reason, let detail):
            self.init(
                reason: reason,
                message: "The hub refused (HTTP \(status)): \(detail) The queue is kept as it is.")
        case .badAnswer(let detail):
            self.init(
                reason: error.reason,
                message: "The hub's answer makes no sense (\(detail)). Is this the hub? "
                    + "The queue is kept as it is.")
        }
    }
}
