import Foundation
import Money
import Payments
import Screens
import Testing

@testable import CairoDisplay

/// How screens are laid out, apart from what the fonts of a machine make of it: which parts stand where.
///
/// With `TILL_SHAPES=write` the golden file is written anew, for a person to read the difference of.
@Suite("The structure of screens") struct StructureTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/structure.txt")
    private static let sizes = [(1280, 800), (480, 800)]

    /// Each screen that a composer makes, with a name.
    static func screens(_ language: ScreenLanguage, isTraining: Bool = false) -> [(String, Screen)]
    {
        let composer = ScreenComposer(
            merchant: "Bäckerei Morgenrot", language: language, isTraining: isTraining)
        let amount = Amount(minorUnits: 1_250, currency: Currency(code: "EUR")!)
        let symbol = SymbolMatrix(size: 61, modules: Array(repeating: true, count: 61 * 61))
        let sale = Sale(
            reference: SaleReference("0001A7")!, key: nil, total: amount,
            request: PaymentRequest(
                nonce: [UInt8](repeating: 7, count: PaymentRequest.nonceLength), amount: amount,
                expiry: 1_800_000_300), openedAt: 1_800_000_000)
        return [
            ("idle", composer.idle()),
            ("resting", composer.idle(stillSeconds: ScreenRest.afterSeconds)),
            ("shop-qr", composer.waiting(sale, symbol: symbol, secondsLeft: 119)),
            ("code-only", composer.waiting(sale, symbol: nil, secondsLeft: 9)),
            ("asking", composer.asking(amount)),
            (
                "tip",
                composer.tip(
                    on: amount,
                    [5, 10, 15, 20].map {
                        TipChoice(
                            percent: $0,
                            tip: Amount(
                                minorUnits: Tip.amount($0, of: amount.minorUnits),
                                currency: amount.currency))
                    })
            ),
            ("declined", composer.outcome(.declined(.hotListed), of: sale)),
            ("again", composer.outcome(.declined(.sameCodeAgain), of: sale)),
            ("retry", composer.outcome(.declined(.receiptShown), of: sale)),
            ("network", composer.outcome(.declined(.mayBeHotListed), of: sale)),
            ("receipt", composer.receipt(amount, number: 17, symbol: symbol)),
            ("service", composer.health(symbol: symbol)),
            ("out-of-order-with-code", composer.outOfOrder(symbol: symbol)),
            ("closed", composer.closed()), ("out-of-order", composer.outOfOrder()),
        ]
    }

    /// A screen's parts in the order in which they are drawn, and on which side of its middle.
    private static func line(_ name: String, _ screen: Screen, _ width: Int, _ height: Int) throws
        -> String
    {
        let parts = try ScreenDrawing.parts(of: screen, width: width, height: height)
        let words = parts.map { part, box in
            let middle = box.x + box.width / 2
            let side =
                abs(middle - Double(width) / 2) < 8
                ? "" : middle < Double(width) / 2 ? " left" : " right"
            return part.rawValue + side
        }
        return "\(name) \(width)x\(height): " + words.joined(separator: ", ")
    }

    @Test("is the golden one, from left to right and from right to left, and in training")
    func golden() throws {
        var lines: [String] = []
        for (language, isTraining) in [
            (ScreenLanguage.english, false), (.arabic, false), (.english, true),
        ] {
            for (name, screen) in Self.screens(language, isTraining: isTraining) {
                for (width, height) in Self.sizes {
                    let place = language.rawValue + (isTraining ? " training " : " ")
                    lines.append(try Self.line(place + name, screen, width, height))
                }
            }
        }
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["TILL_SHAPES"] == "write" {
            try FileManager.default.createDirectory(
                at: Self.golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: Self.golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.golden, encoding: .utf8) == text)
    }

    @Test(
        "keeps each part within the screen and clear of the others, in every language",
        arguments: ScreenLanguage.allCases)
    func clear(_ language: ScreenLanguage) throws {
        for (name, screen) in Self.screens(language) + Self.screens(language, isTraining: true) {
            for (width, height) in Self.sizes + [(800, 480), (1920, 1080)] {
                let parts = try ScreenDrawing.parts(of: screen, width: width, height: height)
                for (index, (part, box)) in parts.enumerated() {
                    let place = "\(name) \(width)x\(height): \(part) \(box)"
                    #expect(box.x >= 0 && box.y >= 0, "\(place)")
                    #expect(box.x + box.width <= Double(width) + 0.5, "\(place)")
                    #expect(box.y + box.height <= Double(height) + 0.5, "\(place)")
                    for (other, its) in parts[..<index] {
                        let apart =
                            box.x + box.width <= its.x + 0.5 || its.x + its.width <= box.x + 0.5
                            || box.y + box.height <= its.y + 0.5
                            || its.y + its.height <= box.y + 0.5
                        #expect(apart, "\(place) lies over \(other) \(its)")
                    }
                }
            }
        }
    }
}
