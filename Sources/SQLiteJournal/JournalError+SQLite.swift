import GRDB
import Glibc
import Terminal

extension JournalError {
    /// What SQLite reported, in the port's words (sqlite.org, *Result and Error Codes*).
    init(_ error: any Error) {
        if let known = error as? JournalError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            // What is left is a column that does not hold what its table promises.
            self = error is RowDecodingError ? .damaged("\(error)") : .inputOutput("\(error)")
            return
        }
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        case .SQLITE_CONSTRAINT: self = .constraint(Self.constraintName(in: detail))
        default: self = .inputOutput(detail)
        }
    }

    /// The same while a journal in `folder` is being opened, when nothing is at stake yet: SQLite
    /// cannot make its files on a full disk, and says only that it cannot open or map them.
    init(_ error: any Error, opening folder: String) {
        self.init(error)
        switch self {
        case .readOnly, .inputOutput:
            var status = statvfs()
            if statvfs(folder, &status) == 0, status.f_bavail == 0 { self = .diskFull }
        default: break
        }
    }

    /// What a trigger names it names alone; SQLite puts its own words before a CHECK's name, and
    /// before the columns of a UNIQUE.
    private static func constraintName(in message: String) -> String {
        guard let words = message.firstRange(of: " constraint failed: ") else { return message }
        return String(message[words.upperBound...])
    }
}
