import CBOR
public import COSE
public import Trust
public import Vouchers

/// How a terminal is, in a QR code that it has signed (`docs/spec/health.md`): for a technician who has
/// neither a network nor a cable to it. No amount, no customer, no secret is in it: it stands on a
/// screen that everybody sees.
public struct HealthReport: Hashable, Sendable {
    /// The `typ` of the signed object: no other message of a terminal's key has it.
    public static let type = "till-health/1"
    /// What the text of the code begins with.
    public static let prefix = "TH1:"
    /// The longest text in bytes: with the longest words it stays below.
    public static let maximumTextBytes = 500
    /// The longest reason, in bytes.
    public static let maximumReasonLength = 40

    /// The terminal that says so.
    public let terminal: TerminalID
    /// When, in seconds since 1970 UTC, by its own clock.
    public let at: UInt64
    /// Whether it takes payments: `ready`, or why not, as `tillctl status` says it.
    public let condition: String
    /// What is wrong with its eyes, by its stable code; nil where nothing is known.
    public let camera: String?
    /// When its program was released, in seconds since 1970 UTC.
    public let releasedAt: UInt64
    /// The version of the configuration that the hub has given it.
    public let configuration: UInt64
    /// The last entry of its journal; nil where the journal cannot be read, as the next three.
    public let lastSequence: UInt64?
    /// How many entries wait for the hub.
    public let queued: UInt64?
    /// For how long the oldest capture among them has waited, in seconds; nil where none does.
    public let oldestSeconds: UInt64?
    /// How many payments were told to nobody.
    public let unclear: UInt64?
    /// How long ago the hub last answered, in seconds.
    public let silentSeconds: UInt64?
    /// The age of the trust list, in seconds.
    public let trustListSeconds: UInt64?
    /// The age of the hot list, in seconds; nil where none is held.
    public let hotListSeconds: UInt64?
    /// How far its clock may be off, in seconds; nil where that is not known.
    public let clockSeconds: UInt64?

    /// Makes a report; see the properties.
    public init(
        terminal: TerminalID, at: UInt64, condition: String, camera: String?, releasedAt: UInt64,
        configuration: UInt64, lastSequence: UInt64?, queued: UInt64?, oldestSeconds: UInt64?,
        unclear: UInt64?, silentSeconds: UInt64?, trustListSeconds: UInt64?,
        hotListSeconds: UInt64?, clockSeconds: UInt64?
    ) {
        self.terminal = terminal
        self.at = at
        self.condition = condition
        self.camera = camera
        self.releasedAt = releasedAt
        self.configuration = configuration
        self.lastSequence = lastSequence
        self.queued = queued
        self.oldestSeconds = oldestSeconds
        self.unclear = unclear
        self.silentSeconds = silentSeconds
        self.trustListSeconds = trustListSeconds
        self.hotListSeconds = hotListSeconds
        self.clockSeconds = clockSeconds
    }

    private var payload: CBORValue {
        .array(
            [
                .unsigned(1), .text(terminal.text), .unsigned(at), .text(condition),
                camera.map { .text($0) } ?? .null, .unsigned(releasedAt), .unsigned(configuration),
            ]
                + [
                    lastSequence, queued, oldestSeconds, unclear, silentSeconds, trustListSeconds,
                    hotListSeconds, clockSeconds,
                ].map { $0.map { .unsigned(min($0, MessageLimits.maximumInteger)) } ?? .null })
    }

    /// The text of the code, signed by the terminal's key; it fits a QR code's alphanumeric mode.
    public func text(signedBy key: PrivateKey) -> String {
        Self.prefix + Base45.encode(SignedMessage.seal(payload, type: Self.type, key: key))
    }

    fileprivate init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "health report")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        at = try reader.unsigned("time (element 2)")
        condition = try Self.reason(
            try reader.next("condition (element 3)"), "condition (element 3)")
        let camera = try reader.next("camera (element 4)")
        self.camera = camera == .null ? nil : try Self.reason(camera, "camera (element 4)")
        releasedAt = try reader.unsigned("release (element 5)")
        configuration = try reader.unsigned("configuration (element 6)")
        lastSequence = try reader.optional("last entry (element 7)")
        queued = try reader.optional("queue (element 8)")
        oldestSeconds = try reader.optional("oldest (element 9)")
        unclear = try reader.optional("unclear payments (element 10)")
        silentSeconds = try reader.optional("hub's silence (element 11)")
        trustListSeconds = try reader.optional("trust list's age (element 12)")
        hotListSeconds = try reader.optional("hot list's age (element 13)")
        clockSeconds = try reader.optional("clock's uncertainty (element 14)")
        try reader.end()
    }

    /// A stable code: lower-case letters, digits and hyphens.
    private static func reason(_ value: CBORValue, _ name: String) throws(MessageError) -> String {
        guard let text = value.asText, (1...maximumReasonLength).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            })
        else { throw .shape(name) }
        return text
    }
}

/// Why a report is not known to be a terminal's.
public enum HealthRefusal: Error, Hashable, Sendable {
    /// It breaks its own format.
    case malformed(MessageError)
    /// It can be read, but not believed: the stable code and the sentence say why.
    case unproven(HealthReport, reason: String, message: String)

    /// The stable code.
    public var reason: String {
        switch self {
        case .malformed(.unknownFormat): "health-format-unknown"
        case .malformed: "health-malformed"
        case .unproven(_, let reason, _): reason
        }
    }

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .malformed(let error):
            "This is no health report of a Till terminal: \(error.description)"
        case .unproven(_, _, let message): message
        }
    }

    /// What it says of itself, where it can be read.
    public var claimed: HealthReport? {
        if case .unproven(let report, _, _) = self { report } else { nil }
    }
}

extension HealthReport {
    /// The report in the text of a QR code, verified by the keys of a trust list, offline.
    public static func verified(_ text: [UInt8], by list: TrustList) throws(HealthRefusal)
        -> HealthReport
    {
        let object: Sign1
        let report: HealthReport
        do {
            let read = try SignedText.read(
                text, prefix: prefix, type: type, maximumTextBytes: maximumTextBytes)
            object = read.object
            report = try HealthReport(read.payload)
        } catch { throw .malformed(error) }
        do { try list.verify(object, of: report.terminal, at: report.at) } catch {
            let name = report.terminal.text
            switch error {
            case .otherShop:
                throw .unproven(
                    report, reason: "health-of-another-shop",
                    message: "\(name) is a terminal of another shop: whether it says so is not "
                        + "known here.")
            case .terminalUnknown:
                throw .unproven(
                    report, reason: "health-terminal-unknown",
                    message: "The trust list has no such key of \(name). Synchronise, and scan "
                        + "again.")
            case .signatureBad:
                throw .unproven(
                    report, reason: "health-signature-bad",
                    message: "The signature is not that of \(name): it was changed, or is not its "
                        + "own.")
            case .keyRevoked:
                throw .unproven(
                    report, reason: "health-key-revoked",
                    message: "The key of \(name) is revoked: anybody may have signed this.")
            case .outsideKeyTime:
                // A clock that is wrong is just what a technician comes for.
                throw .unproven(
                    report, reason: "health-outside-key-time",
                    message: "By its own clock \(name) made this at a time in which its key does "
                        + "not sign: look at its clock first.")
            }
        }
        return report
    }
}
