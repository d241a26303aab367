import Synchronization

/// The one gate through which what every eye of a terminal reads becomes sightings: a code that the
/// camera and a scan engine both read is one sighting.
public final class SightingGate: Sendable {
    private let tracker = Mutex(SightingTracker())

    /// Makes a gate before which nothing has been seen.
    public init() {}

    /// Takes in what one view of one eye held; nil where no sighting begins with it.
    ///
    /// `milliseconds` is monotonic, and the same clock for every eye. Where no code is wanted,
    /// nothing becomes a sighting, and what was one stays it.
    func observe(
        _ symbols: [DecodedSymbol], atMilliseconds milliseconds: UInt64, isWanted: Bool
    ) -> Sighting? {
        tracker.withLock { tracker in
            guard isWanted else {
                tracker.observeUnwanted(symbols, atMilliseconds: milliseconds)
                return nil
            }
            return tracker.observe(symbols, atMilliseconds: milliseconds)
        }
    }

    /// Takes in that nothing lies before an eye.
    func observeEmptyView() {
        tracker.withLock { $0.observeEmptyView() }
    }
}
