import CairoDisplay
import CommandSupport
import ConsolePage
import FileStaffRoll
import Foundation
import HTTPControlServer
import Money
import Payments
import Screens
import Synchronization
import Terminal
import TerminalState

/// What the command line says of the console.
struct ConsoleChoice {
    /// What a cashier gives back alone unless told otherwise, in minor units: a wrong coffee, not
    /// a day's takings.
    static let refundLimitMinorUnits: UInt64 = 5_000
    /// The size that the page's picture is laid out for: a browser shows it at any.
    static let pictureSize = (width: 1_280, height: 800)

    let port: Int?
    let portFile: String?
    let network: NetworkConsole?
    let refundLimit: String?
    let vatRates: [VATRate]
    let tipPercents: [UInt64]

    /// The shop's rates, from the command line or else from the environment; none where nobody says.
    static func vatRates(_ text: String?, _ environment: [String: String]) throws -> [VATRate] {
        guard let text = text ?? environment["TILL_VAT_RATES"], !text.isEmpty else { return [] }
        guard let rates = VATRate.list(text) else {
            throw CommandFailure(
                .usage, reason: "vat-rates-malformed",
                message: "--vat-rates is \(text), not a list of at most \(VATLine.maximumCount) "
                    + "LETTER=RATE in per cent, as A=19,B=7. Nothing was started.")
        }
        return rates
    }

    /// The shares that customers are offered as a tip, from the command line or else from the
    /// environment; none where nobody says: then nobody is asked.
    static func tipPercents(_ text: String?, _ environment: [String: String]) throws -> [UInt64] {
        guard let text = text ?? environment["TILL_TIPS"], !text.isEmpty else { return [] }
        guard let percents = Tip.percents(text) else {
            throw CommandFailure(
                .usage, reason: "tips-malformed",
                message:
                    "--tips is \(text), not at most \(Tip.maximumChoices) whole per cents from 1 "
                    + "to \(Tip.maximumPercent), ascending, as 5,10,15. Nothing was started.")
        }
        return percents
    }

    /// The console of this terminal.
    func settings(
        state: StateFolder, terminal: PaymentTerminal, theme: ScreenTheme
    ) async throws -> ConsoleSettings {
        var limit = Self.refundLimitMinorUnits
        if let refundLimit {
            let currency = await terminal.currency
            do { limit = try Amount(parsing: refundLimit, currency: currency).minorUnits } catch {
                throw CommandFailure(
                    .usage, reason: error.reason, message: "--cashier-refund-limit: \(error)")
            }
        }
        let drawn = LastDrawing()
        return ConsoleSettings(
            staff: FileStaffRoll(path: state.staffPath), refundLimit: limit,
            vatRates: vatRates, tipPercents: tipPercents,
            page: { ConsolePage.file(named: $0) },
            picture: { screen in
                drawn.of(screen) {
                    try? ScreenDrawing.svg(
                        $0, width: Self.pictureSize.width, height: Self.pictureSize.height,
                        theme: theme)
                }.map { ("image/svg+xml", $0) }
            })
    }
}

/// The last drawing: pages ask for the same screen once a second.
private final class LastDrawing: Sendable {
    private let last = Mutex<(screen: Screen, bytes: [UInt8])?>(nil)

    func of(_ screen: Screen, draw: (Screen) -> [UInt8]?) -> [UInt8]? {
        last.withLock { last in
            if let last, last.screen == screen { return last.bytes }
            guard let bytes = draw(screen) else { return nil }
            last = (screen, bytes)
            return bytes
        }
    }
}
