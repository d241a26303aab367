import CommandSupport
import ControlProtocol
import Foundation
import HardwareProfiles
import HubProtocol
import Payments
import SQLiteJournal
import Screens
import Terminal
import TerminalState
import Trust
import Vouchers

/// What goes into a bundle: exactly this list, each made here, none copied from the state folder.
struct BundleContents {
    /// One file of it.
    struct File {
        let name: String
        let text: String
    }

    /// The most of a log that is taken, in bytes: its end, where the trouble is.
    static let maximumLogBytes = 4 << 20

    let kiosk: Kiosk
    /// Logs that the technician names.
    let logs: [String]

    /// Words of this kiosk's own, for the redactor.
    var words: [(word: String, kind: String)] {
        var words: [(word: String, kind: String)] = []
        if let terminal = try? kiosk.folder.terminal() { words.append((terminal.text, "terminal")) }
        if let configuration = try? kiosk.folder.configuration() {
            words.append((configuration.merchant.name, "merchant"))
            words.append((configuration.merchant.city, "city"))
        }
        if let hub = HubAddress(kiosk) { words.append((hub.host, "host")) }
        if let trust = try? kiosk.folder.trust() {
            words += trust.list.list.issuers.map { ($0.id.name, "issuer") }
        }
        words.append((ProcessInfo.processInfo.hostName, "host"))
        words += SystemUsers.people(kiosk).map { ($0, "user") }
        // The hub on this machine is no secret, and its address says much.
        return words.filter { !["127.0.0.1", "localhost"].contains($0.word) }
    }

    /// Every file, not redacted yet.
    func files() async throws -> [File] {
        var files = [
            File(name: "versions.txt", text: versions),
            File(name: "doctor.json", text: try await doctor()),
            File(name: "state-folder.txt", text: listing), File(name: "journal.txt", text: journal),
            File(name: "trust.txt", text: trust), File(name: "profile.txt", text: profile),
        ]
        if case .success(let status) = kiosk.status {
            files.append(File(name: "status.json", text: try Output.jsonText(status)))
        }
        if let log = Self.serviceLog() { files.append(File(name: "tilld.log", text: log)) }
        for path in logs {
            guard let text = Self.end(of: path) else {
                throw CommandFailure(
                    .notFound, reason: "file-not-readable",
                    message: "\(path) cannot be read. No bundle was made. Check the path and mode.")
            }
            let name = "log-" + (path as NSString).lastPathComponent
            files.append(File(name: name, text: text))
        }
        return files
    }

    private var versions: String {
        let release =
            (try? String(contentsOfFile: kiosk.system("/etc/os-release"), encoding: .utf8))
        let kernel = try? String(contentsOfFile: "/proc/version", encoding: .utf8)
        return "till \(tillVersion)\n\(kernel ?? "")\(release ?? "")"
    }

    private struct DoctorLine: Encodable {
        let check: String
        let grade: DoctorFinding.Grade
        let cause: String
        let milliseconds: UInt64
    }

    private func doctor() async throws -> String {
        let results = await DoctorRun(DoctorCheck.table, on: kiosk).results()
        return try results.map { result in
            try Output.jsonText(
                DoctorLine(
                    check: result.check.code, grade: result.finding.grade,
                    cause: result.finding.cause, milliseconds: result.milliseconds))
        }.joined(separator: "\n") + "\n"
    }

    /// Names, sizes and modes; of a voucher's or a receipt's file not even the name.
    private var listing: String {
        let known = ["journal/", "vouchers/vouchers.sqlite", "trust", "configuration", "clock"]
        let names = FileManager.default.enumerator(atPath: kiosk.folder.path)
        var lines: [String] = []
        var others = 0
        while let name = names?.nextObject() as? String {
            guard known.contains(where: name.hasPrefix) || name.hasSuffix(".key") else {
                others += 1
                continue
            }
            if let facts = FileFacts(kiosk.folder.path + "/" + name) {
                lines.append(
                    "\(String(facts.mode, radix: 8)) \(facts.owner):\(facts.group) \(facts.bytes) "
                        + name)
            }
        }
        return lines.sorted().joined(separator: "\n") + "\nand \(others) others\n"
    }

    private var journal: String {
        var text = "no journal\n"
        let finding = kiosk.readJournal { (journal) throws(JournalError) in
            let queue = try journal.queue()
            text =
                "entries \(queue.lastSequence)\nacknowledged \(queue.acknowledgedThrough)\n"
                + "waiting \(queue.entries), payments among them \(queue.exposure.count)\n"
            return .ok("")
        }
        return finding.grade == .ok ? text : finding.cause + "\n"
    }

    private var trust: String {
        guard let store = try? kiosk.folder.trust() else { return "not readable\n" }
        let list = store.list.list
        let contact = kiosk.folder.lastContact.map { UTCTime($0).rfc3339 } ?? "never"
        return """
            root \(store.root.root.version), until \(UTCTime(store.root.root.expiresAt).rfc3339)
            list \(list.version), until \(UTCTime(list.expiresAt).rfc3339)
            issuers \(list.issuers.map(\.id.name).joined(separator: ", "))
            confirmed \(UTCTime(store.confirmedAt).rfc3339)
            last contact \(contact)

            """
    }

    private var profile: String {
        guard let layers = try? kiosk.layers() else { return "no valid profile\n" }
        return layers.values.map { value in
            "\(value.path): \(value.text) (\((value.file as NSString).lastPathComponent):"
                + "\(value.place.line))"
        }.joined(separator: "\n") + "\n"
    }

    /// What the service manager kept of the daemon's words, the last two days.
    private static func serviceLog() -> String? {
        let data = ToolOutput.of(
            "/usr/bin/journalctl",
            [
                "--unit=tilld", "--since=-2d", "--lines=5000", "--output=short-iso", "--no-pager",
            ])
        guard let data, !data.isEmpty else { return nil }
        return String(decoding: data.suffix(maximumLogBytes), as: UTF8.self)
    }

    private static func end(of path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let size = (try? handle.seekToEnd()) ?? 0
        try? handle.seek(
            toOffset: size > UInt64(maximumLogBytes) ? size - UInt64(maximumLogBytes) : 0)
        return (try? handle.read(upToCount: maximumLogBytes)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
