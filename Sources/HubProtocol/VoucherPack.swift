/// A voucher pack: the file in which an issuer hands a terminal vouchers that are paid with by
/// reference (`docs/spec/voucher-store.md`). These are its bytes; nobody reads or writes one whole.
///
/// A header, one record for each voucher in ascending order of `cti`, and a SHA-256 over all that
/// stands before it. Each voucher is signed by itself; the digest finds accidents alone.
public enum VoucherPack {
    /// "TLVP" and the format number 1, four bytes, big-endian.
    public static let magic: [UInt8] = Array("TLVP".utf8) + [0, 0, 0, 1]
    /// The magic, and how many records there are: 8 bytes, big-endian.
    public static let headerLength = 16
    /// A record's length: 2 bytes, big-endian.
    public static let lengthLength = 2
    /// The longest object, in bytes: one whose text is a `TV1:` that a terminal reads is shorter
    /// (`formats.md` 1: 1,000 characters, of which base45 makes two thirds).
    public static let maximumObjectLength = 1_000
    /// The length of the digest at the end, in bytes.
    public static let digestLength = 32
    /// The length of the `cti` that a reference spells out, in bytes (`formats.md` 2).
    public static let ctiLength = 10
    /// More vouchers than any terminal holds.
    public static let maximumRecords: UInt64 = 1 << 32

    /// The header of a pack of so many vouchers.
    public static func header(records: UInt64) -> [UInt8] {
        magic + (0..<8).map { UInt8(truncatingIfNeeded: records >> (56 - 8 * $0)) }
    }

    /// How many records follow a header, or nil where the 16 bytes are none.
    public static func records(inHeader bytes: [UInt8]) -> UInt64? {
        guard bytes.count == headerLength, Array(bytes.prefix(magic.count)) == magic else {
            return nil
        }
        let records = bytes.dropFirst(magic.count).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return records <= maximumRecords ? records : nil
    }

    /// One record, or nil where the object is empty or too long.
    public static func record(_ object: [UInt8]) -> [UInt8]? {
        guard (1...maximumObjectLength).contains(object.count) else { return nil }
        return [UInt8(object.count >> 8), UInt8(object.count & 0xFF)] + object
    }

    /// The length of the object in a record that begins with these 2 bytes, or nil where no
    /// object has it.
    public static func objectLength(_ high: UInt8, _ low: UInt8) -> Int? {
        let length = Int(high) << 8 | Int(low)
        return (1...maximumObjectLength).contains(length) ? length : nil
    }
}
