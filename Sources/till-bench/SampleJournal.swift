import COSE
import CommandSupport
import HubProtocol
import JournalExport
import Vouchers

/// A journal of any length, with entries of every kind, as a terminal would export it; and the
/// same after somebody has been at its database.
struct SampleJournal: Sendable {
    private static let terminal: TerminalID = {
        guard let terminal = TerminalID("till:m42/t7") else {
            preconditionFailure("The sample's terminal id is one.")
        }
        return terminal
    }()
    private static let identity: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    private static let now: UInt64 = 1_800_000_000
    /// Every so many entries a period closes, a batch ends, and a checkpoint leaves.
    private static let periodEvery = 40
    private static let batchEvery = 25

    private let key: PrivateKey
    private let hub: PrivateKey
    private let documents: [[UInt8]]
    private(set) var entries: [[UInt8]] = []
    private var positions = [ChainPosition.start]
    private var batches: [ExportedBatch] = []
    private var captures: [(sequence: Int, entry: CaptureEntry, subject: EntrySubject)] = []

    /// Makes a journal of `entries` entries.
    init(entries count: Int, seed: UInt64 = 1) {
        key = Self.key(1)
        hub = Self.key(2)
        var random = SplitMix64(seed)
        documents = (0..<3).map { _ in random.bytes(300) }
        var totals = PeriodTotals(currencyNumber: 978)
        var unrefunded: Int?
        for sequence in 1...count {
            if sequence % Self.periodEvery == 0 {
                let sums = totals.captures.count > 0 ? [totals] : []
                let period = PeriodEntry(
                    number: positions[sequence - 1].period + 1, totals: sums)
                append(.periodClosed(period), nil)
                totals = PeriodTotals(currencyNumber: 978)
                unrefunded = nil
            } else if sequence <= documents.count {
                append(
                    .document(
                        DocumentEntry(
                            kind: .policy, version: UInt64(sequence),
                            digest: Hashing.sha256(documents[sequence - 1]))), nil)
            } else if sequence % 7 == 0 {
                append(
                    .decline(DeclineEntry(reason: "spent-here", voucher: nil)),
                    subject(sequence, 500))
            } else if sequence % 11 == 0 {
                append(
                    .clock(
                        ClockEntry(
                            kind: .steppedBack, expected: Self.now, found: Self.now - 60,
                            uncertaintySeconds: 2)), nil)
            } else if sequence % 13 == 0, let capture = unrefunded {
                let made = captures[capture]
                let receipt = positions[sequence - 1].receipt + 1
                let part = made.subject.amount / 2
                append(
                    .undo(
                        UndoEntry(
                            kind: .refund(receipt: receipt, way: .outside),
                            undone: UInt64(made.sequence))),
                    EntrySubject(sale: made.subject.sale, currencyNumber: 978, amount: part))
                totals.refundsOutside.count += 1
                totals.refundsOutside.amount += part
                unrefunded = nil
            } else {
                let capture = capture(sequence, &random)
                append(.capture(capture), subject(sequence, capture.consumed))
                totals.captures.count += 1
                totals.captures.amount += capture.consumed
                captures.append((sequence, capture, subject(sequence, capture.consumed)))
                unrefunded = captures.count - 1
            }
        }
        for last in stride(from: Self.batchEvery, through: count, by: Self.batchEvery) {
            batches.append(acknowledged(to: last))
        }
    }

    private static func key(_ number: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: number, count: 32))
        else { preconditionFailure("A seed of 32 equal bytes makes a key.") }
        return key
    }

    private func subject(_ sequence: Int, _ amount: UInt64) -> EntrySubject {
        EntrySubject(sale: "S\(sequence)", currencyNumber: 978, amount: amount)
    }

    private func capture(_ sequence: Int, _ random: inout SplitMix64) -> CaptureEntry {
        guard let issuer = IssuerID("gifts") else {
            preconditionFailure("The sample's issuer is one.")
        }
        return CaptureEntry(
            receipt: positions[sequence - 1].receipt + 1,
            voucher: VoucherIdentity(issuer: issuer, cti: random.bytes(10)), kind: 1,
            consumed: UInt64(2 + random.below(5_000)),
            requestNonce: sequence % 3 == 0 ? random.bytes(8) : nil, evidence: random.bytes(260))
    }

    private mutating func append(_ event: JournalEntry.Event, _ subject: EntrySubject?) {
        let before = positions[positions.count - 1]
        let entry = JournalEntry(
            sequence: before.sequence + 1, previousHash: before.hash,
            at: Self.now + before.sequence, subject: subject, event: event)
        let bytes = entry.encoded()
        var period = before.period
        if case .periodClosed(let closed) = event { period = closed.number }
        entries.append(bytes)
        positions.append(
            ChainPosition(
                sequence: entry.sequence, hash: JournalEntry.hash(of: bytes),
                receipt: entry.receipt ?? before.receipt, period: period))
    }

    /// The checkpoint of the first `size` entries.
    func checkpoint(_ size: Int) -> [UInt8] {
        let position = positions[size]
        return Checkpoint(
            terminal: Self.terminal, journal: Self.identity, size: position.sequence,
            hash: position.hash, at: Self.now, receipt: position.receipt,
            period: position.period
        ).signed(by: key)
    }

    /// The file, record by record.
    func export() -> [[UInt8]] { write(rows(upTo: entries.count)) }

    /// The file after somebody has been at the database, exported and sealed as if nothing had been.
    func export(_ mutation: JournalProof.Mutation, _ random: inout SplitMix64) -> [[UInt8]] {
        var rows = rows(upTo: entries.count)
        switch mutation {
        case .entryEdited:
            let place = random.below(entries.count)
            let byte = random.below(entries[place].count)
            rows.entries[place][byte] ^= UInt8(1 + random.below(255))
        case .entryRemoved: rows.entries.remove(at: random.below(entries.count))
        case .entriesSwapped:
            let one = random.below(entries.count - 1)
            rows.entries.swapAt(one, one + 1 + random.below(entries.count - one - 1))
        case .journalCut: rows = self.rows(upTo: random.below(entries.count))
        case .olderCopy:
            let kept = 1 + random.below(entries.count - 1)
            return continued(from: kept, seed: random.next()).export()
        case .redemptionRemoved:
            rows.redemptions.remove(at: random.below(rows.redemptions.count))
        case .memoryLowered:
            let place = random.below(rows.vouchers.count)
            let voucher = rows.vouchers[place]
            rows.vouchers[place] = ExportedVoucher(
                identity: voucher.identity, kind: voucher.kind,
                currencyNumber: voucher.currencyNumber, core: voucher.core,
                expiry: voucher.expiry, ceiling: voucher.ceiling, spent: 0)
        case .byte, .fileCut, .recordRemoved, .recordsSwapped: break
        }
        return write(rows)
    }

    /// A journal with the first `kept` entries of this one, and declines of its own to its length.
    private func continued(from kept: Int, seed: UInt64) -> SampleJournal {
        var other = self
        other.entries = Array(entries[..<kept])
        other.positions = Array(positions[...kept])
        other.captures = captures.filter { $0.sequence <= kept }
        other.batches = batches.filter { $0.last <= UInt64(kept) }
        for sequence in (kept + 1)...entries.count {
            other.append(
                .decline(DeclineEntry(reason: "expired-\(seed)", voucher: nil)),
                subject(sequence, 700))
        }
        return other
    }

    /// What the tables of a database hold.
    private struct Rows {
        var entries: [[UInt8]]
        var documents: [(version: UInt64, bytes: [UInt8])]
        var checkpoints: [[UInt8]]
        var batches: [ExportedBatch]
        var vouchers: [ExportedVoucher]
        var redemptions: [ExportedRedemption]
    }

    private func rows(upTo size: Int) -> Rows {
        let made = captures.filter { $0.sequence <= size }
        let kept = documents.enumerated().filter { $0.offset < size }
            .map { (version: UInt64($0.offset + 1), bytes: $0.element) }
            .sorted { Hashing.sha256($0.bytes).lexicographicallyPrecedes(Hashing.sha256($1.bytes)) }
        let ends = Array(stride(from: Self.batchEvery, through: size, by: Self.batchEvery))
        return Rows(
            entries: Array(entries[..<size]), documents: kept,
            checkpoints: ends.suffix(20).map { checkpoint($0) },
            batches: batches.filter { $0.last <= UInt64(size) },
            vouchers: made.map { voucher($0.entry) }.sorted {
                $0.identity.cti.lexicographicallyPrecedes($1.identity.cti)
            }, redemptions: made.map(redemption))
    }

    /// The batch that ends with entry `last`, and the hub's answer to it.
    private func acknowledged(to last: Int) -> ExportedBatch {
        let first = last - Self.batchEvery + 1
        let number = UInt64(last / Self.batchEvery)
        let bytes = Batch(
            terminal: Self.terminal, journal: Self.identity, number: number,
            entries: Array(entries[(first - 1)..<last])
        ).signed(by: key)
        guard
            let batch = try? UnverifiedBatch(decoding: bytes).verified(signedBy: key.publicKey)
        else { preconditionFailure("The sample's batch is one.") }
        let answer = Acknowledgement(of: batch, bytes: bytes, at: Self.now, quarantined: [])
        return ExportedBatch(
            number: number, first: UInt64(first), last: UInt64(last),
            digest: Acknowledgement.digest(ofBatch: bytes),
            acknowledgement: answer.signed(by: hub))
    }

    private func voucher(_ capture: CaptureEntry) -> ExportedVoucher {
        ExportedVoucher(
            identity: capture.voucher, kind: 1, currencyNumber: 978,
            core: Hashing.sha256(capture.evidence), expiry: Self.now + 86_400,
            ceiling: capture.consumed, spent: capture.consumed)
    }

    private func redemption(
        _ made: (sequence: Int, entry: CaptureEntry, subject: EntrySubject)
    ) -> ExportedRedemption {
        ExportedRedemption(
            sequence: UInt64(made.sequence), voucher: made.entry.voucher, kind: 1,
            consumed: made.entry.consumed, nonce: made.entry.requestNonce, presentation: nil,
            at: Self.now + UInt64(made.sequence) - 1, amount: made.subject.amount,
            receipt: made.entry.receipt)
    }

    private func write(_ rows: Rows) -> [[UInt8]] {
        var writer = ExportWriter()
        var file = [
            writer.bytes(
                of: .header(
                    ExportHeader(
                        terminal: Self.terminal, journal: Self.identity, key: key.publicKey,
                        hub: hub.publicKey, at: Self.now, start: .start)))
        ]
        file += rows.entries.map { writer.bytes(of: .entry($0)) }
        file += rows.documents.map {
            writer.bytes(
                of: .document(
                    kind: DocumentKind.policy.rawValue, version: $0.version, bytes: $0.bytes))
        }
        file += rows.checkpoints.map { writer.bytes(of: .checkpoint($0)) }
        file += rows.batches.map { writer.bytes(of: .batch($0)) }
        file += rows.vouchers.map { writer.bytes(of: .voucher($0)) }
        file += rows.redemptions.map { writer.bytes(of: .redemption($0)) }
        file.append(writer.end(sealedBy: key))
        return file
    }
}
