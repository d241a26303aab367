import HTTPTypes
import Hub
import HubProtocol
import Hummingbird
import NIOCore

// The hub's log (`docs/spec/hub-log.md`).
extension HubRoutes {
    /// The media type of checkpoints and proofs (C2SP tlog-tiles, *Checkpoints*).
    private static let textType = "text/plain; charset=utf-8"

    func addLog(to router: Router<HubContext>) {
        router.get("v1/log/checkpoint") { _, _ in
            try await answer { log throws(HubLedgerError) in
                try await log.checkpoint(at: parts.clock())
            }
        }
        router.get("v1/log/inclusion") { request, _ in try await inclusion(request) }
        router.get("v1/log/consistency") { request, _ in try await consistency(request) }
    }

    private func inclusion(_ request: Request) async throws -> Response {
        guard let hash = Self.bytes(request.uri.queryParameters["leaf"]),
            hash.count == MerkleTree.hashLength
        else {
            return try HubAnswer.problem(
                .badRequest, reason: "leaf-malformed",
                "leaf is the hash of a leaf of the log, 32 bytes in hexadecimal.")
        }
        return try await answer { log throws(HubLedgerError) in
            try await log.inclusion(ofLeaf: hash, at: parts.clock())
        }
    }

    private func consistency(_ request: Request) async throws -> Response {
        guard let old = Self.number(request.uri.queryParameters["from"]) else {
            return try HubAnswer.problem(
                .badRequest, reason: "size-malformed", "from is a number of leaves.")
        }
        return try await answer { log throws(HubLedgerError) in
            try await log.consistency(from: old, at: parts.clock())
        }
    }

    private func answer(_ ask: (HubLog) async throws(HubLedgerError) -> HubLog.Answer) async throws
        -> Response
    {
        let answer: HubLog.Answer
        do { answer = try await ask(parts.acceptor.log) } catch { return try fault(error) }
        switch answer {
        case .proven(let text):
            return Response(
                status: .ok, headers: [.contentType: Self.textType],
                body: .init(byteBuffer: ByteBuffer(bytes: text)))
        case .noSuchLeaf:
            return try HubAnswer.problem(
                .notFound, reason: "no-such-leaf",
                "The hub's log has no leaf of this hash: it has not accepted such a batch with such "
                    + "an answer.")
        case .shorter(let size):
            return try HubAnswer.problem(
                .conflict, reason: "log-shorter",
                "The hub's log has \(size) leaves, fewer than were asked for. Whoever holds a "
                    + "checkpoint of more holds proof that the hub was set back.", expected: size)
        case .notInitialised:
            return try HubAnswer.problem(BatchRefusal.notInitialised)
        }
    }
}
