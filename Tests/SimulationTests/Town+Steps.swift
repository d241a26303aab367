import Hub
import Money
import Payments
import SimulationBooks
import Terminal
import Vouchers

// What happens in a town, one thing after another.
extension Town {
    /// One thing happens, somewhere; then everything is looked at.
    func step() async throws {
        time.pass(seconds: roll(8) == 0 ? roll(2_400) : roll(120))
        let till = tills[Int(roll(UInt64(tills.count)))]
        switch roll(100) {
        case 0..<38: try await pay(at: till)
        case 38..<44: return try await goAround()
        case 44..<52: try await undo(at: till)
        case 52..<68: try await exchange(till)
        case 68..<70: await closePeriod(at: till)
        case 70..<74: changeWeather(at: till)
        case 74..<77: try await die(till, cutWith: nil)
        case 77..<80: try await restartHub(cutWith: roll(3) == 0 ? roll(.max) : nil)
        case 80..<89: try await pay(at: till, failing: true)
        case 89..<91: try await exchange(till, failing: true)
        case 91..<94: stepClock(at: till)
        case 94..<96: await deliverLate()
        case 96..<98: try await changePolicy(heardBy: till)
        default: await settleUnclear(at: till)
        }
        // Nothing else has happened at the other terminals.
        try await look(at: [till])
    }

    // MARK: Sales

    private func pay(at till: TownTill, failing: Bool = false) async throws {
        if failing { arm(till) }
        guard let terminal = till.terminal else { return }
        let total = Amount(
            minorUnits: roll(12) == 0 ? 2_400 + roll(400) : 100 + roll(1_400),
            currency: Self.euro)
        let key = roll(3) == 0 ? "k\(roll(6))-\(total.minorUnits)" : nil
        if await terminal.currentSale?.sale.state == .open, roll(3) > 0 {
            _ = try? await terminal.cancel()
        }
        let opened = await charge(total, key: key, at: till)
        // The till's own program asks again under its key, as after a restart.
        if key != nil, roll(2) == 0 { _ = await charge(total, key: key, at: till) }
        for _ in 0...roll(3) where opened {
            let code = customers.code(for: till.symbols.payload, now: time.now)
            await show(code, at: till)
        }
        // And again when it has been paid, or not.
        if key != nil, opened, roll(2) == 0, (try? await read(till)) != nil {
            _ = await charge(total, key: key, at: till)
        }
        try await heal(till)
    }

    /// Somebody goes from counter to counter with one card and asks at each for more than half of
    /// what is on it; now and then the cashier gives it back, and it is spent again elsewhere.
    private func goAround() async throws {
        let card = customers.credit()
        let first = Int(roll(UInt64(tills.count)))
        for turn in 0...tills.count {
            let till = tills[(first + turn) % tills.count]
            guard let terminal = till.terminal else { continue }
            if await terminal.currentSale?.sale.state == .open { _ = try? await terminal.cancel() }
            let total = Amount(minorUnits: min(card.worth * 6 / 10, 2_400), currency: Self.euro)
            guard await charge(total, key: nil, at: till) else { continue }
            await show(card.code, at: till)
            try await look(at: [till])
            if case .approved(_, let receipt) = await terminal.currentSale?.outcomes.last,
                roll(2) == 0
            {
                await undo(receipt, roll(2) == 0 ? .cancellation : .refund(.storedValue), at: till)
            }
            if roll(2) == 0 { try await exchange(till) }
            try await look(at: [till])
        }
    }

    private func undo(
        _ receipt: UInt64, _ kind: UndoKind, _ amount: Amount? = nil, at till: TownTill
    ) async {
        guard let terminal = till.terminal else { return }
        do throws(SaleRefusal) {
            let result = try await terminal.undo(receipt: receipt, kind: kind, amount: amount)
            books.toldUndone(result.undo.amount.minorUnits, of: receipt, at: till.name)
            tell("\(till.name) undoes \(result.undo.amount.minorUnits) of \(receipt): \(kind)")
        } catch { tell("\(till.name) undoes nothing of \(receipt): \(error.reason)") }
    }

    func charge(_ total: Amount, key: String?, at till: TownTill) async -> Bool {
        guard let terminal = till.terminal else { return false }
        do throws(SaleRefusal) {
            let view = try await terminal.charge(total, key: key)
            books.opened(
                view.sale.reference.text, at: till.name, total: view.sale.total,
                captured: view.sale.captured)
            if let key { orders.insert(till.name + key) }
            tell("\(till.name) sells \(view.sale.reference) of \(total.minorUnits)")
            return true
        } catch {
            // A key has its amount in it: asked for again, it is the same order, which is answered.
            if let key, orders.contains(till.name + key), !till.disk.hasFailed {
                books.complain("\(till.name): an order asked for again is refused: \(error.reason)")
            }
            tell("\(till.name) sells nothing: \(error.reason)")
            return false
        }
    }

    func show(_ code: Customers.Code, at till: TownTill) async {
        guard let terminal = till.terminal else { return }
        let before = await terminal.currentSale?.outcomeCount ?? 0
        await terminal.see(.code(code.text))
        guard let after = await terminal.currentSale else { return }
        let news = after.outcomeCount - min(before, after.outcomeCount)
        for outcome in after.outcomes.suffix(Int(news)) {
            switch outcome {
            case .approved(let capture, let receipt), .approvedInPart(let capture, let receipt, _):
                let isByHub = capture.online == .approved
                tell(
                    "\(till.name) approves \(capture.amount.minorUnits) on receipt \(receipt) "
                        + "(\(code.who)\(isByHub ? ", by the hub" : ""))")
                books.approved(
                    Books.Approval(
                        receipt: receipt, sale: capture.sale.text,
                        voucher: Customers.name(of: capture.voucher.identity.cti),
                        amount: capture.amount.minorUnits, isByHub: isByHub, answer: code.answer),
                    at: till.name)
            case .declined(let reason):
                tell("\(till.name) declines \(code.who): \(reason.code)")
            }
        }
    }

    /// A cashier undoes something; some do it again and again, and for more than was paid.
    private func undo(at till: TownTill) async throws {
        if roll(6) == 0 { arm(till) }
        guard let terminal = till.terminal else { return }
        if await terminal.currentSale?.sale.state == .open { _ = try? await terminal.cancel() }
        let kinds: [UndoKind] = [
            .cancellation, .refund(.storedValue), .refund(.outside), .reversal,
        ]
        let kind = kinds[Int(roll(UInt64(kinds.count)))]
        let receipt = 1 + roll(UInt64(books.paymentCount) + 2)
        let amount: Amount? =
            roll(2) == 0 ? nil : Amount(minorUnits: 1 + roll(900), currency: Self.euro)
        for _ in 0...roll(2) {
            await undo(receipt, kind, amount, at: till)
        }
        try await heal(till)
    }

    private func settleUnclear(at till: TownTill) async {
        guard let terminal = till.terminal,
            let unclear = try? await terminal.unclearPayments().first
        else { return }
        await undo(unclear.receipt, .reversal, at: till)
    }

    private func closePeriod(at till: TownTill) async {
        guard let terminal = till.terminal else { return }
        if await terminal.currentSale?.sale.state == .open { _ = try? await terminal.cancel() }
        let period = try? await terminal.closePeriod(by: nil).period.number
        tell("\(till.name) closes period \(period.map(String.init) ?? "not")")
    }

    // MARK: Exchanges

    func exchange(_ till: TownTill, failing: Bool = false) async throws {
        if failing {
            switch roll(3) {
            case 0: arm(till)
            case 1: armHub()
            default: till.network.die(in: roll(8))
            }
        } else if roll(12) == 0 {
            armHub()
        }
        _ = till.network.takeRogue()
        let report = await till.sync()
        let isWhole = report?.failure == nil && !till.network.takeRogue()
        tell("\(till.name) exchanges: \(report?.failure?.reason ?? "well")")
        try await healHub()
        try await heal(till)
        try await read(till)
        try await readHub()
        books.exchanged(till.name, isWhole: isWhole && report != nil)
    }

    /// A message that was held back arrives after all; nobody waits for the answer.
    private func deliverLate() async {
        guard let batch = overheard.release(dice: dice) else { return }
        let answer = try? await TownNetwork.deliver(batch, to: hub)
        tell("a late batch arrives: \(answer == nil ? "refused" : "taken")")
    }

    /// The operator changes something that changes nothing that the books hold. Now and then somebody
    /// on the way, who has heard what was before, says it again.
    private func changePolicy(heardBy till: TownTill) async throws {
        let seconds = 200 + roll(200)
        _ = try await hub.registrar.setPolicy(at: time.now) {
            $0.changing(requestLifetimeSeconds: seconds)
        }
        tell("the hub has another policy: requests live for \(seconds) s")
        till.network.set(.calm)
        try await exchange(till)
        if roll(2) == 0 {
            till.network.set(Weather(rogue: 900, rogueKind: "configuration"))
            try await exchange(till)
        }
        till.network.set(anyWeather())
    }

    private func changeWeather(at till: TownTill) {
        if roll(3) == 0 {
            till.network.isCut.toggle()
            return tell("\(till.name) is \(till.network.isCut ? "cut off" : "back")")
        }
        let weather = anyWeather()
        for one in tills where roll(2) == 0 { one.network.set(weather) }
        tell("the weather changes: \(weather)")
    }

    /// Calm weather in one of three cases; where it is not, a rogue in one of three.
    func anyWeather() -> Weather {
        guard roll(3) > 0 else { return .calm }
        var weather = Weather(
            loss: roll(301), repeats: roll(501), late: roll(101), damage: roll(101),
            rogue: roll(3) == 0 ? 100 + roll(401) : 0)
        guard weather.rogue > 0, roll(2) == 0 else { return weather }
        // One who is after one thing lets everything else pass, so as not to be noticed.
        let kinds = ["batch", "configuration", "authorisation", "standings", "trust-list"]
        weather = Weather(rogue: 500 + roll(401))
        weather.rogueKind = kinds[Int(roll(UInt64(kinds.count)))]
        return weather
    }

    // MARK: Machines

    /// Its disk will fail, some calls from now.
    private func arm(_ till: TownTill) {
        let faults: [TownDisk.Fault] = [
            .cut, .cut, .cut, .full, .inputOutput, .short, .torn, .sync,
        ]
        let fault = faults[Int(roll(UInt64(faults.count)))]
        // A sale syncs a few times, and does everything else more often.
        let call = 1 + roll(fault == .sync ? 6 : 60)
        till.disk.arm(fault, at: call, seed: roll(.max))
        tell("\(till.name): \(fault) at call \(call)")
    }

    private func armHub() {
        let faults: [TownDisk.Fault] = [.cut, .cut, .full, .inputOutput, .short, .torn]
        let fault = faults[Int(roll(UInt64(faults.count)))]
        let call = 1 + roll(60)
        hub.disk.arm(fault, at: call, seed: roll(.max))
        tell("hub: \(fault) at call \(call)")
    }

    /// After what failed: the power comes back, somebody makes room, a halted terminal is restarted.
    func heal(_ till: TownTill) async throws {
        if till.disk.hasFailed, till.disk.isCut || roll(3) == 0 {
            return try await die(till, cutWith: roll(.max))
        }
        till.disk.mend()
        if till.network.isDead { return try await die(till, cutWith: nil) }
        till.network.revive()
        if await till.isHalted { try await die(till, cutWith: nil) }
    }

    func healHub() async throws {
        if hub.disk.hasFailed, hub.disk.isCut || roll(2) == 0 {
            try await restartHub(cutWith: roll(.max))
        }
        hub.disk.mend()
    }

    private func die(_ till: TownTill, cutWith seed: UInt64?) async throws {
        tell("\(till.name) \(seed == nil ? "is killed" : "loses its power")")
        try await till.restart(cutWith: seed)
        try await reread(till)
    }

    private func restartHub(cutWith seed: UInt64?) async throws {
        tell("the hub \(seed == nil ? "is killed" : "loses its power")")
        try hub.restart(cutWith: seed)
        try await rereadHub()
    }

    private func stepClock(at till: TownTill) {
        let steps: [Int64] = [-90_000, -3_600, -120, -5, 5, 90, 3_600, 90_000]
        let step = steps[Int(roll(UInt64(steps.count)))]
        if roll(3) == 0 {
            till.clocks.setRight()
            return tell("\(till.name): clock set right")
        }
        till.clocks.step(by: step)
        tell("\(till.name): clock set by \(step) s")
    }

    // MARK: The calm

    /// All faults end. Within three rounds everything must be at the hub.
    func calm() async throws {
        try await healHub()
        for till in tills {
            till.disk.mend()
            till.network.set(.calm)
            till.network.isCut = false
            till.clocks.setRight()
            if till.network.isDead { try await till.restart(cutWith: nil) }
            till.network.revive()
            if await till.isHalted { try await till.restart(cutWith: nil) }
            try await reread(till)
        }
        tell("it is calm")
        var last: [String] = []
        for _ in 1...3 {
            last = []
            for till in tills {
                let report = await till.sync()
                if let failure = report?.failure { last.append("\(till.name): \(failure.reason)") }
                if report?.queuedEntries != 0 { last.append("\(till.name): entries wait") }
            }
            if last.isEmpty { break }
        }
        if !last.isEmpty { books.complain("after three calm rounds: \(last)") }
        while let batch = overheard.release(dice: dice) {
            _ = try? await TownNetwork.deliver(batch, to: hub)
        }
        try await look(at: tills)
        try await settle()
    }
}
