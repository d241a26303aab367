import AsyncHTTPClient
import Foundation
import HotLists
import HubProtocol
import NIOCore
import NIOHTTP1
import NIOPosix
public import Terminal
import Trust
public import Vouchers

/// Why a text is not the address of a hub.
public struct HubURLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a sentence.
    public let description: String

    /// The stable code of this error in JSON.
    public var reason: String { "hub-url-malformed" }
}

/// The way to a hub over HTTP/1.1 (`docs/spec/hub-protocol.md`, *HTTP*).
///
/// Connections are kept open between calls. Every call has a time limit and every answer a size
/// limit; redirects are not followed, as only one address is the hub's.
public final class HTTPHubLink: HubLink {
    /// A connection stands after so many seconds or not at all: in a shop's own network it takes
    /// milliseconds, over a mobile one rarely 2 seconds.
    public static let connectSeconds: Int64 = 3
    /// A whole exchange takes at most so many seconds: a full batch over a slow line fits, and a
    /// cashier who has asked for it still waits.
    public static let exchangeSeconds: Int64 = 15
    /// A whole hot list takes at most so many seconds: 2 MB over a slow mobile line.
    public static let hotListSeconds: Int64 = 180
    /// The longest problem document that is read, in bytes.
    static let maximumProblemBytes = 16 << 10
    /// The media type of signed messages (RFC 9052 section 10.3.1).
    static let messageType = "application/cose"

    private let client: HTTPClient
    private let base: String
    private let peer: HubPeer?

    /// Makes a link to the hub at `url`: `http://host:port` or `https://host:port`, and a path
    /// before the hub's own where a proxy wants one.
    ///
    /// `peer` says by what the hub is known over `https://`, and how it knows this end; without one a
    /// certificate counts that the machine's own authorities vouch for.
    public init(url: String, peer: HubPeer? = nil) throws(HubURLError) {
        guard let components = URLComponents(string: url),
            components.scheme == "http" || components.scheme == "https",
            let host = components.host, !host.isEmpty, components.query == nil,
            components.fragment == nil, components.user == nil
        else {
            throw HubURLError(
                description: "\"\(url.prefix(100))\" is no address of a hub: write "
                    + "http://HOST:PORT or https://HOST:PORT.")
        }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.peer = components.scheme == "https" ? peer : nil
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Self.connectSeconds)))
        configuration.httpVersion = .http1Only
        // A hub that is away is known at once; the terminal tries again by its own clock.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // The client lives on until its connections are closed.
        client.shutdown { _ in }
    }

    /// See ``Terminal/HubLink/deliver(batch:)``.
    public func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        let answer = try await exchange(
            post(batch, to: "/v1/batches"), limit: Acknowledgement.maximumBytes)
        guard let answer else {
            throw .badAnswer("the hub answered a batch with nothing")
        }
        return answer
    }

    /// See ``Terminal/HubLink/authorise(request:milliseconds:)``.
    public func authorise(request message: [UInt8], milliseconds: UInt64)
        async throws(HubLinkError) -> [UInt8]
    {
        let answer = try await exchange(
            post(message, to: "/v1/authorisations"), limit: AuthorisationAnswer.maximumBytes,
            within: .milliseconds(Int64(clamping: milliseconds)))
        guard let answer else {
            throw .badAnswer("the hub answered a question with nothing")
        }
        return answer
    }

    /// See ``Terminal/HubLink/confirmation(request:milliseconds:)``.
    public func confirmation(request message: [UInt8], milliseconds: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        try await exchange(
            post(message, to: "/v1/confirmations"), limit: VoucherText.maximumByteCount,
            within: .milliseconds(Int64(clamping: milliseconds)))
    }

    /// Sends a wallet's signed payment order (``HubProtocol/PaymentOrder``) to the issuer at this
    /// address, and answers with the payment confirmation's bytes.
    public func pay(order: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        let answer = try await exchange(
            post(order, to: "/v1/payments"), limit: VoucherText.maximumByteCount)
        guard let answer else {
            throw .badAnswer("the issuer answered an order with nothing")
        }
        return answer
    }

    /// See ``Terminal/HubLink/root(after:)``.
    public func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? {
        let request = HTTPClientRequest(url: "\(base)/v1/documents/root?after=\(version)")
        return try await exchange(request, limit: TrustDefaults.maximumRootBytes)
    }

    /// See ``Terminal/HubLink/document(_:held:)``.
    public func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    {
        let digest = held.map { "?held=" + Self.hex($0) } ?? ""
        let request = HTTPClientRequest(url: "\(base)/v1/documents/\(document.rawValue)\(digest)")
        return try await exchange(request, limit: document.maximumBytes)
    }

    /// See ``Terminal/HubLink/configuration(for:newerThan:)``.
    public func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        let path = terminal.text.dropFirst("till:".count)
        let request = HTTPClientRequest(
            url: "\(base)/v1/terminals/\(path)/configuration?newer-than=\(version)")
        return try await exchange(request, limit: TerminalConfiguration.maximumBytes)
    }

    /// The longest answer to `GET /v1/identity` that is read, in bytes: a key has 45.
    static let maximumIdentityBytes = 1 << 10

    private struct Identity: Decodable { let key: String }

    /// See ``Terminal/HubLink/identity()``.
    public func identity() async -> [UInt8]? {
        let request = HTTPClientRequest(url: base + "/v1/identity")
        let deadline = NIODeadline.now() + .seconds(Self.connectSeconds)
        guard let response = try? await execute(request, deadline: deadline),
            response.status == .ok,
            let bytes = try? await Self.body(of: response, limit: Self.maximumIdentityBytes),
            let identity = try? JSONDecoder().decode(Identity.self, from: Data(bytes))
        else { return nil }
        return Self.bytes(hex: identity.key)
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// See ``Terminal/HubLink/time(for:question:)``.
    public func time(for terminal: TerminalID, question: [UInt8]) async throws(HubLinkError)
        -> [UInt8]?
    {
        let path = terminal.text.dropFirst("till:".count)
        let request = HTTPClientRequest(
            url: "\(base)/v1/terminals/\(path)/time?question=\(Self.hex(question))")
        let answer = try await exchange(request, limit: SignedTime.maximumBytes)
        // No hub is without a time: who answers everything with nothing is found out by this.
        guard let answer else {
            throw .badAnswer("the hub answered a question of the time with nothing")
        }
        return answer
    }

    /// See ``Terminal/HubLink/hotList(newerThan:digest:)``.
    public func hotList(newerThan version: UInt64, digest: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    {
        let name = digest.map { "&digest=" + Self.hex($0) } ?? ""
        let request = HTTPClientRequest(url: "\(base)/v1/hot-list?held=\(version)\(name)")
        return try await exchange(
            request, limit: HotList.maximumBytes, within: .seconds(Self.hotListSeconds))
    }

    /// See ``Terminal/HubLink/standings(for:journal:after:)``.
    public func standings(for terminal: TerminalID, journal: [UInt8], after: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    {
        let path = terminal.text.dropFirst("till:".count)
        let request = HTTPClientRequest(
            url: "\(base)/v1/terminals/\(path)/redemptions?journal=\(Self.hex(journal))"
                + "&after=\(after)")
        return try await exchange(request, limit: VoucherStandings.maximumBytes)
    }

    /// See ``Terminal/HubLink/logConsistency(from:)``.
    public func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]? {
        let request = HTTPClientRequest(url: "\(base)/v1/log/consistency?from=\(size)")
        return try await exchange(
            request, limit: HubLogConsistency.maximumBytes, type: "text/plain")
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// The request that carries a signed message.
    private func post(_ message: [UInt8], to route: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + route)
        request.method = .POST
        request.headers.add(name: "content-type", value: Self.messageType)
        request.body = .bytes(ByteBuffer(bytes: message))
        return request
    }

    /// Sends a request as the hub's peer.
    private func execute(_ request: HTTPClientRequest, deadline: NIODeadline) async throws
        -> HTTPClientResponse
    {
        var request = request
        if let peer { request.tlsConfiguration = try peer.configuration() }
        return try await client.execute(request, deadline: deadline)
    }

    /// Sends a request; answers the message of a 200, and nil for a 204.
    private func exchange(
        _ request: HTTPClientRequest, limit: Int, type: String = HTTPHubLink.messageType,
        within time: TimeAmount = .seconds(HTTPHubLink.exchangeSeconds)
    ) async throws(HubLinkError) -> [UInt8]? {
        let deadline = NIODeadline.now() + time
        let response: HTTPClientResponse
        do { response = try await execute(request, deadline: deadline) } catch {
            if let sign = CaptivePortal.sign(in: error) { throw .captivePortal(sign) }
            throw .unreachable(Self.words(error))
        }
        if let sign = CaptivePortal.sign(in: response, of: base) { throw .captivePortal(sign) }
        switch response.status.code {
        case 200:
            guard Self.isType(type, response) else {
                throw .badAnswer("its type is not \(type)")
            }
            return try await Self.body(of: response, limit: limit)
        case 204: return nil
        default: throw await Self.refusal(response)
        }
    }

    private static func body(of response: HTTPClientResponse, limit: Int)
        async throws(HubLinkError) -> [UInt8]
    {
        do {
            return [UInt8](try await response.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .badAnswer("it is longer than \(limit) bytes")
        } catch {
            throw .unreachable(words(error))
        }
    }

    /// The members of a problem document (RFC 9457) that are read.
    private struct Problem: Decodable {
        let reason: String
        let detail: String
    }

    private static func refusal(_ response: HTTPClientResponse) async -> HubLinkError {
        let status = Int(response.status.code)
        let bytes: [UInt8]
        do { bytes = try await body(of: response, limit: maximumProblemBytes) } catch {
            return error
        }
        guard isType("application/problem+json", response),
            let problem = try? JSONDecoder().decode(Problem.self, from: Data(bytes)),
            isReason(problem.reason)
        else { return .badAnswer("it is HTTP \(status) without the words of a hub") }
        return .refused(
            status: status, reason: problem.reason,
            detail: String(problem.detail.unicodeScalars.filter { $0.value >= 0x20 }.prefix(500)))
    }

    /// Whether a reason is one that a hub gives: kebab-case, so that it can be shown and compared.
    private static func isReason(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    private static func isType(_ type: String, _ response: HTTPClientResponse) -> Bool {
        let found = response.headers.first(name: "content-type") ?? ""
        let bare = found.split(separator: ";", maxSplits: 1).first ?? ""
        return bare.trimmingCharacters(in: .whitespaces).lowercased() == type
    }

    /// What went wrong, in the words of a technician.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout:
            "no connection within \(connectSeconds) seconds"
        case let error as HTTPClientError where error == .deadlineExceeded:
            "no answer in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the connection was closed before the answer"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { connectionWords($0.error) }
                ?? "the name \(error.host) is not known"
        default: connectionWords(error)
        }
    }

    private static func connectionWords(_ error: any Error) -> String {
        if let words = HubPeer.words(error) { return words }
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode)).lowercased()
    }
}
