import COSE
import HTTPHubLink
import HTTPHubServer
import Hub
import HubProtocol
import Logging
import Synchronization
import Terminal
import Testing
import Trust
import VoucherMint
import Vouchers
import X509Certificates

/// A hub on TLS, known by a key; what clients ask of it is told by their certificates.
private func withSecureHub<T: Sendable>(
    _ scene: Scene, identity: PrivateKey = Scene.hubKey, requestsPerMinute: Int? = nil,
    _ body: @Sendable @escaping (String) async throws -> T
) async throws -> T {
    try await withService { onListening in
        try HTTPHubServer(
            HTTPHubServer.Parts(
                acceptor: scene.acceptor, authoriser: scene.authoriser, registrar: scene.registrar,
                identity: identity.publicKey, clock: { Scene.now + 100 },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            host: "127.0.0.1", port: 0,
            tls: HubTLS(
                credential: try HubCertificates.hub(identity: identity),
                terminal: { (certificate) throws(HubLedgerError) in
                    guard let terminal = HubCertificates.terminal(namedBy: certificate) else {
                        return nil
                    }
                    return try await scene.registrar.keys(of: terminal)
                        .contains { HubCertificates.isClient(certificate, signedBy: $0) }
                        ? terminal : nil
                }),
            requestsPerMinute: requestsPerMinute, onListening: onListening)
    } _: { port in
        try await body("https://127.0.0.1:\(port)")
    }
}

@Suite("The hub over TLS")
struct HubTLSTests {
    private static let anchors = [try? HubCertificates.anchor(of: Scene.hubKey.publicKey)]
        .compactMap { $0 }

    private func peer(
        _ terminal: TerminalID, key: PrivateKey, anchors: [[UInt8]] = Self.anchors
    ) throws -> HubPeer {
        HubPeer(anchors: anchors, credential: try HubCertificates.terminal(terminal, key: key))
    }

    /// What a call fails for. A machine with much else to do may not answer within the link's own
    /// limits: those failures are no answer.
    private func error(_ body: () async throws -> Void) async -> HubLinkError? {
        for _ in 0..<5 {
            do {
                try await body()
                return nil
            } catch {
                guard let error = error as? HubLinkError else { return nil }
                if error != .unreachable("no answer in time") { return error }
            }
        }
        return nil
    }

    private let question: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2, 1]

    @Test("A terminal that knows the hub's key, and is known by its own, exchanges as ever")
    func knownToEachOther() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.capture(VoucherDouble(.fixed(amount: 500)), 500)])
        let (id, key) = (terminal.id, terminal.key)
        let answer = try await withSecureHub(scene) { url in
            let link = try HTTPHubLink(url: url, peer: try peer(id, key: key))
            let time = try await link.time(for: id, question: question)
            #expect(time != nil)
            return try await link.deliver(batch: batch)
        }
        let acknowledgement = try Acknowledgement.verify(
            answer, answering: batch, signedBy: Scene.hubKey.publicKey)
        #expect(acknowledgement.lastSequence == 1)
    }

    @Test("Hubs and terminals on P-256 are known to each other too")
    func otherCurve() async throws {
        let scene = try await Scene()
        let hub = try PrivateKey(algorithm: .ecdsaP256, seed: [UInt8](repeating: 5, count: 32))
        let terminal = try await scene.terminal("t1")
        let peer = try peer(
            terminal.id, key: terminal.key,
            anchors: [try HubCertificates.anchor(of: hub.publicKey)])
        let time = try await withSecureHub(scene, identity: hub) { url in
            try await HTTPHubLink(url: url, peer: peer).time(for: terminal.id, question: question)
        }
        #expect(time != nil)
    }

    @Test("Another hub is told from this one before anything is said to it")
    func anotherHub() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let peer = try peer(terminal.id, key: terminal.key)
        let found = try await withSecureHub(scene, identity: Scene.key(66)) { url in
            await error {
                _ = try await HTTPHubLink(url: url, peer: peer).deliver(batch: [1, 2, 3])
            }
        }
        guard case .unreachable(let words) = found else {
            Issue.record("found \(String(describing: found))")
            return
        }
        #expect(words.contains("not the hub of this terminal"))
        #expect(try await scene.ledger.refusedBatches().isEmpty)
    }

    @Test("A hub's next key is trusted from the moment that the trust list names it")
    func nextKey() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let peer = try peer(terminal.id, key: terminal.key)
        let next = Scene.key(67)
        let found = try await withSecureHub(scene, identity: next) { url in
            let link = try HTTPHubLink(url: url, peer: peer)
            let before = await error { _ = try await link.root(after: 0) }
            peer.trust(
                anchors: Self.anchors + [try HubCertificates.anchor(of: next.publicKey)])
            let after = await error { _ = try await link.root(after: 0) }
            return [before?.reason, after?.reason]
        }
        #expect(found == ["hub-unreachable", nil])
    }

    @Test("Who shows no certificate gets what is everybody's and nothing of the terminals'")
    func noCertificate() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let peer = HubPeer(anchors: Self.anchors, credential: nil)
        let found = try await withSecureHub(scene) { url in
            let link = try HTTPHubLink(url: url, peer: peer)
            let key = await link.identity()
            #expect(key == Scene.hubKey.publicKey.coseKey)
            return [
                await error { _ = try await link.root(after: 0) },
                await error { _ = try await link.deliver(batch: [1]) },
                await error { _ = try await link.authorise(request: [1], milliseconds: 5_000) },
                await error { _ = try await link.confirmation(request: [1], milliseconds: 5_000) },
                await error { _ = try await link.hotList(newerThan: 0, digest: nil) },
                await error {
                    _ = try await link.configuration(for: terminal.id, newerThan: 0)
                },
                await error { _ = try await link.time(for: terminal.id, question: question) },
                await error {
                    _ = try await link.standings(
                        for: terminal.id, journal: terminal.journal, after: 0)
                },
            ].map { $0?.reason }
        }
        #expect(found == [nil] + [String](repeating: "client-certificate-missing", count: 7))
    }

    @Test("A certificate by a stranger is no terminal's, that of a revoked one still is its own")
    func stranger() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let revoked = try await scene.registrar.revoke(
            terminal.id, since: Scene.now, at: Scene.now)
        #expect(revoked == 1)
        let found = try await withSecureHub(scene) { url in
            let pretender = try HTTPHubLink(
                url: url, peer: try peer(terminal.id, key: Scene.key(99)))
            let own = try HTTPHubLink(url: url, peer: try peer(terminal.id, key: terminal.key))
            return [
                await error { _ = try await pretender.hotList(newerThan: 0, digest: nil) },
                // What it captured before is not turned away.
                await error { _ = try await own.hotList(newerThan: 0, digest: nil) },
            ].map { $0?.reason }
        }
        #expect(found == ["unknown-terminal", nil])
    }

    @Test("A terminal asks for what is its own alone")
    func otherTerminal() async throws {
        let scene = try await Scene()
        let first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        let found = try await withSecureHub(scene) { url in
            let link = try HTTPHubLink(url: url, peer: try peer(first.id, key: first.key))
            return [
                await error { _ = try await link.configuration(for: first.id, newerThan: 0) },
                await error { _ = try await link.configuration(for: second.id, newerThan: 0) },
            ].map { $0?.reason }
        }
        #expect(found == [nil, "other-terminal"])
    }

    @Test("An address that asks without end is told to wait")
    func tooMany() async throws {
        let scene = try await Scene()
        // Two places in the bucket, and one more each quarter of a minute.
        let found = try await withSecureHub(scene, requestsPerMinute: 4) { url in
            let link = try HTTPHubLink(
                url: url, peer: HubPeer(anchors: Self.anchors, credential: nil))
            var reasons: [String?] = []
            for _ in 0..<4 {
                reasons.append(await error { _ = try await link.root(after: 0) }?.reason)
            }
            return reasons
        }
        #expect(found.contains("too-many-requests"))
        #expect(found.first == .some(nil))
    }
}
