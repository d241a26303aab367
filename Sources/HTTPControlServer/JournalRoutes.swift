import Clocks
import ControlProtocol
import Foundation
import Hummingbird
import Money
import NIOCore
import Payments
import Screens
import Synchronization
import Terminal

/// The routes about the journal beside its list: periods, checkpoints, the export, the archive.
struct JournalRoutes: Sendable {
    let terminal: PaymentTerminal

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("v1/queue") { _, _ in
            try await answer { () async throws(JournalError) in
                QueueMessage(try await terminal.queueView())
            }
        }
        router.get("v1/journal/checkpoint") { _, _ in
            try await answer { () async throws(JournalError) in
                CheckpointMessage(try await terminal.signedCheckpoint())
            }
        }
        router.get("v1/journal/export") { _, _ in export() }
        router.post("v1/journal/archive") { _, _ in
            try await answer { () async throws(JournalError) in
                let report = try await terminal.archiveJournal()
                return ArchiveMessage(entries: report.entries, vouchers: report.vouchers)
            }
        }
        router.get("v1/periods/open") { _, _ in
            try await answer { () async throws(JournalError) in
                await message(try await terminal.openPeriod())
            }
        }
        router.post("v1/periods/open/drawer") { request, context in
            try await tellDrawer(request, context)
        }
        router.get("v1/periods/:number") { _, context in try await period(context) }
        router.post("v1/periods") { request, context in try await close(request, context) }
    }

    /// Closes the period that the body names, or whichever is open where there is no body.
    private func close(_ request: Request, _ context: ControlContext) async throws -> Response {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        var number: UInt64?
        if body.readableBytes > 0 {
            guard
                let order = try? JSONDecoder().decode(
                    PeriodOrderMessage.self, from: Data(body.readableBytesView))
            else {
                return try Answer.problem(
                    .badRequest, reason: "period-malformed",
                    "The body is no JSON object with a period's number. No period was closed.")
            }
            number = order.number
        }
        return try await answer { () async throws(JournalError) in
            let closed = try await terminal.closePeriod(number, by: context.rights?.operatedBy)
            return await message(closed.period, checkpoint: closed.checkpoint)
        }
    }

    private func message(_ period: Period, checkpoint: [UInt8]? = nil) async -> PeriodMessage {
        PeriodMessage(
            number: period.number, firstSequence: period.firstSequence, firstAt: period.firstAt,
            closedBy: period.closedBy, closedAt: period.closedAt, totals: period.totals,
            markedPaid: period.marked.map {
                CountedSumMessage($0.sum, currency: $0.currencyNumber)
            },
            drawer: period.drawer, vat: period.vat, tips: period.tips, checkpoint: checkpoint,
            calendar: terminal.calendar,
            now: await terminal.now)
    }

    /// Keeps the float or the count that the body names.
    private func tellDrawer(_ request: Request, _ context: ControlContext) async throws -> Response
    {
        let order = try await context.decoded(DrawerOrderMessage.self, from: request)
        guard let order, let word = await word(of: order) else {
            return try Answer.problem(
                .badRequest, reason: "drawer-malformed",
                "The body is no JSON object with a period's number and either the float or what was "
                    + "counted, as an amount. Nothing was kept.")
        }
        return try await answer { () async throws(JournalError) in
            await message(try await terminal.tell(word, of: order.number))
        }
    }

    private func word(of order: DrawerOrderMessage) async -> DrawerWord? {
        let currency = await terminal.currency
        func minorUnits(_ text: String) -> UInt64? {
            do throws(AmountError) {
                return try Amount(parsing: text, currency: currency).minorUnits
            } catch {
                // A drawer may be empty.
                return error == .zero ? 0 : nil
            }
        }
        switch (order.float, order.counted) {
        case (let float?, nil): return minorUnits(float).map { .float($0) }
        case (nil, let counted?): return minorUnits(counted).map { .counted($0) }
        default: return nil
        }
    }

    private func answer(_ question: () async throws(JournalError) -> some Encodable) async throws
        -> Response
    {
        do { return try Answer.json(try await question()) } catch let error as JournalError {
            switch error {
            case .saleOpen, .periodOtherwise, .drawerCounted:
                return try Answer.problem(.conflict, reason: error.reason, error.message)
            default: return try Answer.problem(error)
            }
        }
    }

    private func period(_ context: ControlContext) async throws -> Response {
        let number = context.parameters.get("number").flatMap { UInt64($0) }
        do {
            guard let number, let period = try await terminal.period(number) else {
                return try Answer.problem(
                    .notFound, reason: "no-period",
                    "No period was closed under this number, or its entries are archived.")
            }
            return try Answer.json(
                await message(period, checkpoint: try await terminal.signedCheckpoint()))
        } catch let error as JournalError {
            return try Answer.problem(error)
        }
    }

    /// The export as it is written: a slow client holds up its own thread, never a sale. Where it
    /// fails in the middle the connection is cut, and the file is seen to be cut short.
    private func export() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/octet-stream"],
            body: .init { writer in
                let pipe = ExportPipe()
                let terminal = terminal
                async let written: Void = {
                    do {
                        try await terminal.exportJournal { try pipe.put($0) }
                        pipe.end(nil)
                    } catch { pipe.end(error) }
                }()
                do {
                    for try await chunk in pipe.chunks {
                        try await writer.write(ByteBuffer(bytes: chunk))
                        pipe.taken()
                    }
                } catch {
                    pipe.cancel()
                    await written
                    throw error
                }
                await written
                try await writer.finish(nil)
            })
    }
}

/// What lies between the thread that reads the journal and the connection that takes it: a few
/// chunks, and then the thread waits.
private final class ExportPipe: Sendable {
    /// Chunks that may wait, of ``chunkBytes`` and the longest record at most.
    private static let capacity = 4
    private static let chunkBytes = 64 << 10

    struct Cancelled: Error {}

    let chunks: AsyncThrowingStream<[UInt8], any Error>
    private let sink: AsyncThrowingStream<[UInt8], any Error>.Continuation
    private let room = DispatchSemaphore(value: ExportPipe.capacity)
    private let isCancelled = Atomic<Bool>(false)
    private let buffer = Mutex<[UInt8]>([])

    init() { (chunks, sink) = AsyncThrowingStream.makeStream() }

    /// Called on the journal's thread; waits where nobody takes.
    func put(_ bytes: [UInt8]) throws {
        let full = buffer.withLock { buffer -> [UInt8]? in
            buffer += bytes
            guard buffer.count >= Self.chunkBytes else { return nil }
            defer { buffer = [] }
            return buffer
        }
        guard let full else { return }
        room.wait()
        guard !isCancelled.load(ordering: .acquiring) else { throw Cancelled() }
        sink.yield(full)
    }

    func end(_ error: (any Error)?) {
        let rest = buffer.withLock { $0 }
        if error == nil, !rest.isEmpty { sink.yield(rest) }
        sink.finish(throwing: error)
    }

    func taken() { room.signal() }

    func cancel() {
        isCancelled.store(true, ordering: .releasing)
        room.signal()
    }
}

extension QueueMessage {
    init(_ view: QueueView) {
        let sent = view.status.acknowledgedThrough
        self.init(
            entries: view.status.entries, payments: view.status.exposure.count,
            oldest: view.status.exposure.oldest.map { UTCTime($0).rfc3339 },
            networkStatus: view.network.rawValue,
            lastSync: view.lastSync.map { UTCTime($0).rfc3339 }, problem: view.problem,
            waiting: view.waiting.map { EntryMessage($0, acknowledgedThrough: sent) },
            refused: view.refused.map { refused in
                RefusedEntryMessage(
                    sequence: refused.sequence, reason: refused.reason,
                    message: QuarantineSentences(reason: refused.reason).cashier,
                    at: UTCTime(refused.at).rfc3339,
                    entry: refused.entry.map { EntryMessage($0, acknowledgedThrough: sent) })
            })
    }
}
