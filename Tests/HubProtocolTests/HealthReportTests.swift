import CBOR
import COSE
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import HubProtocol

@Suite struct HealthReportTests {
    private let key = VoucherMint.key(3)
    private let now: UInt64 = 1_800_000_000

    private func report(
        _ terminal: TerminalID = VoucherMint.terminal, camera: String? = "camera-missing",
        number: UInt64? = 17
    ) -> HealthReport {
        HealthReport(
            terminal: terminal, at: now, condition: "out-of-order", camera: camera,
            releasedAt: now - 5_000, configuration: 3, lastSequence: number, queued: number,
            oldestSeconds: number, unclear: number, silentSeconds: number,
            trustListSeconds: number, hotListSeconds: number, clockSeconds: number)
    }

    private func list(
        status: TrustStatus = .active, key: PrivateKey? = nil, until: UInt64 = 1_000_000
    ) -> TrustList {
        TrustList(
            merchant: VoucherMint.terminal.merchant, generation: 1, version: 1,
            issuedAt: now - 1_000, expiresAt: now + 1_000_000,
            entries: [
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: (key ?? self.key).publicKey,
                    from: now - 1_000, until: now + until, status: status)
            ])
    }

    private func reason(_ text: String, by list: TrustList? = nil) -> String? {
        do throws(HealthRefusal) {
            _ = try HealthReport.verified(Array(text.utf8), by: list ?? self.list())
            return nil
        } catch { return error.reason }
    }

    @Test("What was signed is read, what is not known stays unknown")
    func isReadAsItWasSigned() throws {
        for report in [report(), report(camera: nil, number: nil), report(number: 0)] {
            let text = report.text(signedBy: key)
            for ending in ["", "\n", "\r"] {
                #expect(
                    try HealthReport.verified(Array((text + ending).utf8), by: list()) == report)
            }
        }
    }

    @Test(
        "The longest report stays below its limit, and the usual one is small enough for a screen")
    func length() throws {
        let longest = report(
            TerminalID("till:" + String(repeating: "m", count: 10) + "/t34567890")!,
            camera: String(repeating: "c", count: HealthReport.maximumReasonLength),
            number: MessageLimits.maximumInteger)
        #expect(longest.text(signedBy: key).utf8.count <= HealthReport.maximumTextBytes)
        // Version 10 at level M holds 311 characters of the alphanumeric mode (ISO/IEC 18004).
        #expect(report().text(signedBy: key).utf8.count <= 311)
    }

    @Test(
        "Each way in which it is not known to be the terminal's has its reason; the claim is kept")
    func refusals() throws {
        let text = report().text(signedBy: key)
        #expect(reason(text) == nil)
        #expect(reason(text, by: list(key: VoucherMint.key(4))) == "health-terminal-unknown")
        #expect(reason(text, by: list(status: .revoked(since: now))) == "health-key-revoked")
        let foreign = report(TerminalID("till:other/t1")!).text(signedBy: key)
        #expect(reason(foreign) == "health-of-another-shop")
        #expect(
            reason(text, by: list(until: 0)) == "health-outside-key-time")
        for (broken, meant) in [
            ("", "health-malformed"), ("TH1:", "health-malformed"),
            ("th1:" + text.dropFirst(4), "health-malformed"),
            (text + "AAA", "health-malformed"),
            (String(repeating: "A", count: 501), "health-malformed"),
        ] { #expect(reason(broken) == meant, "\(broken)") }
        do throws(HealthRefusal) {
            _ = try HealthReport.verified(Array(text.utf8), by: list(status: .revoked(since: now)))
        } catch { #expect(error.claimed == report()) }
    }

    @Test(
        "No receipt, batch or voucher is a report, nor a report one of them; a changed byte is seen"
    )
    func isNothingElse() throws {
        let text = report().text(signedBy: key)
        let bytes = try Base45.decode(Array(text.utf8.dropFirst(4))[...])
        #expect(reason("TR1:" + text.dropFirst(4)) == "health-malformed")
        do throws(ReceiptRefusal) {
            _ = try ReceiptVerifier.verify(
                Array(("TR1:" + text.dropFirst(4)).utf8), by: list())
            Issue.record("a report is no receipt")
        } catch { #expect(error.reason == "receipt-malformed") }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(reason(HealthReport.prefix + Base45.encode(changed)) != nil, "byte \(index)")
        }
    }

    @Test("A condition that is no stable code is refused, whoever signed it")
    func words() throws {
        for word in ["", "Ready", "a b", String(repeating: "a", count: 41), "\u{202E}x"] {
            let payload = CBORValue.array(
                [
                    .unsigned(1), .text(VoucherMint.terminal.text), .unsigned(now), .text(word),
                    .null, .unsigned(1), .unsigned(1),
                ] + [CBORValue](repeating: .null, count: 8))
            let text =
                HealthReport.prefix
                + Base45.encode(SignedMessage.seal(payload, type: HealthReport.type, key: key))
            #expect(reason(text) == "health-malformed", "\(word)")
        }
    }
}
