import COSE
import HubProtocol
import Payments
import Vouchers

/// Decides what is answered to a verified authorisation request, from it and a snapshot alone.
struct AuthorisationJudge {
    /// What becomes of a request.
    enum Judgement {
        /// It has been answered before, by this answer.
        case repeated([UInt8])
        /// It is not answered.
        case refused(AuthorisationRefusal)
        /// It is answered; an approval reserves.
        case decided(AuthorisationAnswer.Verdict, Reservation?)
    }

    let request: AuthorisationRequest
    /// The signed request, as it was received.
    let bytes: [UInt8]
    /// The hub's time, in seconds since 1970 UTC.
    let now: UInt64
    private let finding: EvidenceFinding

    /// Verifies the evidence, which no snapshot bears on.
    init(
        _ request: AuthorisationRequest, bytes: [UInt8], evidence: CaptureEvidence, now: UInt64
    ) {
        self.request = request
        self.bytes = bytes
        self.now = now
        finding = Self.find(request, evidence)
    }

    /// The evidence is judged as it will be when the capture arrives: as that of an entry which
    /// names the voucher that the code shows.
    private static func find(_ request: AuthorisationRequest, _ evidence: CaptureEvidence)
        -> EvidenceFinding
    {
        let terms = request.terms
        switch evidence.voucher(in: terms.evidence, nonce: terms.requestNonce, at: request.at) {
        case .refused(let refusal):
            return .wrong(reason: refusal.reason.rawValue, detail: refusal.detail)
        case .accepted(let voucher):
            let capture = CaptureEntry(
                receipt: 1, voucher: voucher.identity, kind: voucher.value.kind.rawValue,
                consumed: terms.consumed, requestNonce: terms.requestNonce,
                evidence: terms.evidence)
            let entry = JournalEntry(
                sequence: 1, previousHash: JournalEntry.genesis, at: request.at, sale: terms.sale,
                currencyNumber: terms.currencyNumber, amount: terms.amount,
                event: .capture(capture))
            return evidence.judge(capture, of: entry)
        }
    }

    /// What the hub's book of revocations may hold of a voucher whose evidence is right.
    var subjects: [RevocationSubject] {
        guard case .right(let voucher) = finding else { return [] }
        var subjects = [
            RevocationSubject.voucher(voucher.identity),
            .issuerKey(voucher.issuerKeyThumbprint),
        ]
        if let holder = voucher.holder { subjects.append(.walletKey(holder.thumbprint)) }
        return subjects
    }

    /// What has to be looked up.
    var query: AuthorisationQuery {
        var found: Voucher?
        if case .right(let voucher) = finding { found = voucher }
        return AuthorisationQuery(
            terminal: request.terminal, journal: request.journal, identity: request.identity,
            sale: request.terms.sale, voucher: found?.identity,
            presentation: found?.presentation?.identity, now: now)
    }

    /// Judges the request: a column of early returns, in the order of `hub-protocol.md`.
    func judge(on snapshot: AuthorisationSnapshot) -> Judgement {
        if let answered = snapshot.answered {
            return answered.digest == AuthorisationRequest.digest(of: bytes)
                ? .repeated(answered.answer) : .refused(.identityReused)
        }
        let difference = now > request.at ? now - request.at : request.at - now
        guard difference <= OnlineAuthoriser.maximumDifferenceSeconds else {
            return .refused(.stale(differenceSeconds: difference))
        }
        let voucher: Voucher
        switch finding {
        case .wrong(let reason, _): return .decided(.declined(reason: reason, other: nil), nil)
        case .right(let found): voucher = found
        }
        if let history = snapshot.history, history.coreDigest != voucher.coreDigest {
            return declined("conflicting-voucher", history.other)
        }
        for standing in snapshot.reservations
        where standing.reservation.coreDigest != voucher.coreDigest {
            return declined("conflicting-voucher", standing)
        }
        if let earlier = snapshot.presentation {
            let isOwn = earlier.terminal == request.terminal && earlier.journal == request.journal
            return declined(isOwn ? "same-code-again" : "spent-elsewhere", earlier)
        }
        if let presentation = voucher.presentation?.identity {
            for standing in snapshot.reservations
            where !isOwn(standing) && standing.reservation.presentation == presentation {
                return declined("spent-elsewhere", standing)
            }
        }
        let wanted = reservation(of: voucher)
        if isOverspent(by: wanted, on: snapshot) {
            if let standing = snapshot.reservations.last {
                return declined("spent-elsewhere", standing)
            }
            // Without a history what is asked for is within the voucher, as its evidence is right.
            return snapshot.history.map { declined("spent-elsewhere", $0.other) }
                ?? .decided(.declined(reason: "spent-elsewhere", other: nil), nil)
        }
        return .decided(.approved(reservedUntil: wanted.until), wanted)
    }

    private func isOwn(_ standing: StandingReservation) -> Bool {
        standing.terminal == request.terminal && standing.journal == request.journal
    }

    /// Whether the voucher would be spent beyond its worth, with all that is kept.
    ///
    /// Where the asking journal is the only one that has anything of the voucher, what is kept for
    /// its other sales does not count: the terminal knows best what became of them, and a payment
    /// that was cancelled is made anew at once.
    private func isOverspent(by wanted: Reservation, on snapshot: AuthorisationSnapshot) -> Bool {
        let isAlone = snapshot.history == nil && snapshot.reservations.allSatisfy(isOwn)
        let kept = isAlone ? [] : snapshot.reservations.map(\.reservation)
        var tally = snapshot.history?.tally ?? RedemptionTally(ceiling: wanted.ceiling)
        for reservation in kept + [wanted] {
            tally.add(
                reservation.consumed, redeemed: reservation.redeemed,
                ceiling: reservation.ceiling)
        }
        return tally.excess > 0
    }

    private func reservation(of voucher: Voucher) -> Reservation {
        var redeemed: UInt64 = 0
        if case .stored(_, let value) = voucher.value { redeemed = value }
        return Reservation(
            voucher: voucher.identity, amount: request.terms.amount,
            consumed: request.terms.consumed, redeemed: redeemed, ceiling: voucher.value.ceiling,
            coreDigest: voucher.coreDigest, presentation: voucher.presentation?.identity,
            until: now + OnlineAuthoriser.reservationSeconds)
    }

    private func declined(_ reason: String, _ other: CaptureLocation) -> Judgement {
        .decided(
            .declined(
                reason: reason,
                other: .init(
                    terminal: other.terminal, receipt: other.receipt, at: other.at,
                    amount: other.amount)), nil)
    }

    private func declined(_ reason: String, _ other: StandingReservation) -> Judgement {
        .decided(
            .declined(
                reason: reason,
                other: .init(
                    terminal: other.terminal, receipt: 0, at: other.at,
                    amount: other.reservation.amount)), nil)
    }
}
