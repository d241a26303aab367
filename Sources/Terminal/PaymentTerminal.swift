public import COSE
import Clocks
import HotLists
public import HubProtocol
public import Money
public import PaymentCodes
public import Payments
import Screens
public import Trust
import Vouchers

/// The terminal: the one actor that performs what the sale machine asks for.
///
/// Events are handled one after the other; while an effect is awaited (a disk, a display) other
/// events may come in between, and the machine drops those that do not fit where it stands.
public actor PaymentTerminal {
    /// What the terminal is made of: everything that touches the world is handed in.
    public struct Parts: Sendable {
        let configuration: TerminalConfiguration
        let merchant: MerchantProfile
        let key: PrivateKey
        let trust: TrustStore
        let trustKeeper: any TrustKeeper
        let journal: any Journal
        let display: any Display
        let encoder: any ShopSymbolEncoder
        let reader: any ScreenReader
        let clock: any WallClock
        let random: any RandomSource
        let buildTime: UInt64
        let hub: (any HubLink)?
        let refundRole: RefundVoucherRole?
        let configurationMessage: [UInt8]?
        let store: (any VoucherStore)?
        let lastContact: UInt64?
        let contacted: @Sendable (UInt64) -> Void
        let hotList: (any HotListKeeper)?
        let trace: @Sendable (Moment) -> Void

        /// Gathers the parts; `buildTime` is when the program was released, in seconds UTC: no
        /// honest clock stands before it. `hub` is asked before a payment is recorded, where it is
        /// within reach. `refundRole` is the right to sign refund vouchers, from what was signed for
        /// this terminal's key; without it there are none. `configurationMessage` is the configuration
        /// as the hub signed it: the journal keeps it, so that decisions can be explained. `store`
        /// holds what references pay with. `lastContact` is when the hub last answered an earlier
        /// process, in seconds UTC, and `contacted` is told whenever it answers this one, so that
        /// a restart makes no limit soft again. Without a keeper of the `hotList` none is asked for.
        /// `trace` is told the moments of a payment as they pass.
        public init(
            configuration: TerminalConfiguration, merchant: MerchantProfile, key: PrivateKey,
            trust: TrustStore, trustKeeper: any TrustKeeper, journal: any Journal,
            display: any Display, encoder: any ShopSymbolEncoder,
            reader: any ScreenReader, clock: any WallClock, random: any RandomSource,
            buildTime: UInt64, hub: (any HubLink)? = nil,
            refundRole: RefundVoucherRole? = nil, configurationMessage: [UInt8]? = nil,
            store: (any VoucherStore)? = nil, lastContact: UInt64? = nil,
            contacted: @escaping @Sendable (UInt64) -> Void = { _ in },
            hotList: (any HotListKeeper)? = nil,
            trace: @escaping @Sendable (Moment) -> Void = { _ in }
        ) {
            self.configuration = configuration
            self.merchant = merchant
            self.key = key
            self.trust = trust
            self.trustKeeper = trustKeeper
            self.journal = journal
            self.display = display
            self.encoder = encoder
            self.reader = reader
            self.clock = clock
            self.random = random
            self.buildTime = buildTime
            self.hub = hub
            self.refundRole = refundRole
            self.configurationMessage = configurationMessage
            self.store = store
            self.lastContact = lastContact
            self.contacted = contacted
            self.hotList = hotList
            self.trace = trace
        }
    }

    /// A moment of a payment that a test of durability wants to know of.
    public enum Moment: Hashable, Sendable {
        /// The journal is about to begin its transaction.
        case recording
        /// People are being told of a capture with this receipt number.
        case approved(receipt: ReceiptNumber, sale: SaleReference, minorUnits: UInt64)
    }

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
    /// What undo orders came to, by their numbers, until their callers pick it up.
    var undoAnswers: [UInt64: UndoAnswer] = [:]
    var lastUndoOrder: UInt64 = 0
    private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter: UInt64 = 0
    /// A sale whose end is not in the journal yet.
    private var ended: Sale?
    private var refusals: [SaleReference: SaleMachine.OrderRefusal] = [:]
    /// Until then (seconds UTC) a sale that left the screen may still be paid by a confirmation.
    private var departedUntil: UInt64 = 0
    var syncState = SyncState()
    /// The configuration in force, as the journal's documents know it.
    var configurationDocument: DocumentReference?
    var cameraTrouble: CameraTrouble?
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

    private static func screens(_ parts: Parts, merchant: MerchantProfile) -> ShopScreen {
        ShopScreen(
            terminal: parts.configuration.terminal, merchant: merchant, key: parts.key,
            composer: ScreenComposer(merchant: merchant.name), encoder: parts.encoder,
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
                    code = limited(try await read(bytes, at: now))
                } catch {
                    code = .unusable(.journalUnavailable(detail: error.message))
                }
            }
            await run(.presented(code, at: now))
        }
    }

    private func read(_ bytes: [UInt8], at now: UInt64) async throws(JournalError)
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

    /// Time passes: an expired sale ends.
    public func tick() async {
        do { try await storeEnded() } catch {}
        await run(.tick(parts.clock.now()))
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

// Opening, giving up and watching a sale.
extension PaymentTerminal {
    /// Opens a sale of `total`. With a `key` that is known, answers with that sale instead.
    public func charge(_ total: Amount, key: String?) async throws(SaleRefusal) -> SaleView {
        if let key, let known = try await knownSale(key: key, total: total) { return known }
        guard !trustStanding().isRevoked else {
            throw SaleRefusal(
                reason: "terminal-revoked",
                message: "This terminal's key is revoked by its hub. No sale was opened. Ask the "
                    + "hub's operator.")
        }
        let reference = newReference()
        judgeClock()
        await run(
            .charge(
                SaleOrder(
                    reference: reference, key: key, total: total,
                    nonce: parts.random.bytes(PaymentRequest.nonceLength), at: parts.clock.now())))
        if let refusal = refusals.removeValue(forKey: reference) { throw SaleRefusal(refusal) }
        guard let view, view.sale.reference == reference else {
            throw SaleRefusal(.busy)
        }
        return view
    }

    private func knownSale(key: String, total: Amount) async throws(SaleRefusal) -> SaleView? {
        let known: Sale?
        do { known = try await parts.journal.sale(key: key) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
        guard let known else { return nil }
        guard known.total == total else {
            throw SaleRefusal(
                reason: "key-used-otherwise",
                message: "This key belongs to sale \(known.reference) of \(known.total). "
                    + "No sale was opened. Take another key for another sale.")
        }
        do {
            // Whoever asks is told of its payments now: their completion is clear.
            try await confirmPayments(of: known)
            var told = view?.sale.reference == known.reference ? view : nil
            told = told ?? SaleView(sale: known, version: version)
            told?.undone = try await parts.journal.undone(of: known.reference)
            return told
        } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
    }

    /// Gives up the open sale. What was captured stays captured.
    public func cancel() async throws(SaleRefusal) -> SaleView {
        guard let open = machine.sale else {
            throw SaleRefusal(
                reason: "no-sale-open", message: "No sale is open. Nothing was changed.")
        }
        await run(.cancel)
        guard let view, view.sale.reference == open.reference, view.sale.state != .open else {
            throw SaleRefusal(
                reason: "sale-busy",
                message: "A code is being recorded for this sale. Look at its result first.")
        }
        return view
    }

    /// The sale on the screen, or the last that was.
    public var currentSale: SaleView? { view }

    /// Waits until something changes past `version`, at most `milliseconds`.
    public func change(after version: UInt64, milliseconds: UInt64) async -> SaleView? {
        guard self.version <= version else { return view }
        let id = nextWaiter
        nextWaiter += 1
        let alarm = Task {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            wake(id)
        }
        await withCheckedContinuation { waiters[id] = $0 }
        alarm.cancel()
        return view
    }

    /// Waits for an outcome that nobody has been told yet, or for the sale's end, at most
    /// `milliseconds`; answers with the view and with how many outcomes were told before.
    public func nextOutcome(milliseconds: UInt64) async -> (view: SaleView, told: UInt64)? {
        guard let first = view else { return nil }
        let told = first.toldCount
        let deadline = ContinuousClock.now.advanced(by: .milliseconds(milliseconds))
        while let now = view, now.sale.reference == first.sale.reference,
            now.outcomeCount <= told, now.sale.state == .open
        {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { break }
            _ = await change(
                after: version, milliseconds: UInt64(left / .milliseconds(1)) + 1)
        }
        guard var now = view else { return nil }
        now.toldCount = max(now.toldCount, now.outcomeCount)
        view?.toldCount = now.toldCount
        return (now, told)
    }

    private func wake(_ id: UInt64) { waiters.removeValue(forKey: id)?.resume() }

    func changed() {
        version += 1
        view?.version = version
        let all = waiters
        waiters = [:]
        for waiter in all.values { waiter.resume() }
    }

    private func newReference() -> SaleReference {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let text = String(parts.random.bytes(Self.referenceBytes).map { alphabet[Int($0 & 31)] })
        guard let reference = SaleReference(text) else {
            preconditionFailure("Crockford's alphabet is within a reference's.")
        }
        return reference
    }
}

// Performing the machine's effects.
extension PaymentTerminal {
    func run(_ first: SaleMachine.Event) async {
        var effects = machine.handle(first)
        while !effects.isEmpty {
            let effect = effects.removeFirst()
            if let event = await perform(effect) { effects += machine.handle(event) }
        }
    }

    private func perform(_ effect: SaleMachine.Effect) async -> SaleMachine.Event? {
        switch effect {
        case .store(let sale): return await store(sale)
        case .lookUp(let query):
            do {
                let facts = try await parts.journal.facts(for: query)
                return .factsRead(
                    facts, terminalFacts(at: parts.clock.now()),
                    Draw(bytes: parts.random.bytes(Draw.seedLength)))
            } catch {
                return .factsUnreadable(error.message)
            }
        case .ask(let question): return await ask(question)
        case .lookUpReceipt(let number):
            do { return .receiptRead(try await parts.journal.receipt(number)) } catch {
                return .receiptUnreadable(error.message)
            }
        case .record(let record): return await write(record)
        case .show(let sale):
            show(sale)
            return nil
        case .tell(let outcome, let sale):
            tell(outcome, sale)
            return nil
        case .ended(let sale):
            end(sale)
            return nil
        case .refuse(let reference, let refusal):
            refusals[reference] = refusal
            return nil
        case .confirm(let receipt):
            // Where this fails the payment is durable all the same; after a restart a person is
            // asked whether it was told.
            try? await parts.journal.confirm(receipt)
            return nil
        case .undone(let undo, let receipt, let order):
            tell(undo, receipt: receipt, order: order)
            return nil
        case .refuseUndo(let order, let refusal):
            undoAnswers[order] = .refused(refusal)
            return nil
        }
    }

    private func store(_ sale: Sale) async -> SaleMachine.Event? {
        do {
            try await storeEnded()
            try await parts.journal.store(sale)
            return sale.state == .open ? .saleStored(sale.reference) : nil
        } catch {
            guard sale.state != .open else { return .saleNotStored(sale.reference, error.message) }
            ended = sale
            return nil
        }
    }

    /// Stores the sale that ended while the journal could not be written: until then it stands as
    /// open there, and no other can be opened.
    private func storeEnded() async throws(JournalError) {
        guard let sale = ended else { return }
        do { try await parts.journal.store(sale) } catch {
            // What the journal has of it by now says more: it was paid after all.
            guard case .constraint = error else { throw error }
        }
        ended = nil
    }

    /// Writes a record. After an error it is read back before anybody is told anything: an I/O
    /// error does not mean "not committed".
    private func write(_ record: JournalRecord) async -> SaleMachine.Event {
        let nonce = parts.random.bytes(PaymentRequest.nonceLength)
        parts.trace(.recording)
        do {
            let receipt = try await parts.journal.record(record)
            return .recorded(receipt: receipt.receipt, nonce: nonce, at: parts.clock.now())
        } catch {
            do {
                if let receipt = try await parts.journal.find(record) {
                    return .recorded(receipt: receipt.receipt, nonce: nonce, at: parts.clock.now())
                }
                return .notRecorded(error.message)
            } catch {
                // Whether money moved is not known: the screen must not go on asking for it.
                try? parts.display.show(
                    screens.composer.outOfOrder("Please ask for another way to pay."))
                return .recordUncertain(error.message)
            }
        }
    }

    private func show(_ sale: Sale) {
        if view?.sale.reference != sale.reference {
            view = SaleView(sale: sale, version: version)
        }
        let shown = screens.show(sale)
        view?.sale = sale
        view?.symbol = shown.symbol
        view?.symbolProblem = shown.problem
        changed()
    }

    private func tell(_ outcome: Outcome, _ sale: Sale) {
        if view?.sale.reference == sale.reference { view?.sale = sale }
        view?.add(outcome)
        switch outcome {
        case .approved(let capture, let receipt), .approvedInPart(let capture, let receipt, _):
            parts.trace(
                .approved(
                    receipt: receipt, sale: capture.sale, minorUnits: capture.amount.minorUnits))
        case .declined: break
        }
        // A display that fails takes no payment back: what was approved is in the journal.
        try? parts.display.show(screens.composer.outcome(outcome, of: sale))
        changed()
    }

    private func end(_ sale: Sale) {
        if view?.sale.reference == sale.reference {
            view?.sale = sale
            view?.symbol = nil
        }
        if sale.state != .paid { departedUntil = max(departedUntil, sale.request.expiry) }
        if sale.state != .paid { showIdle() }
        changed()
    }

    private func showIdle() { try? parts.display.show(screens.composer.idle()) }

    /// Puts a newer configuration, verified by the caller, in force.
    func adopt(
        _ newer: TerminalConfiguration, merchant: MerchantProfile, message: [UInt8]
    ) async throws(JournalError) {
        if parts.configurationMessage != nil { try await keep(message, of: newer.version) }
        configuration = newer
        screens = Self.screens(parts, merchant: merchant)
        await run(.policyChanged(newer.policy))
        await learn(newer.issuedAt, by: .signed)
        changed()
    }
}
