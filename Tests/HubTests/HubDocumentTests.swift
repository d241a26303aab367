import COSE
import Foundation
import Hub
import Hummingbird
import Logging
import Testing

@testable import HTTPHubServer

@Suite("The hub's document and its routes")
struct HubDocumentTests {
    @Test("Every route is in the document that the hub serves, and nothing else is")
    func agreement() async throws {
        let scene = try await Scene()
        let router = Router(context: HubContext.self)
        HubRoutes(
            parts: HTTPHubServer.Parts(
                acceptor: scene.acceptor, authoriser: scene.authoriser, registrar: scene.registrar,
                identity: Scene.hubKey.publicKey, clock: { Scene.now },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ).add(to: router, gate: ClientGate(tls: nil))
        let routes = Set(
            router.routes.map { route in
                let pieces = "\(route.path)".split(separator: "/").map { piece in
                    piece.hasPrefix(":") ? "{\(piece.dropFirst())}" : String(piece)
                }
                return "\(route.method.rawValue) /" + pieces.joined(separator: "/")
            })
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/spec/hub-openapi.json").standardizedFileURL
        let text = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        #expect((text["openapi"] as? String)?.hasPrefix("3.1.") == true)
        let paths = try #require(text["paths"] as? [String: [String: Any]])
        let words = Set(
            paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
        #expect(routes.subtracting(words).isEmpty, "routes without a word")
        #expect(words.subtracting(routes).isEmpty, "words without a route")
    }
}
