import COSE
import Foundation
import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import Trust
import VoucherMint
import Vouchers

/// A hub with its own issuer, a foreign issuer, and a ledger in a folder of its own.
struct Scene {
    static let now: UInt64 = 1_800_000_000
    static let merchant = MerchantID("till:m42")!
    static let own = IssuerID("till-hub")!
    static let gifts = IssuerID("gifts")!
    static let hubKey = key(1)
    static let issuerKey = key(2)
    static let giftsKey = key(3)
    static let holderKey = key(4)

    let folder: TemporaryFolder
    let ledger: any HubLedger & HotListLedger
    let registrar: HubRegistrar
    let acceptor: BatchAcceptor
    let authoriser: OnlineAuthoriser
    let issuer: VoucherIssuer

    static let terms = TerminalTerms(
        merchant: MerchantTerms(
            name: "Shop", city: "Berlin", countryCode: "DE", categoryCode: "5812",
            accounts: [.init(id: "26", value: "0017internal.merchant")]),
        policy: Policy.standard(for: [Currency(code: "EUR")!]), currency: Currency(code: "EUR")!,
        hubURL: nil)

    init() async throws {
        folder = try TemporaryFolder()
        ledger = try SQLiteHubLedger(path: folder.path + "/ledger.sqlite", creating: true)
        registrar = HubRegistrar(ledger: ledger, key: Self.hubKey)
        acceptor = BatchAcceptor(ledger: ledger, key: Self.hubKey)
        authoriser = OnlineAuthoriser(ledger: ledger, key: Self.hubKey)
        issuer = VoucherIssuer(ledger: ledger, keys: [Self.issuerKey])
        let profile = HubProfile(merchant: Self.merchant, issuer: Self.own, name: "Hub")
        guard try await registrar.initialise(profile, terms: Self.terms, at: Self.now) == nil else {
            preconditionFailure("A new ledger has not been initialised.")
        }
        try await publish(
            1,
            [
                Self.trust.issuer(Self.own, Self.issuerKey.publicKey),
                Self.trust.issuer(Self.gifts, Self.giftsKey.publicKey),
            ])
    }

    /// Makes the trust documents.
    static let trust = TrustMint(merchant: merchant, hub: hubKey, now: now)

    /// The issuers as a verifier looks them up.
    static let issuers = IssuerDirectory([
        Issuer(id: own, keys: [issuerKey.publicKey]),
        Issuer(id: gifts, keys: [giftsKey.publicKey]),
    ])

    /// Makes keys known and puts the list of them in force.
    func publish(_ version: UInt64, _ entries: [TrustEntry]) async throws {
        for entry in entries + [Self.trust.hubEntry()] {
            _ = try await registrar.trust.addKey(entry, at: Self.now)
        }
        let answer = try await registrar.trust.adopt(
            roots: [Self.trust.root()], list: Self.trust.list(version, entries), at: Self.now)
        guard case .adopted = answer else {
            preconditionFailure("A signed list is taken: \(answer)")
        }
    }

    static func key(_ number: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: number, count: 32))
        else { preconditionFailure("A seed of 32 equal bytes makes a key.") }
        return key
    }

    /// A terminal that is enrolled.
    func terminal(_ name: String, number: UInt8 = 20) async throws -> TerminalDouble {
        let terminal = TerminalDouble(name, number: number)
        guard
            case .enrolled = try await registrar.enrol(
                terminal.request, consent: .none, at: Self.now)
        else { preconditionFailure("The terminal \(name) can be enrolled.") }
        return terminal
    }

    func accept(_ batch: [UInt8]) async throws -> BatchAnswer {
        try await acceptor.accept(batch, at: Self.now + 100)
    }

    /// All rows of the ledger, in the order of arrival.
    func rows() async throws -> [LedgerRow] {
        try await ledger.batches(after: 0, limit: 1_000).flatMap(\.rows)
    }

    func captures() async throws -> [LedgerCapture] {
        try await rows().compactMap {
            if case .captured(let capture) = $0.standing { capture } else { nil }
        }
    }

    /// The reasons in quarantine, in the order of arrival.
    func quarantine() async throws -> [String] {
        try await rows().compactMap {
            if case .quarantined(let reason, _) = $0.standing { reason } else { nil }
        }
    }
}

/// A folder that is gone when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/till-hub-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A terminal that keeps a proper journal, and says in it whatever a test wants.
struct TerminalDouble {
    let id: TerminalID
    let key: PrivateKey
    let journal: [UInt8]
    var sequence: UInt64 = 0
    var hash = JournalEntry.genesis
    var number: UInt64 = 0
    var receipt: UInt64 = 0

    init(_ name: String, number: UInt8, journal: UInt8 = 7) {
        id = TerminalID("till:m42/" + name)!
        key = Scene.key(number)
        self.journal = [UInt8](repeating: journal, count: 8)
    }

    var request: [UInt8] { EnrolmentRequest.signed(terminal: id, journal: journal, by: key) }

    /// What a test may say otherwise than an honest terminal would.
    struct Changes {
        var identity: VoucherIdentity?
        var kind: UInt8?
        var consumed: UInt64?
        var currency: UInt16 = 978
        var nonce: [UInt8]?
        var receipt: UInt64?
        var at = Scene.now + 10
        var evidence: [UInt8]?
    }

    mutating func capture(
        _ voucher: VoucherDouble, _ amount: UInt64, _ changes: Changes = Changes()
    ) -> [UInt8] {
        receipt += 1
        let consumed = if case .fixed(let face) = voucher.claims.value { face } else { amount }
        return append(
            at: changes.at, currency: changes.currency, amount: amount,
            .capture(
                CaptureEntry(
                    receipt: changes.receipt ?? receipt,
                    voucher: changes.identity ?? voucher.identity,
                    kind: changes.kind ?? voucher.claims.value.kind.rawValue,
                    consumed: changes.consumed ?? consumed, requestNonce: changes.nonce,
                    evidence: changes.evidence ?? voucher.code)))
    }

    mutating func decline(_ reason: String = "spent-here") -> [UInt8] {
        append(
            at: Scene.now + 10, currency: 978, amount: 5,
            .decline(DeclineEntry(reason: reason, voucher: nil)))
    }

    /// A sale that ended unconfirmed and was marked as paid.
    mutating func mark(_ sale: String, _ amount: UInt64) -> [UInt8] {
        append(
            at: Scene.now + 10, currency: 978, amount: amount, sale: sale,
            .markedPaid(MarkEntry(requestNonce: [UInt8](repeating: 1, count: 8))),
            by: EntryOperator(role: .supervisor, id: "Ada"))
    }

    /// An entry that is about no sale.
    mutating func note(_ event: JournalEntry.Event) -> [UInt8] {
        append(at: Scene.now + 10, subject: nil, event)
    }

    /// An undoing of the capture with this sequence number, made in the sale of that capture.
    mutating func undo(
        _ capture: UInt64, _ amount: UInt64, _ kind: UndoEntry.Kind,
        restoring: UndoEntry.Restoration?, sale: String? = nil, currency: UInt16 = 978
    ) -> [UInt8] {
        if case .reversal = kind {} else { receipt += 1 }
        return append(
            at: Scene.now + 20, currency: currency, amount: amount, sale: sale ?? "S\(capture)",
            .undo(UndoEntry(kind: kind, undone: capture, restoration: restoring)))
    }

    /// The next receipt number, for an undoing that takes one.
    var nextReceipt: UInt64 { receipt + 1 }

    private mutating func append(
        at: UInt64, currency: UInt16, amount: UInt64, sale: String? = nil,
        _ event: JournalEntry.Event, by operatedBy: EntryOperator? = nil
    ) -> [UInt8] {
        let subject = EntrySubject(
            sale: sale ?? "S\(sequence + 1)", currencyNumber: currency, amount: amount)
        return append(at: at, subject: subject, event, by: operatedBy)
    }

    private mutating func append(
        at: UInt64, subject: EntrySubject?, _ event: JournalEntry.Event,
        by operatedBy: EntryOperator? = nil
    ) -> [UInt8] {
        sequence += 1
        let bytes = JournalEntry(
            sequence: sequence, previousHash: hash, at: at, subject: subject, event: event,
            operatedBy: operatedBy
        ).encoded()
        hash = JournalEntry.hash(of: bytes)
        return bytes
    }

    mutating func batch(_ entries: [[UInt8]], checkpoint: [UInt8]? = nil) -> [UInt8] {
        number += 1
        return Batch(
            terminal: id, journal: journal, number: number, entries: entries,
            checkpoint: checkpoint
        ).signed(by: key)
    }

    /// A checkpoint of all entries there are, or one that says otherwise.
    func checkpoint(size: UInt64? = nil, hash: [UInt8]? = nil) -> [UInt8] {
        Checkpoint(
            terminal: id, journal: journal, size: size ?? sequence, hash: hash ?? self.hash,
            at: Scene.now, receipt: receipt, period: 0
        ).signed(by: key)
    }
}

/// A voucher as its issuer signed it, or as its holder presents it.
struct VoucherDouble {
    var claims: VoucherClaims
    var issuer = Scene.gifts
    var key = Scene.giftsKey
    var presented: [UInt8]?

    init(_ value: VoucherValue, cti: UInt8 = 1, currency: UInt16 = 978) {
        claims = VoucherClaims(
            value: value, currencyNumber: currency, cti: [UInt8](repeating: cti, count: 10),
            expiry: Scene.now + 1_000)
    }

    var code: [UInt8] { presented ?? claims.signed(by: key) }
    var identity: VoucherIdentity { VoucherIdentity(issuer: issuer, cti: claims.cti) }

    /// The same voucher, held and presented.
    func presenting(
        _ amount: UInt64?, at: UInt64 = Scene.now, nonce: [UInt8]? = nil,
        to terminal: TerminalID? = nil
    ) -> VoucherDouble {
        var voucher = self
        voucher.claims.holder = Scene.holderKey.publicKey
        voucher.presented = PresentationWriter.sign(
            inner: voucher.claims.signed(by: key), issuedAt: at, audience: terminal, nonce: nonce,
            amount: amount, holder: Scene.holderKey)
        return voucher
    }
}
