import COSE
import Foundation
import HubProtocol
import Money
import SQLiteExitMarks
import Terminal
import Testing
import Trust
import VoucherMint
import Vouchers

@Suite struct ExitMarkTests {
    private static let now: UInt64 = 1_800_000_000
    private let path = NSTemporaryDirectory() + "till-marks-\(UUID().uuidString).sqlite"

    private func mark(_ number: UInt8) -> [UInt8] {
        [UInt8](repeating: number, count: SignedReceipt.markLength)
    }

    /// A receipt as only verification makes it.
    private func verified(
        _ number: UInt64, _ kind: SignedReceipt.Kind = .payment, at: UInt64 = now
    ) throws -> VerifiedReceipt {
        let key = try PrivateKey(algorithm: .ed25519, seed: [UInt8](repeating: 3, count: 32))
        let list = TrustList(
            merchant: VoucherMint.terminal.merchant, generation: 1, version: 1, issuedAt: 1,
            expiresAt: 2,
            entries: [
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: key.publicKey, from: 1,
                    until: 2 * Self.now)
            ])
        let receipt = SignedReceipt(
            terminal: VoucherMint.terminal, receipt: number, kind: kind, at: at,
            amount: Amount(minorUnits: 5, currency: Currency(code: "EUR")!),
            payment: kind == .payment ? nil : 1)
        return try ReceiptVerifier.verify(Array(receipt.text(signedBy: key).utf8), by: list)
    }

    @Test func letsEachReceiptOutOnceAndSaysWhenThatWas() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let now = Self.now
        do {
            let gate = ExitGate(marks: try SQLiteExitMarks(path: path))
            #expect(try gate.pass(verified(1), at: now + 60) == .marked)
            #expect(try gate.pass(verified(2), at: now + 61) == .marked)
        }
        // Another process, later.
        let gate = ExitGate(marks: try SQLiteExitMarks(path: path))
        #expect(try gate.pass(verified(1), at: now + 90) == .markedBefore(at: now + 60))
        #expect(try gate.pass(verified(1, at: now + 1), at: now + 90) == .marked)
    }

    @Test func marksNothingThatDoesNotLeave() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let now = Self.now
        let gate = ExitGate(marks: try SQLiteExitMarks(path: path))
        #expect(try gate.pass(verified(1, .refund), at: now) == .notForExit)
        #expect(try gate.pass(verified(1, .cancellation), at: now) == .notForExit)
        #expect(try gate.pass(verified(1), at: now + ExitGate.lifeSeconds + 1) == .tooOld)
        #expect(try gate.pass(verified(1), at: now - ExitGate.skewSeconds - 1) == .fromTheFuture)
        #expect(try gate.pass(verified(1), at: now + ExitGate.lifeSeconds) == .marked)
    }

    @Test func staysBoundedAndForgetsNothingThatIsStillGood() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let now = Self.now
        let marks = try SQLiteExitMarks(path: path, limit: 3)
        for number in 1...3 as ClosedRange<UInt8> {
            #expect(try marks.mark(mark(number), issuedAt: now, at: now) == nil)
        }
        #expect(throws: ExitMarkError.full(limit: 3)) {
            try marks.mark(mark(4), issuedAt: now, at: now)
        }
        #expect(
            try marks.mark(mark(2), issuedAt: now, at: now + 5) == now, "what is full still tells")
        let later = now + SQLiteExitMarks.keptSeconds + 1
        #expect(
            try marks.mark(mark(4), issuedAt: later, at: later) == nil, "the old ones have gone")
        #expect(
            SQLiteExitMarks.keptSeconds > 10 * (ExitGate.lifeSeconds + ExitGate.skewSeconds))
    }

    @Test func tellsOfADamagedFileAndKeepsIt() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let damage = Data("no database, and longer than a header of SQLite is: 100 bytes".utf8)
        try (damage + damage).write(to: URL(fileURLWithPath: path))
        #expect { _ = try SQLiteExitMarks(path: path) } throws: {
            ($0 as? ExitMarkError)?.reason == "exit-marks-unusable"
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == damage + damage)
    }
}
