import COSE
import Money
import SimulationBooks
import Terminal
import VoucherMint
import Vouchers
import Wallet

/// The customers of a town: cards and vouchers that anybody may copy, wallets that answer requests,
/// and those who show again what they have shown, or go back to a wallet's older state.
final class Customers {
    /// A code to be held before a camera.
    struct Code {
        let text: [UInt8]
        /// The code itself, where it answers one request of one terminal.
        let answer: String?
        let who: String
    }

    let mint = VoucherMint()
    private let dice: Dice
    /// Vouchers without a holder: whoever has the text has the money.
    private(set) var bearer: [(name: String, text: [UInt8])] = []
    /// What the first of them are worth, those that are credit.
    private var credits: [UInt64] = []
    private var purse = Purse()
    /// A state of the wallet that somebody has kept, to spend it again.
    private var older: Purse?
    private var objects: [(text: [UInt8], name: String)] = []
    private var shown: [Code] = []
    private let tills: Int

    init(dice: Dice, tills: Int) {
        self.dice = dice
        self.tills = tills
    }

    /// The name under which the books know a voucher.
    static func name(of cti: [UInt8]) -> String {
        "v" + cti.suffix(4).map { String($0, radix: 16) }.joined(separator: ".")
    }

    /// Issues the town's vouchers.
    func issue(into books: inout Books) {
        var number: UInt64 = 0
        func make(
            _ value: VoucherValue, worth: UInt64, boundTo: Int? = nil, isHeld: Bool = false,
            lasting: UInt64 = 30 * 86_400
        ) {
            number += 1
            let expiry = VoucherMint.now + lasting
            let cti = VoucherMint.cti(number)
            let object = VoucherClaims(
                value: value, currencyNumber: VoucherMint.euro, cti: cti,
                expiry: expiry,
                audience: boundTo.map { .one(TownTill.id($0).text) },
                holder: isHeld ? mint.holderKey.publicKey : nil
            ).signed(by: mint.issuerKey)
            let name = Self.name(of: cti)
            var isWhole = false
            if case .fixed = value { isWhole = true }
            books.issue(
                name, value: Amount(minorUnits: worth, currency: Town.euro), isWhole: isWhole,
                boundTo: boundTo.map { TownTill.id($0).text }, expiry: expiry)
            if isHeld {
                objects.append((mint.text(object), name))
            } else {
                bearer.append((name, mint.text(object)))
            }
        }
        for _ in 0..<4 {
            let credit = 1_500 + dice.roll(3_000)
            make(.stored(credit: credit, redeemed: 0), worth: credit)
            credits.append(credit)
        }
        // Two that end while the town goes on.
        for _ in 0..<2 {
            let lasting = 300 + dice.roll(1_200)
            make(.stored(credit: 6_000, redeemed: 0), worth: 6_000, lasting: lasting)
        }
        for _ in 0..<5 {
            let face = 300 + dice.roll(1_500)
            make(.fixed(amount: face), worth: face)
        }
        for till in 1...tills {
            let credit = 1_000 + dice.roll(2_000)
            make(.stored(credit: credit, redeemed: 0), worth: credit, boundTo: till)
            make(.fixed(amount: 800), worth: 800, boundTo: till)
        }
        let total = 6_000 + dice.roll(4_000)
        make(.certificate(perPayment: 2_000, offlineTotal: total), worth: total, isHeld: true)
        make(.stored(credit: 4_000, redeemed: 0), worth: 4_000, isHeld: true)
        for one in objects {
            _ = try? purse.add(one.text, owner: mint.holderKey.publicKey, now: VoucherMint.now)
        }
        for till in 1...tills {
            _ = try? purse.trust(coseKey: TownTill.key(till).publicKey.coseKey, name: nil)
        }
        older = purse
    }

    /// What somebody holds before the camera of a terminal that shows `payload` at `now`.
    func code(for payload: String?, now: UInt64) -> Code {
        switch dice.roll(10) {
        case 0...3: return anyBearer()
        case 4...6: return walletAnswer(payload, now: now) ?? anyBearer()
        case 7: return oneWay(now: now) ?? anyBearer()
        case 8:
            // The replayer: anything that was ever shown, by anybody, anywhere.
            guard !shown.isEmpty else { return anyBearer() }
            let code = shown[Int(dice.roll(UInt64(shown.count)))]
            return Code(text: code.text, answer: code.answer, who: "again: \(code.who)")
        default:
            // A wallet that goes back to what it was, and spends that again.
            let now = (purse, older)
            older = now.0
            if let before = now.1 { purse = before }
            return anyBearer()
        }
    }

    /// A card with credit that anybody may show anywhere, and what was on it at first.
    func credit() -> (code: Code, worth: UInt64) {
        let place = Int(dice.roll(UInt64(credits.count)))
        let one = bearer[place]
        return (Code(text: one.text, answer: nil, who: one.name), credits[place])
    }

    private func remember(_ code: Code) -> Code {
        shown.append(code)
        return code
    }

    private func anyBearer() -> Code {
        // Half of the time one of the first few: that is where double spending is.
        let count = dice.roll(2) == 0 ? min(6, bearer.count) : bearer.count
        let one = bearer[Int(dice.roll(UInt64(count)))]
        return remember(Code(text: one.text, answer: nil, who: one.name))
    }

    private func walletAnswer(_ payload: String?, now: UInt64) -> Code? {
        guard let payload else { return nil }
        do throws(WalletRefusal) {
            let demand = try purse.read(shopQR: [UInt8](payload.utf8), now: now)
            let code = try purse.answer(demand, key: mint.holderKey, now: now)
            return remember(
                Code(
                    text: [UInt8](code.text.utf8), answer: code.text,
                    who: "wallet, \(code.holding.name)"))
        } catch { return nil }
    }

    private func oneWay(now: UInt64) -> Code? {
        let held = purse.holdings
        guard !held.isEmpty else { return nil }
        let holding = held[Int(dice.roll(UInt64(held.count)))]
        do throws(WalletRefusal) {
            let code = try purse.show(
                amount: min(500 + dice.roll(1_000), max(holding.left, 1)), from: holding.name,
                key: mint.holderKey, now: now)
            return remember(
                Code(
                    text: [UInt8](code.text.utf8), answer: nil,
                    who: "wallet one-way, \(holding.name)"))
        } catch { return nil }
    }
}
