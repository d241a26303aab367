/// When a terminal exchanges with its hub by itself. A value: times and draws are handed in.
///
/// While the hub answers, what is recorded goes out at once, and an exchange is made at each interval
/// in any case. While it does not, the terminal tries again after a random time within a bound that
/// doubles (*exponential backoff with full jitter*; Brooker, *Exponential Backoff And Jitter*, 2015),
/// so that a street of terminals does not call in the same second when the network comes back.
public struct SyncPace: Sendable {
    /// The bound of the first wait after a failure, in seconds: a lost packet is over by then.
    public static let firstRetrySeconds: UInt64 = 5
    /// The largest bound, in seconds: the sales of a minute wait at most so long once the network is
    /// back, and a try costs some hundred bytes.
    public static let longestRetrySeconds: UInt64 = 60
    /// How long a record waits for others to go with it, in seconds: a split sale, a quick queue.
    public static let gatheringSeconds: UInt64 = 2
    /// An interval is longer by up to one part in so many, drawn anew each time: terminals that
    /// were switched on together drift apart.
    public static let spreadParts: UInt64 = 10
    /// How long a terminal that has nothing to send leaves a line alone whose budget is near its end,
    /// in seconds: the clock is settled as often in any case.
    public static let sparingSeconds: UInt64 = 3_600

    private let intervalSeconds: UInt64
    private var failures: UInt64 = 0
    private var last: UInt64
    private var due: UInt64

    /// A pace whose first exchange is due at once; `now` is seconds of a clock that only goes forward.
    public init(intervalSeconds: UInt64, at now: UInt64) {
        self.intervalSeconds = intervalSeconds
        last = now
        due = now
    }

    /// Whether an exchange should be made at `now`. `hasNews` says that something was recorded since
    /// the last one; `isSparing`, that the line's budget is near its end. What waits is sent all the
    /// same, and after a failure something may.
    public func isDue(at now: UInt64, hasNews: Bool, isSparing: Bool = false) -> Bool {
        if isSparing, failures == 0, !hasNews {
            return now >= max(due, last + Self.sparingSeconds)
        }
        return now >= due || (hasNews && failures == 0 && now >= last + Self.gatheringSeconds)
    }

    /// Notes how an exchange ended at `now`; `draw` is any random number.
    public mutating func ended(reachedHub: Bool, at now: UInt64, draw: UInt64) {
        last = now
        if reachedHub {
            failures = 0
            due = now + intervalSeconds + draw % (intervalSeconds / Self.spreadParts + 1)
        } else {
            let bound = min(Self.firstRetrySeconds << min(failures, 16), Self.longestRetrySeconds)
            failures += 1
            due = now + 1 + draw % bound
        }
    }
}
