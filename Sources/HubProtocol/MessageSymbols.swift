import COSE
import Vouchers

/// Why texts are not the symbols of one message. Nothing was taken.
public enum MessageSymbolError: Error, Hashable, Sendable {
    /// A text is no symbol of a message.
    case notASymbol
    /// A symbol belongs to another kind of message.
    case otherKind(expected: MessageFile)
    /// The symbols are of two messages.
    case mixed
    /// These symbols, counted from 1, are missing of so many.
    case missing([Int], of: Int)
    /// All symbols are there, and the message is not the one that was divided.
    case damaged
    /// The message is too long for symbols, in bytes.
    case tooLong(limit: Int, found: Int)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .notASymbol: "symbol-not-of-a-message"
        case .otherKind: "symbol-other-kind"
        case .mixed: "symbol-of-another-message"
        case .missing: "symbol-missing"
        case .damaged: "symbol-damaged"
        case .tooLong: "message-too-long-for-symbols"
        }
    }

    /// What is wrong, as a sentence, and what to do.
    public var description: String {
        switch self {
        case .notASymbol:
            "The code is none of a message. Take a picture of the codes that were made for it."
        case .otherKind(let expected): "The code is not of \(expected.words)."
        case .mixed: "The codes are of two messages. Take pictures of the codes of one."
        case .missing(let numbers, let count):
            "Code \(numbers.map(String.init).joined(separator: ", ")) of \(count) is missing. "
                + "Take a picture of it too, and name all pictures together."
        case .damaged: "The codes do not make the message that they were made of. Make them anew."
        case .tooLong(let limit, let found):
            "The message has \(found) bytes; codes carry \(limit) at most. Carry the file."
        }
    }
}

/// A message as QR codes, where neither a network nor a stick goes between two machines
/// (`docs/spec/hub-protocol.md`, *Symbols*). The bytes are divided, not compressed: keys, digests
/// and signatures, which is what such messages are made of, hardly become shorter.
public enum MessageSymbols {
    /// What every symbol's text begins with.
    static let prefix = "TM1:"
    /// Bytes of a message in one symbol: the symbol then has at most 97 modules a side (version 20
    /// at level M), which a phone's camera and a kiosk's read from a screen or a sheet of paper.
    public static let partBytes = 600
    /// The most symbols of one message: more than anybody shows one after the other.
    public static let maximumSymbols = 32
    /// The longest message in bytes.
    public static let maximumBytes = partBytes * maximumSymbols
    /// Bytes of the message's digest that every symbol carries: they tell two messages apart; that
    /// nothing was changed is what the message's own signatures say.
    private static let checkBytes = 4

    /// The texts of the symbols, in their order; each is of a QR code's alphanumeric mode.
    public static func texts(of message: [UInt8], _ kind: MessageFile) throws(MessageSymbolError)
        -> [String]
    {
        precondition(!message.isEmpty, "A message has bytes.")
        guard message.count <= maximumBytes else {
            throw .tooLong(limit: maximumBytes, found: message.count)
        }
        let count = (message.count + partBytes - 1) / partBytes
        let check = check(message)
        return (0..<count).map { place in
            let part = message[(place * partBytes)..<min((place + 1) * partBytes, message.count)]
            return "\(prefix)\(kind.symbolCode):\(place + 1)/\(count):\(check):"
                + Base45.encode(Array(part))
        }
    }

    /// Whether a text is, by its beginning, a symbol's.
    public static func isSymbol(_ text: [UInt8]) -> Bool { text.starts(with: prefix.utf8) }

    /// The message of this kind in the texts of its symbols, which may come in any order and more
    /// than once.
    public static func message(_ kind: MessageFile, in texts: [[UInt8]]) throws(MessageSymbolError)
        -> [UInt8]
    {
        var parts: [Int: [UInt8]] = [:]
        var whole: (count: Int, check: String)?
        for text in texts {
            let symbol = try MessageSymbol(text)
            guard symbol.kind == kind.symbolCode else { throw .otherKind(expected: kind) }
            let named = (count: symbol.count, check: symbol.check)
            guard whole.map({ $0 == named }) ?? true else { throw .mixed }
            whole = named
            guard parts[symbol.number].map({ $0 == symbol.part }) ?? true else { throw .damaged }
            parts[symbol.number] = symbol.part
        }
        guard let whole else { throw .notASymbol }
        let missing = (1...whole.count).filter { parts[$0] == nil }
        guard missing.isEmpty else { throw .missing(missing, of: whole.count) }
        let message = (1...whole.count).flatMap { parts[$0] ?? [] }
        guard check(message) == whole.check else { throw .damaged }
        return message
    }

    private static func check(_ message: [UInt8]) -> String {
        Hex.text(of: Array(Hashing.sha256(message).prefix(checkBytes))).uppercased()
    }
}

/// One symbol's text, read.
private struct MessageSymbol {
    let kind: String
    let number: Int
    let count: Int
    let check: String
    let part: [UInt8]

    init(_ text: [UInt8]) throws(MessageSymbolError) {
        guard MessageSymbols.isSymbol(text) else { throw .notASymbol }
        let fields = text.dropFirst(MessageSymbols.prefix.utf8.count)
            .split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4 else { throw .notASymbol }
        kind = String(decoding: fields[0], as: UTF8.self)
        let place = String(decoding: fields[1], as: UTF8.self)
            .split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        check = String(decoding: fields[2], as: UTF8.self)
        guard place.count == 2, let number = place[0], let count = place[1],
            (1...MessageSymbols.maximumSymbols).contains(count), (1...count).contains(number),
            let part = try? Base45.decode(fields[3]),
            (1...MessageSymbols.partBytes).contains(part.count)
        else { throw .notASymbol }
        self.number = number
        self.count = count
        self.part = part
    }
}

extension MessageFile {
    /// The kind's two letters in a symbol.
    var symbolCode: String {
        switch self {
        case .enrolmentRequest: "EQ"
        case .enrolmentAnswer: "EA"
        case .configuration: "CF"
        case .root: "RT"
        case .trustList: "TL"
        case .trust: "TR"
        }
    }
}
