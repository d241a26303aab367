/// Why a merchant-presented payload is refused, with the path of the object at fault.
public struct EMVProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; the raw values are stable codes.
    public enum Reason: String, CaseIterable, Sendable {
        /// The payload has more characters than a reader has to take (QRCPS 4.1).
        case payloadTooLong = "emv-payload-too-long"
        /// The payload or a template ends within an id or a length.
        case cutOff = "emv-cut-off"
        /// An id is not two ASCII digits (4.3.1.1).
        case idNotDigits = "emv-id-not-digits"
        /// A length is not two ASCII digits (4.4.1.1).
        case lengthNotDigits = "emv-length-not-digits"
        /// A length is 00 (4.4.1.2).
        case lengthZero = "emv-length-zero"
        /// A length runs past the end of the payload or of its template (4.4.1.1).
        case lengthPastEnd = "emv-length-past-end"
        /// An id comes twice at one level (4.3.1.2).
        case objectRepeated = "emv-object-repeated"
        /// Object 00 is not the first one, or not `01` (4.7.1.1).
        case formatIndicator = "emv-format-indicator"
        /// Object 63 is missing (4.2.1.1).
        case crcMissing = "emv-crc-missing"
        /// Object 63 is not the last one (4.6.1.2).
        case crcNotLast = "emv-crc-not-last"
        /// Object 63 is not four hexadecimal digits (4.7.3.1).
        case crcFormat = "emv-crc-format"
        /// The checksum is another one than the payload's (4.7.3.1).
        case crcWrong = "emv-crc-wrong"
        /// A mandatory object is missing (table 3.6).
        case objectMissing = "emv-object-missing"
        /// A value breaks the format of its object (table 3.6 and chapter 4.7).
        case valueFormat = "emv-value-format"
        /// An object is there that another one rules out (4.7.7.1).
        case objectConflict = "emv-object-conflict"
        /// A scheme's template has an object that the scheme does not know.
        case objectUnknown = "emv-object-unknown"
    }

    /// The stable code.
    public let reason: Reason
    /// The object at fault, such as `62/07`; empty when it is the payload as a whole.
    public let path: String
    /// What is wrong with it, in words, without anything that was read.
    public let detail: String

    init(_ reason: Reason, at path: String, _ detail: String) {
        self.reason = reason
        self.path = path
        self.detail = detail
    }

    /// Path and detail, such as `62/07: length runs past its template`.
    public var description: String { path.isEmpty ? detail : "\(path): \(detail)" }
}
