public import COSE
import PaymentCodes
import Vouchers

/// A terminal whose requests the wallet answers.
public struct TrustedTerminal: Hashable, Sendable {
    /// The longest name, in characters: what fits a line of a phone.
    public static let maximumNameLength = 40

    /// The terminal's key, Ed25519.
    public let key: PublicKey
    /// What the wallet's owner calls it, if anything.
    public let name: String?

    /// Trusts a key under a name.
    public init(key: PublicKey, name: String?) throws(WalletRefusal) {
        guard key.algorithm == .ed25519 else { throw .terminalKeyAlgorithm }
        if let name {
            guard (1...Self.maximumNameLength).contains(name.count),
                name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else { throw .terminalName }
        }
        self.key = key
        self.name = name
    }
}

/// A request that the wallet has answered: the same one is never answered with another amount.
public struct AnsweredRequest: Hashable, Sendable {
    /// The id of the terminal that asked.
    public let terminal: String
    /// The request's nonce.
    public let nonce: [UInt8]
    /// What was answered, in minor units.
    public let amount: UInt64
    /// The second since 1970 UTC at which the request is over.
    public let expiry: UInt64

    /// Makes a record; see the properties for units.
    public init(terminal: String, nonce: [UInt8], amount: UInt64, expiry: UInt64) {
        self.terminal = terminal
        self.nonce = nonce
        self.amount = amount
        self.expiry = expiry
    }
}

/// What a wallet holds and remembers, apart from its key. A value: whoever changes it makes it
/// durable before showing what came of the change.
public struct Purse: Hashable, Sendable {
    /// The most holdings, so that a file of vouchers stays a file that is read in a moment.
    public static let maximumHoldings = 1_000
    /// How long an answered request is remembered after it is over, in seconds: a day covers any
    /// clock that is wrong by a time zone.
    static let answeredLifeSeconds: UInt64 = 86_400
    /// How long a code may still be accepted after it was made, in seconds: its life, and what a
    /// terminal's clock may be behind.
    static let codeLifeSeconds =
        VoucherVerifier.presentationLifeSeconds + VoucherVerifier.clockSkewSeconds

    /// What it holds, in the order in which it was taken.
    public internal(set) var holdings: [Holding]
    /// The terminals that it trusts, in the order in which they were added.
    public internal(set) var terminals: [TrustedTerminal]
    /// Terminals that a trust list names, beside those that the wallet's owner trusts. Whoever
    /// opens the purse says which; they are no part of what it remembers.
    public var listedTerminals: [TrustedTerminal] = []
    /// The requests answered, as long as they could matter.
    public internal(set) var answered: [AnsweredRequest]

    /// Makes a purse of what was remembered.
    public init(
        holdings: [Holding] = [], terminals: [TrustedTerminal] = [],
        answered: [AnsweredRequest] = []
    ) {
        self.holdings = holdings
        self.terminals = terminals
        self.answered = answered
    }

    /// Takes a voucher's text (`TV1:…`) for a wallet with key `owner` at `now` (seconds UTC), and
    /// returns the holding. A newer object of stored value takes the older one's place.
    public mutating func add(_ text: [UInt8], owner: PublicKey, now: UInt64)
        throws(WalletRefusal) -> Holding
    {
        let kind = PaymentCode.recognise(text).codeKind
        guard kind == .tillVoucher else { throw .notAVoucher(kind) }
        let code: VoucherCode
        var holding: Holding
        do throws(VoucherRefusal) {
            code = try VoucherCode(text: text)
            holding = try Holding(object: code.issuerBytes)
        } catch {
            throw .voucher(error)
        }
        guard code.presentation == nil else { throw .presentation }
        if let holder = holding.claims.holder, holder != owner { throw .otherHolder }
        if now >= holding.claims.expiry {
            throw misfit(.expired(at: holding.claims.expiry), holding)
        }
        guard let index = holdings.firstIndex(where: { $0.isSameIdentity(as: holding) }) else {
            guard holdings.count < Self.maximumHoldings else {
                throw .full(limit: Self.maximumHoldings)
            }
            holdings.append(holding)
            return holding
        }
        let held = holdings[index]
        switch held.relation(to: holding) {
        case .same: throw .alreadyHeld(name: held.name)
        case .conflicting: throw .conflicting(name: held.name)
        case .newer: break
        }
        holding.spent = max(holding.spent, held.spent)
        holding.shown = held.shown
        holdings[index] = holding
        return holding
    }

    /// Trusts the terminal with this COSE_Key; one that is trusted already gets the new name.
    public mutating func trust(coseKey: [UInt8], name: String?) throws(WalletRefusal)
        -> TrustedTerminal
    {
        let key: PublicKey
        do { key = try PublicKey(coseKey: coseKey) } catch { throw .key(error) }
        let terminal = try TrustedTerminal(key: key, name: name)
        if let index = terminals.firstIndex(where: { $0.key == key }) {
            terminals[index] = terminal
        } else {
            terminals.append(terminal)
        }
        return terminal
    }

    /// The holding called `name`: its whole name, or the part after the `/` where that is enough.
    public func holding(named name: String) throws(WalletRefusal) -> Holding {
        let found = holdings.filter { $0.name == name || $0.name.hasSuffix("/" + name) }
        guard let first = found.first else { throw .notFound(name: name) }
        guard found.count == 1 else { throw .ambiguous(names: found.map(\.name)) }
        return first
    }

    /// Takes back the promise of the last code shown for the holding called `name`: its owner
    /// says that it was not paid. Refused while a terminal might still accept it.
    public mutating func takeBack(_ name: String, now: UInt64) throws(WalletRefusal) -> Holding {
        var holding = try holding(named: name)
        guard let last = holding.shown.last else { throw .nothingShown(name: holding.name) }
        let until = last.at + Self.codeLifeSeconds
        guard now > until else { throw .stillGood(name: holding.name, until: until) }
        holding.shown.removeLast()
        let amount = last.amount ?? 0
        var floor: UInt64 = 0
        if case .stored(_, let redeemed) = holding.claims.value { floor = redeemed }
        holding.spent = max(floor, holding.spent > amount ? holding.spent - amount : 0)
        replace(holding)
        return holding
    }

    mutating func replace(_ holding: Holding) {
        if let index = holdings.firstIndex(where: { $0.object == holding.object }) {
            holdings[index] = holding
        }
    }

    func misfit(_ misfit: Misfit, _ holding: Holding) -> WalletRefusal {
        .misfit(misfit, name: holding.name, currency: holding.claims.currencyNumber)
    }
}
