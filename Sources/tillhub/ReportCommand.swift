import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Foundation
import Hub
import HubProtocol
import Vouchers

/// `tillhub report`: each terminal's periods, held against its own Z.
struct ReportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show what each terminal took in each period, held against its own Z.",
        discussion: """
            The ledger is checked first, as by `tillhub ledger`. A period whose Z says something \
            else than what arrived is marked DIFFERS, and ends the command with exit code 4. What \
            is in quarantine is neither counted nor lost: see `tillhub ledger`. Sales that a \
            supervisor marked as paid are told apart: no word of a scheme confirms them, and they \
            are no captures.
            """)

    @Option(help: ArgumentHelp("Only this terminal.", valueName: "id"))
    var terminal: String?
    @Flag(help: "Write CSV (RFC 4180), one line for each terminal, period and currency.")
    var csv = false
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let key = try folder.identity().publicKey
        var report = PeriodReport()
        do {
            let finding = try await LedgerAuditor(ledger: ledger, hub: key).audit {
                report.add($0, $1)
            }
            if let finding {
                throw CommandFailure(
                    .dataDamaged, reason: finding.reason, message: finding.message)
            }
        } catch let error as HubLedgerError { throw CommandFailure(error) }
        let lines = report.lines.map(PeriodLine.init)
            .filter { terminal == nil || $0.terminal == terminal }
        if output.json {
            try Output.json(lines)
        } else if csv {
            Output.line(PeriodLine.header)
            for line in lines { Output.line(line.csv) }
        } else {
            for line in lines { Output.line(line.text) }
            if lines.isEmpty { Output.line("Nothing has arrived yet.") }
        }
        if lines.contains(where: { $0.agrees == false }) {
            throw ExitCode(ExitStatus.degraded.rawValue)
        }
    }
}

/// A line of the report, for people, spreadsheets and programs.
private struct PeriodLine: Encodable {
    let terminal: String
    let journal: String
    let period: UInt64?
    let closedAt: String?
    let currency: String
    let captures: UInt64
    let captured: MoneyMessage
    let returns: UInt64
    let returned: MoneyMessage
    let net: String
    let marked: UInt64
    let markedPaid: MoneyMessage
    let quarantine: UInt64
    let quarantined: MoneyMessage
    let doubleSpends: UInt64
    let overspent: MoneyMessage
    let agrees: Bool?

    init(_ line: PeriodReport.Line) {
        func money(_ sum: CountedSum) -> MoneyMessage {
            MoneyMessage(sum.amount, currency: line.currencyNumber)
        }
        terminal = line.terminal.text
        journal = line.journal.hex
        period = line.period
        closedAt = line.closedAt.map(Shown.time)
        currency = Shown.code(line.currencyNumber)
        (captures, captured) = (line.captured.count, money(line.captured))
        (returns, returned) = (line.returned.count, money(line.returned))
        let net = MoneyMessage(line.net.magnitude, currency: line.currencyNumber)
        self.net = (line.net < 0 ? "-" : "") + net.amount
        (marked, markedPaid) = (line.marked.count, money(line.marked))
        (quarantine, quarantined) = (line.quarantined.count, money(line.quarantined))
        (doubleSpends, overspent) = (line.overspent.count, money(line.overspent))
        agrees = line.agrees
    }

    var text: String {
        var text =
            "\(terminal)  " + (period.map { "Z \($0), \(closedAt ?? "")" } ?? "open")
            + ": \(captures) captures, \(captured.shown)"
        if returns > 0 { text += "; \(returns) given back, \(returned.shown)" }
        text += "; net \(net) \(currency)"
        if marked > 0 {
            text += "; \(marked) marked as paid, \(markedPaid.shown), not in the net"
        }
        if quarantine > 0 { text += "; \(quarantine) in quarantine, \(quarantined.shown)" }
        if doubleSpends > 0 {
            text += "; \(doubleSpends) spent twice, \(overspent.shown) too much"
        }
        return text + (agrees == false ? "; DIFFERS from the terminal's own Z" : "")
    }

    static let header =
        "terminal,journal,period,closed at,currency,captures,captured,returns,returned,net,"
        + "quarantine,quarantined,double spends,overspent,agrees,marked,marked paid"

    /// No field holds a comma, a quote or the end of a line (RFC 4180, 2): ids, numbers, times.
    var csv: String {
        let fields: [String] = [
            terminal, journal, period.map(String.init) ?? "", closedAt ?? "", currency,
            "\(captures)", captured.amount, "\(returns)", returned.amount, net,
            "\(quarantine)", quarantined.amount, "\(doubleSpends)", overspent.amount,
            agrees.map { $0 ? "yes" : "no" } ?? "", "\(marked)", markedPaid.amount,
        ]
        return fields.joined(separator: ",")
    }
}

/// `tillhub terminals`: who has been heard of, and when.
struct TerminalsCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminals",
        abstract: "Show each terminal's journals: when one was last heard of, and how far it has "
            + "come.",
        discussion: "Exit code: 0 all were heard of in time, 4 one is silent.")

    /// A shop is closed over night and on a day of rest, not for two.
    static let defaultSilentHours: UInt64 = 48

    @Option(
        help: ArgumentHelp(
            "A terminal is silent once nothing has come from it for so long.", valueName: "hours"))
    var silentAfter = TerminalsCommand.defaultSilentHours
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let terminal: String
        let journal: String
        let enrolledAt: String
        let lastBatchAt: String?
        let silentSeconds: UInt64
        let silent: Bool
        let batches: UInt64
        let lastSequence: UInt64
        let lastReceipt: UInt64
    }

    func perform() async throws {
        let ledger = try hub.folder.openLedger()
        let standings: [JournalStanding]
        do { standings = try await ledger.journals() } catch { throw CommandFailure(error) }
        let now = secondsNow()
        let (limit, overflow) = silentAfter.multipliedReportingOverflow(by: 3_600)
        // A journal that another took the place of is heard of no more.
        let newest = Dictionary(
            standings.map { ($0.enrolment.terminal, $0.enrolment.at) }, uniquingKeysWith: max)
        let lines = standings.map { standing in
            let heard = standing.lastBatch ?? standing.enrolment.at
            let isNewest = newest[standing.enrolment.terminal] == standing.enrolment.at
            let silence = now > heard ? now - heard : 0
            return Line(
                terminal: standing.enrolment.terminal.text,
                journal: standing.enrolment.journal.hex,
                enrolledAt: Shown.time(standing.enrolment.at),
                lastBatchAt: standing.lastBatch.map(Shown.time), silentSeconds: silence,
                silent: isNewest && !overflow && silence > limit, batches: standing.batches,
                lastSequence: standing.sequence, lastReceipt: standing.receipt)
        }
        if output.json {
            try Output.json(lines)
        } else {
            for line in lines {
                Output.line(
                    "\(line.terminal)  \(line.journal)  "
                        + (line.lastBatchAt.map { "last heard of \($0)" } ?? "never heard of")
                        + ", \(line.batches) batches, \(line.lastSequence) entries, receipt "
                        + "\(line.lastReceipt)" + (line.silent ? "  SILENT" : ""))
            }
            if lines.isEmpty { Output.line("No terminal is enrolled.") }
        }
        if lines.contains(where: \.silent) { throw ExitCode(ExitStatus.degraded.rawValue) }
    }
}
