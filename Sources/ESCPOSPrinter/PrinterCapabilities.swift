/// What a printer can do, by the names of escpos-printer-db.
public struct PrinterCapabilities: Hashable, Sendable {
    /// Characters a line in font A (`fonts.0.columns`).
    public let columns: Int
    /// `features.qrCode`: it draws QR codes by itself (GS ( k).
    public let drawsQRCodes: Bool
    /// `features.paperPartCut`: it cuts, and leaves a corner.
    public let cuts: Bool
    /// Where CP858 (western Europe with the euro sign) is among its code pages; nil: ASCII alone is
    /// relied on.
    public let cp858: UInt8?

    /// Makes a table row.
    public init(columns: Int, drawsQRCodes: Bool, cuts: Bool, cp858: UInt8?) {
        self.columns = columns
        self.drawsQRCodes = drawsQRCodes
        self.cuts = cuts
        self.cp858 = cp858
    }

    /// The table: by the names that a technician may give.
    public static let table: [String: PrinterCapabilities] = [
        // escpos-printer-db `simple`: what every printer has.
        "simple": PrinterCapabilities(columns: 42, drawsQRCodes: false, cuts: false, cp858: nil),
        // `default`: Epson's TM series of 80 mm, and what is made like them.
        "default": PrinterCapabilities(columns: 42, drawsQRCodes: true, cuts: true, cp858: 19),
        // `POS-5890`: 58 mm, no cutter.
        "POS-5890": PrinterCapabilities(columns: 32, drawsQRCodes: false, cuts: false, cp858: 19),
    ]
}
