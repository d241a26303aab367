import GRDB
import Terminal

extension VoucherStoreError {
    /// What SQLite reported, in the port's words (sqlite.org, *Result and Error Codes*).
    init(_ error: any Error) {
        if let known = error as? VoucherStoreError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self = error is RowDecodingError ? .damaged("\(error)") : .inputOutput("\(error)")
            return
        }
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT: self = .damaged(detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        default: self = .inputOutput(detail)
        }
    }
}
