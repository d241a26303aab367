import CommandSupport
import Foundation
import ProcessScanner
import QRencodeEncoder
import SQLiteJournal
import ScannerProtocol
import Screens
import Terminal

// From a frame to money: what a customer waits for.
extension Bench {
    /// A code that appears in the frames of a pipe until its approval is durable: the scanner
    /// process, its protocol, the sighting, the signature, the decision and the commit.
    ///
    /// `scripts/eyes_proof.py` measures the same through the daemon itself.
    func eyes() async throws -> [Measurement] {
        let count = rounds.of(100)
        let journal = try SQLiteJournal(
            folder: folder + "/eyes", identityIfNew: [UInt8](repeating: 5, count: 8))
        let path = folder + "/frames"
        guard mkfifo(path, 0o600) == 0 else {
            throw CommandFailure(reason: "bench", message: "No pipe can be made in \(folder).")
        }
        // Opened for both, so that neither side waits for the other to open it.
        let pipe = open(path, O_RDWR | O_CLOEXEC)
        guard pipe >= 0 else {
            throw CommandFailure(reason: "bench", message: "The pipe \(path) cannot be opened.")
        }
        let frames = FileHandle(fileDescriptor: pipe, closeOnDealloc: true)
        let scanner = ProcessScanner(
            program: SiblingProgram.path(of: "till-scanner"),
            source: .stream(path: path, .grey(width: CodeFrame.width, height: CodeFrame.height)))
        let empty = CodeFrame.empty
        var figures: [Double] = []
        var tracker = SightingTracker()
        for number in 0..<count {
            guard let sale = sale(number + 1, at: now) else { continue }
            // A sale of its own, which the last payment closed.
            try await journal.store(sale)
            let text = voucher(number + 1, signedBy: issuer)
            let frame = try CodeFrame.pixels(text)
            _ = try await look(scanner, at: empty, through: frames)
            tracker.forget()
            let start = ContinuousClock.now
            var seen: [UInt8]?
            for _ in 0..<CodeFrame.patience where seen == nil {
                let symbols = try await look(scanner, at: frame, through: frames)
                if case .code(let bytes) = tracker.observe(symbols, atMilliseconds: 0) {
                    seen = bytes
                }
            }
            guard let seen else {
                throw CommandFailure(reason: "bench", message: "The benchmark's frame is not read.")
            }
            try await approve(seen, sale, benchPolicy, try context(issuer), journal)
            figures.append((ContinuousClock.now - start) / .microseconds(1))
        }
        return [
            Measurement(
                "frame to durable approval, 1280x720", figures, note: "aim: 120 ms, p99 400 ms")
        ]
    }

    /// Writes a frame while the scanner reads it, and answers with what it read.
    private func look(
        _ scanner: ProcessScanner, at frame: [UInt8], through pipe: FileHandle
    ) async throws -> [DecodedSymbol] {
        let writer = Task.detached { try pipe.write(contentsOf: Data(frame)) }
        var found: [DecodedSymbol]?
        for _ in 0..<CodeFrame.patience where found == nil {
            if case .looked(let symbols, _) = try scanner.look(timeoutMilliseconds: 1_000) {
                found = symbols
            }
        }
        try await writer.value
        return found ?? []
    }
}

/// Frames of a camera with a voucher's code before it, or with none.
enum CodeFrame {
    static let width = 1_280
    static let height = 720
    /// How often something is tried before the benchmark gives up.
    static let patience = 10
    private static let module = 6

    static let empty = [UInt8](repeating: 180, count: width * height)

    /// The grey values of a frame with a code in its middle.
    static func pixels(_ text: [UInt8]) throws -> [UInt8] {
        let symbol = try SymbolEncoder.encode(text, mode: .alphanumeric)
        var pixels = empty
        let side = (symbol.size + 8) * module
        let (left, top) = ((width - side) / 2, (height - side) / 2)
        for y in 0..<side {
            for x in 0..<side {
                let (column, row) = (x / module - 4, y / module - 4)
                let isInside = (0..<symbol.size).contains(column) && (0..<symbol.size).contains(row)
                pixels[(top + y) * width + left + x] =
                    isInside && symbol.isDark(column, row) ? 20 : 235
            }
        }
        return pixels
    }
}
