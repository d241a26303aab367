import COSE
import Clocks
import HotLists
import HubProtocol
import Money
import PaymentCodes
import Payments
import Screens
import Trust
import Vouchers

/// The terminal: the one actor that performs what the sale machine asks for.
///
/// Events are handled one after the other; while an effect is awaited (a disk, a display) other
/// events may come in between, and the machine drops those that do not fit where it stands.
public actor PaymentTerminal {
    /// How far the clock may stand before its floor: time servers set clocks back by seconds,
    /// people by hours.
    public static let clockToleranceSeconds: UInt64 = 120
    /// Random bytes in a sale reference, of which five bits each make a character: 50 bits in 10
    /// characters, which a person can read out, and which the journal keeps unique at a terminal.
    static let referenceBytes = 10

    let parts: Parts
    var configuration: TerminalConfiguration
    var trust: TrustStore
    var issuers: IssuerDirectory
    var acceptanceLimits: AcceptanceLimits
    /// What the last offer of trust documents was refused for, by its code.
    var trustProblem: String?
    var machine: SaleMachine
    var view: SaleView?
    var version: UInt64 = 0
    var screens: ShopScreen
    /// What the customer's screen shows.
    var shownScreen: Screen?
    /// Since when a screen of its kind stands there, in seconds since 1970 UTC.
    var stillSince: UInt64 = 0
    /// The receipt that is shown after an approval.
    var receiptTurn: ReceiptTurn?
    /// Until when a health report stands on the screen, in seconds since 1970 UTC.
    var healthUntil: UInt64 = 0
    /// Whether the display has not yet been too small for it beside *out of order*.
    var healthFits = true
    /// What undo orders came to, by their numbers, until their callers pick it up.
    var undoAnswers: [UInt64: UndoAnswer] = [:]
    var lastUndoOrder: UInt64 = 0
    /// What orders to mark a sale as paid came to, by their numbers, until their callers pick it up.
    var markAnswers: [UInt64: MarkAnswer] = [:]
    /// Whether the hub is being asked for its word on the open sale, and when it was last asked
    /// without anybody's wish, in seconds since 1970 UTC.
    var isAskingForWord = false
    var askedForWordAt: UInt64 = 0
    /// The nonce of the last request whose word was judged.
    var judgedWord: [UInt8]?
    /// The number of the last question to the hub whose outcome is settled.
    var settledQuestion: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter: UInt64 = 0
    /// A sale whose end is not in the journal yet.
    var ended: Sale?
    /// The question for a tip that stands, and how many there have been.
    var tipQuestion: TipQuestion?
    var lastTipQuestion: UInt64 = 0
    var refusals: [SaleReference: SaleMachine.OrderRefusal] = [:]
    /// Until then (seconds UTC) a sale that left the screen may still be paid by a confirmation.
    var departedUntil: UInt64 = 0
    var syncState = SyncState()
    /// Whether something was recorded since the last exchange began.
    public internal(set) var hasUnsentRecords = false
    /// The configuration in force, as the journal's documents know it.
    var configurationDocument: DocumentReference?
    var cameraTrouble: CameraTrouble?
    /// What would help the code before the camera to be read.
    var aimHint: AimHint?
    /// The hot list, where one is kept.
    var hotList: HotListShelf?
    /// When the clock was last settled over the link, in milliseconds of the boot-time clock.
    var settledAt: UInt64?

    /// Makes a terminal; call ``start()`` before anything else.
    public init(_ parts: Parts) {
        self.parts = parts
        configuration = parts.configuration
        trust = parts.trust
        issuers = IssuerDirectory(parts.trust.list.list.issuers)
        acceptanceLimits = AcceptanceLimits(
            parts.trust.list.list, terminal: parts.configuration.terminal)
        machine = SaleMachine(
            policy: parts.configuration.policy,
            clockFloor: Self.floor(
                max(
                    parts.buildTime, parts.configuration.issuedAt, parts.trust.latestTime)))
        screens = Self.screens(parts, merchant: parts.merchant)
        hotList = parts.hotList.map {
            HotListShelf(keeper: $0, hubs: parts.trust.hubKeys)
        }
    }

    static func screens(_ parts: Parts, merchant: MerchantProfile) -> ShopScreen {
        ShopScreen(
            terminal: parts.configuration.terminal, merchant: merchant, key: parts.key,
            composer: ScreenComposer(
                merchant: merchant.name, language: parts.language,
                isTraining: parts.configuration.terminal.isTraining),
            encoder: parts.encoder,
            reader: parts.reader, display: parts.display)
    }

    static func floor(_ time: UInt64) -> UInt64 {
        time > clockToleranceSeconds ? time - clockToleranceSeconds : 0
    }

    /// Takes up what the journal holds: the clock's floor, and the sale that was open when the
    /// last process ended.
    public func start() async throws(JournalError) {
        await run(.connectionChanged(parts.hub == nil ? .none : .up))
        if let latest = try await parts.journal.latestTime() {
            await learn(latest, by: .own)
        }
        if let held = hotList?.held { parts.clock.passed(held.list.issuedAt) }
        judgeClock()
        if let message = parts.configurationMessage {
            // A journal that cannot be written approves nothing: what it could not keep is told
            // by the first sale, and reading goes on.
            do { try await keep(message, of: configuration.version) } catch {}
            await keepTrustList()
        }
        await learn(trust.latestTime, by: .signed)
        if let sale = try await parts.journal.openSale() {
            view = SaleView(sale: sale, version: version)
            await run(.restored(sale))
        } else {
            showIdle()
        }
    }

    /// Whether the camera is wanted: a sale is open, or a request that left the screen may still
    /// be answered by a confirmation.
    public var wantsCodes: Bool {
        switch machine.phase {
        case .waiting: true
        case .idle: parts.clock.now() < departedUntil
        case .opening, .lookingUp, .asking, .undoing, .recording, .halted: false
        }
    }

    /// What the camera saw.
    public func see(_ sighting: Sighting) async {
        let now = parts.clock.now()
        cameraTrouble = nil
        aimHint = nil
        guard wantsCodes else { return }
        switch sighting {
        case .severalCodes(let count):
            await run(.presented(.unusable(.severalCodes(count: count)), at: now))
        case .code(let bytes):
            let code: PresentedCode
            if let floor = suspectFloor {
                // Whether the code has expired nobody can say: that is the clock's fault, not its.
                code = .unusable(.clockSuspect(floor: floor))
            } else {
                do {
                    code = try await read(bytes, at: now)
                } catch {
                    code = .unusable(.journalUnavailable(detail: error.message))
                }
            }
            await run(.presented(code, at: now))
        }
    }

    func read(_ bytes: [UInt8], at now: UInt64) async throws(JournalError)
        -> PresentedCode
    {
        let context = try await context(at: now)
        let code = CodeReader.read(bytes, in: context)
        if case .unusable(.refused(let refusal)) = code,
            let evidence = try? VoucherText.decode(bytes), !evidence.isEmpty
        {
            return .refused(
                RefusedCode(
                    refusal: refusal, evidence: evidence, terminal: terminalFacts(at: now)))
        }
        guard case .unusable(.referenceUnknown) = code, let store = parts.store else {
            return code
        }
        return await ReferenceReader.read(bytes, from: store, in: context)
    }

    /// Time passes: an expired sale ends, and an open one has less of it left.
    public func tick() async {
        do { try await storeEnded() } catch {}
        await run(.tick(parts.clock.now()))
        countDown()
        turnReceipt()
        await turnHealth()
        careForPanel()
        askInPassing()
        await keepClock()
    }

    private func context(at now: UInt64) async throws(JournalError) -> VerificationContext {
        VerificationContext(
            now: now, terminal: configuration.terminal,
            openNonce: machine.sale?.request.nonce,
            confirmableNonces: try await parts.journal.confirmableNonces(at: now),
            issuers: issuers)
    }
}
