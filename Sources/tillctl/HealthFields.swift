import HubProtocol
import Screens
import Vouchers

/// What a health report says, for people and programs (`docs/spec/health.md`).
enum HealthFields {
    static func of(_ report: HealthReport) -> [String: String] {
        var fields = [
            "terminal": report.terminal.text, "at": UTCTime(report.at).rfc3339,
            "state": report.condition, "released": UTCTime(report.releasedAt).rfc3339,
            "configuration": "\(report.configuration)",
        ]
        fields["camera"] = report.camera
        fields["lastEntry"] = report.lastSequence.map { "\($0)" }
        fields["queued"] = report.queued.map { "\($0)" }
        fields["oldest"] = report.oldestSeconds.map(seconds)
        fields["unclear"] = report.unclear.map { "\($0)" }
        fields["hubSilent"] = report.silentSeconds.map(seconds)
        fields["trustList"] = report.trustListSeconds.map(seconds)
        fields["hotList"] = report.hotListSeconds.map(seconds)
        fields["clockOff"] = report.clockSeconds.map(seconds)
        return fields
    }

    /// What is first to be looked at, in a sentence.
    static func sentence(of report: HealthReport) -> String {
        var troubles: [String] = []
        if report.condition != "ready" { troubles.append("it is \(report.condition)") }
        if let camera = report.camera { troubles.append("its eyes say \(camera)") }
        if let unclear = report.unclear, unclear > 0 {
            troubles.append("\(unclear) payments were told to nobody")
        }
        if let queued = report.queued, queued > 0 {
            troubles.append("\(queued) entries wait for the hub")
        }
        let name = report.terminal.text
        let when = "by its clock on \(UTCTime(report.at))"
        return troubles.isEmpty
            ? "\(name) is ready, \(when)."
            : "\(name), \(when): \(troubles.joined(separator: ", "))."
    }

    private static func seconds(_ count: UInt64) -> String { "\(count) s" }
}
