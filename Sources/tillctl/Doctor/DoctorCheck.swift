/// What one check of the doctor found.
struct DoctorFinding: Hashable, Sendable {
    /// How bad it is.
    enum Grade: String, Encodable, Sendable {
        case ok
        /// There is nothing here that could be looked at: another check says why, or the kiosk has
        /// no such part.
        case skipped
        case warning
        case fault
    }

    let grade: Grade
    /// What is so, as a sentence.
    let cause: String
    /// One command that mends it; nil where nothing is to be mended.
    let fix: String?

    static func ok(_ cause: String) -> DoctorFinding {
        DoctorFinding(grade: .ok, cause: cause, fix: nil)
    }

    static func skipped(_ cause: String) -> DoctorFinding {
        DoctorFinding(grade: .skipped, cause: cause, fix: nil)
    }

    static func warning(_ cause: String, fix: String) -> DoctorFinding {
        DoctorFinding(grade: .warning, cause: cause, fix: fix)
    }

    static func fault(_ cause: String, fix: String) -> DoctorFinding {
        DoctorFinding(grade: .fault, cause: cause, fix: fix)
    }
}

/// One check: a row of the doctor's table. `docs/spec/doctor.md` has the same rows.
struct DoctorCheck: Sendable {
    /// What part of a kiosk a check is about, in the order in which a technician asks.
    enum Group: String, Encodable, CaseIterable, Sendable {
        case hardware, camera, display, sound, printer, clock, keys, trust, policy, journal
        case disk, network, hub, versions, service
    }

    let group: Group
    /// Its name, kebab-case and stable.
    let code: String
    /// What must be so.
    let demand: String
    /// The command that mends it, with what depends on the kiosk in capitals.
    let fix: String
    /// Looks, and changes nothing. It may block: it has a thread of its own.
    let look: @Sendable (Kiosk) -> DoctorFinding

    init(
        _ group: Group, _ code: String, _ demand: String, fix: String,
        look: @escaping @Sendable (Kiosk) -> DoctorFinding
    ) {
        self.group = group
        self.code = code
        self.demand = demand
        self.fix = fix
        self.look = look
    }

    /// Every check, group by group.
    static let table: [DoctorCheck] =
        HardwareChecks.table + CameraChecks.table + DisplayChecks.table + PeripheralChecks.table
        + ClockChecks.table + KeyChecks.table + TrustChecks.table + PolicyChecks.table
        + JournalChecks.table + DiskChecks.table + NetworkChecks.table + HubChecks.table
        + VersionChecks.table + ServiceChecks.table
}

/// A word as a shell takes it for one.
func shellWord(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+:=,@%".utf8.contains(byte)
        }
    }
    guard !plain || text.isEmpty else { return text }
    return "'" + text.replacing("'", with: "'\\''") + "'"
}
