import Hub
import HubProtocol
import Testing
import Vouchers

/// What the port ``Hub/HubLedger`` promises of authorisations, for any implementation.
@Suite struct AuthorisationLedgerContract {
    private static let voucher = VoucherIdentity(
        issuer: Scene.gifts, cti: [UInt8](repeating: 1, count: 10))

    private static func record(
        _ number: UInt64, _ terminal: String = "t1", id: UInt8? = nil, nextArrival: UInt64 = 1,
        until: UInt64? = 900
    ) -> LedgerAuthorisation {
        LedgerAuthorisation(
            number: number, nextArrival: nextArrival,
            terminal: TerminalDouble(terminal, number: 20).id,
            journal: TerminalDouble(terminal, number: 20).journal,
            identity: [UInt8](repeating: id ?? UInt8(number), count: 16),
            digest: [UInt8](repeating: UInt8(number), count: 32), sale: "S\(number)", at: 10,
            reason: until == nil ? "expired" : nil,
            reservation: until.map {
                Reservation(
                    voucher: voucher, amount: 4, consumed: 5, redeemed: 2, ceiling: 9,
                    coreDigest: [UInt8](repeating: 3, count: 32),
                    presentation: [UInt8](repeating: 4, count: 32), until: $0)
            }, answer: [UInt8(number)])
    }

    private static func query(
        _ terminal: String, id: UInt8, sale: String = "S9", now: UInt64 = 20
    ) -> AuthorisationQuery {
        AuthorisationQuery(
            terminal: TerminalDouble(terminal, number: 20).id,
            journal: TerminalDouble(terminal, number: 20).journal,
            identity: [UInt8](repeating: id, count: 16), sale: sale, voucher: voucher,
            presentation: nil,
            now: now)
    }

    @Test func anAnswerIsKeptOnceAndReservesForOthersUntilItsTime() async throws {
        let scene = try await Scene()
        let ledger = scene.ledger
        _ = try await scene.terminal("t1")
        _ = try await scene.terminal("t2", number: 21)
        let empty = try await ledger.authorisationSnapshot(for: Self.query("t1", id: 1))
        #expect(
            empty
                == AuthorisationSnapshot(
                    nextNumber: 1, nextArrival: 1, answered: nil, history: nil, presentation: nil,
                    reservations: []))
        #expect(try await ledger.append(Self.record(1)))
        #expect(try await ledger.append(Self.record(2, "t2", until: nil)))
        let own = try await ledger.authorisationSnapshot(for: Self.query("t1", id: 1, sale: "S1"))
        #expect(own.answered == .init(digest: [UInt8](repeating: 1, count: 32), answer: [1]))
        #expect(own.reservations.isEmpty, "what is kept for a sale is not in its own way")
        let next = try await ledger.authorisationSnapshot(for: Self.query("t1", id: 9))
        #expect(next.reservations.map(\.reservation) == [Self.record(1).reservation])
        #expect(own.nextNumber == 3)
        let other = try await ledger.authorisationSnapshot(for: Self.query("t2", id: 9, now: 899))
        #expect(other.answered == nil)
        #expect(other.reservations.map(\.reservation) == [Self.record(1).reservation])
        #expect(other.reservations.first?.terminal == TerminalDouble("t1", number: 20).id)
        let later = try await ledger.authorisationSnapshot(for: Self.query("t2", id: 9, now: 900))
        #expect(later.reservations.isEmpty)
    }

    @Test func aNumberThatIsTakenAnsweredAgainOrOvertakenIsNotWritten() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        #expect(try await scene.ledger.append(Self.record(1)))
        #expect(try await !scene.ledger.append(Self.record(1)))
        await #expect(throws: HubLedgerError.self) {
            try await scene.ledger.append(Self.record(2, id: 1))
        }
        await #expect(throws: HubLedgerError.self) {
            try await scene.ledger.append(Self.record(2, "t9"))
        }
        _ = try await scene.accept(terminal.batch([terminal.decline()]))
        #expect(try await !scene.ledger.append(Self.record(2)), "a batch has come in between")
        #expect(try await scene.ledger.append(Self.record(2, nextArrival: 2)))
    }
}
