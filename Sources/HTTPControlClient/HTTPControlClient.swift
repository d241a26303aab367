import AsyncHTTPClient
public import ControlProtocol
import Foundation
import NIOCore
import NIOHTTP1

/// Why the daemon did not do what it was asked.
public enum ControlError: Error, Hashable, Sendable {
    /// Nobody listens on the socket.
    case notRunning(socket: String)
    /// The socket may not be used by this user.
    case notPermitted(socket: String)
    /// The daemon refused.
    case refused(status: Int, reason: String, detail: String)
    /// The daemon's answer is not what the API promises.
    case badAnswer(String)
}

/// Drives a terminal over its control socket (`docs/spec/control.md`).
public struct HTTPControlClient: Sendable {
    /// How long one answer may take, in seconds: a long wait (30 s) and an exchange with a slow
    /// hub included.
    static let timeoutSeconds: Int64 = 120
    /// The largest answer: 500 journal entries of some 400 bytes, with room.
    static let maximumAnswerBytes = 4 * 1024 * 1024

    private let socket: String

    /// Makes a client of the daemon that listens on `socket`.
    public init(socket: String) { self.socket = socket }

    /// Where the terminal stands.
    public func status() async throws -> StatusMessage { try await call(.GET, "/v1/status") }

    /// Opens a sale.
    public func charge(_ order: SaleOrderMessage) async throws -> SaleMessage {
        try await call(.POST, "/v1/sales", body: JSONEncoder().encode(order))
    }

    /// The sale on the screen, or the last that was.
    public func currentSale() async throws -> SaleMessage {
        try await call(.GET, "/v1/sales/current")
    }

    /// Waits for a verdict that nobody has been told yet, or for the sale's end, at most
    /// `seconds`; `news` holds the verdict where one came.
    public func nextVerdict(waitSeconds seconds: UInt64) async throws -> SaleMessage {
        try await call(.GET, "/v1/sales/current?verdict=next&wait=\(seconds)")
    }

    /// Pays the open sale with a code that was typed; `news` holds the verdict.
    public func type(code: String) async throws -> SaleMessage {
        try await call(
            .POST, "/v1/sales/current/codes",
            body: JSONEncoder().encode(TypedCodeMessage(code: code)))
    }

    /// Asks whether a scheme's wallet has paid the open sale; `news` holds the verdict.
    public func askWhetherPaid() async throws -> SaleMessage {
        try await call(.POST, "/v1/sales/current/paid-by-app")
    }

    /// Marks a sale that ended unconfirmed as paid, by the word of whoever `by` names.
    public func markPaid(sale reference: String, by name: String) async throws -> SaleMessage {
        try await call(
            .POST, "/v1/sales/\(reference)/mark-paid",
            body: JSONEncoder().encode(MarkOrderMessage(by: name)))
    }

    /// Gives up the open sale.
    public func cancelSale() async throws -> SaleMessage {
        try await call(.DELETE, "/v1/sales/current")
    }

    /// Where a payment stands.
    public func payment(receipt: UInt64) async throws -> PaymentMessage {
        try await call(.GET, "/v1/receipts/\(receipt)")
    }

    /// Refunds a payment, whole or in part.
    public func refund(receipt: UInt64, _ order: UndoOrderMessage) async throws -> UndoMessage {
        try await call(
            .POST, "/v1/receipts/\(receipt)/refund", body: JSONEncoder().encode(order))
    }

    /// Cancels a payment before its period closes.
    public func cancel(receipt: UInt64, _ order: UndoOrderMessage) async throws -> UndoMessage {
        try await call(
            .POST, "/v1/receipts/\(receipt)/cancel", body: JSONEncoder().encode(order))
    }

    /// Reverses a payment whose completion is unclear.
    public func reverse(receipt: UInt64, _ order: UndoOrderMessage) async throws -> UndoMessage {
        try await call(
            .POST, "/v1/receipts/\(receipt)/reverse", body: JSONEncoder().encode(order))
    }

    /// Exchanges with the hub now.
    public func sync() async throws -> SyncMessage { try await call(.POST, "/v1/sync") }

    /// Shows how the terminal is as a code on the customer's screen.
    public func showHealth() async throws -> HealthMessage {
        try await call(.POST, "/v1/health-report")
    }

    /// Whether a terminal in training is offline on purpose.
    public func rehearsal() async throws -> RehearsalMessage {
        try await call(.GET, "/v1/rehearsal")
    }

    /// Cuts a terminal in training off from its hub for so many minutes; 0 mends it.
    public func rehearse(offlineMinutes: UInt64) async throws -> RehearsalMessage {
        try await call(
            .PUT, "/v1/rehearsal",
            body: JSONEncoder().encode(RehearsalOrderMessage(offlineMinutes: offlineMinutes)))
    }

    /// Offers trust documents to the terminal, which takes them or says why not.
    public func take(trust offer: [UInt8]) async throws {
        let _: TrustMessage = try await call(.POST, "/v1/trust", body: Data(offer))
    }

    /// Journal entries above `after`, at most `limit`.
    public func journal(after: UInt64, limit: Int) async throws -> [EntryMessage] {
        try await call(.GET, "/v1/journal?after=\(after)&limit=\(limit)")
    }

    /// Why the entry with this receipt number, or at this place, says what it says.
    public func explanation(of number: UInt64, isSequence: Bool) async throws
        -> ExplanationMessage
    {
        let key = isSequence ? "sequence" : "receipt"
        return try await call(.GET, "/v1/decisions?\(key)=\(number)")
    }

    /// Where the clock stands.
    public func clock() async throws -> ClockMessage { try await call(.GET, "/v1/clock") }

    /// Opens a challenge for a technician.
    public func clockChallenge() async throws -> ClockChallengeMessage {
        try await call(.POST, "/v1/clock/challenge")
    }

    /// Settles the clock by the hub's code.
    public func settleClock(code: String) async throws -> ClockMessage {
        try await call(
            .POST, "/v1/clock/code", body: JSONEncoder().encode(ClockCodeMessage(code: code)))
    }

    /// The hot list in force.
    public func hotList() async throws -> HotListMessage { try await call(.GET, "/v1/hot-list") }

    /// Offers a hot list, or a delta to it.
    public func takeHotList(_ bytes: [UInt8]) async throws -> HotListMessage {
        try await call(.PUT, "/v1/hot-list", body: Data(bytes), type: "application/cose")
    }

    /// A period: the closed one with this number, or the one that is open.
    public func period(_ number: UInt64?) async throws -> PeriodMessage {
        try await call(.GET, "/v1/periods/" + (number.map { "\($0)" } ?? "open"))
    }

    /// Keeps the float or the count of the open period's cash drawer.
    public func tellDrawer(_ order: DrawerOrderMessage) async throws -> PeriodMessage {
        try await call(.POST, "/v1/periods/open/drawer", body: JSONEncoder().encode(order))
    }

    /// Closes the open period; where `number` is given, that one or none.
    public func closePeriod(_ number: UInt64? = nil) async throws -> PeriodMessage {
        try await call(
            .POST, "/v1/periods",
            body: number.map { try JSONEncoder().encode(PeriodOrderMessage(number: $0)) })
    }

    /// A signed checkpoint of the journal.
    public func checkpoint() async throws -> CheckpointMessage {
        try await call(.GET, "/v1/journal/checkpoint")
    }

    /// Archives what may go of the journal.
    public func archive() async throws -> ArchiveMessage {
        try await call(.POST, "/v1/journal/archive")
    }

    /// Hands everything that the journal holds to `sink`, chunk by chunk.
    public func exportJournal(to sink: ([UInt8]) throws -> Void) async throws {
        let response = try await send(try request(.GET, "/v1/journal/export"))
        guard response.status == .ok else {
            throw Self.refusal(
                response, Data(try await response.body.collect(upTo: 1 << 16).readableBytesView))
        }
        do {
            for try await chunk in response.body { try sink(Array(chunk.readableBytesView)) }
        } catch let error as HTTPClientError {
            throw ControlError.badAnswer("the export was cut short: \(error)")
        }
    }

    private func request(_ method: Method, _ path: String) throws -> HTTPClientRequest {
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw ControlError.notRunning(socket: socket)
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = HTTPMethod(rawValue: method.rawValue)
        return request
    }

    private static func refusal(_ response: HTTPClientResponse, _ bytes: Data) -> ControlError {
        guard let problem = try? JSONDecoder().decode(ProblemMessage.self, from: bytes) else {
            return .badAnswer("HTTP \(response.status.code) without a problem")
        }
        return .refused(
            status: Int(response.status.code), reason: problem.reason, detail: problem.detail)
    }

    private func call<Answer: Decodable>(
        _ method: Method, _ path: String, body: Data? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        var request = try request(method, path)
        if let body {
            request.headers.add(name: "content-type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await send(request)
        let answer = try await response.body.collect(upTo: Self.maximumAnswerBytes)
        let bytes = Data(answer.readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            throw Self.refusal(response, bytes)
        }
        do { return try JSONDecoder().decode(Answer.self, from: bytes) } catch {
            throw ControlError.badAnswer("\(error)")
        }
    }

    private enum Method: String { case GET, POST, PUT, DELETE }

    private func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        guard access(socket, F_OK) == 0 else {
            // A folder that this user may not enter hides whether a daemon runs in it.
            throw errno == EACCES
                ? ControlError.notPermitted(socket: socket)
                : ControlError.notRunning(socket: socket)
        }
        guard access(socket, R_OK | W_OK) == 0 else {
            throw ControlError.notPermitted(socket: socket)
        }
        // A socket that a killed daemon left behind refuses at once; the client would try on.
        guard SocketTrial.isListening(socket) else {
            throw ControlError.notRunning(socket: socket)
        }
        do {
            return try await HTTPClient.shared.execute(
                request, timeout: .seconds(Self.timeoutSeconds))
        } catch let error as HTTPClientError {
            throw ControlError.badAnswer("\(error)")
        } catch {
            throw ControlError.notRunning(socket: socket)
        }
    }
}
