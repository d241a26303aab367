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
        for object in try objects(in: row) where try carries(cti, object) { found.append(object) }
        return found
    }

    private static func carries(_ cti: [UInt8], _ object: [UInt8]) throws(VoucherStoreError) -> Bool
    {
        if let found = Self.cti(of: object) { return found.elementsEqual(cti) }
        guard let code = try? VoucherCode(object) else { throw .damaged("a row holds no voucher") }
        return code.claims.cti == cti
    }

    /// The claim 7 (`cti`, RFC 8392) of an object's payload, found by stepping over what stands
    /// before it: reading the whole voucher took longer than finding its row. Nil where something
    /// else stands there than integers and strings.
    private static func cti(of object: [UInt8]) -> ArraySlice<UInt8>? {
        guard let header = afterBytes(object, 2), let payload = bytes(object, header + 1),
            let map = object[payload].first, (0xA0...0xB7).contains(map)
        else { return nil }
        var place = payload.lowerBound + 1
        while place < payload.upperBound {
            if object[place] == 7 { return bytes(object, place + 1).map { object[$0] } }
            guard let value = afterScalar(object, place), let next = afterScalar(object, value)
            else { return nil }
            place = next
        }
        return nil
    }

    /// Where an integer of at most 64 bits or a short string ends (RFC 8949, major types 0 to 3).
    private static func afterScalar(_ row: [UInt8], _ start: Int) -> Int? {
        guard start < row.count else { return nil }
        switch row[start] {
        case 0x00...0x17, 0x20...0x37: return start + 1
        case 0x18, 0x38: return start + 2
        case 0x19, 0x39: return start + 3
        case 0x1A, 0x3A: return start + 5
        case 0x1B, 0x3B: return start + 9
        case 0x40...0x59: return afterBytes(row, start)
        case 0x60...0x77: return start + 1 + Int(row[start] - 0x60)
        default: return nil
        }
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
        bytes(row, start)?.upperBound
    }

    /// Where the content of such a byte string lies.
    private static func bytes(_ row: [UInt8], _ start: Int) -> Range<Int>? {
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
        return end <= row.count ? body.first..<end : nil
    }
}
