import Terminal
import Testing

@Suite struct SyncPaceTests {
    @Test func exchangesAtOnceThenAtItsIntervalAndForNews() {
        var pace = SyncPace(intervalSeconds: 60, at: 1_000)
        #expect(pace.isDue(at: 1_000, hasNews: false))
        pace.ended(reachedHub: true, at: 1_001, draw: 0)
        #expect(!pace.isDue(at: 1_060, hasNews: false))
        #expect(pace.isDue(at: 1_061, hasNews: false))
        #expect(!pace.isDue(at: 1_002, hasNews: true), "others may go with it")
        #expect(pace.isDue(at: 1_003, hasNews: true))
        // Terminals that were switched on together drift apart, by a tenth at most.
        pace.ended(reachedHub: true, at: 2_000, draw: 6)
        #expect(!pace.isDue(at: 2_065, hasNews: false))
        #expect(pace.isDue(at: 2_066, hasNews: false))
        pace.ended(reachedHub: true, at: 2_000, draw: .max)
        #expect(pace.isDue(at: 2_066, hasNews: false))
    }

    @Test(
        "A line whose budget is near its end is left alone for an hour, but by what is to be sent")
    func spares() {
        var pace = SyncPace(intervalSeconds: 30, at: 0)
        pace.ended(reachedHub: true, at: 100, draw: 0)
        #expect(pace.isDue(at: 130, hasNews: false))
        #expect(!pace.isDue(at: 3_699, hasNews: false, isSparing: true))
        #expect(pace.isDue(at: 3_700, hasNews: false, isSparing: true))
        #expect(pace.isDue(at: 102, hasNews: true, isSparing: true), "payments go at once")
        // What failed may have left payments waiting.
        pace.ended(reachedHub: false, at: 200, draw: 0)
        #expect(pace.isDue(at: 201, hasNews: false, isSparing: true))
        // A longer interval is not shortened.
        var slow = SyncPace(intervalSeconds: 7_200, at: 0)
        slow.ended(reachedHub: true, at: 0, draw: 0)
        #expect(!slow.isDue(at: 7_199, hasNews: false, isSparing: true))
        #expect(slow.isDue(at: 7_200, hasNews: false, isSparing: true))
    }

    @Test func waitsLongerWhileTheHubIsAwayButNeverLong() {
        var pace = SyncPace(intervalSeconds: 600, at: 0)
        var bounds: [UInt64] = []
        for _ in 0..<8 {
            // The largest draw within a bound shows the bound.
            var longest: UInt64 = 0
            for draw in UInt64(0)..<200 {
                var tried = pace
                tried.ended(reachedHub: false, at: 0, draw: draw)
                let wait = (1...200).first { tried.isDue(at: $0, hasNews: true) } ?? 0
                longest = max(longest, wait)
            }
            bounds.append(longest)
            pace.ended(reachedHub: false, at: 0, draw: 0)
        }
        #expect(bounds == [5, 10, 20, 40, 60, 60, 60, 60])
        for _ in 0..<100 { pace.ended(reachedHub: false, at: 0, draw: .max) }
        #expect(pace.isDue(at: 60, hasNews: false))
        pace.ended(reachedHub: true, at: 0, draw: 0)
        pace.ended(reachedHub: false, at: 0, draw: 4)
        #expect(pace.isDue(at: 5, hasNews: false), "the hub was there: it begins anew")
    }
}
