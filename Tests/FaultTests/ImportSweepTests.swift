import COSE
import Foundation
import HubProtocol
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteVoucherStore

/// The import of a pack while the disk fails: what it says is there is there, and the next import
/// goes on to the end, whatever happened.
@Suite struct ImportSweepTests {
    static let vouchers: ClosedRange<UInt64> = 1...60

    private static let objects = vouchers.map {
        Counter.mint.object(.fixed(amount: 100), cti: $0)
    }

    private static func pack(at path: String) throws {
        let body =
            VoucherPack.header(records: UInt64(objects.count))
            + objects.flatMap { VoucherPack.record($0) ?? [] }
        try Data(body + Hashing.sha256(body)).write(to: URL(fileURLWithPath: path))
    }

    /// Imports in several transactions.
    private static func add(_ pack: String, to folder: String, vfs: String?) throws
        -> VoucherStoreImport.Report
    {
        try VoucherStoreImport(folder: folder, vfs: vfs, recordsAtOnce: 16).add(pack: pack)
    }

    struct Line: Sendable, CustomTestStringConvertible, CustomStringConvertible {
        let fault: Fault
        let forEver: Bool
        var testDescription: String { description }
        var description: String { "\(fault.rawValue)\(forEver ? " for ever" : "")" }
    }

    static let lines = Fault.allCases.flatMap { fault in
        (fault == .cut ? [true] : [false, true]).map { Line(fault: fault, forEver: $0) }
    }

    @Test("An import ends whole, whichever call of the disk fails", arguments: lines)
    func sweeps(_ line: Line) async throws {
        let scratch = try Scratch()
        let pack = scratch.path("pack")
        try Self.pack(at: pack)
        var points = 0
        for call in stride(from: 1, to: Sweep.maximumPoints, by: FaultSweepTests.isThorough ? 1 : 4)
        {
            let folder = scratch.path("\(call)")
            let disk = FaultDisk()
            disk.arm(line.fault, at: call, forEver: line.forEver, seed: UInt64(call))
            let isTold = (try? Self.add(pack, to: folder, vfs: disk.vfs)) != nil
            let hasFailed = disk.hasFailed
            disk.mend()
            let cut = folder + "-cut"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try disk.materialise(folder, to: cut, seed: UInt64(call))
            try await examine(cut, nil, pack, isTold: isTold, "\(line), call \(call), cut")
            if line.fault != .cut {
                try await examine(
                    folder, disk.vfs, pack, isTold: isTold, "\(line), call \(call)")
            }
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: cut)
            guard hasFailed else { break }
            points += 1
        }
        print("fault sweep, import, \(line): \(points) points")
        #expect(points > 0)
    }

    private func examine(
        _ folder: String, _ vfs: String?, _ pack: String, isTold: Bool, _ what: String
    ) async throws {
        do {
            let report = try Self.add(pack, to: folder, vfs: vfs)
            #expect(!isTold || report.doneBefore == report.records, "\(what)")
            #expect(report.taken + report.known == UInt64(Self.objects.count), "\(what)")
            let store = SQLiteVoucherStore(folder: folder, vfs: vfs)
            for (number, object) in zip(Self.vouchers, Self.objects) {
                let found = try await store.objects(cti: VoucherMint.cti(number))
                #expect(found == [object], "\(what): voucher \(number)")
            }
        } catch {
            Issue.record("\(what): \(error)")
        }
    }
}
