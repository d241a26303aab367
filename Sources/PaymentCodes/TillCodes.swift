/// Till's own codes: the texts of vouchers, receipts and health reports, and references (the shop QR is
/// an EMV payload).
enum TillCodes {
    /// Formats section 1: counted after one final CR or LF is removed.
    static let maximumVoucherText = 1_000
    private static let base45 = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        if code.hasPrefixIgnoringCase("tv1:") { return voucher(code) }
        if code.hasPrefixIgnoringCase("tvr:") { return reference(code) }
        // Whatever follows: whether it is a genuine one is for who verifies receipts.
        if code.hasPrefixIgnoringCase("tr1:") {
            return CodeRecognition(.tillReceipt, masked: code.masked("TR1:"))
        }
        if code.hasPrefixIgnoringCase("th1:") {
            return CodeRecognition(.tillHealth, masked: code.masked("TH1:"))
        }
        return nil
    }

    /// Looks at the text alone, in the order in which a decoder refuses.
    private static func voucher(_ code: ScannedCode) -> CodeRecognition {
        var text = code.bytes[...]
        if let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
        let problem: CodeProblem?
        let body = text.dropFirst(4)
        if text.count > maximumVoucherText {
            problem = CodeProblem("voucher-text-too-long", "The text has more than 1,000 bytes.")
        } else if !code.hasPrefix("TV1:") {
            problem = CodeProblem("voucher-prefix", "The prefix is not in upper case.")
        } else if let place = body.firstIndex(where: { !base45.contains($0) }) {
            problem = CodeProblem("voucher-base45", "Byte \(place) is not a base45 character.")
        } else if body.isEmpty || body.count % 3 == 1 {
            problem = CodeProblem("voucher-base45", "\(body.count) characters are no base45 text.")
        } else {
            problem = nil
        }
        return CodeRecognition(.tillVoucher, masked: "TV1:…", problem: problem)
    }

    private static func reference(_ code: ScannedCode) -> CodeRecognition {
        do throws(VoucherReferenceError) {
            _ = try VoucherReference(parsing: code.bytes)
            return CodeRecognition(.tillReference, masked: "TVR:…")
        } catch {
            return CodeRecognition(
                .tillReference, masked: "TVR:…",
                problem: CodeProblem(error.reason, error.description))
        }
    }
}
