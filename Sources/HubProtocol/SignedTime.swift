import CBOR
public import COSE
public import Vouchers

/// The time, signed by the hub for one terminal and one question of it (`docs/spec/time.md`,
/// *Signed time*). It settles a clock that is not believed.
public struct SignedTime: Hashable, Sendable {
    /// The `typ` of a signed time.
    public static let type = "till-time/1"
    /// The longest signed time in bytes.
    public static let maximumBytes = 512
    /// The length of a question in bytes: of a link's random bytes, and of a person's challenge.
    public static let nonceLengths = 8...16
    /// What the text of a signed time begins with, which a person carries.
    public static let textPrefix = "TCT1:"
    /// The longest text, in bytes: base45 makes three of two.
    public static let maximumTextBytes = textPrefix.utf8.count + maximumBytes / 2 * 3

    /// Whom it is for.
    public let terminal: TerminalID
    /// What the terminal asked with, 8 to 16 bytes.
    public let nonce: [UInt8]
    /// The hub's time when it signed, in seconds since 1970 UTC.
    public let at: UInt64
    /// Whether a person at the hub says that times which signatures say have passed were wrong.
    public let overrules: Bool

    /// A time for a terminal's question.
    public init(terminal: TerminalID, nonce: [UInt8], at: UInt64, overrules: Bool) {
        precondition(
            Self.nonceLengths.contains(nonce.count), "A question of the time has 8 to 16 bytes.")
        self.terminal = terminal
        self.nonce = nonce
        self.at = at
        self.overrules = overrules
    }

    /// The time as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), .bytes(nonce), .unsigned(at),
                .bool(overrules),
            ]), type: Self.type, key: key)
    }

    /// Reads the time that `hub` has signed for this terminal's question `nonce`.
    public static func verify(
        _ bytes: [UInt8], signedBy hub: PublicKey, for terminal: TerminalID,
        answering nonce: [UInt8]
    ) throws(MessageError) -> SignedTime {
        let payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: hub)
        let time = try SignedTime(payload)
        guard time.terminal == terminal else { throw .wrongTerminal(found: time.terminal) }
        guard time.nonce == nonce else { throw .wrongQuestion }
        return time
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "time")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        guard let nonce = try reader.next("question (element 2)").asBytes,
            Self.nonceLengths.contains(nonce.count)
        else { throw .shape("question (element 2)") }
        self.nonce = nonce
        at = try reader.unsigned("time (element 3)")
        guard case .bool(let overrules) = try reader.next("overruling (element 4)") else {
            throw .shape("overruling (element 4)")
        }
        self.overrules = overrules
        try reader.end()
    }

    /// A signed time as text, for a QR code or to be typed.
    public static func text(of message: [UInt8]) -> String {
        textPrefix + Base45.encode(message)
    }

    /// The signed time in such a text, its signature not yet looked at; line ends after it are
    /// forgiven. Nil where it is no such text.
    public static func message(in text: String) -> [UInt8]? {
        guard text.utf8.count <= maximumTextBytes + 2 else { return nil }
        // A space is a digit of base45.
        var bytes = Array(text.utf8)[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard bytes.starts(with: textPrefix.utf8) else { return nil }
        return try? Base45.decode(bytes.dropFirst(textPrefix.utf8.count))
    }
}

/// What a terminal with a suspect clock shows, and a technician reads to the hub: 8 characters,
/// which are the question of the signed time that comes back.
public struct ClockChallenge: Hashable, Sendable {
    /// How many characters: 40 bits, for minutes.
    public static let length = 8
    /// Crockford's base32, in which no two characters look alike.
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The characters, without the hyphen that people see.
    public let characters: [UInt8]

    /// A challenge from 8 random bytes.
    public init(random: [UInt8]) {
        precondition(random.count == Self.length, "A challenge is made of 8 random bytes.")
        characters = random.map { Self.alphabet[Int($0 & 31)] }
    }

    /// The challenge in what a person typed: lower case, hyphens, spaces, and O, I and L for 0, 1
    /// and 1 are forgiven. Nil where it is none.
    public init?(typed text: String) {
        var characters: [UInt8] = []
        for byte in text.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "O"): characters.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "L"): characters.append(UInt8(ascii: "1"))
            default:
                guard Self.alphabet.contains(byte) else { return nil }
                characters.append(byte)
            }
        }
        guard characters.count == Self.length else { return nil }
        self.characters = characters
    }

    /// The characters in two groups of four.
    public var text: String {
        String(decoding: characters.prefix(4), as: UTF8.self) + "-"
            + String(decoding: characters.suffix(4), as: UTF8.self)
    }
}
