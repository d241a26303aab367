/// Account numbers and references that carry check digits.
enum BankAccount {
    /// ISO 13616: two letters, two check digits, 11 to 30 alphanumerics; modulo 97 is 1.
    static func isIBAN(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (15...34).contains(bytes.count), bytes.prefix(2).allSatisfy(ASCII.isUpper),
            ASCII.allDigits(bytes[2..<4])
        else { return false }
        return remainder97(bytes) == 1
    }

    /// ISO 11649: `RF`, two check digits, 1 to 21 alphanumerics; modulo 97 is 1.
    static func isCreditorReference(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (5...25).contains(bytes.count), bytes.starts(with: "RF".utf8),
            ASCII.allDigits(bytes[2..<4])
        else { return false }
        return remainder97(bytes) == 1
    }

    /// ISO 9362: 8 or 11 characters, the first six of them letters.
    static func isBIC(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (bytes.count == 8 || bytes.count == 11)
            && bytes.allSatisfy { ASCII.isUpper($0) || ASCII.isDigit($0) }
            && bytes.prefix(6).allSatisfy(ASCII.isLetter)
    }

    /// The Swiss QR reference: 27 digits, the last by recursive modulo 10.
    static func isQRReference(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 27, ASCII.allDigits(bytes) else { return false }
        let table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5]
        let carry = bytes.dropLast().reduce(0) { table[($0 + Int($1 - 0x30)) % 10] }
        return (10 - carry) % 10 == Int(bytes[26] - 0x30)
    }

    /// 0.01 to 999999999.99; with a point there are at most two decimals.
    static func isAmount(_ text: String, decimals: ClosedRange<Int>) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, ASCII.allDigits(parts[0]), parts[0].count <= 9 else { return false }
        let found = parts.count == 2 ? parts[1].count : 0
        guard decimals.contains(found), parts.count == 1 || ASCII.allDigits(parts[1]) else {
            return false
        }
        return text.utf8.contains { (0x31...0x39).contains($0) }
    }

    /// The first four characters moved to the end, letters as 10 to 35; 97 for other characters.
    private static func remainder97(_ bytes: [UInt8]) -> Int {
        var remainder = 0
        for byte in bytes.dropFirst(4) + bytes.prefix(4) {
            switch byte {
            case 0x30...0x39: remainder = (remainder * 10 + Int(byte - 0x30)) % 97
            case 0x41...0x5A: remainder = (remainder * 100 + Int(byte - 0x41) + 10) % 97
            default: return 97
            }
        }
        return remainder
    }
}
