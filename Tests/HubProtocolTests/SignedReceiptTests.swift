import CBOR
import COSE
import Money
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import HubProtocol

@Suite struct SignedReceiptTests {
    private let key = VoucherMint.key(3)
    private let euro = Currency(code: "EUR")!
    private let now: UInt64 = 1_800_000_000

    private func receipt(
        _ terminal: TerminalID = VoucherMint.terminal, kind: SignedReceipt.Kind = .payment,
        at: UInt64 = 1_800_000_000
    ) -> SignedReceipt {
        SignedReceipt(
            terminal: terminal, receipt: 17, kind: kind, at: at,
            amount: Amount(minorUnits: 1_250, currency: euro), payment: kind == .payment ? nil : 9,
            issuer: IssuerID("acme-gifts"))
    }

    private func list(status: TrustStatus = .active, key: PrivateKey? = nil) -> TrustList {
        TrustList(
            merchant: VoucherMint.terminal.merchant, generation: 1, version: 1,
            issuedAt: now - 1_000, expiresAt: now + 1_000_000,
            entries: [
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: (key ?? self.key).publicKey,
                    from: now - 1_000, until: now + 1_000_000, status: status)
            ])
    }

    private func reason(_ text: String, by list: TrustList? = nil) -> String? {
        do throws(ReceiptRefusal) {
            _ = try ReceiptVerifier.verify(Array(text.utf8), by: list ?? self.list())
            return nil
        } catch { return error.reason }
    }

    @Test(arguments: SignedReceipt.Kind.allCases)
    func isReadAsItWasSigned(_ kind: SignedReceipt.Kind) throws {
        let receipt = receipt(kind: kind)
        let text = receipt.text(signedBy: key)
        for ending in ["", "\n", "\r"] {
            let read = try ReceiptVerifier.verify(Array((text + ending).utf8), by: list())
            #expect(read.receipt == receipt)
        }
    }

    @Test func fitsASymbolThatAPhoneReadsFromPaper() {
        let text = receipt().text(signedBy: key)
        // Version 8 at level M holds 221 characters of the alphanumeric mode (ISO/IEC 18004, table 7).
        #expect(text.utf8.count <= 221, "\(text.utf8.count)")
        let longest = SignedReceipt(
            terminal: TerminalID("till:" + String(repeating: "m", count: 10) + "/t34567890")!,
            receipt: MessageLimits.maximumInteger, kind: .refund,
            at: MessageLimits.maximumInteger,
            amount: Amount(minorUnits: MessageLimits.maximumInteger, currency: euro),
            payment: MessageLimits.maximumInteger,
            issuer: IssuerID(String(repeating: "i", count: IssuerID.maximumByteCount)))
        #expect(
            longest.text(signedBy: key).utf8.count <= SignedReceipt.maximumTextBytes)
    }

    @Test func isRefusedByNameWhereItIsNotGenuine() throws {
        let genuine = receipt().text(signedBy: key)
        #expect(reason(genuine) == nil)
        let other = try PrivateKey(algorithm: .ed25519, seed: [UInt8](repeating: 4, count: 32))
        #expect(reason(receipt().text(signedBy: other)) == "receipt-terminal-unknown")
        #expect(
            reason(receipt(TerminalID("till:x9/t1")!).text(signedBy: key))
                == "receipt-of-another-shop")
        #expect(
            reason(genuine, by: list(status: .revoked(since: now + 10))) == "receipt-key-revoked")
        #expect(
            reason(receipt(at: now - 1_001).text(signedBy: key)) == "receipt-outside-key-time")
        #expect(
            reason(receipt(at: now + 1_000_000).text(signedBy: key)) == "receipt-outside-key-time")
        #expect(reason("tr1:" + genuine.dropFirst(4)) == "receipt-malformed")
        #expect(reason("TR1:") == "receipt-malformed")
        #expect(reason(genuine + " ") == "receipt-malformed")
        #expect(
            reason("TR1:" + String(repeating: "A", count: SignedReceipt.maximumTextBytes))
                == "receipt-malformed")
    }

    @Test func takesNoOtherWordOfTheSameKey() throws {
        let bytes = try Base45.decode(Array(receipt().text(signedBy: key).utf8.dropFirst(4)))
        let object = try Sign1.decode(bytes)
        // The same payload as another message, and another's payload as a receipt.
        let payload = try CBORValue.decode(object.payload)
        let batch = SignedMessage.seal(payload, type: "till-batch/1", key: key)
        #expect(reason("TR1:" + Base45.encode(batch)) == "receipt-malformed")
        let shape = SignedMessage.seal(.array([.unsigned(1)]), type: SignedReceipt.type, key: key)
        #expect(reason("TR1:" + Base45.encode(shape)) == "receipt-malformed")
        let newer = SignedMessage.seal(.array([.unsigned(2)]), type: SignedReceipt.type, key: key)
        #expect(reason("TR1:" + Base45.encode(newer)) == "receipt-format-unknown")
        // One byte of the signature, and one of the payload.
        for place in [bytes.count - 1, bytes.count - 70] {
            var changed = bytes
            changed[place] ^= 1
            let found = reason("TR1:" + Base45.encode(changed))
            #expect(found == "receipt-signature-bad" || found == "receipt-malformed")
        }
        // No decoder of vouchers takes it, whatever stands before it.
        #expect(throws: VoucherRefusal.self) {
            _ = try VoucherCode(text: Array("TV1:\(Base45.encode(bytes))".utf8))
        }
    }

    @Test func isRememberedByWhatItSaysAndNotByWhoSignedIt() throws {
        let other = try PrivateKey(algorithm: .ed25519, seed: [UInt8](repeating: 4, count: 32))
        let copy = try ReceiptVerifier.verify(
            Array(receipt().text(signedBy: other).utf8), by: list(key: other))
        #expect(copy.receipt.mark == receipt().mark)
        #expect(receipt(at: now + 1).mark != receipt().mark)
        #expect(receipt().mark.count == SignedReceipt.markLength)
    }
}
