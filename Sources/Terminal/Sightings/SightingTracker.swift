/// What happened before the lens, as the sale machine wants to hear it.
public enum Sighting: Hashable, Sendable {
    /// A code came into view; the payload exactly as encoded.
    case code([UInt8])

    /// Different codes came into view together, so that none of them is meant for certain.
    case severalCodes(count: Int)
}

/// Turns what is read in each frame into sightings: a code held up is one, however many frames.
///
/// A code is gone after an empty view, or when it has not been read for the quiet period; when it
/// comes back after that, it is a new sighting. While different codes are in view together, and for
/// a quiet period after, none of them alone is a sighting: a decoder that reads only one of two
/// codes in every other frame must not make a payment of it.
public struct SightingTracker: Sendable {
    /// How long a code may go unread and still be the same sighting, in milliseconds.
    ///
    /// A shaking hand, glare or a screen's flicker lose a code for some frames; putting a phone
    /// away and showing it again takes longer.
    public static let defaultQuietPeriodMilliseconds: UInt64 = 1_500

    /// How many codes are remembered; beyond it, the one unread for longest is forgotten.
    ///
    /// Nobody holds up as many within a quiet period; the limit is there for a hostile video.
    public static let maximumCodes = 64

    private let quietPeriodMilliseconds: UInt64
    private var nowMilliseconds: UInt64 = 0
    private var lastReadByCode: [[UInt8]: UInt64] = [:]
    private var severalSeenAt: UInt64?

    /// Makes a tracker that has seen nothing yet.
    public init(
        quietPeriodMilliseconds: UInt64 = SightingTracker.defaultQuietPeriodMilliseconds
    ) {
        self.quietPeriodMilliseconds = quietPeriodMilliseconds
    }

    /// Takes in what was read in one frame, and answers with the sighting that begins with it.
    ///
    /// `milliseconds` is monotonic time; a time before the last one counts as the last one.
    public mutating func observe(
        _ symbols: [DecodedSymbol], atMilliseconds milliseconds: UInt64
    ) -> Sighting? {
        nowMilliseconds = max(nowMilliseconds, milliseconds)
        forgetGone()
        let codes = Set(symbols.map(\.bytes))
        if codes.count > 1 { return observeSeveral(codes) }
        guard let code = codes.first else { return nil }
        if lastReadByCode[code] != nil {
            lastReadByCode[code] = nowMilliseconds
            return nil
        }
        if severalSeenAt != nil { return nil }
        remember(code)
        return .code(code)
    }

    /// Takes in what one frame showed while no code is wanted: what was a sighting before stays
    /// that sighting for as long as it is held up, and nothing becomes a new one. So a phone held
    /// up from one sale into the next does not pay twice, and one held up early pays once.
    public mutating func observeUnwanted(
        _ symbols: [DecodedSymbol], atMilliseconds milliseconds: UInt64
    ) {
        nowMilliseconds = max(nowMilliseconds, milliseconds)
        forgetGone()
        for symbol in symbols where lastReadByCode[symbol.bytes] != nil {
            lastReadByCode[symbol.bytes] = nowMilliseconds
        }
    }

    /// Takes in that nothing lies before the lens: whatever was in view is gone.
    public mutating func observeEmptyView() {
        forget()
    }

    /// Forgets what was seen, so that what is in view now makes a new sighting.
    public mutating func forget() {
        lastReadByCode.removeAll()
        severalSeenAt = nil
    }

    private mutating func observeSeveral(_ codes: Set<[UInt8]>) -> Sighting? {
        let isNew = severalSeenAt == nil
        severalSeenAt = nowMilliseconds
        // A code that was a sighting before the others joined it stays the same sighting.
        for code in codes where lastReadByCode[code] != nil {
            lastReadByCode[code] = nowMilliseconds
        }
        return isNew ? .severalCodes(count: codes.count) : nil
    }

    private mutating func forgetGone() {
        let now = nowMilliseconds
        let quiet = quietPeriodMilliseconds
        lastReadByCode = lastReadByCode.filter { now - $0.value < quiet }
        if let seen = severalSeenAt, now - seen >= quiet { severalSeenAt = nil }
    }

    private mutating func remember(_ code: [UInt8]) {
        if lastReadByCode.count >= Self.maximumCodes,
            let oldest = lastReadByCode.min(by: { $0.value < $1.value })
        {
            lastReadByCode[oldest.key] = nil
        }
        lastReadByCode[code] = nowMilliseconds
    }
}
