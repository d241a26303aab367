import COSE
import HTTPHubLink
import HTTPHubServer
import HTTPTypes
import HotLists
import Hub
import HubProtocol
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Terminal
import Testing
import Trust
import VoucherMint
import Vouchers

/// Runs `body` beside a service that listens, and stops the service gracefully.
func withService<T: Sendable>(
    _ make: (@escaping @Sendable (Int) async -> Void) -> any Service,
    _ body: @Sendable @escaping (Int) async throws -> T
) async throws -> T {
    let (ports, told) = AsyncStream.makeStream(of: Int.self)
    let service = make { told.yield($0) }
    let group = ServiceGroup(
        configuration: .init(
            services: [service],
            logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            }))
    return try await withThrowingTaskGroup(of: T?.self) { tasks in
        tasks.addTask {
            try await group.run()
            return nil
        }
        tasks.addTask {
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw CancellationError() }
            return try await body(port)
        }
        var result: T?
        while let next = try await tasks.next() {
            guard let value = next else { continue }
            result = value
            await group.triggerGracefulShutdown()
        }
        return try #require(result)
    }
}

func withHub<T: Sendable>(
    _ scene: Scene, accounts: AccountKeeper? = nil, confirmations: ConfirmationDesk? = nil,
    _ body: @Sendable @escaping (HTTPHubLink) async throws -> T
) async throws -> T {
    try await withService { onListening in
        HTTPHubServer(
            HTTPHubServer.Parts(
                acceptor: scene.acceptor, authoriser: scene.authoriser, registrar: scene.registrar,
                accounts: accounts, confirmations: confirmations,
                hotLists: HotListPublisher(
                    ledger: scene.ledger, key: Scene.hubKey, issuer: Scene.own),
                identity: Scene.hubKey.publicKey, clock: { Scene.now + 100 },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            host: "127.0.0.1", port: 0, onListening: onListening)
    } _: { port in
        try await body(try HTTPHubLink(url: "http://127.0.0.1:\(port)/"))
    }
}

@Suite struct HTTPHubTests {
    private func error(_ body: () async throws -> Void) async -> HubLinkError? {
        do {
            try await body()
            return nil
        } catch { return error as? HubLinkError }
    }

    @Test func theTimeIsSignedForATerminalThatIsKnown() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let question: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2, 1]
        let bytes = try await withHub(scene) { link in
            try await link.time(for: terminal.id, question: question)
        }
        let time = try SignedTime.verify(
            try #require(bytes), signedBy: Scene.hubKey.publicKey, for: terminal.id,
            answering: question)
        #expect(time.at == Scene.now + 100)
        #expect(!time.overrules)
        let stranger = TerminalID("till:m42/t9")!
        let refusal = await error {
            _ = try await withHub(scene) { try await $0.time(for: stranger, question: question) }
        }
        #expect(refusal?.reason == "unknown-terminal")
    }

    @Test func aHotListComesWholeAndThenNotAgain() async throws {
        let scene = try await Scene()
        let publisher = HotListPublisher(
            ledger: scene.ledger, key: Scene.hubKey, issuer: Scene.own)
        let none = try await withHub(scene) { try await $0.hotList(newerThan: 0, digest: nil) }
        #expect(none == nil)
        let salt = [UInt8](repeating: 1, count: 16)
        guard
            case .published(let list, _) = try await publisher.publish(
                at: Scene.now, salt: { salt })
        else { return }
        let answers = try await withHub(scene) { link in
            [
                try await link.hotList(newerThan: 0, digest: nil),
                try await link.hotList(newerThan: 1, digest: list.digest),
            ]
        }
        #expect(answers == [list.bytes, nil])
    }

    @Test func aBatchWhoseAnswerIsLostIsTakenOnce() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.capture(VoucherDouble(.fixed(amount: 500)), 500)])
        let answers = try await withHub(scene) { link in
            // The first answer gets lost on its way; the terminal repeats the batch unchanged.
            let lost = try await link.deliver(batch: batch)
            let taken = try await link.deliver(batch: batch)
            return [lost, taken]
        }
        #expect(answers[0] == answers[1])
        let answer = try Acknowledgement.verify(
            answers[1], answering: batch, signedBy: Scene.hubKey.publicKey)
        #expect(answer.lastSequence == 1)
        #expect(try await scene.rows().count == 1)
        #expect(throws: MessageError.wrongSigner) {
            try Acknowledgement.verify(
                answers[1], answering: batch, signedBy: Scene.key(99).publicKey)
        }
    }

    @Test func theLargestBatchPasses() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let entries = (0..<Batch.maximumEntries).map { _ in terminal.decline() }
        let batch = terminal.batch(entries)
        _ = try await withHub(scene) { link in try await link.deliver(batch: batch) }
        #expect(try await scene.rows().count == Batch.maximumEntries)
    }

    @Test func refusalsArriveWithStatusAndReason() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        var stranger = TerminalDouble("t9", number: 66)
        _ = terminal.batch([terminal.decline()])
        let cases: [([UInt8], Int, String)] = [
            ([1, 2, 3], 400, "message-malformed"),
            (stranger.batch([stranger.decline()]), 403, "unknown-terminal"),
            (terminal.batch([terminal.decline()]), 409, "batch-number-gap"),
            (
                [UInt8](repeating: 0, count: Batch.maximumBytes + 1), 413, "message-too-long"
            ),
        ]
        let found = try await withHub(scene) { link in
            var errors: [HubLinkError?] = []
            for (batch, _, _) in cases {
                errors.append(await error { _ = try await link.deliver(batch: batch) })
            }
            return errors
        }
        for (error, (_, status, reason)) in zip(found, cases) {
            guard case .refused(status, reason, let detail) = error else {
                Issue.record("\(String(describing: error)) is not \(status) \(reason).")
                continue
            }
            #expect(!detail.isEmpty)
        }
    }

    @Test func aConfigurationIsFetchedOnlyWhereItIsNewer() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let id = terminal.id
        let (newer, none, unknown) = try await withHub(scene) { link in
            (
                try await link.configuration(for: id, newerThan: 0),
                try await link.configuration(for: id, newerThan: 1),
                await error {
                    _ = try await link.configuration(
                        for: TerminalID("till:m42/t9")!, newerThan: 0)
                }
            )
        }
        let bytes = try #require(newer)
        let configuration = try TerminalConfiguration.verify(
            bytes, signedBy: Scene.hubKey.publicKey, for: id, held: 0)
        #expect(configuration.version == 1)
        #expect(none == nil)
        #expect(unknown?.reason == "unknown-terminal")
    }

    @Test func aHubThatIsAwayIsUnreachable() async throws {
        let scene = try await Scene()
        let port = try await withService { onListening in
            HTTPHubServer(
                HTTPHubServer.Parts(
                    acceptor: scene.acceptor, authoriser: scene.authoriser,
                    registrar: scene.registrar,
                    identity: Scene.hubKey.publicKey, clock: { 0 },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
                host: "127.0.0.1", port: 0, onListening: onListening)
        } _: { port in
            port
        }
        let link = try HTTPHubLink(url: "http://127.0.0.1:\(port)")
        let found = await error { _ = try await link.deliver(batch: [1]) }
        #expect(found == .unreachable("connection refused"))
        #expect(found?.reason == "hub-unreachable")
        let nowhere = try HTTPHubLink(url: "http://no-such-host.invalid")
        #expect(
            await error { _ = try await nowhere.deliver(batch: [1]) }?.reason == "hub-unreachable")
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        let scene = try await Scene()
        let parts = HTTPHubServer.Parts(
            acceptor: scene.acceptor, authoriser: scene.authoriser, registrar: scene.registrar,
            identity: Scene.hubKey.publicKey, clock: { 0 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let found = try await withService { onListening in
            HTTPHubServer(parts, host: "127.0.0.1", port: 0, onListening: onListening)
        } _: { port in
            let second = HTTPHubServer(parts, host: "127.0.0.1", port: port) { _ in }
            do {
                try await second.run()
                return nil as HubServerError?
            } catch { return error as? HubServerError }
        }
        guard case .portTaken(_, let port) = found else {
            Issue.record("\(String(describing: found)) is not a taken port.")
            return
        }
        #expect(port > 0)
        #expect(found?.reason == "port-taken")
    }

    @Test func whateverIsNoHubIsToldFromOne() async throws {
        let found = try await withService { onListening in
            let router = Router()
            router.post("text/v1/batches") { _, _ in "hello" }
            router.post("huge/v1/batches") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "application/cose"],
                    body: .init(
                        byteBuffer: .init(
                            repeating: 0, count: Acknowledgement.maximumBytes + 1)))
            }
            router.post("elsewhere/v1/batches") { _, _ in
                Response(status: .found, headers: [.location: "/text/v1/batches"])
            }
            router.post("broken/v1/batches") { _, _ in
                Response(
                    status: .conflict, headers: [.contentType: "application/problem+json"],
                    body: .init(byteBuffer: .init(string: "{\"reason\":\"<b>\",\"detail\":\"\"}")))
            }
            router.post("empty/v1/batches") { _, _ in Response(status: .noContent) }
            return Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { await onListening($0.localAddress?.port ?? 0) })
        } _: { port in
            var reasons: [String?] = []
            for path in ["text", "huge", "elsewhere", "broken", "empty", "missing"] {
                let link = try HTTPHubLink(url: "http://127.0.0.1:\(port)/\(path)")
                // A machine with much else to do may not answer within the link's own limits.
                var reason: String?
                for _ in 0..<5 {
                    reason = await error { _ = try await link.deliver(batch: [1]) }?.reason
                    if reason != "hub-unreachable" { break }
                }
                reasons.append(reason)
            }
            return reasons
        }
        #expect(found == [String?](repeating: "hub-bad-answer", count: 6))
    }

    @Test(arguments: ["", "hub", "ftp://hub", "http://", "http://hub?x=1", "http://user@hub"])
    func whatIsNoAddressIsRefused(url: String) {
        #expect(throws: HubURLError.self) { try HTTPHubLink(url: url) }
    }
}

@Suite("Documents over HTTP")
struct DocumentHTTPTests {
    @Test("A terminal asks for roots, the statement, and the list only where another is named")
    func download() async throws {
        let scene = try await Scene()
        let offer = try #require(
            try await scene.registrar.trust.offer(at: Scene.now, by: Scene.hubKey))
        let held = try TrustStore.introduce(offer, at: Scene.now)
        let first = try await withHub(scene) { link in
            try await TrustDownload.offer(over: link, held: held)
        }
        #expect(first == nil)
        _ = try await scene.registrar.trust.adopt(
            roots: [Scene.trust.root(2)], list: Scene.trust.list(2, []), at: Scene.now)
        let second = try await withHub(scene) { link in
            try await TrustDownload.offer(over: link, held: held)
        }
        let update = held.update(with: try #require(second), at: Scene.now + 100)
        #expect(update.refusal == nil)
        #expect(update.store.root.root.version == 2 && update.store.list.list.version == 2)
        #expect(update.store.freshness?.statement.version == 2)
        let third = try await withHub(scene) { link in
            try await TrustDownload.offer(over: link, held: update.store)
        }
        #expect(third == nil)
    }

    @Test("A list without end is refused while it is read, and the old one stays in force")
    func endless() async throws {
        let scene = try await Scene()
        let offer = try #require(
            try await scene.registrar.trust.offer(at: Scene.now, by: Scene.hubKey))
        let held = try TrustStore.introduce(offer, at: Scene.now)
        let sent = Mutex(0)
        let reason = try await withService { onListening in
            let router = Router()
            router.get("v1/documents/root") { _, _ in Response(status: .noContent) }
            router.get("v1/documents/freshness") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "application/cose"],
                    body: .init(byteBuffer: .init(bytes: [0x80])))
            }
            router.get("v1/documents/trust-list") { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "application/cose"],
                    body: .init { writer in
                        // Two gigabytes, were anybody to take them.
                        for _ in 0..<2_048 {
                            try await writer.write(.init(repeating: 0, count: 1 << 20))
                            sent.withLock { $0 += 1 << 20 }
                        }
                        try await writer.finish(nil)
                    })
            }
            return Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { await onListening($0.localAddress?.port ?? 0) })
        } _: { port in
            let link = try HTTPHubLink(url: "http://127.0.0.1:\(port)")
            do throws(HubLinkError) {
                _ = try await TrustDownload.offer(over: link, held: held)
                return "taken"
            } catch {
                return error.reason
            }
        }
        #expect(reason == "hub-bad-answer")
        #expect(sent.withLock { $0 } < 64 << 20, "what is not wanted is not read to its end")
    }
}
