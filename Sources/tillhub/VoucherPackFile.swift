import COSE
import CommandSupport
import Foundation
import HubProtocol
import PaymentCodes
import Vouchers

/// A voucher pack that is written (`docs/spec/voucher-store.md`), and beside it the references of
/// its vouchers, one a line in the pack's order, for whoever prints the cards.
struct VoucherPackFile {
    /// What is appended to the pack's path for the references.
    static let referencesSuffix = ".references"

    /// The whole file, of the issuers' objects in any order.
    static func bytes(of objects: [[UInt8]]) throws -> (pack: [UInt8], references: [UInt8]) {
        var entries: [(cti: [UInt8], object: [UInt8])] = []
        for object in objects {
            guard let code = try? VoucherCode(object) else {
                throw CommandFailure(
                    reason: "voucher-too-long",
                    message: "A voucher does not fit a pack. No pack was written.")
            }
            entries.append((code.claims.cti, object))
        }
        entries.sort { $0.cti.lexicographicallyPrecedes($1.cti) }
        var pack = VoucherPack.header(records: UInt64(entries.count))
        var references = ""
        for entry in entries {
            guard let record = VoucherPack.record(entry.object),
                let reference = VoucherReference(cti: entry.cti)
            else {
                throw CommandFailure(
                    reason: "voucher-too-long",
                    message: "A voucher does not fit a pack. No pack was written.")
            }
            pack += record
            references += reference.text + "\n"
        }
        pack += Hashing.sha256(pack)
        return (pack, Array(references.utf8))
    }

    /// Writes both files, which only their owner may read; neither may be there.
    static func write(_ objects: [[UInt8]], to path: String) throws {
        let (pack, references) = try bytes(of: objects)
        try OutputFile.create(path, pack)
        try OutputFile.create(path + referencesSuffix, references)
    }
}
