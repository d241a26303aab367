/// A code as it came from a scanner, before anyone knows what it is.
struct ScannedCode {
    let bytes: [UInt8]
    /// The bytes as UTF-8, or nil where they are not.
    let text: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.text = String(validating: bytes, as: UTF8.self)
    }

    func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

    /// The same without regard to the case of ASCII letters; `prefix` is in lower case.
    func hasPrefixIgnoringCase(_ prefix: String) -> Bool {
        bytes.lazy.map(ASCII.lowered).starts(with: prefix.utf8)
    }

    /// What a log may say of a code that is not to be read there.
    func masked(_ prefix: String) -> String { "\(prefix)…(\(bytes.count) bytes)" }
}

/// Names codes of any scheme. It never approves one: what is not Till's own is named, and the
/// cashier decides with whom to pay.
public enum PaymentCode {
    /// The most bytes that a QR symbol can hold (7,089 digits, version 40 at level L).
    public static let maximumBytes = 7_089

    private typealias Recogniser = @Sendable (ScannedCode) -> CodeRecognition?

    /// In order: what has a prefix of its own, then digits, then addresses.
    private static let recognisers: [Recogniser] = [
        TillCodes.recognise, EMVMerchantCode.recognise, ConsumerPresentedCode.recognise,
        UPILink.recognise, EPCCode.recognise, SwissBill.recognise, OtherCodes.recognise,
        DigitCodes.recognise, WebAddress.recognise,
    ]

    /// What `bytes` are, for any bytes: it takes time in proportion to their number, and the
    /// answer is bounded.
    public static func recognise(_ bytes: [UInt8]) -> CodeRecognition {
        guard !bytes.isEmpty else {
            return CodeRecognition(
                .unreadable, masked: "(0 bytes)",
                problem: CodeProblem("code-empty", "The code is empty."))
        }
        // Till's own codes have limits of their own, which refuse a longer one by its own name.
        if bytes.count > maximumBytes, let own = TillCodes.recognise(ScannedCode(bytes)) {
            return own
        }
        guard bytes.count <= maximumBytes else {
            return CodeRecognition(
                .unreadable, masked: "(\(bytes.count) bytes)",
                problem: CodeProblem(
                    "code-too-long", "A QR symbol holds \(maximumBytes) bytes at most."))
        }
        let code = ScannedCode(bytes)
        for recognise in recognisers {
            if let recognition = recognise(code) { return recognition }
        }
        return plain(code)
    }

    private static func plain(_ code: ScannedCode) -> CodeRecognition {
        guard let text = code.text else {
            return CodeRecognition(
                .unreadable, masked: code.masked(""),
                problem: CodeProblem("code-not-text", "The code is neither known nor text."))
        }
        // Not even its beginning goes into a log: it may be a secret of a scheme unknown here.
        return CodeRecognition(
            .text, masked: code.masked("text "),
            fields: [CodeField("characters", String(text.unicodeScalars.count))])
    }
}
