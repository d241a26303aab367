import CommandSupport
import Foundation
import Terminal

/// Watches through a camera, a recording or a scan engine, and tells each sighting.
struct SightingWatch {
    /// How long one look may take, in milliseconds: then it is asked whether the time is up.
    private static let lookMilliseconds = 100

    /// For how many seconds; nil: until it ends.
    let seconds: Int?
    let json: Bool
    /// How many frames make a second of the recording's own time; nil: time is the wall's.
    var framesPerSecond: Int?

    private struct Told: Encodable {
        let sighting: String
        let type: String?
        let text: String?
        let bytes: String?
        let count: Int?
        let milliseconds: UInt64
    }

    func run(_ scanner: any Terminal.Scanner) throws {
        let start = ContinuousClock.now
        let end = seconds.map { start + .seconds($0) }
        var tracker = SightingTracker()
        var sightings = 0
        var frames: UInt64 = 0
        scanner.codesAreWanted(true)
        looks: while end.map({ ContinuousClock.now < $0 }) ?? true {
            let view: ScannerView
            do throws(CameraError) {
                view = try scanner.look(timeoutMilliseconds: Self.lookMilliseconds)
            } catch { throw CommandFailure(error) }
            switch view {
            case .looked(let symbols, _):
                let wall = UInt64((ContinuousClock.now - start) / .milliseconds(1))
                let now = framesPerSecond.map { frames * 1_000 / UInt64(max(1, $0)) } ?? wall
                frames += 1
                guard let sighting = tracker.observe(symbols, atMilliseconds: now) else { continue }
                sightings += 1
                try tell(sighting, type: symbols.first?.kind.rawValue, at: now)
            case .unreadable(let error, _): Output.note("error: \(error)")
            case .empty: tracker.observeEmptyView()
            case .nothingNew: continue
            case .ended: break looks
            }
        }
        if sightings == 0 {
            throw CommandFailure(
                reason: "nothing-seen", message: "No code was seen in \(frames) views.")
        }
    }

    private func tell(_ sighting: Sighting, type: String?, at now: UInt64) throws {
        switch sighting {
        case .code(let bytes):
            let text = String(validating: bytes, as: UTF8.self)
            guard json else {
                Output.line(text ?? bytes.hex)
                return
            }
            try Output.json(
                Told(
                    sighting: "code", type: type, text: text,
                    bytes: text == nil ? bytes.hex : nil, count: nil, milliseconds: now))
        case .severalCodes(let count):
            guard json else {
                Output.line("\(count) different codes at once: none of them counts")
                return
            }
            try Output.json(
                Told(
                    sighting: "several-codes", type: nil, text: nil, bytes: nil, count: count,
                    milliseconds: now))
        }
    }
}
