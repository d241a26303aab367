/// The text of a voucher's QR code: `TV1:` and base45 (formats, section 1).
public enum VoucherText {
    /// What every voucher text begins with, upper case.
    public static let prefix = "TV1:"

    /// A longer text is refused unread: a QR code that a phone's screen shows well holds less.
    public static let maximumByteCount = 1_000

    /// The text for these bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        prefix + Base45.encode(bytes)
    }

    /// The bytes of a scanned or typed text. One final CR or LF, which keyboard scanners add, is
    /// removed first; nothing else is, because base45 contains the space.
    public static func decode(_ text: [UInt8]) throws(VoucherRefusal) -> [UInt8] {
        var body = text[...]
        if let last = body.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            body.removeLast()
        }
        guard body.count <= maximumByteCount else {
            throw VoucherRefusal(
                .textTooLong,
                "The text has \(body.count) bytes; at most \(maximumByteCount) are allowed.")
        }
        guard body.starts(with: prefix.utf8) else {
            throw VoucherRefusal(.textPrefix, "The text does not begin with TV1: in upper case.")
        }
        do {
            return try Base45.decode(body.dropFirst(prefix.utf8.count))
        } catch {
            throw VoucherRefusal(error)
        }
    }
}

extension VoucherRefusal {
    /// Base45's error as a refusal; places count from the text's first byte.
    init(_ error: Base45Error) {
        let start = VoucherText.prefix.utf8.count
        switch error {
        case .length(let count):
            self.init(
                .base45Length,
                "After TV1: are \(count) characters; base45 has a multiple of 3, or 2 more.")
        case .character(let offset):
            self.init(
                .base45Character,
                "The byte at offset \(start + offset) of the text is no base45 character.")
        case .range(let offset):
            self.init(
                .base45Range,
                "The base45 group at offset \(start + offset) of the text is out of range.")
        }
    }
}
