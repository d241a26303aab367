import ConsolePage
import Foundation
import Hummingbird
import Terminal
import Testing

@testable import HTTPControlServer

@Suite("The API's document and its routes")
struct APIDocumentTests {
    /// One operation of the document.
    private struct Operation {
        let role: String?
        /// `socket`, `console`, or nil where both doors have it.
        let door: String?
    }

    private struct NobodyMayEnter: StaffDoor {
        func members() throws(StaffError) -> [StaffMember] { [] }
        func member(named name: String, pin: String) throws(StaffError) -> StaffMember? { nil }
    }

    /// The operations of the document that the daemon serves, as `GET /v1/status`.
    private static func document() throws -> [String: Operation] {
        let bytes = try #require(ConsolePage.file(named: "openapi.json")?.bytes)
        let text = try #require(
            JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect((text["openapi"] as? String)?.hasPrefix("3.1.") == true)
        let paths = try #require(text["paths"] as? [String: [String: [String: Any]]])
        var operations: [String: Operation] = [:]
        for (path, methods) in paths {
            for (method, operation) in methods {
                operations["\(method.uppercased()) \(path)"] = Operation(
                    role: operation["x-till-role"] as? String,
                    door: operation["x-till-door"] as? String)
            }
        }
        return operations
    }

    /// A router's routes in the document's words: `:receipt` is `{receipt}` there.
    private static func names(_ router: Router<ControlContext>) -> Set<String> {
        Set(
            router.routes.map { route in
                let pieces = "\(route.path)".split(separator: "/").map { piece in
                    piece.hasPrefix(":") ? "{\(piece.dropFirst())}" : String(piece)
                }
                return "\(route.method.rawValue) /" + pieces.joined(separator: "/")
            })
    }

    @Test("Every route is in the document, and nothing else is; doors and roles are as it says")
    func agreement() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        let sync: @Sendable () async -> SyncReport = { await terminal.syncWithoutLink() }
        let socket = Router(context: ControlContext.self)
        let routes = Routes(
            terminal: counter.terminal, version: "1", screenPath: nil, document: [], sync: sync)
        routes.addAll(to: socket)
        routes.addDocument(to: socket)
        let console = HTTPConsoleServer.router(
            terminal: counter.terminal,
            settings: ConsoleSettings(
                staff: NobodyMayEnter(), refundLimit: 0, page: { _ in nil },
                picture: { _ in nil }), door: .loopback(port: 0), version: "1", screenPath: nil,
            sync: sync)
        let (onSocket, atConsole) = (Self.names(socket), Self.names(console))
        let document = try Self.document()
        #expect(onSocket.isSubset(of: atConsole))
        #expect(atConsole.subtracting(document.keys).isEmpty, "routes without a word")
        #expect(Set(document.keys).subtracting(atConsole).isEmpty, "words without a route")
        for (name, operation) in document {
            let words = name.split(separator: " ").map(String.init)
            let (method, path) = (words[0], words[1])
            let isAPI = path.hasPrefix("/v1/")
            let needed = ConsoleRights.needed(
                .init(rawValue: method) ?? .trace,
                path.replacingOccurrences(of: "{receipt}", with: "1")
                    .replacingOccurrences(of: "{number}", with: "1"))
            #expect(operation.role == needed?.rawValue, "\(name)")
            switch operation.door {
            case "socket": #expect(isAPI && needed == nil, "\(name)")
            case "console": #expect(!onSocket.contains(name), "\(name)")
            default: #expect(onSocket.contains(name) && (needed != nil || !isAPI), "\(name)")
            }
        }
    }
}
