import Terminal
import Testing

@Suite("Sighting tracker")
struct SightingTrackerTests {
    private var tracker = SightingTracker()

    private func symbols(_ texts: [String]) -> [DecodedSymbol] {
        texts.map { DecodedSymbol(bytes: Array($0.utf8)) }
    }

    private mutating func see(_ texts: String..., at milliseconds: UInt64) -> Sighting? {
        tracker.observe(symbols(texts), atMilliseconds: milliseconds)
    }

    private func code(_ text: String) -> Sighting { .code(Array(text.utf8)) }

    @Test("A code held up is one sighting, however many frames and misses")
    mutating func heldUp() {
        #expect(see("A", at: 0) == code("A"))
        for frame in 1...1_000 {
            let texts = frame % 3 == 0 ? ["A"] : []
            #expect(tracker.observe(symbols(texts), atMilliseconds: UInt64(frame) * 33) == nil)
        }
    }

    @Test("A code that was away for the quiet period is a new sighting, and not before")
    mutating func quietPeriod() {
        #expect(see("A", at: 0) == code("A"))
        #expect(see(at: 1_000) == nil)
        #expect(see("A", at: 1_499) == nil)
        #expect(see("A", at: 2_998) == nil)
        #expect(see(at: 3_000) == nil)
        #expect(see("A", at: 4_498) == code("A"))
    }

    @Test("An empty view ends a sighting at once")
    mutating func emptyView() {
        #expect(see("A", at: 0) == code("A"))
        tracker.observeEmptyView()
        #expect(see("A", at: 1) == code("A"))
    }

    @Test("Forgetting makes what is in view new")
    mutating func forgetting() {
        #expect(see("A", "B", at: 0) == .severalCodes(count: 2))
        tracker.forget()
        #expect(see("A", at: 1) == code("A"))
    }

    @Test("Another code is a sighting at once, and the first one coming back too soon is none")
    mutating func swapping() {
        #expect(see("A", at: 0) == code("A"))
        #expect(see("B", at: 33) == code("B"))
        #expect(see("A", at: 66) == nil)
        #expect(see("B", at: 99) == nil)
        #expect(see("B", at: 1_567) == nil)
        #expect(see("A", at: 1_600) == code("A"))
    }

    @Test("Several codes in view are told once, and none of them alone while they flicker")
    mutating func several() {
        #expect(see("A", "B", at: 0) == .severalCodes(count: 2))
        #expect(see("A", at: 33) == nil)
        #expect(see("B", at: 66) == nil)
        #expect(see("A", "B", "C", at: 99) == nil)
        #expect(see("A", at: 1_598) == nil)
        #expect(see("A", at: 1_599) == code("A"))
    }

    @Test("The same payload twice in view is one code")
    mutating func sameTwice() {
        #expect(see("A", "A", at: 0) == code("A"))
    }

    @Test("A code that others join and leave stays the same sighting")
    mutating func joined() {
        #expect(see("A", at: 0) == code("A"))
        #expect(see("A", "B", at: 1_000) == .severalCodes(count: 2))
        #expect(see("A", "B", at: 2_000) == nil)
        #expect(see("A", at: 3_000) == nil)
        #expect(see("A", at: 4_000) == nil)
        #expect(see("B", at: 4_033) == code("B"))
    }

    @Test("Several codes coming back after a quiet period are told again")
    mutating func severalAgain() {
        #expect(see("A", "B", at: 0) == .severalCodes(count: 2))
        #expect(see("A", "B", at: 1_500) == .severalCodes(count: 2))
        tracker.observeEmptyView()
        #expect(see("A", "B", at: 1_501) == .severalCodes(count: 2))
    }

    @Test("A clock that goes back ends no sighting")
    mutating func clockBack() {
        #expect(see("A", at: 10_000) == code("A"))
        #expect(see("A", at: 5) == nil)
        #expect(see("A", at: 11_000) == nil)
    }

    @Test("A video of ever new codes is bounded: the oldest is forgotten first")
    mutating func bounded() {
        for number in 0..<200 {
            #expect(see("\(number)", at: UInt64(number)) == code("\(number)"))
        }
        #expect(see("199", at: 200) == nil)
        #expect(see("\(200 - SightingTracker.maximumCodes)", at: 200) == nil)
        #expect(see("0", at: 200) == code("0"))
    }
}
