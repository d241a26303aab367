import CBOR

/// The fields of a map, taken out one by one so that what is left over is known.
struct EntryFields {
    private var values: [Int64: CBORValue] = [:]
    private var hasOtherKeys = false

    init(_ map: CBORValue) {
        guard let pairs = map.asMap else {
            hasOtherKeys = true
            return
        }
        for pair in pairs {
            if case .unsigned(let key) = pair.key, let key = Int64(exactly: key) {
                values[key] = pair.value
            } else {
                hasOtherKeys = true
            }
        }
    }

    var isEmpty: Bool { values.isEmpty && !hasOtherKeys }

    func has(_ key: Int64) -> Bool { values[key] != nil }

    mutating func unsigned(_ key: Int64, _ name: String) throws(JournalEntryError) -> UInt64 {
        guard let value = values.removeValue(forKey: key)?.asUnsigned,
            value <= MessageLimits.maximumInteger
        else { throw .shape(name) }
        return value
    }

    mutating func text(_ key: Int64, _ name: String) throws(JournalEntryError) -> String {
        guard let value = values.removeValue(forKey: key)?.asText else { throw .shape(name) }
        return value
    }

    mutating func bytes(_ key: Int64, _ name: String, count: ClosedRange<Int>)
        throws(JournalEntryError) -> [UInt8]
    {
        guard let value = values.removeValue(forKey: key)?.asBytes, count.contains(value.count)
        else { throw .shape(name) }
        return value
    }

    /// A text that may be displayed, of so many bytes.
    mutating func text(_ key: Int64, _ name: String, count: ClosedRange<Int>)
        throws(JournalEntryError) -> String
    {
        let value = try text(key, name)
        guard count.contains(value.utf8.count), Payload.isDisplayable(value) else {
            throw .shape(name)
        }
        return value
    }

    /// An array of exactly so many elements.
    mutating func array(_ key: Int64, _ name: String, count: ClosedRange<Int>)
        throws(JournalEntryError) -> [CBORValue]
    {
        guard let value = values.removeValue(forKey: key)?.asArray, count.contains(value.count)
        else { throw .shape(name) }
        return value
    }

    /// An array of exactly so many unsigned integers.
    mutating func numbers(_ key: Int64, _ name: String, count: Int) throws(JournalEntryError)
        -> [UInt64]
    {
        try Self.numbers(in: .array(try array(key, name, count: count...count)), name, count)
    }

    /// The integers of an array of exactly `count`.
    static func numbers(in value: CBORValue, _ name: String, _ count: Int)
        throws(JournalEntryError) -> [UInt64]
    {
        let numbers = (value.asArray ?? []).compactMap(\.asUnsigned)
        guard numbers.count == count, value.asArray?.count == count,
            numbers.allSatisfy({ $0 <= MessageLimits.maximumInteger })
        else { throw .shape(name) }
        return numbers
    }

    /// The bytes of an optional key.
    mutating func bytesIfPresent(_ key: Int64, _ name: String, count: ClosedRange<Int>)
        throws(JournalEntryError) -> [UInt8]?
    {
        has(key) ? try bytes(key, name, count: count) : nil
    }
}
