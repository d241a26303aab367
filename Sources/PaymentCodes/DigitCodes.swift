/// Codes of ASCII digits alone: customer codes of the Chinese wallets, and article numbers.
enum DigitCodes {
    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        let digits = code.bytes
        guard ASCII.allDigits(digits) else { return nil }
        let two = Int(digits[0] - 0x30) * 10 + (digits.count > 1 ? Int(digits[1] - 0x30) : 0)
        // Longer than a GTIN: a digit code is a customer code or nothing that we know.
        switch (digits.count, two) {
        case (18, 10...15): return customer(.weChatPay, digits)
        case (19, 62): return customer(.unionPay, digits)
        // Alipay's own range (16 to 24) holds Alipay+'s main form of 24 digits too: the longer
        // form is Alipay+'s, and of the shorter ones its older forms are said to be possible.
        case (24, _): return customer(.alipayPlus, digits)
        case (16...23, 25...30):
            let note = isOlderAlipayPlus(digits) ? [CodeField("also", "alipay-plus")] : []
            return customer(.alipay, digits, note)
        default: break
        }
        guard isGTIN(digits) else { return nil }
        let number = String(decoding: digits, as: UTF8.self)
        return CodeRecognition(
            .gtin, masked: number,
            fields: [CodeField("form", "GTIN-\(digits.count)"), CodeField("number", number)])
    }

    /// 28 and 15 to 17 digits more, of which Alipay+ told two forms apart by their fourteenth.
    private static func isOlderAlipayPlus(_ digits: [UInt8]) -> Bool {
        (17...19).contains(digits.count) && digits.starts(with: "28".utf8)
    }

    /// Such a code is good for one payment within seconds: only its scheme and length are kept.
    private static func customer(
        _ kind: CodeKind, _ digits: [UInt8], _ fields: [CodeField] = []
    ) -> CodeRecognition {
        CodeRecognition(
            kind, masked: "\(kind.rawValue) …(\(digits.count) digits)",
            fields: [CodeField("digits", String(digits.count))] + fields)
    }

    /// 8, 12, 13 or 14 digits with the right check digit (GS1 General Specifications 7.9).
    static func isGTIN(_ bytes: [UInt8]) -> Bool {
        guard [8, 12, 13, 14].contains(bytes.count), ASCII.allDigits(bytes) else { return false }
        let sum = bytes.reversed().enumerated().reduce(0) { sum, digit in
            sum + Int(digit.element - 0x30) * (digit.offset.isMultiple(of: 2) ? 1 : 3)
        }
        return sum.isMultiple(of: 10)
    }
}
