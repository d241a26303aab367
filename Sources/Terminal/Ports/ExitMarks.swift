/// Why the exit marks do not answer. No goods are let out by a mark that could not be written.
public enum ExitMarkError: Error, Hashable, Sendable {
    /// As many are kept as may be.
    case full(limit: Int)
    /// They cannot be read or written; the text says what the system said.
    case unusable(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .full: "exit-marks-full"
        case .unusable: "exit-marks-unusable"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .full(let limit):
            "\(limit) receipts are marked here, as many as are kept. This one was not marked; no "
                + "payment is concerned. Look at the goods and the receipt yourself."
        case .unusable(let detail):
            "The exit marks cannot be read or written (\(detail)). This receipt was not marked; no "
                + "payment is concerned. Check exit-marks.sqlite in the state folder: its owner, its "
                + "mode, the disk. Moved away, marking begins anew."
        }
    }
}

/// Remembers which receipts have left by this terminal's exit, each once.
public protocol ExitMarks: Sendable {
    /// Marks the receipt with this mark (``HubProtocol/SignedReceipt/mark``), of the time `issuedAt`,
    /// at `now`, both in seconds since 1970 UTC; when this returns the mark survives a power cut. Where it
    /// is marked already nothing changes, and the answer is when that was.
    func mark(_ receipt: [UInt8], issuedAt: UInt64, at now: UInt64) throws(ExitMarkError) -> UInt64?
}
