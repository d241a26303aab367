import CBOR
import Payments

/// The part of an entry that only a supervisor's word on an unconfirmed sale has. Who said it
/// stands beside it, in ``JournalEntry/operatedBy``, and is never absent.
public struct MarkEntry: Hashable, Sendable {
    /// The nonce of the request that the customer says has been paid, 8 bytes (key 13).
    public let requestNonce: [UInt8]

    /// Makes the mark's part.
    public init(requestNonce: [UInt8]) { self.requestNonce = requestNonce }

    var fields: [EntryField] { [(JournalEntry.Key.requestNonce, .bytes(requestNonce))] }

    init(_ fields: inout EntryFields) throws(JournalEntryError) {
        let length = PaymentRequest.nonceLength
        self.init(
            requestNonce: try fields.bytes(
                JournalEntry.Key.requestNonce, "request nonce (key 13)", count: length...length))
    }
}
