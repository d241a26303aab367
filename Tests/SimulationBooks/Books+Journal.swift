import Money

// What lies in a terminal's journal.
extension Books {
    /// A payment lies in a journal, durable, at `now` seconds of the town's time.
    public mutating func captured(
        sequence: UInt64, receipt: UInt64, sale: String, voucher: String, amount: UInt64,
        consumed: UInt64, at till: String, now: UInt64
    ) {
        follows(sequence, at: till)
        guard let issued = issued[voucher] else {
            return find("\(till): receipt \(receipt) was paid by \(voucher), which nobody issued")
        }
        let told = tills[till]?.told[receipt]
        let capture = Captured(
            sequence: sequence, receipt: receipt, sale: sale, voucher: voucher, amount: amount,
            consumed: consumed, at: now, isByHub: told?.isByHub ?? false)
        if consumed != (issued.isWhole ? issued.value : amount) {
            find("\(till): receipt \(receipt) of \(amount) used up \(consumed) of \(voucher)")
        }
        if let told, told.amount != amount || told.sale != sale || told.voucher != voucher {
            find("\(till): receipt \(receipt) is not what was told")
        }
        if tills[till]?.captures.values.contains(where: { $0.receipt == receipt }) == true {
            find("\(till): two payments have receipt \(receipt)")
        }
        tills[till]?.captures[sequence] = capture
        if now >= issued.expiry + Self.latenessSeconds {
            find("\(till): \(voucher) has paid \(now - issued.expiry) s after its end")
        }
        checkValue(capture, issued, at: till)
        checkSale(capture, at: till)
        if let told, !told.isByHub { checkLimits(capture, at: till) }
        if capture.isByHub { checkHubsWord(capture, issued, at: till, now: now) }
        noteHiddenLoss()
    }

    /// An undoing lies in a journal: of `amount` of the payment with sequence number `of`, of which
    /// `returns` went back to the voucher.
    public mutating func undone(
        sequence: UInt64, of target: UInt64, amount: UInt64, returns: UInt64, at till: String
    ) {
        follows(sequence, at: till)
        guard var capture = tills[till]?.captures[target] else {
            return find("\(till): entry \(sequence) undoes entry \(target), which is no payment")
        }
        capture.undone += amount
        capture.returned += returns
        if capture.undone > capture.amount {
            find("\(till): \(capture.undone) of receipt \(capture.receipt) were given back")
        }
        if capture.returned > capture.consumed {
            find("\(till): \(capture.returned) of receipt \(capture.receipt) went to its voucher")
            capture.returned = capture.consumed
        }
        tills[till]?.captures[target] = capture
        tills[till]?.undoings[sequence] = Undoing(of: target, amount: amount, returns: returns)
    }

    /// An entry of another kind lies in a journal.
    public mutating func noted(sequence: UInt64, at till: String) { follows(sequence, at: till) }

    private mutating func follows(_ sequence: UInt64, at till: String) {
        let last = tills[till]?.last ?? 0
        if sequence != last + 1 { find("\(till): entry \(sequence) came after entry \(last)") }
        tills[till]?.last = sequence
    }

    /// No approval beyond value, and none beyond what was heard of others.
    private mutating func checkValue(_ capture: Captured, _ issued: Issued, at name: String) {
        guard let till = tills[name] else { return }
        if let bound = issued.boundTo, bound != name {
            find("\(name): \(capture.voucher) has paid, which is good at \(bound) only")
        }
        let own = till.net(of: capture.voucher)
        if own > issued.value {
            find("\(name): \(own) was spent of \(capture.voucher), worth \(issued.value)")
        }
        let heard = till.heard[capture.voucher] ?? 0
        if heard > 0, own + heard > issued.value {
            find(
                "\(name): \(own) was spent of \(capture.voucher), worth \(issued.value), though "
                    + "it had heard that others had spent \(heard)")
        }
    }

    private mutating func checkSale(_ capture: Captured, at name: String) {
        guard let till = tills[name] else { return }
        let paid = till.captures.values.filter { $0.sale == capture.sale }.reduce(0) {
            $0 + $1.amount
        }
        if let total = till.sales[capture.sale], paid > total {
            find("\(name): \(paid) was paid of sale \(capture.sale) of \(total)")
        }
    }

    /// No approval by the terminal alone beyond its policy.
    private mutating func checkLimits(_ capture: Captured, at name: String) {
        guard let till = tills[name] else { return }
        if capture.amount > limits.perPayment.minorUnits {
            find("\(name): \(capture.amount) was approved, more than one payment may be")
        }
        let waiting = till.captures.values.filter { !$0.hasArrived }
        let sum = waiting.reduce(0) { $0 + $1.amount - min($1.amount, $1.returned) }
        if sum > limits.outstanding.minorUnits {
            find("\(name): \(sum) waits for the hub, more than \(limits.outstanding.minorUnits)")
        }
        let count = waiting.filter { $0.returned < $0.amount }.count
        if count > limits.count {
            find("\(name): \(count) payments wait for the hub, more than \(limits.count)")
        }
    }

    /// What the hub allowed is not spent twice by anything that it had, or had allowed.
    private mutating func checkHubsWord(
        _ capture: Captured, _ issued: Issued, at name: String, now: UInt64
    ) {
        var sum = capture.net
        for (till, book) in tills {
            sum += book.netAtHub(of: capture.voucher)
            guard till != name else { continue }
            for other in book.captures.values
            where other.voucher == capture.voucher && other.isByHub && !other.hasArrived
                && now < other.at + Self.promiseSeconds
            { sum += other.net }
        }
        if sum > issued.value {
            find(
                "\(name): by the hub's word \(capture.voucher), worth \(issued.value), has spent "
                    + "\(sum)")
        }
    }

    /// What double spending may cost before the hub knows: what the terminals may have outstanding.
    private mutating func noteHiddenLoss() {
        let losses = losses()
        let hidden = losses.all - min(losses.all, losses.known)
        largestHiddenLoss = max(largestHiddenLoss, hidden)
        let bound = UInt64(tills.count) * limits.outstanding.minorUnits
        if hidden > bound { find("\(hidden) is lost and the hub does not know; bound \(bound)") }
    }

    /// A terminal was started anew, and says of which payments it does not know whether people were
    /// told.
    public mutating func restarted(_ till: String, unclear: Set<UInt64>) {
        guard let book = tills[till] else { return }
        let settled = Set(
            book.captures.values.filter { $0.undone > 0 }.map(\.receipt))
        for receipt in untold(at: till).subtracting(unclear).subtracting(settled).sorted() {
            find("\(till): receipt \(receipt) was told to nobody, and nobody is asked about it")
        }
    }

    /// A terminal that runs, and does not say that it is unsure, has told people of every payment
    /// in its journal but of those that it asks about.
    public mutating func checkUntold(at till: String, asked: Set<UInt64>) {
        for receipt in untold(at: till).subtracting(asked).sorted() {
            find("\(till): receipt \(receipt) was paid, and people were told otherwise or nothing")
        }
    }

    /// Holds what people were told against what lies in the journal, of which `entries` were read.
    public mutating func checkTold(at name: String) {
        guard let till = tills[name] else { return }
        let receipts = Dictionary(
            till.captures.values.map { ($0.receipt, $0) }, uniquingKeysWith: { first, _ in first })
        for (receipt, approval) in till.told.sorted(by: { $0.key < $1.key }) {
            guard let capture = receipts[receipt] else {
                find("\(name): receipt \(receipt) of \(approval.amount) was told and is nowhere")
                continue
            }
            if capture.sale != approval.sale || capture.amount != approval.amount {
                find("\(name): receipt \(receipt) is not what was told")
            }
        }
        for (receipt, amount) in till.undoneTold.sorted(by: { $0.key < $1.key })
        where receipts[receipt]?.undone ?? 0 < amount {
            find("\(name): \(amount) of receipt \(receipt) was told as undone and is not")
        }
    }

    /// A journal was read from its beginning, after a restart: it ends where it did, or later.
    public mutating func reread(_ till: String, last: UInt64) {
        let known = tills[till]?.last ?? 0
        if last < known { find("\(till): entries \(last + 1) to \(known) are gone") }
    }
}
