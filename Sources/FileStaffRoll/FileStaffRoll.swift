import CryptoExtras
import Foundation
public import Terminal

/// The staff of a terminal in a JSON file of mode 0600. A PIN is kept as its scrypt hash (RFC 7914).
///
/// The file is read anew for each question, so that `tillctl staff` needs no daemon and no restart.
public struct FileStaffRoll: StaffDoor {
    /// scrypt's N, r and p: 16 MiB and some 50 ms a try, so that a stolen file costs a thief days a
    /// PIN and a log-in costs a cashier nothing.
    static let rounds = 1 << 14
    static let blockSize = 8
    static let parallelism = 1
    static let saltBytes = 16
    static let hashBytes = 32
    /// The largest file that is read: 200 people take some 40 kB.
    static let maximumBytes = 256 << 10

    private struct Record: Codable {
        let name: String
        let role: String
        let salt: Data
        let rounds: Int
        let hash: Data
    }

    private let path: String

    /// Makes a roll in the file at `path`, which need not exist yet.
    public init(path: String) { self.path = path }

    /// See ``Terminal/StaffDoor/members()``.
    public func members() throws(StaffError) -> [StaffMember] {
        try records().compactMap { record in
            StaffRole(rawValue: record.role).map { StaffMember(name: record.name, role: $0) }
        }.sorted { ($0.name, $0.role) < ($1.name, $1.role) }
    }

    /// See ``Terminal/StaffDoor/member(named:pin:)``.
    public func member(named name: String, pin: String) throws(StaffError) -> StaffMember? {
        let found = try records().first { $0.name == name }
        // A name that nobody has is hashed too: the time that an answer takes tells nothing.
        let salt = found?.salt ?? Data(count: Self.saltBytes)
        let hash = try Self.hash(pin, salt: salt, rounds: found?.rounds ?? Self.rounds)
        guard let found, let role = StaffRole(rawValue: found.role) else { return nil }
        guard found.hash.count == hash.count else { return nil }
        let difference = zip(found.hash, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? StaffMember(name: found.name, role: role) : nil
    }

    /// Adds somebody.
    public func add(_ member: StaffMember, pin: String) throws(StaffError) {
        try StaffRules.check(name: member.name, pin: pin)
        var all = try records()
        guard all.count < StaffRules.maximumMembers else { throw .tooMany }
        guard !all.contains(where: { $0.name == member.name }) else {
            throw .nameTaken(member.name)
        }
        var generator = SystemRandomNumberGenerator()
        let salt = Data(
            (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        all.append(
            Record(
                name: member.name, role: member.role.rawValue, salt: salt, rounds: Self.rounds,
                hash: try Self.hash(pin, salt: salt, rounds: Self.rounds)))
        try write(all)
    }

    /// Removes somebody. Who is logged in stays so until the daemon looks again, at the next request.
    public func remove(named name: String) throws(StaffError) {
        var all = try records()
        guard let place = all.firstIndex(where: { $0.name == name }) else { throw .unknown(name) }
        all.remove(at: place)
        try write(all)
    }

    private static func hash(_ pin: String, salt: Data, rounds: Int) throws(StaffError) -> Data {
        // A damaged file must not make a log-in cost gigabytes.
        guard rounds > 1, rounds <= Self.rounds, rounds.nonzeroBitCount == 1 else {
            throw .unreadable("it names \(rounds) rounds")
        }
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: Data(pin.utf8), salt: salt, outputByteCount: hashBytes, rounds: rounds,
                blockSize: blockSize, parallelism: parallelism)
            return key.withUnsafeBytes { Data($0) }
        } catch { throw .unreadable("a PIN cannot be hashed: \(error)") }
    }

    private func records() throws(StaffError) -> [Record] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let bytes = try handle.read(upToCount: Self.maximumBytes + 1) ?? Data()
            guard bytes.count <= Self.maximumBytes else {
                throw StaffError.unreadable("it is larger than \(Self.maximumBytes) bytes")
            }
            return try JSONDecoder().decode([Record].self, from: bytes)
        } catch let error as StaffError { throw error } catch {
            throw .unreadable("\(path): \(error.localizedDescription)")
        }
    }

    /// Writes beside and renames, so that a cut leaves the old list.
    private func write(_ records: [Record]) throws(StaffError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let beside = path + ".new"
        do {
            let bytes = try encoder.encode(records)
            try? FileManager.default.removeItem(atPath: beside)
            guard
                FileManager.default.createFile(
                    atPath: beside, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteNoPermission) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: beside))
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
            try handle.close()
            guard rename(beside, path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
        } catch { throw .notWritten("\(path): \(error.localizedDescription)") }
    }
}
