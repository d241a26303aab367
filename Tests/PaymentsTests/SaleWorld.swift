import Money
import VoucherMint
import Vouchers

@testable import Payments

/// A machine, the effects that are still to be performed, and what is on disk: all that a sale
/// depends on, small enough that every reachable state can be visited.
struct SaleWorld: Hashable {
    /// One capture on disk, and what became of it. Why it was approved is left out: two worlds
    /// that differ in nothing else go on alike.
    struct Kept: Hashable {
        var kind: VoucherKind
        /// Whether it is a scheme's word: a payment confirmation.
        var isWord = false
        var amount: UInt64
        var consumed: UInt64
        var receipt: ReceiptNumber
        var isTold = false
        var refunded: UInt64 = 0
        var isCancelled = false
        var isReversed = false

        var voucher: Voucher {
            isWord ? SaleWorld.word : kind == .stored ? SaleWorld.card : SaleWorld.fixed
        }
        var isUndone: Bool { isCancelled || isReversed }
        var isClear: Bool { isTold || isUndone || refunded > 0 }

        func isOf(_ capture: Capture) -> Bool {
            voucher.identity == capture.voucher.identity && amount == capture.amount.minorUnits
                && consumed == capture.consumed
        }
    }

    /// What is on disk.
    struct Disk: Hashable {
        var sales: [SaleReference: Sale] = [:]
        var captures: [Kept] = []

        var openSale: Sale? { sales.values.first { $0.state == .open } }
    }

    /// What is wrong with a world; none ever should be.
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    var phase = SalePhase.idle
    var connection = HubConnection.down
    var isAbandonable = false
    var pending: [SaleMachine.Effect] = []
    var disk = Disk()

    /// The receipt of any undoing: that they have no gap is the journal's to test.
    static let undoReceipt: ReceiptNumber = 1_000

    static let euro = Currency(code: "EUR")!
    static let now = VoucherMint.now
    static let mint = VoucherMint()
    static let sale = SaleReference("A")!
    static let fixed = mint.fixed(1_000, cti: 1)
    static let card = mint.stored(400, cti: 2)
    static let word = mint.voucher(
        mint.object(.fixed(amount: 1_000), cti: 3, confirms: VoucherMint.nonce))
    static let otherNonce: [UInt8] = [9, 9, 9, 9, 9, 9, 9, 9]

    /// Nothing is left to be done: no sale is open, nothing is under way, and of every payment it
    /// is clear how it ended.
    var isFinal: Bool {
        phase == .idle && pending.isEmpty && disk.openSale == nil
            && disk.captures.allSatisfy(\.isClear)
    }

    /// The machine of this state. Questions count anew between questions: which number one has
    /// says nothing but whether an answer is to it.
    private var machine: SaleMachine {
        var machine = SaleMachine(policy: .standard(for: [Self.euro]), clockFloor: 0)
        machine.phase = phase
        machine.connection = connection
        machine.isAbandonable = isAbandonable
        if case .asking = phase { machine.lastQuestion = 1 }
        return machine
    }

    /// The world after an event.
    func after(_ event: SaleMachine.Event) throws -> SaleWorld {
        var machine = machine
        var world = self
        let effects = machine.handle(event)
        world.phase = machine.phase
        world.connection = machine.connection
        world.isAbandonable = machine.isAbandonable
        for effect in effects {
            try world.check(effect)
            switch effect {
            case .store, .lookUp, .ask, .lookUpReceipt, .record, .confirm:
                world.pending.append(effect)
            case .show, .tell, .ended, .refuse, .undone, .refuseUndo, .marked, .refuseMark: break
            }
        }
        return world
    }

    /// The same world without what makes no difference any more: there is one sale in it, and once
    /// that has left the machine nothing asks whether the hub is near.
    var normalised: SaleWorld {
        switch phase {
        case .halted: break
        case .idle where !disk.sales.isEmpty: break
        default: return self
        }
        var world = self
        world.connection = .down
        world.isAbandonable = false
        return world
    }

    /// What people are told is so.
    private func check(_ effect: SaleMachine.Effect) throws {
        switch effect {
        case .tell(.approved(let capture, let receipt), _),
            .tell(.approvedInPart(let capture, let receipt, _), _):
            guard disk.captures.contains(where: { $0.isOf(capture) && $0.receipt == receipt })
            else { throw Broken(description: "an approval is told that is not on disk") }
        case .undone(let undo, _, _):
            guard let kept = disk.captures.first(where: { $0.receipt == undo.payment.receipt }),
                kept.isUndone || kept.refunded > 0
            else { throw Broken(description: "an undoing is told that is not on disk") }
        case .marked(let sale, _):
            guard disk.sales[sale.reference]?.state == .markedPaid else {
                throw Broken(description: "a mark is told that is not on disk")
            }
        default: break
        }
    }
}

// Every way in which the next effect can end.
extension SaleWorld {
    /// The worlds after the first pending effect; a crash is one of its ways.
    func afterNextEffect() throws -> [SaleWorld] {
        guard let effect = pending.first else { return [] }
        var rest = self
        rest.pending.removeFirst()
        switch effect {
        case .store(let sale): return try rest.afterStoring(sale)
        case .lookUp(let query):
            return try [
                rest.after(
                    .factsRead(
                        rest.facts(for: query), TerminalFacts(now: Self.now, clockFloor: 0),
                        Draw(seed: 1))),
                rest.after(.factsUnreadable("EIO")),
            ]
        case .ask(let question):
            let number = question.number
            return try [
                rest.after(.hubReplied(number, .approved(reservedUntil: Self.now + 900))),
                rest.after(
                    .hubReplied(
                        number, .declined(HubDecline(reason: "spent-elsewhere", other: nil)))),
                rest.after(.hubReplied(number, .refused(reason: "hub-busy"))),
                rest.after(.hubReplied(number, .unreachable(reason: "hub-unreachable"))),
                rest.after(.hubSilent(number)),
            ]
        case .lookUpReceipt(let number):
            return try [
                rest.after(.receiptRead(rest.lookUp(number))),
                rest.after(.receiptUnreadable("EIO")),
            ]
        case .record(let record): return try rest.afterRecording(record)
        case .confirm(let receipt):
            var told = rest
            for index in told.disk.captures.indices
            where told.disk.captures[index].receipt == receipt {
                told.disk.captures[index].isTold = true
            }
            return try [told, rest, told.afterCrash()]
        case .show, .tell, .ended, .refuse, .undone, .refuseUndo, .marked, .refuseMark:
            return [rest]
        }
    }

    private func afterStoring(_ sale: Sale) throws -> [SaleWorld] {
        var stored = self
        stored.disk.sales[sale.reference] = sale
        guard sale.state == .open else {
            // Where a sale's end cannot be written, a restart finds it open and time ends it.
            return try [stored, self, stored.afterCrash()]
        }
        return try [
            stored.after(.saleStored(sale.reference)),
            after(.saleNotStored(sale.reference, "disk full")), stored.afterCrash(),
        ]
    }

    private func afterRecording(_ record: JournalRecord) throws -> [SaleWorld] {
        if case .undo(let undo) = record, disk.openSale?.reference == undo.payment.sale {
            // The sale's end could not be written: the schema refuses what the machine allowed.
            return try [after(.notRecorded("undo-of-open-sale"))]
        }
        let (written, receipt) = try writing(record)
        return try [
            written.after(.recorded(receipt: receipt, nonce: Self.otherNonce, at: Self.now)),
            after(.notRecorded("disk full")), after(.recordUncertain("EIO")),
            written.after(.recordUncertain("EIO")), written.afterCrash(),
        ]
    }

    /// What the disk then holds. That nothing is spent twice, and no more given back than was
    /// paid, is not made sure of here: it is what is looked for.
    private func writing(_ record: JournalRecord) throws -> (SaleWorld, ReceiptNumber?) {
        var world = self
        switch record {
        case .decline(let decline):
            if decline.reason == .unconfirmed {
                world.disk.sales[decline.sale] = disk.sales[decline.sale]?.claimed()
            }
            return (world, nil)
        case .mark(let mark):
            guard let sale = disk.sales[mark.sale], sale.state == .unconfirmed,
                sale.due == mark.amount.minorUnits
            else { throw Broken(description: "a sale is marked as paid that is not unconfirmed") }
            world.disk.sales[mark.sale] = sale.marked()
            return (world, nil)
        case .capture(let capture, let after):
            guard disk.sales[after.reference]?.state != .markedPaid else {
                throw Broken(description: "a sale that was marked as paid is paid once more")
            }
            let identity = capture.voucher.identity
            let used = disk.captures.filter { $0.voucher.identity == identity && !$0.isUndone }
                .reduce(0) { $0 + $1.consumed }
            guard used + capture.consumed <= capture.voucher.value.ceiling else {
                throw Broken(description: "a voucher is spent beyond its worth")
            }
            let receipt = ReceiptNumber(disk.captures.count + 1)
            world.disk.captures.append(
                Kept(
                    kind: capture.voucher.value.kind, isWord: identity == Self.word.identity,
                    amount: capture.amount.minorUnits, consumed: capture.consumed,
                    receipt: receipt))
            world.disk.sales[after.reference] = after
            return (world, receipt)
        case .undo(let undo):
            guard
                let index = disk.captures.firstIndex(where: {
                    $0.receipt == undo.payment.receipt
                })
            else { throw Broken(description: "an unknown payment is undone") }
            let kept = disk.captures[index]
            guard !kept.isUndone,
                kept.refunded + undo.amount.minorUnits <= kept.amount
            else { throw Broken(description: "more goes back than was paid") }
            switch undo.kind {
            case .cancellation: world.disk.captures[index].isCancelled = true
            case .reversal:
                guard !kept.isTold else {
                    throw Broken(description: "a payment that was told is reversed")
                }
                world.disk.captures[index].isReversed = true
            case .refund: world.disk.captures[index].refunded += undo.amount.minorUnits
            }
            return (world, undo.kind == .reversal ? nil : Self.undoReceipt)
        }
    }

    private func facts(for query: FactsQuery) -> JournalFacts {
        let own = disk.captures.filter { $0.voucher.identity == query.voucher }
        let spent = own.filter { !$0.isUndone }.reduce(0) { $0 + $1.consumed }
        return JournalFacts(
            memory: own.last.map { kept in
                VoucherMemory(
                    coreDigest: kept.voucher.coreDigest, ceiling: kept.voucher.value.ceiling,
                    spent: spent,
                    last: Redemption(
                        at: Self.now, amount: kept.amount, receipt: kept.receipt))
            }, presentationKnown: false,
            requestPaid: query.nonce != nil && isAnswered,
            answeredSale: query.nonce.flatMap { nonce in
                disk.sales.values.first { $0.request.nonce == nonce }
            }, exposure: .none)
    }

    /// Whether the sale's first request has been paid, or the sale was marked as paid.
    private var isAnswered: Bool {
        disk.captures.contains(where: \.isWord)
            || disk.sales[Self.sale]?.state == .markedPaid
    }

    private func lookUp(_ receipt: ReceiptNumber) -> ReceiptLookUp {
        guard let kept = disk.captures.first(where: { $0.receipt == receipt }) else {
            return receipt == Self.undoReceipt ? .undoing : .unknown
        }
        return .payment(
            CapturedPayment(
                sequence: receipt, receipt: receipt, sale: Self.sale,
                amount: Amount(minorUnits: kept.amount, currency: Self.euro), at: Self.now,
                voucher: kept.voucher.identity, voucherKind: kept.voucher.value.kind,
                voucherExpiry: kept.voucher.expiry, consumed: kept.consumed,
                undone: CapturedPayment.Undone(
                    refunded: kept.refunded,
                    cancellation: kept.isCancelled ? Self.undoReceipt : nil,
                    isReversed: kept.isReversed), isPeriodClosed: false, isTold: kept.isTold))
    }

    /// The process ends and starts anew: what is on disk is all that is left.
    func afterCrash() throws -> SaleWorld {
        var world = SaleWorld()
        world.disk = disk
        return try disk.openSale.map { try world.after(.restored($0)) } ?? world
    }
}

// What comes from outside.
extension SaleWorld {
    /// The events that people, cameras, networks and clocks can cause here. While an effect is
    /// awaited they are those that could disturb it.
    func eventsFromOutside() -> [SaleMachine.Event] {
        guard pending.count <= 1 else { return [] }
        var events: [SaleMachine.Event] = [
            .cancel, .tick(Self.now + 1_000), .presented(.voucher(Self.fixed), at: Self.now),
        ]
        if pending.isEmpty {
            events += [
                .presented(.voucher(Self.card), at: Self.now),
                .presented(.unusable(.notAPaymentCode), at: Self.now),
                .wordMissing(Self.sale, at: Self.now),
            ]
            // A word may be on its way while the sale is paid, or marked as paid, otherwise.
            if disk.sales[Self.sale]?.request.nonce == VoucherMint.nonce {
                events.append(.presented(.voucher(Self.word), at: Self.now))
            }
            if let sale = disk.sales[Self.sale] {
                events.append(
                    .mark(
                        MarkOrder(
                            number: 2, sale: sale,
                            operatedBy: EntryOperator(role: .supervisor, id: "Ada"),
                            at: Self.now)))
            }
        }
        if pending.isEmpty, disk.captures.isEmpty || disk.openSale != nil {
            events.append(.connectionChanged(connection == .up ? .down : .up))
        }
        if disk.sales.isEmpty, pending.isEmpty, phase == .idle {
            events.append(
                .charge(
                    SaleOrder(
                        reference: Self.sale, key: nil,
                        total: Amount(minorUnits: 1_000, currency: Self.euro),
                        nonce: VoucherMint.nonce, at: Self.now)))
        }
        return events + undoings
    }

    private var undoings: [SaleMachine.Event] {
        let kinds: [(UndoKind, UInt64?)] = [
            (.cancellation, nil), (.reversal, nil), (.refund(.outside), 300),
            (.refund(.storedValue), nil),
        ]
        return disk.captures.flatMap { kept in
            kinds.prefix(pending.isEmpty ? kinds.count : 1).map { kind, amount in
                .undo(
                    UndoOrder(
                        number: 1, receipt: kept.receipt, kind: kind,
                        amount: amount.map { Amount(minorUnits: $0, currency: Self.euro) },
                        cti: [UInt8](repeating: 7, count: 10), at: Self.now), nil)
            }
        }
    }

    /// Answers to questions that are no longer asked.
    var lateAnswers: [SaleMachine.Event] {
        let number: UInt64
        if case .asking = phase { number = 77 } else { number = 1 }
        return [
            .hubReplied(number, .approved(reservedUntil: Self.now + 900)),
            .hubReplied(number, .declined(HubDecline(reason: "spent-elsewhere", other: nil))),
            .hubReplied(number, .unreachable(reason: "hub-unreachable")), .hubSilent(number),
        ]
    }
}
