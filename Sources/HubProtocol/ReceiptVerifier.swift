import COSE
public import Trust
import Vouchers

/// A receipt that a terminal of the shop has signed. Only ``ReceiptVerifier`` makes one.
public struct VerifiedReceipt: Hashable, Sendable {
    /// What it says.
    public let receipt: SignedReceipt

    fileprivate init(_ receipt: SignedReceipt) { self.receipt = receipt }
}

/// Why a text is no genuine receipt of this shop (`docs/spec/receipt.md`, *Verification*).
public enum ReceiptRefusal: Error, Hashable, Sendable {
    /// It breaks its own format.
    case malformed(MessageError)
    /// The terminal is another merchant's.
    case otherShop(SignedReceipt)
    /// The trust list has no such key of that terminal.
    case terminalUnknown(SignedReceipt)
    /// The signature is not that key's.
    case signatureBad(SignedReceipt)
    /// The key is revoked, since this moment in seconds since 1970 UTC.
    case keyRevoked(SignedReceipt, since: UInt64)
    /// The receipt's time is not the key's.
    case outsideKeyTime(SignedReceipt)

    /// The stable code.
    public var reason: String {
        switch self {
        case .malformed(.unknownFormat): "receipt-format-unknown"
        case .malformed: "receipt-malformed"
        case .otherShop: "receipt-of-another-shop"
        case .terminalUnknown: "receipt-terminal-unknown"
        case .signatureBad: "receipt-signature-bad"
        case .keyRevoked: "receipt-key-revoked"
        case .outsideKeyTime: "receipt-outside-key-time"
        }
    }

    /// What it says of itself, where it can be read: believe none of it.
    public var claimed: SignedReceipt? {
        switch self {
        case .malformed: nil
        case .otherShop(let receipt), .terminalUnknown(let receipt), .signatureBad(let receipt),
            .keyRevoked(let receipt, _), .outsideKeyTime(let receipt):
            receipt
        }
    }

    /// What is wrong, what it means, and what to do.
    public var description: String {
        switch self {
        case .malformed(let error):
            "This is no receipt of Till's: \(error.description) It proves nothing."
        case .otherShop(let receipt):
            "This receipt names \(receipt.terminal), a terminal of another shop. It proves nothing "
                + "here."
        case .terminalUnknown(let receipt):
            "The trust list has no such key of \(receipt.terminal). The receipt proves nothing: "
                + "synchronise, or look the payment up at that terminal."
        case .signatureBad(let receipt):
            "The signature is not that of \(receipt.terminal). This is not its receipt, or it was "
                + "changed."
        case .keyRevoked(let receipt, _):
            "The key of \(receipt.terminal) is revoked, and whoever has it can date a receipt back. "
                + "It proves nothing: look the payment up at the hub."
        case .outsideKeyTime(let receipt):
            "The receipt's time is not one in which the key of \(receipt.terminal) signs. It proves "
                + "nothing."
        }
    }
}

/// Tells a genuine receipt of the shop's terminals from any other text, offline.
public enum ReceiptVerifier {
    /// Verifies the text of a QR code, by the keys of a trust list.
    public static func verify(_ text: [UInt8], by list: TrustList) throws(ReceiptRefusal)
        -> VerifiedReceipt
    {
        let read: (object: Sign1, says: SignedReceipt)
        do { read = try SignedReceipt.read(text) } catch { throw .malformed(error) }
        let receipt = read.says
        do { try list.verify(read.object, of: receipt.terminal, at: receipt.at) } catch {
            switch error {
            case .otherShop: throw .otherShop(receipt)
            case .terminalUnknown: throw .terminalUnknown(receipt)
            case .signatureBad: throw .signatureBad(receipt)
            case .keyRevoked(let since): throw .keyRevoked(receipt, since: since)
            case .outsideKeyTime: throw .outsideKeyTime(receipt)
            }
        }
        return VerifiedReceipt(receipt)
    }
}
