import GRDB
import Terminal

extension JournalError {
    /// What SQLite reported, in the port's words (sqlite.org, *Result and Error Codes*).
    init(_ error: any Error) {
        if let known = error as? JournalError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self = .inputOutput("\(error)")
            return
        }
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        case .SQLITE_CONSTRAINT: self = .constraint(detail)
        default: self = .inputOutput(detail)
        }
    }
}
