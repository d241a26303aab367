import Clocks
import ControlProtocol
import Money
import Payments
import Screens
import Terminal

extension VerdictMessage {
    init(_ outcome: Outcome, currency: Currency, calendar: ShopCalendar) {
        switch outcome {
        case .approved(let capture, let receipt):
            self.init(
                approving: capture, receipt: receipt, verdict: "approved",
                message: "Approved: \(capture.amount), receipt \(receipt).")
        case .approvedInPart(let capture, let receipt, let due):
            let rest = Amount(minorUnits: due, currency: currency)
            self.init(
                approving: capture, receipt: receipt, verdict: "approved-in-part",
                message: "Approved in part: \(capture.amount), receipt \(receipt). "
                    + "\(rest) are still due.")
        case .declined(let reason):
            var spent: RedemptionMessage?
            if case .spentHere(let last) = reason {
                spent = RedemptionMessage(
                    at: UTCTime(last.at).rfc3339, receipt: last.receipt,
                    amount: MoneyMessage(last.amount, currency: currency.number))
            }
            self.init(
                verdict: "declined", reason: reason.code,
                message: DeclineSentences(
                    reason, currency: currency, calendar: calendar
                ).cashier, spent: spent,
                online: reason.online?.code)
        }
    }

    private init(approving capture: Capture, receipt: UInt64, verdict: String, message: String) {
        let lapsed = capture.consumed - capture.amount.minorUnits
        let currency = capture.amount.currency
        let note =
            lapsed > 0
            ? " The voucher was worth more; \(Amount(minorUnits: lapsed, currency: currency)) lapse."
            : ""
        self.init(
            verdict: verdict,
            message: message + note + " " + OnlineSentences(capture.online).cashier,
            captured: MoneyMessage(capture.amount), receipt: receipt,
            lapsed: lapsed > 0 ? MoneyMessage(lapsed, currency: currency.number) : nil,
            online: capture.online.code)
    }
}

extension SaleMessage {
    init(
        _ view: SaleView, screen: String?, told: UInt64? = nil, meter: ExposureMeter?,
        isTraining: Bool, calendar: ShopCalendar
    ) {
        let sale = view.sale
        let currency = sale.total.currency
        let hasNews = told.map { $0 < view.outcomeCount } ?? false
        self.init(
            reference: sale.reference.text, state: sale.state.rawValue,
            total: MoneyMessage(sale.total),
            captured: MoneyMessage(sale.captured, currency: currency.number),
            undone: MoneyMessage(view.undone, currency: currency.number),
            due: MoneyMessage(sale.due, currency: currency.number),
            openedAt: UTCTime(sale.openedAt).rfc3339,
            expiresAt: UTCTime(sale.request.expiry).rfc3339, symbolShown: view.symbol != nil,
            symbolProblem: view.symbolProblem, screen: screen,
            halfBlocks: view.symbol?.halfBlocks(),
            verdicts: view.outcomes.map {
                VerdictMessage($0, currency: currency, calendar: calendar)
            },
            news: hasNews
                ? view.outcomes.last.map {
                    VerdictMessage($0, currency: currency, calendar: calendar)
                } : nil,
            version: view.version,
            offline: meter.map { ExposureMessage($0, currency: currency) },
            training: isTraining ? true : nil,
            vat: VATLineMessage.messages(sale.vat, currency: currency.number),
            tip: MoneyMessage.unlessZero(sale.tip, currency: currency.number))
    }
}

extension SyncMessage {
    init(_ report: SyncReport) {
        self.init(
            complete: report.failure == nil && report.queuedEntries == 0, batches: report.batches,
            entries: report.entries, quarantined: report.quarantined,
            queuedEntries: report.queuedEntries,
            configurationVersion: report.configurationVersion, reason: report.failure?.reason,
            message: report.failure?.message)
    }
}

extension StatusMessage {
    init(_ status: TerminalStatus, version: String, isTraining: Bool) {
        let exposure = status.queue.exposure
        let left = ExposureMessage(status.meter)
        self.init(
            state: status.condition.rawValue, problem: status.problem,
            terminal: status.terminal, merchant: status.merchant, version: version,
            networkStatus: status.network.rawValue,
            lastSync: status.lastSync.map { UTCTime($0).rfc3339 },
            lastSyncProblem: status.lastSyncProblem, offlinePaymentsCount: exposure.count,
            queuedEntries: status.queue.entries,
            oldestQueued: exposure.oldest.map { UTCTime($0).rfc3339 },
            paymentsLeft: status.meter.paymentsLeft, allowances: left.allowances,
            exposure: left,
            lastSequence: status.queue.lastSequence,
            configurationVersion: status.configurationVersion, issuers: status.issuers,
            openSale: status.openSale, unclear: status.unclear.map { PaymentMessage($0) },
            periodDays: status.periodDays,
            trust: TrustMessage(status.trust),
            camera: status.camera.map {
                CameraMessage(
                    reason: $0.reason, message: $0.message, at: UTCTime($0.at).rfc3339)
            }, hint: status.hint?.rawValue, training: isTraining ? true : nil,
            link: status.link.map { link in
                LinkMessage(
                    day: CivilDate(days: link.use.day).description, sentBytes: link.use.sent,
                    receivedBytes: link.use.received, budgetBytes: link.budget?.bytesPerDay,
                    listsWait: link.listsWait)
            },
            hubLog: status.hubLog.map { log in
                HubLogMessage(
                    size: log.size, at: log.at == 0 ? nil : UTCTime(log.at).rfc3339,
                    finding: log.finding)
            })
    }
}

extension TrustMessage {
    init(_ standing: TrustStanding) {
        self.init(
            rootVersion: standing.rootVersion, generation: standing.generation,
            listVersion: standing.listVersion, freshnessVersion: standing.freshnessVersion,
            confirmedAt: UTCTime(standing.confirmedAt).rfc3339, ageSeconds: standing.ageSeconds,
            expiresAt: UTCTime(standing.expiresAt).rfc3339, expired: standing.isExpired,
            listed: standing.isListed, revoked: standing.isRevoked, problem: standing.problem)
    }
}
