import Trust

/// Why a text is not the message file that was asked for.
public enum MessageFileError: Error, Hashable, Sendable {
    /// There is nothing in it.
    case empty
    /// It is longer than any such file, in bytes.
    case tooLong(limit: Int)
    /// Its first line names another kind of message file.
    case otherKind(expected: MessageFile, found: MessageFile)
    /// Its first line is none that Till writes.
    case notOurs(expected: MessageFile)
    /// A line, counted from 1, holds something else than pairs of hexadecimal digits.
    case badLine(Int)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .empty: "file-empty"
        case .tooLong: "file-too-long"
        case .otherKind: "file-other-kind"
        case .notOurs: "file-not-recognised"
        case .badLine: "file-damaged"
        }
    }

    /// What is wrong, as a sentence.
    public var description: String {
        switch self {
        case .empty: "The file is empty."
        case .tooLong(let limit): "The file is longer than \(limit) bytes."
        case .otherKind(let expected, let found):
            "The file holds \(found.words); \(expected.words) was expected."
        case .notOurs(let expected):
            "The file does not begin with the line \(expected.rawValue); "
                + "\(expected.words) was expected."
        case .badLine(let number):
            "Line \(number) of the file is not made of hexadecimal digits: the file is damaged."
        }
    }
}

/// A signed message as a text file that a person can carry (`docs/spec/hub-protocol.md`, *Files*):
/// a first line that names the kind, then the bytes in hexadecimal, 64 digits a line.
public enum MessageFile: String, Hashable, Sendable, CaseIterable {
    /// An ``EnrolmentRequest``.
    case enrolmentRequest = "TILL-ENROLMENT-REQUEST-1"
    /// An ``EnrolmentAnswer``.
    case enrolmentAnswer = "TILL-ENROLMENT-ANSWER-1"
    /// A ``TerminalConfiguration``.
    case configuration = "TILL-CONFIGURATION-1"
    /// A ``Trust/Root``, signed or on its way to be.
    case root = "TILL-ROOT-1"
    /// A ``Trust/TrustList``, signed or on its way to be.
    case trustList = "TILL-TRUST-LIST-1"
    /// A ``Trust/TrustOffer``: roots, a trust list and a freshness statement together.
    case trust = "TILL-TRUST-1"

    private static let bytesPerLine = 32

    /// What the file holds, in words.
    public var words: String {
        switch self {
        case .enrolmentRequest: "a terminal's enrolment request"
        case .enrolmentAnswer: "a hub's answer to an enrolment request"
        case .configuration: "a hub's configuration for a terminal"
        case .root: "root keys"
        case .trustList: "a trust list"
        case .trust: "trust documents"
        }
    }

    /// The longest message of this kind, in bytes.
    private var maximumMessageBytes: Int {
        switch self {
        case .enrolmentRequest: EnrolmentRequest.maximumBytes
        case .enrolmentAnswer: EnrolmentAnswer.maximumBytes
        case .configuration: TerminalConfiguration.maximumBytes
        case .root: TrustDefaults.maximumRootBytes
        case .trustList: TrustDefaults.maximumListBytes
        case .trust: TrustOffer.maximumBytes
        }
    }

    /// The longest file of this kind, in bytes: three for each byte leaves room for line ends.
    public var maximumFileBytes: Int { 3 * maximumMessageBytes + 100 }

    /// The text of the file that holds `message`.
    public func text(of message: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = rawValue + "\n"
        for (index, byte) in message.enumerated() {
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
            if index % Self.bytesPerLine == Self.bytesPerLine - 1 { text += "\n" }
        }
        if message.count % Self.bytesPerLine != 0 { text += "\n" }
        return text
    }

    /// The message in a file of this kind. Upper case, CR LF line ends and white space at the end
    /// of lines are forgiven: the file may have travelled through a mail program.
    public func message(in file: [UInt8]) throws(MessageFileError) -> [UInt8] {
        guard file.count <= maximumFileBytes else { throw .tooLong(limit: maximumFileBytes) }
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map(Self.trimmed)
        guard lines.contains(where: { !$0.isEmpty }) else { throw .empty }
        let first = String(decoding: lines[0], as: UTF8.self)
        guard first == rawValue else {
            if let other = MessageFile(rawValue: first) {
                throw .otherKind(expected: self, found: other)
            }
            throw .notOurs(expected: self)
        }
        var message: [UInt8] = []
        for (index, line) in lines.enumerated().dropFirst() {
            guard line.count.isMultiple(of: 2) else { throw .badLine(index + 1) }
            var rest = line
            while let high = rest.popFirst(), let low = rest.popFirst() {
                guard let high = Self.digit(high), let low = Self.digit(low) else {
                    throw .badLine(index + 1)
                }
                message.append(high << 4 | low)
            }
        }
        return message
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 {
            line.removeLast()
        }
        return line
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
