import COSE
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing
import Vouchers

@Suite struct BatchAcceptorTests {
    private func acknowledgement(_ answer: BatchAnswer) throws -> [UInt8] {
        guard case .acknowledged(let bytes, _) = answer else {
            Issue.record("The batch was not acknowledged: \(answer)")
            throw CancellationError()
        }
        return bytes
    }

    @Test func anHonestBatchIsAcknowledgedAndKept() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([
            terminal.capture(VoucherDouble(.fixed(amount: 500)), 450), terminal.decline(),
        ])
        let bytes = try acknowledgement(try await scene.accept(batch))
        let answer = try Acknowledgement.verify(
            bytes, answering: batch, signedBy: Scene.hubKey.publicKey)
        #expect(answer.quarantined.isEmpty)
        #expect(answer.lastSequence == 2)
        let capture = try #require(try await scene.captures().first)
        #expect(capture.consumed == 500)
        #expect(capture.doubleSpend == nil)
        let rows = try await scene.rows()
        #expect(rows.map(\.subject?.amount) == [450, 5])
        #expect(rows[1].standing == .declined(reason: "spent-here"))
    }

    @Test func entriesOfOtherKindsAreKeptAndCountedInTheirReceipts() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([
            terminal.note(
                .document(DocumentEntry(kind: .policy, version: 1, digest: terminal.hash))),
            terminal.capture(VoucherDouble(.fixed(amount: 500)), 500),
            terminal.undo(2, 100, .refund(receipt: 2, way: .outside), restoring: nil),
            terminal.undo(2, 100, .reversal, restoring: nil),
            terminal.note(
                .clock(
                    ClockEntry(kind: .suspect, expected: 9, found: 8, uncertaintySeconds: 1))),
            terminal.note(.periodClosed(PeriodEntry(number: 1, totals: []))),
            terminal.undo(2, 100, .refund(receipt: 4, way: .outside), restoring: nil),
        ])
        let answer = try Acknowledgement.verify(
            try acknowledgement(try await scene.accept(batch)), answering: batch,
            signedBy: Scene.hubKey.publicKey)
        #expect(
            answer.quarantined == [
                QuarantinedEntry(sequence: 4, reason: "undo-repeated"),
                QuarantinedEntry(sequence: 7, reason: "receipt-gap"),
            ])
        let rows = try await scene.rows()
        #expect(
            rows.map(\.standing).filter { if case .noted = $0 { true } else { false } } == [
                .noted(.document), .noted(.clock), .noted(.periodClosed),
            ])
        #expect(rows.map(\.subject?.amount) == [nil, 500, 100, 100, nil, nil, 100])
        let auditor = LedgerAuditor(ledger: scene.ledger, hub: Scene.hubKey.publicKey)
        #expect(try await auditor.audit { _ in } == nil)
    }

    @Test func theSameBytesGetTheSameAnswerForEver() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = terminal.batch([terminal.capture(VoucherDouble(.fixed(amount: 500)), 500)])
        let answer = try acknowledgement(try await scene.accept(first))
        let second = terminal.batch([terminal.decline()])
        _ = try await scene.accept(second)
        let again = try await scene.acceptor.accept(first, at: Scene.now + 99_999)
        #expect(again == .acknowledged(answer, repeated: true))
        #expect(try await scene.rows().count == 2)
        #expect(try await scene.captures()[0].doubleSpend == nil)
    }

    @Test func oneBatchDeliveredManyTimesAtOnceIsTakenOnce() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.capture(VoucherDouble(.fixed(amount: 500)), 500)])
        let answers = try await withThrowingTaskGroup(of: BatchAnswer.self) { group in
            for _ in 0..<30 { group.addTask { try await scene.accept(batch) } }
            return try await group.reduce(into: [BatchAnswer]()) { $0.append($1) }
        }
        let first = answers.filter {
            if case .acknowledged(_, repeated: false) = $0 { true } else { false }
        }
        #expect(first.count == 1)
        #expect(Set(try answers.map(acknowledgement)).count == 1)
        #expect(try await scene.rows().count == 1)
    }

    @Test func manyTerminalsAtOnceAreAllTaken() async throws {
        let scene = try await Scene()
        var batches: [[UInt8]] = []
        for index in 0..<10 as Range<UInt8> {
            var terminal = try await scene.terminal("t\(index)", number: 30 + index)
            batches.append(
                terminal.batch([
                    terminal.capture(VoucherDouble(.fixed(amount: 500), cti: 9), 500)
                ]))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for batch in batches {
                group.addTask { _ = try acknowledgement(try await scene.accept(batch)) }
            }
            try await group.waitForAll()
        }
        // One voucher at ten counters: the first to arrive is right, nine are marked.
        let captures = try await scene.captures()
        #expect(captures.count == 10)
        #expect(captures.filter { $0.doubleSpend == nil }.count == 1)
        #expect(captures[0].doubleSpend == nil)
    }

    @Test func anotherBatchUnderAnAcceptedNumberIsRefusedAndKept() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        var restored = terminal
        _ = try await scene.accept(terminal.batch([terminal.decline("expired")]))
        let other = restored.batch([restored.decline("issuer-unknown")])
        #expect(try await scene.accept(other) == .refused(.numberReused(1)))
        #expect(try await scene.accept(other) == .refused(.numberReused(1)))
        let kept = try await scene.ledger.refusedBatches()
        #expect(kept.map(\.bytes) == [other])
        #expect(kept.map(\.reason) == ["batch-number-reused"])
        #expect(try await scene.rows().count == 1)
    }

    @Test func aMissingBatchIsNamed() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = terminal.batch([terminal.decline()])
        let second = terminal.batch([terminal.decline()])
        #expect(try await scene.accept(second) == .refused(.numberGap(expected: 1, found: 2)))
        _ = try acknowledgement(try await scene.accept(first))
        _ = try acknowledgement(try await scene.accept(second))
        #expect(try await scene.ledger.refusedBatches().isEmpty)
    }

    @Test func aBatchThatDoesNotContinueTheChainIsRefusedAndKept() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        _ = try await scene.accept(terminal.batch([terminal.decline()]))
        var edited = terminal
        edited.hash = [UInt8](repeating: 1, count: 32)
        var skipping = terminal
        _ = skipping.decline()
        for var broken in [edited, skipping] {
            let batch = broken.batch([broken.decline()])
            #expect(
                try await scene.accept(batch)
                    == .refused(.chainBroken(expected: 2, found: broken.sequence)))
        }
        #expect(try await scene.ledger.refusedBatches().count == 2)
    }

    @Test func strangersAreNamed() async throws {
        let scene = try await Scene()
        var stranger = TerminalDouble("t9", number: 50)
        #expect(
            try await scene.accept(stranger.batch([stranger.decline()]))
                == .refused(.unknownTerminal(stranger.id)))
        let known = try await scene.terminal("t1")
        var renewed = TerminalDouble("t1", number: 20, journal: 8)
        #expect(
            try await scene.accept(renewed.batch([renewed.decline()]))
                == .refused(.unknownJournal(known.id)))
        var impostor = TerminalDouble("t1", number: 51)
        #expect(
            try await scene.accept(impostor.batch([impostor.decline()]))
                == .refused(.message(.wrongSigner)))
        #expect(try await scene.ledger.refusedBatches().isEmpty)
    }

    @Test func rubbishIsRefusedByName() async throws {
        let scene = try await Scene()
        for bytes in [[], [0xD2], [UInt8](repeating: 0, count: 1_000)] as [[UInt8]] {
            guard case .refused(let refusal) = try await scene.accept(bytes) else {
                Issue.record("Rubbish was taken.")
                continue
            }
            #expect(refusal.category == .malformed)
        }
    }

    @Test func aHubWithoutTermsTakesNothing() async throws {
        let folder = try TemporaryFolder()
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.decline()])
        let empty = BatchAcceptor(
            ledger: try SQLiteHubLedger(path: folder.path + "/l", creating: true), key: Scene.hubKey
        )
        #expect(try await empty.accept(batch, at: 1) == .refused(.notInitialised))
    }
}
