public import COSE
import Money
import Vouchers

/// What a wallet makes of a shop QR.
public enum ShopQRVerification: Hashable, Sendable {
    /// A terminal that the wallet knows asks for this, and the request is not over.
    case accepted(ShopRequest)
    /// A wallet gives no answer.
    case refused(ShopQRRefusal)
}

/// Why a wallet gives no answer to a code.
public struct ShopQRRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; the raw values are stable codes.
    public enum Reason: String, CaseIterable, Sendable {
        /// More than 512 characters.
        case tooLong = "shop-qr-too-long"
        /// A character that is not printable ASCII.
        case notASCII = "shop-qr-not-ascii"
        /// Not a merchant-presented payload, or one that breaks the standard.
        case malformed = "shop-qr-malformed"
        /// An id comes twice at one level.
        case objectRepeated = "shop-qr-object-repeated"
        /// The checksum is wrong, or not the last object.
        case checksum = "shop-qr-checksum"
        /// A sound payload without a terminal's request, such as a static shop QR.
        case noRequest = "shop-qr-no-request"
        /// Something else than 91 and 63 comes after 90.
        case objectAfterRequest = "shop-qr-object-after-request"
        /// 90 or 91 has other, more, fewer or longer objects than it must have.
        case requestObjects = "shop-qr-request-objects"
        /// 90 or 91 is not base64url.
        case base64 = "shop-qr-base64"
        /// Unused bits of the base64url are not zero.
        case unusedBits = "shop-qr-unused-bits"
        /// 01, 53, 54 or a part of 62 is missing or is not what a terminal writes.
        case requestFields = "shop-qr-request-fields"
        /// No known terminal has this key id.
        case terminalUnknown = "shop-qr-terminal-unknown"
        /// The signature is no known terminal's.
        case signature = "shop-qr-signature"
        /// The request is over.
        case expired = "shop-qr-expired"
    }

    /// The stable code.
    public let reason: Reason
    /// The object at fault, such as `62/07`; empty when it is the payload as a whole.
    public let path: String
    /// A sentence, with the path, without anything that was read.
    public let description: String

    init(_ reason: Reason, at path: String = "", _ detail: String) {
        self.reason = reason
        self.path = path
        self.description = path.isEmpty ? detail : "\(path): \(detail)"
    }

    init(_ problem: EMVProblem) {
        let reason: Reason =
            switch problem.reason {
            case .payloadTooLong: .tooLong
            case .objectRepeated: .objectRepeated
            case .crcMissing, .crcNotLast, .crcFormat, .crcWrong: .checksum
            default: .malformed
            }
        self.init(reason, at: problem.path, problem.detail)
    }
}

extension ShopQR {
    /// Decides, for a wallet, whether a payload is a live request of one of `terminals` at `now`
    /// (seconds since 1970 UTC). Keys that are not Ed25519 are passed over.
    public static func verify(
        _ payload: String, terminals: [PublicKey], now: UInt64
    ) -> ShopQRVerification {
        do throws(ShopQRRefusal) {
            let signed = try SignedShopRequest(reading: payload)
            let keys = terminals.filter {
                $0.algorithm == .ed25519 && Array($0.keyID.prefix(keyIDBytes)) == signed.keyID
            }
            guard !keys.isEmpty else {
                throw ShopQRRefusal(
                    .terminalUnknown, at: "90/01", "no known terminal has this key")
            }
            // Two keys may share four bytes: each is tried.
            guard keys.contains(where: { signed.isSigned(by: $0) }) else {
                throw ShopQRRefusal(.signature, at: "90", "the signature is not the terminal's")
            }
            guard now < UInt64(signed.request.expiry) else {
                throw ShopQRRefusal(.expired, at: "90/01", "the request is over")
            }
            return .accepted(signed.request)
        } catch {
            return .refused(error)
        }
    }
}

/// A request as it was read: everything about it holds but the signature and the clock.
struct SignedShopRequest {
    let payload: EMVPayload
    let request: ShopRequest
    let keyID: [UInt8]
    private let signature: [UInt8]
    private let message: [UInt8]

    func isSigned(by key: PublicKey) -> Bool { key.isValidSignature(signature, for: message) }

    /// Whether a payload carries a terminal's request, or the remains of one.
    static func isRequest(_ payload: EMVPayload) -> Bool {
        ["90", "91"].contains { payload[$0, "00"] == ShopQR.identifier }
    }

    init(reading text: String) throws(ShopQRRefusal) {
        // Counted only as far as it matters: the caller may hand in any length.
        guard text.utf8.prefix(EMVPayload.maximumCharacters * 4).allSatisfy(ASCII.isPrintable)
        else {
            throw ShopQRRefusal(.notASCII, "the payload has a character outside printable ASCII")
        }
        let payload: EMVPayload
        do throws(EMVProblem) {
            payload = try EMVPayload(parsing: text)
            if let problem = payload.conformance.problem { throw problem }
        } catch {
            throw ShopQRRefusal(error)
        }
        try self.init(payload)
    }

    init(_ payload: EMVPayload) throws(ShopQRRefusal) {
        guard Self.isRequest(payload), let first = payload.find(["90"]) else {
            throw ShopQRRefusal(.noRequest, at: "90", "the payload carries no terminal's request")
        }
        let tail = payload.root.drop { $0.id != "90" }.map(\.id)
        guard tail == ["90", "91", "63"] else {
            throw ShopQRRefusal(
                .objectAfterRequest, at: "90", "is not followed by 91 and 63 and nothing else")
        }
        let own = try Self.values(
            of: "90", in: payload,
            lengths: [ShopQR.proofCharacters, ShopQR.signatureCharactersInFirst])
        let rest = try Self.values(
            of: "91", in: payload,
            lengths: [ShopQR.signatureCharacters - ShopQR.signatureCharactersInFirst])
        let proof = try Self.decode(own[0], at: "90/01")
        // 52 characters are 39 whole bytes, so each part is decoded by itself.
        signature = try Self.decode(own[1], at: "90/02") + Self.decode(rest[0], at: "91/01")

        self.payload = payload
        let nonce = Array(proof.prefix(ShopQR.nonceBytes))
        let expiry = proof[8..<12].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        keyID = Array(proof[12..<16])
        request = try Self.request(payload, nonce: nonce, expiry: expiry)
        message = ShopQR.signedBytes(
            body: EMVPayload.string(payload.scalars[..<first.whole.lowerBound]).utf8,
            proof: own[0].utf8)
    }

    /// The values after object 00 of a template that must hold just these, in this order.
    private static func values(
        of id: String, in payload: EMVPayload, lengths: [Int]
    ) throws(ShopQRRefusal) -> [String] {
        let objects = payload.objects(in: id)
        let expected = [ShopQR.identifier.utf8.count] + lengths
        guard objects.count == expected.count, objects[0].value == ShopQR.identifier,
            objects.enumerated().allSatisfy({ index, object in
                object.id == "0\(index)" && object.value.utf8.count == expected[index]
            })
        else {
            throw ShopQRRefusal(
                .requestObjects, at: id, "has not exactly the objects of a terminal's request")
        }
        return objects.dropFirst().map(\.value)
    }

    private static func decode(_ text: String, at path: String) throws(ShopQRRefusal) -> [UInt8] {
        do throws(Base64.Problem) {
            return try Base64.urlBytes(text.utf8)
        } catch {
            throw switch error {
            case .unusedBits:
                ShopQRRefusal(.unusedBits, at: path, "the last character's unused bits are not 0")
            case .character, .length: ShopQRRefusal(.base64, at: path, "is not base64url")
            }
        }
    }

    private static func request(
        _ payload: EMVPayload, nonce: [UInt8], expiry: UInt32
    ) throws(ShopQRRefusal) -> ShopRequest {
        guard payload["01"] == "12" else {
            throw ShopQRRefusal(.requestFields, at: "01", "a request is dynamic, 12")
        }
        guard let number = payload["53"].flatMap({ UInt16($0) }),
            let currency = Currency(number: number)
        else {
            throw ShopQRRefusal(.requestFields, at: "53", "is not the number of a currency")
        }
        guard let text = payload["54"],
            let amount = try? Amount(parsing: text, currency: currency),
            amount.decimalText == text
        else {
            throw ShopQRRefusal(
                .requestFields, at: "54", "is not an amount with the currency's own digits")
        }
        guard let reference = payload["62", "05"], ShopQR.isReference(reference) else {
            throw ShopQRRefusal(.requestFields, at: "62/05", "is not a sale reference")
        }
        guard let terminal = payload["62", "07"].flatMap({ TerminalID($0) }) else {
            throw ShopQRRefusal(.requestFields, at: "62/07", "is not a terminal's id")
        }
        guard payload["62", "11"] == ShopQR.channel else {
            throw ShopQRRefusal(.requestFields, at: "62/11", "is not \(ShopQR.channel)")
        }
        return ShopRequest(
            terminal: terminal, amount: amount, reference: reference, nonce: nonce, expiry: expiry)
    }
}
