import CommandSupport
import ESCPOSPrinter
import QRencodeEncoder
import Screens
import Terminal

/// Receipts on paper, for the commands.
enum ReceiptPaper {
    /// The printer at a place (`/dev/till/printer`, `tcp:HOST:PORT`), of a type of the table.
    static func printer(at place: String, type: String) throws -> any ReceiptPrinter {
        guard let capabilities = PrinterCapabilities.table[type] else {
            throw CommandFailure(
                .usage, reason: "printer-type-unknown",
                message: "--printer-type is \(type), not "
                    + PrinterCapabilities.table.keys.sorted().joined(separator: ", ")
                    + ". Nothing was printed.")
        }
        return ESCPOSPrinter(try Self.place(place), capabilities) { content in
            // A receipt's own code fits the smaller mode, other texts may not.
            (try? SymbolEncoder.encode(content, mode: .alphanumeric))
                ?? (try? SymbolEncoder.encode(content, mode: .byte))
        }
    }

    private static func place(_ text: String) throws -> ESCPOSPrinter.Place {
        guard text.hasPrefix("tcp:") else { return .device(text) }
        let parts = text.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false)
        let port = parts.count == 2 ? UInt16(parts[1]) : ESCPOSPrinter.networkPort
        guard (1...2).contains(parts.count), let host = parts.first, !host.isEmpty,
            let port, port > 0
        else {
            throw CommandFailure(
                .usage, reason: "printer-place-malformed",
                message: "--printer is \(text), not a device or tcp:HOST:PORT. Nothing was printed."
            )
        }
        return .network(host: String(host), port: port)
    }

    /// Prints the lines, and under them the code, or fails and says what that means; nil: of a payment's receipt.
    static func print(
        _ lines: [String], code: String? = nil, on printer: any ReceiptPrinter,
        meaning: String? = nil
    ) throws {
        let receipt = PrintableReceipt(lines: lines, code: code.map { Array($0.utf8) })
        do { try printer.print(receipt) } catch {
            throw CommandFailure(
                reason: error.reason,
                message: meaning.map { "\(error.cause) \($0)" } ?? error.message)
        }
    }
}
