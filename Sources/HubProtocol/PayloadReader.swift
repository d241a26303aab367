package import CBOR
package import COSE
package import Money
package import Vouchers

/// The limits that all payloads between terminal and hub share.
public enum MessageLimits {
    /// The largest integer in any message, as in vouchers (`formats.md` 1.1): below 2^53, so that
    /// every language and every database holds it exactly.
    public static let maximumInteger: UInt64 = (1 << 53) - 1
    /// The length of a journal's identity in bytes.
    public static let journalIdentityLength = 8
    /// The longest text in a message, in bytes of UTF-8: a scheme's longest account template
    /// (99 characters) and any sensible URL fit.
    public static let maximumTextLength = 400
}

/// Takes the elements of a payload array in order, so that what is left over is known.
package struct PayloadReader {
    private var elements: ArraySlice<CBORValue>
    private let name: String

    /// Reads `value`, which must be an array; `name` is how errors call it.
    package init(_ value: CBORValue, _ name: String) throws(MessageError) {
        guard let elements = value.asArray else { throw .shape(name) }
        self.elements = elements[...]
        self.name = name
    }

    /// Whether the next element is the simple value true.
    package var isNextTrue: Bool { elements.first == .bool(true) }

    /// How many elements are left.
    package var count: Int { elements.count }

    package mutating func next(_ name: String) throws(MessageError) -> CBORValue {
        guard let value = elements.popFirst() else { throw .shape(name) }
        return value
    }

    package mutating func unsigned(_ name: String) throws(MessageError) -> UInt64 {
        try Payload.unsigned(try next(name), name)
    }

    /// An integer, or nil where null stands.
    package mutating func optional(_ name: String) throws(MessageError) -> UInt64? {
        let value = try next(name)
        return value == .null ? nil : try Payload.unsigned(value, name)
    }

    package mutating func bytes(_ name: String, count: Int) throws(MessageError) -> [UInt8] {
        guard let value = try next(name).asBytes, value.count == count else { throw .shape(name) }
        return value
    }

    mutating func bytes(_ name: String, counts: ClosedRange<Int>) throws(MessageError) -> [UInt8] {
        guard let value = try next(name).asBytes, counts.contains(value.count) else {
            throw .shape(name)
        }
        return value
    }

    package mutating func text(_ name: String) throws(MessageError) -> String {
        try Payload.text(try next(name), name)
    }

    package mutating func terminal(_ name: String) throws(MessageError) -> TerminalID {
        try Payload.terminal(try next(name), name)
    }

    package mutating func array(_ name: String, atMost limit: Int) throws(MessageError)
        -> [CBORValue]
    {
        try Payload.array(try next(name), name, atMost: limit)
    }

    /// The format number that every array payload begins with, from 1 to the newest of its kind.
    @discardableResult
    package mutating func format(newest: UInt64 = 1) throws(MessageError) -> UInt64 {
        let number = try unsigned("format number")
        guard (1...newest).contains(number) else { throw .unknownFormat(number) }
        return number
    }

    /// Throws where elements are left.
    package func end() throws(MessageError) {
        guard elements.isEmpty else { throw .shape("end of the \(name): elements follow") }
    }
}

/// The single values of a payload, each with its limit.
package enum Payload {
    package static func unsigned(_ value: CBORValue, _ name: String) throws(MessageError) -> UInt64
    {
        guard let number = value.asUnsigned, number <= MessageLimits.maximumInteger else {
            throw .shape(name)
        }
        return number
    }

    /// A text without control characters, so that it may be displayed.
    package static func text(_ value: CBORValue, _ name: String) throws(MessageError) -> String {
        guard let text = value.asText, isDisplayable(text) else { throw .shape(name) }
        return text
    }

    package static func isDisplayable(_ text: String) -> Bool {
        text.utf8.count <= MessageLimits.maximumTextLength && text.isDisplayable
    }

    package static func terminal(_ value: CBORValue, _ name: String) throws(MessageError)
        -> TerminalID
    {
        guard let text = value.asText, let terminal = TerminalID(text) else { throw .shape(name) }
        return terminal
    }

    package static func currency(_ value: CBORValue, _ name: String) throws(MessageError)
        -> Currency
    {
        guard let number = value.asUnsigned, let short = UInt16(exactly: number),
            let currency = Currency(number: short)
        else { throw .shape(name) }
        return currency
    }

    package static func array(_ value: CBORValue, _ name: String, atMost limit: Int)
        throws(MessageError)
        -> [CBORValue]
    {
        guard let elements = value.asArray, elements.count <= limit else { throw .shape(name) }
        return elements
    }

    package static func key(_ value: CBORValue, _ name: String) throws(MessageError) -> PublicKey {
        do { return try PublicKey(coseKey: value) } catch { throw .shape("\(name): \(error)") }
    }
}
