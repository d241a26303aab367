import CBOR
import COSE

/// A text of lines with one Ed25519 signature under it (C2SP signed-note): what a terminal's
/// checkpoints and the hub's are.
enum SignedNote {
    /// A key's hash (4 bytes) and a signature (64).
    private static let signatureLength = 68

    /// The note: `body`, which ends with LF, an empty line, and the signature by `key`, whose name
    /// this is.
    static func sign(_ body: String, name: String, key: PrivateKey) -> [UInt8] {
        precondition(key.algorithm == .ed25519, "Notes are signed with Ed25519 keys.")
        let signature = keyHash(name, key.publicKey) + key.sign(Array(body.utf8))
        return Array(text(body, name: name, signature: signature).utf8)
    }

    /// The first 4 bytes of the SHA-256 of name, LF, 0x01 and the key (C2SP signed-note, Ed25519).
    private static func keyHash(_ name: String, _ key: PublicKey) -> [UInt8] {
        Array(Hashing.sha256(Array(name.utf8) + [0x0A, 0x01] + key.encoding).prefix(4))
    }

    private static func text(_ body: String, name: String, signature: [UInt8]) -> String {
        "\(body)\n\u{2014} \(name) \(Base64Text.encode(signature))\n"
    }

    /// The lines of the body of a note that has `count` of them, and of its signature's.
    static func lines(of bytes: [UInt8], count: Int, maximumBytes: Int) throws(CheckpointError)
        -> [Substring]
    {
        guard bytes.count <= maximumBytes, let text = String(validating: bytes, as: UTF8.self)
        else { throw .malformed("text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == count + 3, lines[count].isEmpty, lines[count + 2].isEmpty else {
            throw .malformed("number of lines")
        }
        return Array(lines[..<count]) + [lines[count + 1]]
    }

    /// The signature in a note's last line. Of one note there is one text: `bytes` must be what
    /// `body` and this signature come to.
    static func signature(
        in line: Substring, of bytes: [UInt8], body: String, name: String
    ) throws(CheckpointError) -> [UInt8] {
        let start = "\u{2014} " + name + " "
        guard line.hasPrefix(start),
            let signature = Base64Text.decode(line.dropFirst(start.count)),
            signature.count == signatureLength
        else { throw .malformed("signature (last line)") }
        guard text(body, name: name, signature: signature).utf8.elementsEqual(bytes) else {
            throw .malformed("spelling")
        }
        return signature
    }

    /// Holds a note's signature against the key that should have made it.
    static func verify(_ signature: [UInt8], of body: String, name: String, key: PublicKey)
        throws(CheckpointError)
    {
        guard Array(signature.prefix(4)) == keyHash(name, key) else { throw .wrongSigner }
        guard key.isValidSignature(Array(signature.dropFirst(4)), for: Array(body.utf8)) else {
            throw .badSignature
        }
    }

    /// A decimal number without leading zeros, as a message's numbers are limited; nil for others.
    static func number(_ text: Substring) -> UInt64? {
        guard let value = UInt64(text), value <= MessageLimits.maximumInteger,
            String(value) == text
        else { return nil }
        return value
    }
}

extension PublicKey {
    /// The 32 bytes of an Ed25519 key (RFC 8032, 5.1.2).
    fileprivate var encoding: [UInt8] { coseKeyValue(compressed: false)[-2]?.asBytes ?? [] }
}
