import COSE
import Foundation
import GRDB
import Hub
import HubProtocol
import Vouchers

/// How the values of the ledger are read from columns; a column that cannot hold what the program
/// writes there means that the file is damaged.
extension Row {
    func unsigned(_ column: String) throws -> UInt64 {
        guard let value = Int64.fromDatabaseValue(self[column]), value >= 0 else {
            throw HubLedgerError.damaged("column \(column) holds no number")
        }
        return UInt64(value)
    }

    func optionalUnsigned(_ column: String) throws -> UInt64? {
        try isNull(column) ? nil : unsigned(column)
    }

    func text(_ column: String) throws -> String {
        guard let value = String.fromDatabaseValue(self[column]) else {
            throw HubLedgerError.damaged("column \(column) holds no text")
        }
        return value
    }

    func bytes(_ column: String) throws -> [UInt8] {
        guard let value = Data.fromDatabaseValue(self[column]) else {
            throw HubLedgerError.damaged("column \(column) holds no bytes")
        }
        return [UInt8](value)
    }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        try isNull(column) ? nil : bytes(column)
    }

    func terminal(_ column: String = "terminal") throws -> TerminalID {
        guard let terminal = TerminalID(try text(column)) else {
            throw HubLedgerError.damaged("column \(column) holds no terminal id")
        }
        return terminal
    }

    func issuer(_ column: String = "issuer") throws -> IssuerID {
        guard let issuer = IssuerID(try text(column)) else {
            throw HubLedgerError.damaged("column \(column) holds no issuer")
        }
        return issuer
    }

    func currency(_ column: String = "currency") throws -> UInt16 {
        guard let number = UInt16(exactly: try unsigned(column)) else {
            throw HubLedgerError.damaged("column \(column) holds no currency")
        }
        return number
    }

    func identity() throws -> VoucherIdentity {
        VoucherIdentity(issuer: try issuer(), cti: try bytes("cti"))
    }

    /// A capture's place, from the columns `terminal`, `journal`, `sequence`, `receipt`, `at` and
    /// `amount`, each with `prefix` before it.
    func location(prefix: String = "") throws -> CaptureLocation {
        CaptureLocation(
            terminal: try terminal(prefix + "terminal"), journal: try bytes(prefix + "journal"),
            sequence: try unsigned(prefix + "sequence"), receipt: try unsigned(prefix + "receipt"),
            at: try unsigned(prefix + "at"), amount: try unsigned(prefix + "amount"))
    }

    func isNull(_ column: String) throws -> Bool {
        let value: DatabaseValue = self[column]
        return value.isNull
    }
}

/// How the values of the ledger are written to columns.
extension DatabaseValueConvertible where Self == Int64 {
    /// A number below 2^63; a larger one is held there, as only a forger's sums reach it.
    static func number(_ value: UInt64) -> Int64 { Int64(clamping: value) }
}

extension DatabaseValueConvertible where Self == Data {
    /// Bytes.
    static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
