import COSE
import CommandSupport
import Crypto
import Foundation
import GRDB
import HubProtocol
import Money
import PaymentCodes
import Payments
import SQLiteJournal
import SQLiteVoucherStore
import Terminal
import Vouchers

// Preloaded vouchers, and how soon a terminal that has them is ready.
extension Bench {
    /// Of so many vouchers in the pack one has a real signature; the others have random bytes in
    /// its place, which the store cannot tell: signing ten million takes longer than all the rest.
    private static let signedEvery = 1_000
    private static let rowsOfRaw = 2_000

    /// Imports `count` vouchers and looks them up.
    func store(count: Int) async throws -> [Measurement] {
        let pack = folder + "/vouchers.pack"
        let signedBytes = try writePack(of: count, to: pack)
        let place = folder + "/vouchers"
        var lines: [Measurement] = []
        let start = ContinuousClock.now
        let report = try VoucherStoreImport(folder: place).add(pack: pack)
        let each = (ContinuousClock.now - start) / .microseconds(1) / Double(count)
        lines.append(
            Measurement(
                "import, \(report.taken) vouchers", [each],
                note: "\(Int(1_000_000 / each)) a second"))
        try FileManager.default.removeItem(atPath: pack)
        let store = SQLiteVoucherStore(folder: place)
        let totals = try await store.totals()
        let ratio = Double(totals.bytes) / Double(signedBytes)
        let random = numbers(rounds.of(Self.rowsOfRaw), below: count)
        let raw = try rawLookUps(random, in: place + "/" + SQLiteVoucherStore.databaseName)
        let limit = Measurement("raw SQLite look-up among \(count)", raw)
        var found = 0
        let figures = try await timed(random.count) { round in
            found += try await store.objects(cti: Self.cti(random[round], of: count)).count
        }
        guard found == random.count else {
            throw CommandFailure(reason: "bench", message: "A voucher is not found.")
        }
        let line = Measurement("look-up by reference among \(count)", figures)
        lines += [
            limit,
            Measurement(
                line.name, figures,
                note: self.ratio(line, to: limit, "raw SQLite")
                    + "; \((ratio * 1_000).rounded() / 1_000) x the signed bytes on disk"),
        ]
        lines.append(try await readings(store, count: count))
        return lines
    }

    /// A typed reference, to the verified voucher.
    private func readings(_ store: SQLiteVoucherStore, count: Int) async throws -> Measurement {
        let context = try context(issuer)
        let random = numbers(rounds.of(500), below: (count - 1) / Self.signedEvery + 1)
        let figures = try await timed(random.count) { round in
            let cti = Self.cti(random[round] * Self.signedEvery, of: count)
            let text = VoucherReference(cti: cti).map { Array($0.text.utf8) } ?? []
            guard case .voucher = await ReferenceReader.read(text, from: store, in: context) else {
                throw CommandFailure(reason: "bench", message: "A reference is not read.")
            }
        }
        return Measurement("reference to verified voucher", figures)
    }

    /// A journal with so many captures in its queue, and the store: from nothing open to ready.
    func start(captures: Int) async throws -> [Measurement] {
        let place = folder + "/start"
        do {
            let journal = try SQLiteJournal(
                folder: place, identityIfNew: [UInt8](repeating: 8, count: 8))
            try await prepare(journal, captures: captures)
        }
        let figures = try await timed(3) { _ in
            let journal = try SQLiteJournal(
                folder: place, identityIfNew: [UInt8](repeating: 8, count: 8))
            let store = SQLiteVoucherStore(folder: folder + "/vouchers")
            _ = try await store.objects(cti: Self.cti(1, of: 2))
            _ = try await journal.openSale()
            guard try await journal.queue().exposure.count == UInt64(captures) else {
                throw CommandFailure(reason: "bench", message: "The queue is not whole.")
            }
        }
        return [
            Measurement(
                "start to ready, \(captures) captures queued", figures,
                note: "peak memory of this process \(Self.peakMebibytes()) MiB")
        ]
    }

    private func object(cti: [UInt8]) -> [UInt8] {
        VoucherClaims(
            value: .fixed(amount: 1_000), currencyNumber: euro.number, cti: cti,
            expiry: now + 86_400, issuerName: "Bench", issuedAt: now
        ).signed(by: issuer)
    }

    private static func peakMebibytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return (kibibytes.flatMap { Int($0) } ?? 0) / 1_024
    }

    private func numbers(_ count: Int, below limit: Int) -> [Int] {
        var generator = SplitMix(state: 1)
        return (0..<count).map { _ in Int.random(in: 0..<limit, using: &generator) }
    }

    private func rawLookUps(_ numbers: [Int], in path: String) throws -> [Double] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let count = try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT sum(taken) FROM pack") ?? 0
        }
        return try queue.read { db in
            let statement = try db.makeStatement(sql: "SELECT objects FROM voucher WHERE key = ?")
            return try timed(numbers.count) { round in
                let cti = Self.cti(numbers[round], of: count)
                let first = cti.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let key = Int64(bitPattern: first ^ (1 << 63))
                _ = try Data.fetchOne(statement, arguments: [key])
            }
        }
    }

    /// The `cti` of a voucher: spread over all 80 bits, in order.
    private static func cti(_ number: Int, of count: Int) -> [UInt8] {
        let step = UInt64.max / UInt64(count)
        var mixed = SplitMix(state: UInt64(number))
        let place = UInt64(number) * step + mixed.next() % step
        return withUnsafeBytes(of: place.bigEndian) { Array($0) } + [1, 2]
    }

    /// Writes the pack and answers with the sum of its objects' bytes.
    private func writePack(of count: Int, to path: String) throws -> Int {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw CommandFailure(reason: "bench", message: "\(path) cannot be written.")
        }
        var hash = SHA256()
        var sum = 0
        var piece = VoucherPack.header(records: UInt64(count))
        func flush() throws {
            hash.update(data: piece)
            try file.write(contentsOf: Data(piece))
            piece.removeAll(keepingCapacity: true)
        }
        let marker = [UInt8](repeating: 0xA5, count: VoucherPack.ctiLength)
        let model = object(cti: marker)
        guard let place = model.firstRange(of: marker) else {
            throw CommandFailure(reason: "bench", message: "The model voucher has no cti.")
        }
        var random = SplitMix(state: 2)
        for number in 0..<count {
            let cti = Self.cti(number, of: count)
            var object = model
            if number % Self.signedEvery == 0 {
                object = self.object(cti: cti)
            } else {
                object.replaceSubrange(place, with: cti)
                let signature = (0..<8).flatMap { _ in
                    withUnsafeBytes(of: random.next()) { Array($0) }
                }
                object.replaceSubrange(
                    object.count - signature.count..<object.count, with: signature)
            }
            sum += object.count
            piece += VoucherPack.record(object) ?? []
            if piece.count > 1 << 20 { try flush() }
        }
        try flush()
        try file.write(contentsOf: Data(hash.finalize()))
        try file.close()
        return sum
    }
}

/// Random numbers that follow from their start (splitmix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
