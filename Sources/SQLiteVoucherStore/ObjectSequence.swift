import Terminal
import Vouchers

/// The objects of one row: one COSE_Sign1 after the other, each of them an array of a byte string,
/// an empty map and two byte strings (`formats.md` section 1).
enum ObjectSequence {
    /// The objects, in order; a row that is no such sequence is damaged.
    static func objects(in row: [UInt8]) throws(VoucherStoreError) -> [[UInt8]] {
        var objects: [[UInt8]] = []
        var start = 0
        while start < row.count {
            guard let end = end(of: row, from: start) else {
                throw .damaged("a row holds no voucher")
            }
            objects.append(Array(row[start..<end]))
            start = end
        }
        return objects
    }

    /// Those of them that carry just this `cti`.
    static func objects(in row: [UInt8], cti: [UInt8]) throws(VoucherStoreError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for object in try objects(in: row) {
            guard let code = try? VoucherCode(object) else {
                throw .damaged("a row holds no voucher")
            }
            if code.claims.cti == cti { found.append(object) }
        }
        return found
    }

    private static func end(of row: [UInt8], from start: Int) -> Int? {
        // Tag 18, an array of 4; then the protected header.
        guard row.count - start > 2, row[start] == 0xD2, row[start + 1] == 0x84 else { return nil }
        guard let header = afterBytes(row, start + 2), header < row.count, row[header] == 0xA0,
            let payload = afterBytes(row, header + 1)
        else { return nil }
        return afterBytes(row, payload)
    }

    /// Where a byte string (RFC 8949, major type 2) of less than 65,536 bytes ends.
    private static func afterBytes(_ row: [UInt8], _ start: Int) -> Int? {
        guard start < row.count else { return nil }
        let body: (first: Int, count: Int)
        switch row[start] {
        case 0x40...0x57: body = (start + 1, Int(row[start] - 0x40))
        case 0x58 where start + 1 < row.count: body = (start + 2, Int(row[start + 1]))
        case 0x59 where start + 2 < row.count:
            body = (start + 3, Int(row[start + 1]) << 8 | Int(row[start + 2]))
        default: return nil
        }
        let end = body.first + body.count
        return end <= row.count ? end : nil
    }
}
