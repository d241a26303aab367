import CBOR
public import COSE

/// A wallet's order to the issuer that keeps its account: pay this request of a shop
/// (`docs/spec/online-payment.md`).
///
/// The wallet has a network, the shop may have none: what the issuer answers is shown to the shop's
/// camera. One order pays a request once, however often it is sent.
public struct PaymentOrder: Hashable, Sendable {
    /// The `typ` of a signed payment order.
    public static let type = "till-payment-order/1"
    /// The longest signed order in bytes: a shop QR of 512 characters, and the rest at its largest.
    public static let maximumBytes = 1_024
    /// The longest shop QR in characters (`formats.md` 3).
    public static let maximumShopQRLength = 512

    /// The account: the thumbprint of the holder's key (RFC 9679), 32 bytes.
    public let account: [UInt8]
    /// When the order was signed, by the wallet's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// The shop QR as it was read, in ASCII.
    public let shopQR: String

    /// Makes an order of the holder of `key`; see the properties for units.
    public init(holder key: PublicKey, at: UInt64, shopQR: String) {
        self.init(account: key.thumbprint, at: at, shopQR: shopQR)
    }

    private init(account: [UInt8], at: UInt64, shopQR: String) {
        self.account = account
        self.at = at
        self.shopQR = shopQR
    }

    /// The order as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([.unsigned(1), .bytes(account), .unsigned(at), .bytes(Array(shopQR.utf8))]),
            type: Self.type, key: key)
    }

    /// An order whose form has been checked and whose signature has not: it tells whose account to
    /// look for.
    public struct Unverified: Sendable {
        /// The account that it says it is from, 32 bytes.
        public var account: [UInt8] { order.account }
        private let object: Sign1
        private let order: PaymentOrder

        /// Reads an order; its signature is not looked at.
        public init(decoding bytes: [UInt8]) throws(MessageError) {
            let (object, payload) = try SignedMessage.peek(
                bytes, type: PaymentOrder.type, limit: PaymentOrder.maximumBytes)
            var reader = try PayloadReader(payload, "payment order")
            try reader.format()
            let account = try reader.bytes("account (element 1)", count: 32)
            let at = try reader.unsigned("time (element 2)")
            let bytes = try reader.bytes(
                "shop QR (element 3)", counts: 1...PaymentOrder.maximumShopQRLength)
            try reader.end()
            guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw .shape("shop QR (element 3)")
            }
            self.object = object
            order = PaymentOrder(
                account: account, at: at, shopQR: String(decoding: bytes, as: UTF8.self))
        }

        /// The order, once `key` turns out to have signed it.
        public func verified(signedBy key: PublicKey) throws(MessageError) -> PaymentOrder {
            try SignedMessage.check(object, isSignedBy: key)
            return order
        }
    }
}
