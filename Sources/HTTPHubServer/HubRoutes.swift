import COSE
import Foundation
import HTTPTypes
import Hub
import HubProtocol
import Hummingbird
import Logging
import NIOCore
import Trust
import Vouchers

/// The routes of the hub.
struct HubRoutes: Sendable {
    /// The media type of signed messages (RFC 9052 section 10.3.1).
    static let messageType = "application/cose"

    let parts: HTTPHubServer.Parts

    /// Adds the routes; `gate` stands before those that are terminals' alone.
    func add(to router: Router<HubContext>, gate: ClientGate) {
        // A group, not a look at the path: the router forgives spellings that a look would miss.
        let terminals = router.group().add(middleware: gate)
        terminals.post("v1/batches") { request, _ in try await batch(request) }
        terminals.post("v1/authorisations") { request, _ in try await authorise(request) }
        terminals.post("v1/confirmations") { request, _ in try await confirm(request) }
        terminals.get("v1/terminals/:merchant/:terminal/configuration") { request, context in
            try await configuration(request, context.parameters)
        }
        terminals.get("v1/terminals/:merchant/:terminal/time") { request, context in
            try await time(request, context.parameters)
        }
        terminals.get("v1/terminals/:merchant/:terminal/redemptions") { request, context in
            try await redemptions(request, context.parameters)
        }
        terminals.get("v1/hot-list") { request, _ in try await hotList(request) }
        router.post("v1/payments") { request, _ in try await pay(request) }
        router.get("v1/documents/root") { request, _ in try await root(request) }
        router.get("v1/documents/:document") { request, context in
            try await document(request, context.parameters)
        }
        addLog(to: router)
        router.get("v1/health") { _, _ in try HubAnswer.json(["status": "ok"]) }
        router.get("openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json)))
        }
        router.get("v1/identity") { _, _ in
            try HubAnswer.json(["key": parts.identity.coseKey.map(Self.hex).joined()])
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }

    private func batch(_ request: Request) async throws -> Response {
        let bytes: [UInt8]
        switch try await message(
            of: request, "batch", limit: Batch.maximumBytes, end: "Nothing was stored.",
            endOfSlow: "Nothing was stored; send it again.",
            tooLong: { try HubAnswer.problem(BatchRefusal.message($0)) })
        {
        case .bytes(let body): bytes = body
        case .refused(let response): return response
        }
        let answer: BatchAnswer
        do { answer = try await parts.acceptor.accept(bytes, at: parts.clock()) } catch {
            return try fault(error)
        }
        switch answer {
        case .acknowledged(let acknowledgement, let repeated):
            parts.logger.info(
                "batch acknowledged",
                metadata: ["bytes": "\(bytes.count)", "repeated": "\(repeated)"])
            return HubAnswer.message(acknowledgement)
        case .refused(let refusal):
            parts.logger.warning("batch refused", metadata: ["reason": "\(refusal.reason)"])
            return try HubAnswer.problem(refusal)
        }
    }

    private func authorise(_ request: Request) async throws -> Response {
        let bytes: [UInt8]
        switch try await message(
            of: request, "request", limit: AuthorisationRequest.maximumBytes,
            end: "Nothing was reserved.",
            tooLong: { try HubAnswer.problem(AuthorisationRefusal.message($0)) })
        {
        case .bytes(let body): bytes = body
        case .refused(let response): return response
        }
        let reply: AuthorisationReply
        do { reply = try await parts.authoriser.authorise(bytes, at: parts.clock()) } catch {
            return try fault(error)
        }
        switch reply {
        case .answered(let answer, let repeated):
            parts.logger.info("authorisation answered", metadata: ["repeated": "\(repeated)"])
            return HubAnswer.message(answer)
        case .refused(let refusal):
            parts.logger.warning(
                "authorisation refused", metadata: ["reason": "\(refusal.reason)"])
            return try HubAnswer.problem(refusal)
        }
    }

    private func configuration(_ request: Request, _ path: Parameters) async throws -> Response {
        guard
            let terminal = TerminalID(
                "till:\(path.get("merchant") ?? "")/\(path.get("terminal") ?? "")")
        else {
            return try HubAnswer.problem(
                .badRequest, reason: "terminal-malformed", "The path names no terminal id.")
        }
        guard let version = Self.number(request.uri.queryParameters["newer-than"]) else {
            return try HubAnswer.problem(
                .badRequest, reason: "version-malformed", "newer-than is a version number.")
        }
        let answer: ConfigurationAnswer
        do {
            answer = try await parts.registrar.configuration(for: terminal, newerThan: version)
        } catch {
            return try fault(error)
        }
        switch answer {
        case .newer(let bytes): return HubAnswer.message(bytes)
        case .upToDate: return Response(status: .noContent)
        case .unknownTerminal:
            return try HubAnswer.problem(
                .forbidden, reason: "unknown-terminal",
                "Terminal \(terminal.text) is not enrolled: there is no configuration for it. "
                    + "Enrol it with tillhub terminal enrol.")
        }
    }

    private func time(_ request: Request, _ path: Parameters) async throws -> Response {
        guard
            let terminal = TerminalID(
                "till:\(path.get("merchant") ?? "")/\(path.get("terminal") ?? "")")
        else {
            return try HubAnswer.problem(
                .badRequest, reason: "terminal-malformed", "The path names no terminal id.")
        }
        guard let question = Self.bytes(request.uri.queryParameters["question"]),
            SignedTime.nonceLengths.contains(question.count)
        else {
            return try HubAnswer.problem(
                .badRequest, reason: "question-malformed",
                "question is 8 to 16 bytes in hexadecimal.")
        }
        let time: [UInt8]?
        do {
            time = try await parts.registrar.time(
                for: terminal, question: question, at: parts.clock())
        } catch { return try fault(error) }
        guard let time else {
            return try HubAnswer.problem(
                .forbidden, reason: "unknown-terminal",
                "Terminal \(terminal.text) is not enrolled: no time is signed for it.")
        }
        return HubAnswer.message(time)
    }

    private func redemptions(_ request: Request, _ path: Parameters) async throws -> Response {
        let query = request.uri.queryParameters
        let name = "till:\(path.get("merchant") ?? "")/\(path.get("terminal") ?? "")"
        guard let terminal = TerminalID(name), let journal = Self.bytes(query["journal"]),
            journal.count == MessageLimits.journalIdentityLength,
            let after = Self.number(query["after"])
        else {
            return try HubAnswer.problem(
                .badRequest, reason: "question-malformed",
                "The path names a terminal, journal is 8 bytes in hexadecimal, after an arrival.")
        }
        let answer: StandingsTeller.Answer
        do {
            answer = try await parts.acceptor.standings.standings(
                for: terminal, journal: journal, after: after, at: parts.clock())
        } catch { return try fault(error) }
        switch answer {
        case .told(let bytes): return HubAnswer.message(bytes)
        case .nothing: return Response(status: .noContent)
        case .unknown:
            return try HubAnswer.problem(
                .forbidden, reason: "unknown-terminal",
                "This journal of terminal \(terminal.text) is not enrolled.")
        }
    }

    private func hotList(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        guard let version = Self.number(query["held"]) else {
            return try HubAnswer.problem(
                .badRequest, reason: "version-malformed", "held is a version number.")
        }
        guard let digest = Self.bytes(query["digest"] ?? "") else {
            return try HubAnswer.problem(
                .badRequest, reason: "digest-malformed",
                "digest is the SHA-256 of a hot list in hexadecimal.")
        }
        let list: [UInt8]?
        do {
            list = try await parts.hotLists?.newer(than: version, digest: digest)
        } catch { return try fault(error) }
        return list.map(HubAnswer.message) ?? Response(status: .noContent)
    }

    /// A parameter's number, 0 where there is none; nil where it is none of a message's.
    static func number(_ text: Substring?) -> UInt64? {
        guard let text else { return 0 }
        // A sign would be read too.
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(text), number <= MessageLimits.maximumInteger
        else { return nil }
        return number
    }

    /// The bytes of a parameter in hexadecimal, or nil.
    static func bytes(_ hex: Substring?) -> [UInt8]? {
        guard let digits = hex?.utf8, digits.count.isMultiple(of: 2), digits.count <= 64,
            // A sign would be read too.
            !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-"))
        else { return nil }
        var bytes: [UInt8] = []
        var rest = digits[...]
        while !rest.isEmpty {
            guard let byte = UInt8(Substring(rest.prefix(2)), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// The root that follows the one that the terminal has.
    private func root(_ request: Request) async throws -> Response {
        guard let version = Self.number(request.uri.queryParameters["after"]) else {
            return try HubAnswer.problem(
                .badRequest, reason: "version-malformed", "after is a version number.")
        }
        do {
            guard let root = try await parts.registrar.trust.root(after: version) else {
                return Response(status: .noContent)
            }
            return HubAnswer.message(root)
        } catch {
            return try fault(error)
        }
    }

    /// The newest document of a kind, unless the terminal has it.
    private func document(_ request: Request, _ path: Parameters) async throws -> Response {
        let held = request.uri.queryParameters["held"].map(String.init)
        let now = parts.clock()
        let bytes: [UInt8]?
        do throws(HubLedgerError) {
            switch path.get("document") {
            case "trust-list": bytes = try await parts.registrar.trust.store(at: now)?.list.bytes
            case "freshness": bytes = try await parts.registrar.freshness(at: now)
            default: bytes = []
            }
        } catch {
            return try fault(error)
        }
        guard bytes != [] else {
            return try HubAnswer.problem(
                .notFound, reason: "no-such-document", "The hub serves no document of this name.")
        }
        guard let bytes, held != Hashing.sha256(bytes).map(Self.hex).joined() else {
            return Response(status: .noContent)
        }
        return HubAnswer.message(bytes)
    }

    func fault(_ error: HubLedgerError) throws -> Response {
        parts.logger.error("ledger: \(error.message)", metadata: ["reason": "\(error.reason)"])
        return try HubAnswer.problem(
            .serviceUnavailable, reason: error.reason, error.message)
    }

    /// What came of reading a signed message.
    enum Posted: Sendable {
        case bytes([UInt8])
        case refused(Response)
    }

    /// Reads the signed message that a request carries. `noun` is how people call it, `end` says
    /// what a refusal leaves, and `tooLong` makes the route's own refusal of a long one.
    func message(
        of request: Request, _ noun: String, limit: Int, end: String, endOfSlow: String? = nil,
        tooLong: (MessageError) throws -> Response
    ) async throws -> Posted {
        guard Self.isMessage(request.headers[.contentType]) else {
            let article = noun.first.map { "aeiou".contains($0) } == true ? "An" : "A"
            return .refused(
                try HubAnswer.problem(
                    .unsupportedMediaType, reason: "media-type-unsupported",
                    "\(article) \(noun) is sent as \(Self.messageType). \(end)"))
        }
        switch try await body(of: request, limit: limit) {
        case .bytes(let body): return .bytes(body)
        case .tooLong:
            let length = request.headers[.contentLength].flatMap { Int($0) }
            return .refused(try tooLong(.tooLong(limit: limit, found: length ?? limit + 1)))
        case .tooSlow:
            return .refused(
                try HubAnswer.problem(
                    .requestTimeout, reason: "request-too-slow",
                    "The \(noun) was not there after \(HTTPHubServer.bodySeconds) seconds. "
                        + (endOfSlow ?? end)))
        }
    }

    private static func isMessage(_ type: String?) -> Bool {
        let bare = type?.split(separator: ";", maxSplits: 1).first ?? ""
        return bare.trimmingCharacters(in: .whitespaces).lowercased() == messageType
    }

    /// A request's body, within its limits.
    private enum Body: Sendable {
        case bytes([UInt8])
        case tooLong
        case tooSlow
    }

    private func body(of request: Request, limit: Int) async throws -> Body {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            return .tooLong
        }
        let body = request.body
        return try await withThrowingTaskGroup(of: Body.self) { group in
            group.addTask {
                do {
                    let buffer = try await body.collect(upTo: limit)
                    return .bytes([UInt8](buffer.readableBytesView))
                } catch is NIOTooManyBytesError {
                    return .tooLong
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(HTTPHubServer.bodySeconds))
                return .tooSlow
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .tooSlow
        }
    }
}
