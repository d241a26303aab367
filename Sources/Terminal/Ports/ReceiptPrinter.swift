/// How a printer is.
public struct PrinterStatus: Hashable, Sendable {
    /// Whether the paper has run out.
    public let isPaperOut: Bool
    /// Whether it will soon.
    public let isPaperLow: Bool
    /// Whether the cover is open.
    public let isCoverOpen: Bool

    /// Makes a status.
    public init(isPaperOut: Bool, isPaperLow: Bool, isCoverOpen: Bool) {
        self.isPaperOut = isPaperOut
        self.isPaperLow = isPaperLow
        self.isCoverOpen = isCoverOpen
    }
}

/// Why nothing, or not everything, was printed. The payment is not concerned: its receipt is in the
/// journal and can be printed again.
public enum PrinterError: Error, Hashable, Sendable {
    /// The device or the address cannot be opened.
    case unreachable(String)
    /// There is no paper.
    case paperOut
    /// The cover is open.
    case coverOpen
    /// The printer went away while it was written to.
    case interrupted(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .unreachable: "printer-unreachable"
        case .paperOut: "printer-paper-out"
        case .coverOpen: "printer-cover-open"
        case .interrupted: "printer-interrupted"
        }
    }

    /// What happened, and what to do about the printer.
    public var cause: String {
        switch self {
        case .unreachable(let detail): "The printer does not answer: \(detail)"
        case .paperOut: "The printer has no paper. Put a roll in."
        case .coverOpen: "The printer's cover is open. Close it."
        case .interrupted(let detail):
            "The printer went away while it printed: \(detail) Throw away what came out."
        }
    }

    /// What happened, what it means for the money, and what to do, where a receipt was printed.
    public var message: String { cause + " The payment stands; print its receipt again." }
}

/// What a receipt on paper is made of.
public struct PrintableReceipt: Hashable, Sendable {
    /// Its lines; the first is the merchant's name.
    public let lines: [String]
    /// What a QR code under them says, if there is one.
    public let code: [UInt8]?

    /// Makes a receipt.
    public init(lines: [String], code: [UInt8]? = nil) {
        self.lines = lines
        self.code = code
    }
}

/// A printer of receipts.
public protocol ReceiptPrinter: Sendable {
    /// How the printer is; nil where it does not say.
    func status() throws(PrinterError) -> PrinterStatus?

    /// Prints the whole receipt and cuts it off; where that fails nobody may take what came out for
    /// a receipt.
    func print(_ receipt: PrintableReceipt) throws(PrinterError)
}
