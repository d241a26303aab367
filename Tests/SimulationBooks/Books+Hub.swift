import Money

/// What the hub has made of one entry.
public enum Arrival: Hashable, Sendable {
    /// A payment that counts.
    case captured(receipt: UInt64, voucher: String, amount: UInt64, consumed: UInt64)
    /// An undoing that counts, of the entry with this sequence number.
    case undone(of: UInt64, amount: UInt64, returns: UInt64)
    /// Put aside, for a reason.
    case quarantined(String)
    /// Anything else.
    case noted
}

// What lies at the hub.
extension Books {
    /// An entry of `till` is in a batch that the hub has accepted.
    public mutating func arrived(_ arrival: Arrival, sequence: UInt64, from name: String) {
        let through = tills[name]?.arrivedThrough ?? 0
        if sequence <= through {
            find("the hub has entry \(sequence) of \(name) twice")
        } else if sequence != through + 1 {
            find("the hub has entry \(sequence) of \(name) after entry \(through)")
        }
        tills[name]?.arrivedThrough = max(through, sequence)
        if sequence > tills[name]?.last ?? 0 {
            find("the hub has entry \(sequence) of \(name), which is not in its journal")
        }
        switch arrival {
        case .captured(let receipt, let voucher, let amount, let consumed):
            guard let capture = tills[name]?.captures[sequence], capture.receipt == receipt,
                capture.voucher == voucher, capture.amount == amount, capture.consumed == consumed
            else {
                return find("the hub has another payment than entry \(sequence) of \(name)")
            }
            tills[name]?.captures[sequence]?.hasArrived = true
        case .undone(let target, let amount, let returns):
            guard let undoing = tills[name]?.undoings[sequence], undoing.of == target,
                undoing.amount == amount, undoing.returns == returns
            else {
                return find("the hub has another undoing than entry \(sequence) of \(name)")
            }
            tills[name]?.undoings[sequence]?.hasArrived = true
            tills[name]?.captures[target]?.returnedAtHub += returns
        case .quarantined(let reason):
            find("the hub has put aside entry \(sequence) of \(name), which is right: \(reason)")
        case .noted:
            if tills[name]?.captures[sequence] != nil || tills[name]?.undoings[sequence] != nil {
                find("the hub does not count entry \(sequence) of \(name)")
            }
        }
    }

    /// A terminal has made an exchange with the hub. Where it was whole it has heard of all that
    /// others spent; else it may have heard of money that went back, and of no more than that.
    public mutating func exchanged(_ name: String, isWhole: Bool) {
        for voucher in issued.keys {
            let others = tills.reduce(UInt64(0)) {
                $0 + ($1.key == name ? 0 : $1.value.netAtHub(of: voucher))
            }
            let before = tills[name]?.heard[voucher] ?? 0
            tills[name]?.heard[voucher] = isWhole ? others : min(before, others)
        }
    }

    /// A terminal says that the hub's acknowledgements cover its entries through this one.
    public mutating func acknowledged(through sequence: UInt64, at till: String) {
        let arrived = tills[till]?.arrivedThrough ?? 0
        if sequence > arrived {
            find("\(till): entries through \(sequence) left the queue; the hub has \(arrived)")
        }
    }

    /// All is calm and everything must be at the hub, each once, to the minor unit.
    ///
    /// - Parameter sums: what the hub says of each terminal: captured, and given back.
    public mutating func close(sums: [String: (captured: UInt64, undone: UInt64)]) {
        for (name, till) in tills.sorted(by: { $0.key < $1.key }) {
            checkTold(at: name)
            for capture in till.captures.values where !capture.hasArrived {
                find("\(name): receipt \(capture.receipt) never came to the hub")
            }
            for (sequence, undoing) in till.undoings where !undoing.hasArrived {
                find("\(name): undoing \(sequence) never came to the hub")
            }
            let captured = till.captures.values.reduce(UInt64(0)) { $0 + $1.amount }
            let undone = till.undoings.values.reduce(UInt64(0)) { $0 + $1.amount }
            let said = sums[name] ?? (0, 0)
            if said.captured != captured || said.undone != undone {
                find(
                    "\(name): the hub says \(said.captured) less \(said.undone), and it is "
                        + "\(captured) less \(undone)")
            }
        }
        for (name, voucher) in issued.sorted(by: { $0.key < $1.key }) {
            let loss = loss(of: name)
            let takers = UInt64(tills.values.filter { $0.net(of: name) > 0 }.count)
            if loss > 0, voucher.boundTo != nil {
                find("\(loss) of \(name) is lost, bound as it is")
            }
            if loss > voucher.value * (takers > 0 ? takers - 1 : 0) {
                find("\(loss) of \(name) is lost at \(takers) terminals")
            }
        }
    }
}
