import COSE
import CommandSupport
import Foundation
import HubProtocol
import Money
import Payments
import Terminal
import Vouchers
import ZBarDecoder

/// What the benchmarks share: keys, vouchers, a folder that is removed at the end.
struct Bench {
    let rounds: Rounds
    let folder: String
    let issuer: PrivateKey
    let terminalKey: PrivateKey
    let hubKey: PrivateKey
    let terminal: TerminalID
    let euro: Currency
    let now = UInt64(Date().timeIntervalSince1970)

    init(rounds: Rounds) throws {
        self.rounds = rounds
        folder = NSTemporaryDirectory() + "till-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        issuer = try Self.key(1)
        terminalKey = try Self.key(2)
        hubKey = try Self.key(3)
        guard let terminal = TerminalID("till:m42/t7"), let euro = Currency(code: "EUR") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        self.terminal = terminal
        self.euro = euro
    }

    func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    private static func key(_ byte: UInt8, _ algorithm: KeyAlgorithm = .ed25519) throws
        -> PrivateKey
    {
        try PrivateKey(algorithm: algorithm, seed: [UInt8](repeating: byte, count: 32))
    }

    /// The text of a fixed voucher of 1.00 with a `cti` of its own.
    func voucher(_ number: Int, signedBy key: PrivateKey) -> [UInt8] {
        let cti = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) } + [0, 1]
        let claims = VoucherClaims(
            value: .fixed(amount: 100), currencyNumber: euro.number, cti: cti,
            expiry: now + 86_400)
        return [UInt8](VoucherText.encode(claims.signed(by: key)).utf8)
    }

    func context(_ key: PrivateKey) throws -> VerificationContext {
        guard let id = IssuerID("bench") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        return VerificationContext(
            now: now, terminal: terminal,
            issuers: IssuerDirectory([Issuer(id: id, keys: [key.publicKey])]))
    }

    /// Parse and verify, and the decision alone.
    func codes() -> [Measurement] {
        var lines: [Measurement] = []
        let text = voucher(0, signedBy: issuer)
        lines.append(
            Measurement(
                "TV1 parse (no signature)",
                timed(rounds.of(20_000)) { _ in _ = try? VoucherCode(text: text) }))
        for (name, algorithm) in [("Ed25519", KeyAlgorithm.ed25519), ("P-256", .ecdsaP256)] {
            guard let key = try? Self.key(4, algorithm), let context = try? context(key) else {
                continue
            }
            let text = voucher(1, signedBy: key)
            let message = [UInt8](repeating: 7, count: 150)
            let signature = key.sign(message)
            let bare = timed(rounds.of(5_000)) { _ in
                _ = key.publicKey.isValidSignature(signature, for: message)
            }
            let whole = timed(rounds.of(5_000)) { _ in
                _ = VoucherVerifier.verify(text, in: context)
            }
            let limit = Measurement("bare \(name) verification", bare)
            let line = Measurement("TV1 verify (\(name))", whole)
            lines += [
                limit,
                Measurement(
                    line.name, whole, note: ratio(line, to: limit, "the bare signature check")),
            ]
        }
        if let context = try? context(issuer), let sale = sale(1, at: now),
            case .accepted(let voucher) = VoucherVerifier.verify(text, in: context)
        {
            let facts = JournalFacts(
                memory: nil, presentationKnown: false, requestPaid: false, exposure: .none)
            let policy = Policy.standard(for: [euro])
            let terminal = TerminalFacts(now: now, clockFloor: 0, lastSyncAge: 60)
            lines.append(
                Measurement(
                    "decide",
                    timed(rounds.of(20_000)) { _ in
                        _ = OfflineAuthoriser.rule(
                            on: voucher, sale: sale, journal: facts, terminal: terminal,
                            policy: policy, draw: Draw(seed: 7))
                    }))
        }
        return lines
    }

    func sale(_ number: Int, at now: UInt64, state: SaleState = .open) -> Sale? {
        guard let reference = SaleReference("B\(number)") else { return nil }
        let total = Amount(minorUnits: 100, currency: euro)
        let nonce = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
        return Sale(
            reference: reference, key: nil, total: total, state: state,
            request: PaymentRequest(nonce: nonce, amount: total, expiry: now + 300),
            openedAt: now)
    }

    func ratio(_ line: Measurement, to limit: Measurement, _ name: String) -> String {
        let value = line.medianMicroseconds / limit.medianMicroseconds
        return "\((value * 100).rounded() / 100) x \(name)"
    }

    /// One frame of 1280 x 720 with a voucher's code in its middle, and one without.
    func scan() throws -> [Measurement] {
        let (width, height) = (CodeFrame.width, CodeFrame.height)
        let empty = LumaFrame(width: width, height: height, pixels: CodeFrame.empty)
        let frame = LumaFrame(
            width: width, height: height,
            pixels: try CodeFrame.pixels(voucher(0, signedBy: issuer)))
        let decoder = ZBarDecoder()
        let plain = ZBarDecoder(cascade: .plain)
        guard decoder.decode(frame).count == 1 else {
            throw CommandFailure(reason: "bench", message: "The benchmark's frame is not read.")
        }
        let bare = Measurement(
            "plain zbar, 1280x720 with a code",
            timed(rounds.of(200)) { _ in _ = plain.decode(frame) })
        let figures = timed(rounds.of(200)) { _ in _ = decoder.decode(frame) }
        let line = Measurement("scan, 1280x720 with a code", figures)
        return [
            bare,
            Measurement(line.name, figures, note: ratio(line, to: bare, "plain zbar")),
            Measurement(
                "scan, 1280x720 without a code",
                timed(rounds.of(200)) { _ in _ = decoder.decode(empty) }),
        ]
    }
}
