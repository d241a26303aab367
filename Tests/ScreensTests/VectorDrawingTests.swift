import CairoDisplay
import Foundation
import FoundationXML
import Screens
import Testing

/// Screens as documents, for browsers and printers.
@Suite("Screens as SVG") struct VectorDrawingTests {
    /// What the elements of a document are.
    private final class Elements: NSObject, XMLParserDelegate {
        var count: [String: Int] = [:]
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) { count[name, default: 0] += 1 }
    }

    @Test(
        "Every kind is an SVG document of shapes: no picture in it, and no text that needs a font")
    func shapes() throws {
        let symbol = SymbolMatrix(size: 21, modules: Array(repeating: true, count: 441))
        for kind in ScreenKind.allCases {
            let screen = Screen(
                kind: kind, merchant: "Bäckerei", headline: "Word", amount: "1.00 EUR",
                lines: ["A sentence."], symbol: kind == .shopQR ? symbol : nil)
            let bytes = try ScreenDrawing.svg(screen, width: 1280, height: 800)
            let elements = Elements()
            let parser = XMLParser(data: Data(bytes))
            parser.delegate = elements
            #expect(parser.parse(), "\(kind)")
            #expect(elements.count["svg"] == 1 && elements.count["image"] == nil, "\(kind)")
            #expect(elements.count["text"] == nil && elements.count["use", default: 0] > 5)
            #expect(bytes.count < 200_000, "\(kind): \(bytes.count) bytes")
        }
    }
}
