import CBOR
import COSE
import Vouchers

/// A text that a terminal has signed for a QR code: a prefix and base45 (RFC 9285) of a signed message.
enum SignedText {
    /// The object in a scanned text and its payload; nobody's signature has been looked at. One final
    /// CR or LF, which keyboard scanners add, is removed first.
    static func read(
        _ text: [UInt8], prefix: String, type: String, maximumTextBytes: Int
    ) throws(MessageError) -> (object: Sign1, payload: CBORValue) {
        var body = text[...]
        if let last = body.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            body.removeLast()
        }
        guard body.count <= maximumTextBytes else {
            throw .tooLong(limit: maximumTextBytes, found: body.count)
        }
        guard body.starts(with: prefix.utf8) else {
            throw .shape("beginning: \(prefix) in upper case")
        }
        let bytes: [UInt8]
        do { bytes = try Base45.decode(body.dropFirst(prefix.utf8.count)) } catch {
            throw .shape("base45 after \(prefix) (RFC 9285)")
        }
        return try SignedMessage.peek(
            bytes, type: type, limit: maximumBytes(ofText: maximumTextBytes))
    }

    /// The longest object in a text: base45 makes three characters of two bytes.
    static func maximumBytes(ofText count: Int) -> Int { count * 2 / 3 }
}
