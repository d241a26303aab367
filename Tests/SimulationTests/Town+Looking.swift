import COSE
import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import SQLiteJournal
import SimulationBooks
import Trust
import VoucherMint
import Vouchers

@testable import Terminal

// What is looked at after every step, and what the books are told of it.
extension Town {
    /// Looks at these terminals' journals, at the hub, and at what people were told.
    func look(at tills: [TownTill]) async throws {
        for till in tills {
            try await read(till)
            for finding in till.network.takeFindings() { books.complain(finding) }
        }
        try await readHub()
        for till in tills {
            books.checkTold(at: till.name)
            if let terminal = till.terminal {
                let halted = await till.isHalted
                if !halted { books.checkUntold(at: till.name, asked: till.unclear) }
                books.holds(
                    await terminal.configuration.version, of: "configuration", at: till.name)
                books.holds(
                    await terminal.trust.list.list.version, of: "trust list", at: till.name)
            }
            guard let queue = try await till.journal?.queue() else { continue }
            books.acknowledged(through: queue.acknowledgedThrough, at: till.name)
        }
    }

    /// Tells the books of what is new in a journal.
    func read(_ till: TownTill) async throws {
        guard let journal = till.journal else { return }
        let known = entries[till.number] ?? []
        let new = try await journal.entries(after: UInt64(known.count), limit: 10_000)
        for entry in new {
            enter(entry, of: till)
            entries[till.number, default: []].append(entry.previousHash)
        }
    }

    private func enter(_ entry: JournalEntry, of till: TownTill) {
        switch (entry.event, entry.subject) {
        case (.capture(let capture), .some(let subject)):
            books.captured(
                sequence: entry.sequence, receipt: capture.receipt, sale: subject.sale,
                voucher: Customers.name(of: capture.voucher.cti), amount: subject.amount,
                consumed: capture.consumed, at: till.name, now: time.now)
        case (.undo(let undo), .some(let subject)):
            books.undone(
                sequence: entry.sequence, of: undo.undone, amount: subject.amount,
                returns: undo.restoration?.amount ?? 0, at: till.name)
        default: books.noted(sequence: entry.sequence, at: till.name)
        }
    }

    /// After a restart: what was in the journal is in it, entry by entry, and people are asked
    /// about what nobody was told of.
    func reread(_ till: TownTill) async throws {
        guard let journal = till.journal else { return }
        let all = try await journal.entries(after: 0, limit: 10_000)
        let known = entries[till.number] ?? []
        books.reread(till.name, last: UInt64(all.count))
        for (index, hash) in known.enumerated() where index < all.count {
            if all[index].previousHash != hash {
                books.complain("\(till.name): entry \(index + 1) is another after a restart")
            }
        }
        try await read(till)
        books.checkTold(at: till.name)
        books.restarted(till.name, unclear: till.unclear)
    }

    /// Tells the books of what has arrived at the hub.
    func readHub() async throws {
        while true {
            let batches = try await hub.ledger.batches(after: arrivals, limit: 64)
            guard !batches.isEmpty else { return }
            for batch in batches {
                arrivals = batch.arrival
                lastArrival = batch.bytes
                for row in batch.rows {
                    books.arrived(
                        Self.arrival(row), sequence: row.sequence, from: batch.terminal.text)
                }
            }
        }
    }

    /// After a restart: what the hub had accepted, it has.
    func rereadHub() async throws {
        guard arrivals > 0 else { return }
        let batch = try await hub.ledger.batches(after: arrivals - 1, limit: 1).first
        if batch?.bytes != lastArrival { books.complain("the hub has lost arrival \(arrivals)") }
    }

    private static func arrival(_ row: LedgerRow) -> Arrival {
        let amount = row.subject?.amount ?? 0
        switch row.standing {
        case .captured(let capture):
            return .captured(
                receipt: capture.receipt, voucher: Customers.name(of: capture.voucher.cti),
                amount: amount, consumed: capture.consumed)
        case .undone(let undo):
            return .undone(
                of: undo.capture, amount: amount, returns: undo.restoration?.amount ?? 0)
        case .quarantined(let reason, let detail): return .quarantined("\(reason): \(detail)")
        case .declined, .noted: return .noted
        }
    }

    /// The end: everything is at the hub, each once, and the hub's own reports say what the books
    /// say.
    func settle() async throws {
        var report = PeriodReport()
        let finding = try await LedgerAuditor(
            ledger: hub.ledger, hub: TownHub.key.publicKey
        ).audit { batch, entries in report.add(batch, entries) }
        if let finding { books.complain("the hub's audit: \(finding)") }
        var sums: [String: (captured: UInt64, undone: UInt64)] = [:]
        for line in report.lines {
            let before = sums[line.terminal.text] ?? (0, 0)
            sums[line.terminal.text] = (
                before.captured + line.captured.amount, before.undone + line.returned.amount
            )
            if line.agrees == false {
                books.complain("the hub's report: Z \(line.period ?? 0) does not agree")
            }
        }
        books.close(sums: sums)
        let newest = try await hub.ledger.latestTerms()?.version ?? 0
        try await settleLosses()
        for till in tills {
            guard let terminal = till.terminal else { continue }
            let status = try await terminal.status()
            if status.configurationVersion != newest {
                books.complain("\(till.name): its configuration is not the hub's newest")
            }
            if status.queue.entries > 0 { books.complain("\(till.name): the queue is not empty") }
            for line in status.meter.lines where line.outstanding > 0 {
                books.complain("\(till.name): \(line.outstanding) is outstanding, says its meter")
            }
            for line in status.meter.lines
            where line.limit > limits.outstanding.minorUnits {
                books.complain("\(till.name): its meter allows \(line.limit)")
            }
        }
    }

    /// What the hub says was overspent of each voucher is what was.
    private func settleLosses() async throws {
        var marked: Set<String> = []
        for batch in try await hub.ledger.batches(after: 0, limit: 100_000) {
            for row in batch.rows {
                guard case .captured(let capture) = row.standing, capture.doubleSpend != nil
                else { continue }
                marked.insert(Customers.name(of: capture.voucher.cti))
            }
        }
        let identities = (1...100).map {
            VoucherIdentity(issuer: VoucherMint.issuer, cti: VoucherMint.cti($0))
        }
        let till = tills[0]
        let histories = try await hub.ledger.snapshot(
            for: BatchQuery(
                terminal: till.id, journal: till.identity, number: 1, vouchers: Set(identities),
                presentations: [])
        ).histories
        for identity in identities {
            let name = Customers.name(of: identity.cti)
            let (said, loss) = (histories[identity]?.excess ?? 0, books.loss(of: name))
            if said != loss {
                books.complain("the hub says that \(said) of \(name) was overspent; it was \(loss)")
            }
            if loss > 0, !marked.contains(name) {
                books.complain("the hub names nobody for the \(loss) that was overspent of \(name)")
            }
        }
    }
}
