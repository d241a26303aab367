import CommandSupport
import ConsolePage
import FileStaffRoll
import Foundation
import HTTPControlServer
import Money
import Terminal
import TerminalState

/// What the command line says of the console.
struct ConsoleChoice {
    /// What a cashier gives back alone unless told otherwise, in minor units: a wrong coffee, not
    /// a day's takings.
    static let refundLimitMinorUnits: UInt64 = 5_000
    /// The largest picture of the customer's screen that is handed on, in bytes.
    static let maximumPictureBytes = 8 << 20

    let port: Int
    let portFile: String?
    let refundLimit: String?

    /// The console of this terminal.
    func settings(
        state: StateFolder, terminal: PaymentTerminal, display: any Display
    ) async throws -> ConsoleSettings {
        var limit = Self.refundLimitMinorUnits
        if let refundLimit {
            let currency = await terminal.currency
            do { limit = try Amount(parsing: refundLimit, currency: currency).minorUnits } catch {
                throw CommandFailure(
                    .usage, reason: error.reason, message: "--cashier-refund-limit: \(error)")
            }
        }
        let path = display.path
        return ConsoleSettings(
            port: port, staff: FileStaffRoll(path: state.staffPath), refundLimit: limit,
            page: { ConsolePage.file(named: $0) },
            picture: {
                // Written beside and renamed by the display: a whole picture or the one before.
                guard let path, let handle = FileHandle(forReadingAtPath: path),
                    let bytes = try? handle.read(upToCount: Self.maximumPictureBytes)
                else { return nil }
                return ("image/png", [UInt8](bytes))
            })
    }
}
