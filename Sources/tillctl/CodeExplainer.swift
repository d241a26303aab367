import CommandSupport
import Money
import PaymentCodes
import Payments
import Screens
import Terminal
import Vouchers

/// What is said of one code. The keys are stable (`docs/spec/cli.md`).
struct CodeExplanation: Encodable, Sendable {
    let kind: String
    let wellFormed: Bool
    let verdict: String
    let reason: String
    let message: String
    let fields: [String: String]
}

/// Explains codes: recognised by their form, judged as the daemon's terminal would judge them.
struct CodeExplainer: Sendable {
    let context: VerificationContext
    let desk: ReceiptDesk

    func explain(_ bytes: [UInt8]) -> CodeExplanation {
        let recognition = PaymentCode.recognise(bytes)
        if recognition.codeKind == .tillReceipt {
            return desk.explain(bytes, kind: recognition.kind)
        }
        if recognition.codeKind == .tillHealth {
            return desk.explainHealth(bytes, kind: recognition.kind)
        }
        var fields: [String: String] = [:]
        for field in recognition.fields { fields[field.name] = field.value }
        switch CodeReader.read(bytes, in: context) {
        case .voucher(let voucher):
            return CodeExplanation(
                kind: recognition.kind, wellFormed: true, verdict: "accept", reason: "accepted",
                message: "A genuine voucher, for this terminal and in its time.",
                fields: VoucherFields.of(voucher))
        case .refused(let code):
            return refused(code.refusal, bytes, kind: recognition.kind)
        case .unusable(.refused(let refusal)):
            return refused(refusal, bytes, kind: recognition.kind)
        case .unusable(let reason):
            return CodeExplanation(
                kind: recognition.kind, wellFormed: recognition.wellFormed, verdict: "refuse",
                reason: recognition.problemCode ?? reason.code,
                message: message(recognition, reason), fields: fields)
        }
    }

    private func refused(_ refusal: VoucherRefusal, _ bytes: [UInt8], kind: String)
        -> CodeExplanation
    {
        CodeExplanation(
            kind: kind, wellFormed: refusal.category != .formatBad, verdict: "refuse",
            reason: refusal.reason.rawValue, message: refusal.detail,
            fields: VoucherFields.of(text: bytes))
    }

    private func message(_ recognition: CodeRecognition, _ reason: DeclineReason) -> String {
        if let problem = recognition.problem { return problem }
        switch reason {
        case .otherScheme(_, let name):
            return "A well-formed code of \(name). This terminal cannot take it offline."
        case .referenceUnknown:
            return "A well-formed voucher reference. The voucher itself must be in the store."
        default:
            return "Not a payment code."
        }
    }

    /// One answer as one line of JSON, keys in a fixed order, without the cost of an encoder: a
    /// hundred thousand lines take seconds.
    static func json(_ explanation: CodeExplanation) -> String {
        var text = "{\"fields\":{"
        var isFirst = true
        for (name, value) in explanation.fields.sorted(by: { $0.key < $1.key }) {
            if !isFirst { text += "," }
            isFirst = false
            text += "\(quoted(name)):\(quoted(value))"
        }
        text += "},\"kind\":\(quoted(explanation.kind))"
        text += ",\"message\":\(quoted(explanation.message))"
        text += ",\"reason\":\(quoted(explanation.reason))"
        text += ",\"verdict\":\(quoted(explanation.verdict))"
        text += ",\"wellFormed\":\(explanation.wellFormed)}"
        return text
    }

    /// A JSON string (RFC 8259, section 7); everything outside printable ASCII but letters of
    /// other scripts is escaped, so that no line can reach the reader's terminal as a command.
    static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200B}"..."\u{200F}",
                "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
