public import COSE
public import Money
public import PaymentCodes
import Vouchers

/// A live request of a terminal that the wallet trusts.
public struct ShopDemand: Hashable, Sendable {
    /// What is asked for.
    public let request: ShopRequest
    /// The merchant's name as the terminal signed it, printable ASCII.
    public let merchantName: String
    /// The merchant's city as the terminal signed it, printable ASCII.
    public let merchantCity: String
    /// The terminals that may have signed it, as the wallet's owner calls them.
    public let terminalNames: [String]
}

/// A code to be shown, in the form of a QR code's text.
public struct PreparedCode: Hashable, Sendable {
    /// The text, for alphanumeric mode at level M.
    public let text: String
    /// The holding that pays, after it has remembered this code.
    public let holding: Holding
    /// The most that the code can pay, or nil for whatever is left.
    public let amount: Amount?
    /// What of a fixed voucher is lost if it pays this request, in minor units.
    public let lapses: UInt64
}

extension Purse {
    /// Reads a shop QR and says what it asks for, or why it is not answered.
    public func read(shopQR bytes: [UInt8], now: UInt64) throws(WalletRefusal) -> ShopDemand {
        let kind = PaymentCode.recognise(bytes).codeKind
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notAShopQR(kind) }
        switch ShopQR.verify(text, terminals: (terminals + listedTerminals).map(\.key), now: now) {
        case .accepted(let request):
            let payload = try? EMVPayload(parsing: text)
            return ShopDemand(
                request: request, merchantName: payload?["59"] ?? "",
                merchantCity: payload?["60"] ?? "",
                terminalNames: (terminals + listedTerminals).compactMap(\.name))
        case .refused(let refusal):
            switch (refusal.reason, kind) {
            case (.terminalUnknown, _):
                let name = (try? EMVPayload(parsing: text))?["62", "07"]
                let isTraining = name.flatMap { TerminalID($0) }?.isTraining ?? false
                throw isTraining ? .trainingRequest : .unknownTerminal
            case (.noRequest, _):
                throw .needsNetwork(merchant: (try? EMVPayload(parsing: text))?["59"] ?? "a shop")
            case (_, .tillShopQR), (_, .emvMerchantPresented): throw .shopQR(refusal)
            default: throw .notAShopQR(kind)
            }
        }
    }

    /// Answers a request: with `amount` in minor units (what is asked for where nil) and from the
    /// holding called `name` (one that fits where nil). The purse remembers the answer; it must be
    /// durable before the code is shown.
    public mutating func answer(
        _ demand: ShopDemand, amount: UInt64? = nil, from name: String? = nil, key: PrivateKey,
        now: UInt64
    ) throws(WalletRefusal) -> PreparedCode {
        let request = demand.request
        let currency = request.amount.currency
        let asked = request.amount.minorUnits
        let amount = amount ?? asked
        guard amount <= asked else { throw .aboveRequest(asked: asked, currency: currency.number) }
        let before = answered.first {
            $0.nonce == request.nonce && $0.terminal == request.terminal.text
        }
        if let before, before.amount != amount {
            throw .answeredOtherwise(amount: before.amount, currency: currency.number)
        }
        var holding = try choose(for: request, amount: amount, from: name, now: now)

        let isFixed = holding.claims.value.kind == 1
        let object = PresentationWriter.sign(
            inner: holding.object, issuedAt: now, audience: request.terminal, nonce: request.nonce,
            amount: isFixed ? nil : amount, holder: key)
        holding.remember(
            ShownCode(
                at: now, amount: amount, nonce: request.nonce, terminal: request.terminal.text))
        replace(holding)
        answered.removeAll {
            now > $0.expiry + Self.answeredLifeSeconds
                || ($0.nonce == request.nonce && $0.terminal == request.terminal.text)
        }
        answered.append(
            AnsweredRequest(
                terminal: request.terminal.text, nonce: request.nonce, amount: amount,
                expiry: UInt64(request.expiry)))
        return PreparedCode(
            text: VoucherText.encode(object), holding: holding,
            amount: Amount(minorUnits: amount, currency: currency),
            lapses: isFixed ? holding.ceiling - amount : 0)
    }

    /// Makes a one-way code: the voucher itself where it is a bearer's, else a presentation that
    /// answers no request, good for a minute and for `amount` minor units at most (where nil, for
    /// what is left).
    public mutating func show(
        amount: UInt64? = nil, from name: String? = nil, key: PrivateKey, now: UInt64
    ) throws(WalletRefusal) -> PreparedCode {
        var holding = try showable(amount: amount, from: name, now: now)
        let ceiling = Self.oneWayCeiling(holding, amount: amount)
        let object =
            holding.isBearer
            ? holding.object
            : PresentationWriter.sign(
                inner: holding.object, issuedAt: now, audience: nil, nonce: nil, amount: amount,
                holder: key)
        holding.remember(ShownCode(at: now, amount: ceiling, nonce: nil, terminal: nil))
        replace(holding)
        let currency = Currency(number: holding.claims.currencyNumber)
        return PreparedCode(
            text: VoucherText.encode(object), holding: holding,
            amount: currency.flatMap { currency in
                ceiling.map { Amount(minorUnits: $0, currency: currency) }
            }, lapses: 0)
    }

    /// What a one-way code promises, in minor units. Stored value without an amount promises
    /// nothing new: the terminal takes what the sale needs, and the credit bounds it.
    private static func oneWayCeiling(_ holding: Holding, amount: UInt64?) -> UInt64? {
        switch holding.claims.value {
        case .fixed(let face): face
        case .stored: amount
        case .certificate(let perPayment, _): amount ?? perPayment
        }
    }
}

extension Purse {
    /// The holding that is to answer `request` with `amount`.
    private func choose(
        for request: ShopRequest, amount: UInt64, from name: String?, now: UInt64
    ) throws(WalletRefusal) -> Holding {
        if let name {
            let holding = try holding(named: name)
            if let wrong = unfit(holding, request, amount, now: now, isNamed: true) {
                throw misfit(wrong, holding)
            }
            return holding
        }
        guard !holdings.isEmpty else { throw .empty }
        let fitting = holdings.filter {
            unfit($0, request, amount, now: now, isNamed: false) == nil
        }
        guard let best = fitting.min(by: Self.isSpentBefore) else {
            throw .nothingFits(
                holdings.compactMap { holding in
                    unfit(holding, request, amount, now: now, isNamed: false).map {
                        "\(holding.name): \($0.sentence(currency: holding.claims.currencyNumber))"
                    }
                })
        }
        return best
    }

    /// Value that is there already goes before an account; what expires first goes first.
    private static func isSpentBefore(_ one: Holding, _ other: Holding) -> Bool {
        (one.claims.value.kind, one.claims.expiry, one.name)
            < (other.claims.value.kind, other.claims.expiry, other.name)
    }

    /// Why `holding` does not answer `request` with `amount`, or nil. Where its owner names it,
    /// it may lose money that it would not lose by itself.
    private func unfit(
        _ holding: Holding, _ request: ShopRequest, _ amount: UInt64, now: UInt64, isNamed: Bool
    ) -> Misfit? {
        let claims = holding.claims
        if let wrong = untimely(holding, now: now) { return wrong }
        if holding.isBearer { return .bearer }
        if claims.currencyNumber != request.amount.currency.number {
            return .currency(claims.currencyNumber)
        }
        if let audience = claims.audience, !audience.admits(request.terminal) { return .audience }
        if let nonce = claims.confirmationNonce, nonce != request.nonce { return .otherRequest }
        // The same answer again is no new promise, so nothing more need be left for it.
        let isRepeat = holding.shown.contains {
            $0.nonce == request.nonce && $0.terminal == request.terminal.text
        }
        switch claims.value {
        case .fixed(let face):
            if face < amount { return .fixedTooSmall(face) }
            if amount != request.amount.minorUnits { return .fixedHasNoAmount }
            if isNamed { return nil }
            if face > amount { return .fixedTooLarge(face) }
            if let last = holding.shown.last, !isRepeat { return .shownBefore(at: last.at) }
        case .stored:
            if amount > holding.left, !isRepeat { return .aboveLeft(holding.left) }
        case .certificate(let perPayment, _):
            if amount > perPayment { return .abovePerPayment(perPayment) }
            if amount > holding.left, !isRepeat { return .aboveLeft(holding.left) }
        }
        return nil
    }

    /// The holding that is to be shown one-way.
    private func showable(amount: UInt64?, from name: String?, now: UInt64)
        throws(WalletRefusal) -> Holding
    {
        if let name {
            let holding = try holding(named: name)
            if let wrong = unshowable(holding, amount: amount, now: now) {
                throw misfit(wrong, holding)
            }
            return holding
        }
        guard !holdings.isEmpty else { throw .empty }
        let fitting = holdings.filter { unshowable($0, amount: amount, now: now) == nil }
        if let first = fitting.first, fitting.count == 1 { return first }
        guard fitting.isEmpty else { throw .ambiguous(names: fitting.map(\.name)) }
        throw .nothingFits(
            holdings.compactMap { holding in
                unshowable(holding, amount: amount, now: now).map {
                    "\(holding.name): \($0.sentence(currency: holding.claims.currencyNumber))"
                }
            })
    }

    private func unshowable(_ holding: Holding, amount: UInt64?, now: UInt64) -> Misfit? {
        if let wrong = untimely(holding, now: now) { return wrong }
        switch holding.claims.value {
        case .fixed: return amount == nil ? nil : .fixedHasNoAmount
        case .stored:
            // A bearer's card has no wallet's signature that could name an amount.
            if holding.isBearer { return amount == nil ? nil : .bearer }
            return (amount ?? 1) > holding.left ? .aboveLeft(holding.left) : nil
        case .certificate(let perPayment, _):
            let ceiling = amount ?? perPayment
            if ceiling > perPayment { return .abovePerPayment(perPayment) }
            return ceiling > holding.left ? .aboveLeft(holding.left) : nil
        }
    }

    private func untimely(_ holding: Holding, now: UInt64) -> Misfit? {
        if now >= holding.claims.expiry { return .expired(at: holding.claims.expiry) }
        if let from = holding.claims.notBefore, now + VoucherVerifier.clockSkewSeconds < from {
            return .notYetValid(from: from)
        }
        return nil
    }
}
