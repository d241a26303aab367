import CommandSupport
import ControlProtocol
import Payments

/// A line of value-added tax on the command line: `A:19:11.90`.
enum VATArgument {
    static func line(_ text: String) throws -> VATOrderMessage {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, VATLine.isCode(parts[0]), let rate = VATRate.basisPoints(parts[1])
        else {
            throw CommandFailure(
                .usage, reason: "vat-malformed",
                message:
                    "--vat is \(text), not LETTER:RATE:GROSS as A:19:11.90. No sale was opened.")
        }
        return VATOrderMessage(code: parts[0], rate: UInt64(rate), gross: parts[2])
    }
}
