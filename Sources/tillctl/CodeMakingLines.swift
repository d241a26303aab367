import CommandSupport
import Foundation
import PaymentCodes

/// Makes codes from JSON objects on standard input, one line for each, until it ends.
struct CodeMakingLines {
    /// The longest line that is read, in bytes: a code has 7,089, JSON may escape each of them.
    static let maximumLineBytes = 1 << 16

    private struct Answer: Encodable {
        let ok: Bool
        let form: String?
        let text: String?
        let reason: String?
        let message: String?
    }

    func run() throws {
        var line: [UInt8] = []
        while let chunk = try FileHandle.standardInput.read(upToCount: Self.maximumLineBytes),
            !chunk.isEmpty
        {
            for byte in chunk {
                if byte == UInt8(ascii: "\n") {
                    try Output.json(answer(line))
                    line.removeAll(keepingCapacity: true)
                } else if line.count <= Self.maximumLineBytes {
                    line.append(byte)
                }
            }
        }
        if !line.isEmpty { try Output.json(answer(line)) }
    }

    private func answer(_ line: [UInt8]) -> Answer {
        guard line.count <= Self.maximumLineBytes,
            var values = try? JSONDecoder().decode([String: String].self, from: Data(line)),
            let form = values.removeValue(forKey: "form")
        else {
            return Answer(
                ok: false, form: nil, text: nil, reason: "line-malformed",
                message: "The line is no JSON object of texts with a form in it.")
        }
        do {
            let code = try CodeMakeCommand.make(form, values)
            return Answer(ok: true, form: form, text: code.text, reason: nil, message: nil)
        } catch let failure as CommandFailure {
            return Answer(
                ok: false, form: form, text: nil, reason: failure.reason,
                message: failure.message)
        } catch {
            return Answer(
                ok: false, form: form, text: nil, reason: "code-not-made", message: "\(error)")
        }
    }
}
