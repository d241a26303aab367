import COSE
import Foundation
import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteVoucherStore

@Suite struct VoucherStoreTests {
    private static let mint = VoucherMint()

    private static func object(_ number: UInt64, amount: UInt64 = 1_250) -> [UInt8] {
        mint.object(.fixed(amount: amount), cti: number)
    }

    private func find(_ number: UInt64, in place: StorePlace) async throws -> [[UInt8]] {
        try await SQLiteVoucherStore(folder: place.folder).objects(cti: VoucherMint.cti(number))
    }

    @Test("Finds each voucher of a pack by its cti, byte for byte, and no other")
    func finds() async throws {
        let place = try StorePlace()
        let path = try place.pack((1...50).map { Self.object($0) })
        let report = try VoucherStoreImport(folder: place.folder).add(pack: path)
        #expect(report.taken == 50 && report.known == 0 && report.refused == 0)
        for number in UInt64(1)...50 {
            #expect(try await find(number, in: place) == [Self.object(number)])
        }
        #expect(try await find(51, in: place).isEmpty)
    }

    @Test("A store that is not there knows nothing, and one that comes later is found")
    func comesLater() async throws {
        let place = try StorePlace()
        let store = SQLiteVoucherStore(folder: place.folder)
        #expect(try await store.objects(cti: VoucherMint.cti(1)).isEmpty)
        #expect(try await store.totals().vouchers == 0)
        let first = try place.pack([Self.object(1)])
        let importer = try VoucherStoreImport(folder: place.folder)
        _ = try importer.add(pack: first)
        #expect(try await store.objects(cti: VoucherMint.cti(1)) == [Self.object(1)])
        // While the daemon reads, another pack comes in.
        _ = try importer.add(pack: try place.pack([Self.object(2)]))
        #expect(try await store.objects(cti: VoucherMint.cti(2)) == [Self.object(2)])
        #expect(try await store.totals().vouchers == 2)
    }

    @Test("Vouchers whose ctis begin alike are told apart")
    func clash() async throws {
        let place = try StorePlace()
        let ctis: [[UInt8]] = [[1, 0], [1, 1], [2, 0]].map { [9, 9, 9, 9, 9, 9, 9, 9] + $0 }
        let objects = ctis.map { cti in
            VoucherClaims(
                value: .fixed(amount: 100), currencyNumber: VoucherMint.euro, cti: cti,
                expiry: VoucherMint.now + 60
            ).signed(by: Self.mint.issuerKey)
        }
        _ = try VoucherStoreImport(folder: place.folder).add(pack: try place.pack(objects))
        let store = SQLiteVoucherStore(folder: place.folder)
        for (cti, object) in zip(ctis, objects) {
            #expect(try await store.objects(cti: cti) == [object])
        }
    }

    @Test("The same pack, and the same voucher in another, are taken once")
    func known() async throws {
        let place = try StorePlace()
        let importer = try VoucherStoreImport(folder: place.folder)
        let first = try place.pack([Self.object(1), Self.object(2)])
        _ = try importer.add(pack: first)
        let again = try importer.add(pack: first)
        #expect(again.doneBefore == 2 && again.taken == 2)
        let other = try importer.add(pack: try place.pack([Self.object(2), Self.object(3)]))
        #expect(other.taken == 1 && other.known == 1)
        #expect(try await find(2, in: place) == [Self.object(2)])
        #expect(try await SQLiteVoucherStore(folder: place.folder).totals().vouchers == 3)
    }

    @Test("What no reference can pay with is counted and left out")
    func refused() async throws {
        let place = try StorePlace()
        let bound = Self.mint.object(.fixed(amount: 100), cti: 4, bound: true)
        let confirmation = Self.mint.object(
            .fixed(amount: 100), cti: 5, confirms: [1, 2, 3, 4, 5, 6, 7, 8])
        let long = VoucherClaims(
            value: .fixed(amount: 100), currencyNumber: VoucherMint.euro,
            cti: [UInt8](repeating: 7, count: 12), expiry: VoucherMint.now + 60
        ).signed(by: Self.mint.issuerKey)
        let path = try place.pack([bound, confirmation, long, [1, 2, 3], Self.object(1)])
        let report = try VoucherStoreImport(folder: place.folder).add(pack: path)
        #expect(report.taken == 1 && report.refused == 4)
        #expect(try await find(4, in: place).isEmpty)
    }

    @Test("A pack with any changed byte, or cut anywhere, is refused before anything is taken")
    func damagedPack() async throws {
        let place = try StorePlace()
        let whole = StorePlace.bytes(of: [Self.object(1), Self.object(2)])
        let importer = try VoucherStoreImport(folder: place.folder)
        func expectRefusal(_ bytes: [UInt8], _ what: String) throws {
            let path = try place.write(bytes)
            do {
                _ = try importer.add(pack: path)
                Issue.record("\(what) was taken")
            } catch {
                guard case .packDamaged = error else {
                    Issue.record("\(what) was refused otherwise: \(error)")
                    return
                }
            }
        }
        for offset in whole.indices {
            var bytes = whole
            bytes[offset] ^= 0x01
            try expectRefusal(bytes, "byte \(offset)")
        }
        for length in stride(from: 0, to: whole.count, by: 3) {
            try expectRefusal(Array(whole.prefix(length)), "length \(length)")
        }
        #expect(try await SQLiteVoucherStore(folder: place.folder).totals().vouchers == 0)
    }

    @Test("A pack that lies about its records is refused, though its digest fits")
    func lyingPack() throws {
        let place = try StorePlace()
        let importer = try VoucherStoreImport(folder: place.folder)
        let record = try #require(VoucherPack.record(Self.object(1)))
        for (records, body) in [
            (UInt64(2), record), (1, record + record), (1, [0, 0] + record), (1 << 40, record),
            (1, [0xFF, 0xFF] + record), (1, []),
        ] {
            let bytes = VoucherPack.header(records: records) + body
            let path = try place.write(bytes + Hashing.sha256(bytes))
            #expect(throws: VoucherStoreError.self, "\(records) records") {
                try importer.add(pack: path)
            }
        }
    }

    @Test("One import at a time; a newer store and another database are refused untouched")
    func refusesToOpen() throws {
        let place = try StorePlace()
        let first = try VoucherStoreImport(folder: place.folder)
        #expect(throws: VoucherStoreError.locked) {
            try VoucherStoreImport(folder: place.folder)
        }
        _ = consume first
        _ = try VoucherStoreImport(folder: place.folder)
    }

    @Test("The store's file is its owner's alone")
    func mode() throws {
        let place = try StorePlace()
        _ = try VoucherStoreImport(folder: place.folder)
            .add(pack: try place.pack([Self.object(1)]))
        let attributes = try FileManager.default.attributesOfItem(
            atPath: place.folder + "/" + SQLiteVoucherStore.databaseName)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}

/// A folder for a store and its packs, gone when this goes.
final class StorePlace {
    let root: String
    private var packs = 0
    var folder: String { root + "/vouchers" }

    init() throws {
        root = NSTemporaryDirectory() + "till-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// A pack of these objects, in this order.
    static func bytes(of objects: [[UInt8]]) -> [UInt8] {
        let body =
            VoucherPack.header(records: UInt64(objects.count))
            + objects.flatMap { VoucherPack.record($0) ?? [] }
        return body + Hashing.sha256(body)
    }

    func pack(_ objects: [[UInt8]]) throws -> String { try write(Self.bytes(of: objects)) }

    func write(_ bytes: [UInt8]) throws -> String {
        packs += 1
        let path = root + "/pack-\(packs)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
