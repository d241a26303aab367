public import Money

/// The books of a simulated town: what was issued, what people were told, what lies in each
/// terminal's journal and what lies at the hub, and what may never be so.
///
/// It knows nothing of codes, messages, databases or policies' bits, and imports no target of
/// Till's but Money: what it finds wrong is wrong by plain addition.
public struct Books: Sendable {
    /// How long a hub keeps a voucher for a payment whose capture has not come, in seconds
    /// (`docs/spec/hub-protocol.md`, *Authorisation*).
    public static let promiseSeconds: UInt64 = 900

    /// By how much a terminal's clock may be late and be believed, in seconds: the largest step back
    /// that a town's clocks make while a machine can be off (`docs/spec/time.md`, *Limits*), and two
    /// minutes.
    public static let latenessSeconds: UInt64 = 3_720

    /// What a voucher is worth, where it may pay and until when.
    struct Issued: Sendable {
        let value: UInt64
        let isWhole: Bool
        let boundTo: String?
        let expiry: UInt64
    }

    /// A payment as it lies in a journal.
    struct Captured: Sendable {
        let sequence: UInt64
        let receipt: UInt64
        let sale: String
        let voucher: String
        let amount: UInt64
        let consumed: UInt64
        let at: UInt64
        let isByHub: Bool
        /// Given back to people, and of that to the voucher.
        var undone: UInt64 = 0
        var returned: UInt64 = 0
        var hasArrived = false
        /// What of it the hub has been told was given back to the voucher.
        var returnedAtHub: UInt64 = 0

        /// What is spent of the voucher by it.
        var net: UInt64 { consumed - returned }
        /// The same as far as the hub knows.
        var netAtHub: UInt64 { hasArrived ? consumed - min(consumed, returnedAtHub) : 0 }
    }

    /// An undoing as it lies in a journal.
    struct Undoing: Sendable {
        let of: UInt64
        let amount: UInt64
        let returns: UInt64
        var hasArrived = false
    }

    /// What one terminal did.
    struct Till: Sendable {
        var sales: [String: UInt64] = [:]
        var told: [UInt64: Approval] = [:]
        var undoneTold: [UInt64: UInt64] = [:]
        var captures: [UInt64: Captured] = [:]
        var undoings: [UInt64: Undoing] = [:]
        var last: UInt64 = 0
        var arrivedThrough: UInt64 = 0
        /// What others had spent of a voucher when this terminal last heard all of it.
        var heard: [String: UInt64] = [:]
        /// The newest version that it has had of each document.
        var versions: [String: UInt64] = [:]

        func net(of voucher: String) -> UInt64 {
            captures.values.reduce(0) { $0 + ($1.voucher == voucher ? $1.net : 0) }
        }

        func netAtHub(of voucher: String) -> UInt64 {
            captures.values.reduce(0) { $0 + ($1.voucher == voucher ? $1.netAtHub : 0) }
        }
    }

    /// A payment that people were told of.
    public struct Approval: Hashable, Sendable {
        /// The number on its receipt.
        public let receipt: UInt64
        /// The sale.
        public let sale: String
        /// The voucher.
        public let voucher: String
        /// How much, in minor units.
        public let amount: UInt64
        /// Whether the hub had allowed it.
        public let isByHub: Bool
        /// The code that was shown, where it answered one request of one terminal.
        public let answer: String?

        /// Makes an approval; see the properties for units.
        public init(
            receipt: UInt64, sale: String, voucher: String, amount: UInt64, isByHub: Bool,
            answer: String?
        ) {
            self.receipt = receipt
            self.sale = sale
            self.voucher = voucher
            self.amount = amount
            self.isByHub = isByHub
            self.answer = answer
        }
    }

    /// What the shop allows each terminal by itself.
    public let limits: Limits
    /// What was found wrong, as sentences.
    public internal(set) var findings: [String] = []
    var issued: [String: Issued] = [:]
    var tills: [String: Till] = [:]
    var answers: Set<String> = []
    /// The largest loss that the hub did not know of yet, in minor units.
    public internal(set) var largestHiddenLoss: UInt64 = 0

    /// What a terminal may do by itself.
    public struct Limits: Hashable, Sendable {
        /// The largest payment.
        public let perPayment: Amount
        /// The largest sum that the hub does not have.
        public let outstanding: Amount
        /// The largest number of payments that the hub does not have.
        public let count: Int

        /// Makes limits.
        public init(perPayment: Amount, outstanding: Amount, count: Int) {
            self.perPayment = perPayment
            self.outstanding = outstanding
            self.count = count
        }
    }

    /// Empty books.
    public init(limits: Limits, tills: [String]) {
        self.limits = limits
        for till in tills { self.tills[till] = Till() }
    }

    mutating func find(_ sentence: String) {
        guard !findings.contains(sentence) else { return }
        findings.append(sentence)
    }

    /// Something is wrong that the books were not asked about.
    public mutating func complain(_ sentence: String) { find(sentence) }

    /// A voucher was issued, good until `expiry` seconds of the town's time. A whole one is used up
    /// by any payment; one that is bound pays at one terminal only.
    public mutating func issue(
        _ name: String, value: Amount, isWhole: Bool, boundTo: String?, expiry: UInt64
    ) {
        issued[name] = Issued(
            value: value.minorUnits, isWhole: isWhole, boundTo: boundTo, expiry: expiry)
    }

    /// A sale of `total` was opened, or told again under its key; answers what it has captured.
    public mutating func opened(_ sale: String, at till: String, total: Amount, captured: UInt64) {
        if let known = tills[till]?.sales[sale], known != total.minorUnits {
            find("\(till): sale \(sale) was of \(known) and is of \(total.minorUnits)")
        }
        tills[till]?.sales[sale] = total.minorUnits
        let there = (tills[till]?.captures.values.filter { $0.sale == sale } ?? [])
            .reduce(0) { $0 + $1.amount }
        if there != captured {
            find("\(till): sale \(sale) says that \(captured) was paid of it, and \(there) was")
        }
    }

    /// People were told of a payment.
    public mutating func approved(_ approval: Approval, at till: String) {
        if tills[till]?.told[approval.receipt] != nil {
            find("\(till): receipt \(approval.receipt) was told twice")
        }
        tills[till]?.told[approval.receipt] = approval
        if let answer = approval.answer, !answers.insert(answer).inserted {
            find("\(till): an answer to a request has paid twice (receipt \(approval.receipt))")
        }
        if approval.amount == 0 { find("\(till): a payment of nothing was approved") }
    }

    /// People were told that so much of a receipt was undone.
    public mutating func toldUndone(_ amount: UInt64, of receipt: UInt64, at till: String) {
        tills[till]?.undoneTold[receipt, default: 0] += amount
    }

    /// What of all vouchers has been spent beyond their worth, in minor units: by all terminals,
    /// and as far as the hub has it.
    public func losses() -> (all: UInt64, known: UInt64) {
        var (all, known): (UInt64, UInt64) = (0, 0)
        for name in issued.keys {
            all += loss(of: name)
            known += knownLoss(of: name)
        }
        return (all, known)
    }

    /// What of one voucher has been spent beyond its worth at all terminals together.
    public func loss(of voucher: String) -> UInt64 {
        excess(tills.values.reduce(0) { $0 + $1.net(of: voucher) }, of: voucher)
    }

    /// The same by what has arrived at the hub.
    func knownLoss(of voucher: String) -> UInt64 {
        excess(tills.values.reduce(0) { $0 + $1.netAtHub(of: voucher) }, of: voucher)
    }

    private func excess(_ spent: UInt64, of voucher: String) -> UInt64 {
        let value = issued[voucher]?.value ?? 0
        return spent > value ? spent - value : 0
    }

    /// A terminal has this version of what its hub tells: it never goes back.
    public mutating func holds(_ version: UInt64, of document: String, at till: String) {
        let before = tills[till]?.versions[document] ?? 0
        if version < before { find("\(till): its \(document) went from \(before) to \(version)") }
        tills[till]?.versions[document] = max(version, before)
    }

    /// The receipts that a terminal has in its journal and told nobody of.
    public func untold(at till: String) -> Set<UInt64> {
        let till = tills[till] ?? Till()
        return Set(till.captures.values.map(\.receipt)).subtracting(till.told.keys)
    }

    /// How many payments there are, told or not.
    public var paymentCount: Int { tills.values.reduce(0) { $0 + $1.captures.count } }
}
