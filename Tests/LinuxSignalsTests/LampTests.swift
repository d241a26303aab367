import LinuxSignals
import Screens
import Synchronization
import Terminal
import Testing

/// A chip that remembers what was done to its lines.
private final class FakeChip: OutputLines {
    enum Event: Hashable {
        case set([Bool])
        case waited(Int)
        case released
    }

    private let state = Mutex<(events: [Event], fault: SignalFault?)>(([], nil))

    var events: [Event] { state.withLock { $0.events } }

    func set(_ values: [Bool]) throws(SignalFault) {
        try state.withLock { state throws(SignalFault) in
            if let fault = state.fault { throw fault }
            state.events.append(.set(values))
        }
    }

    func release() { state.withLock { $0.events.append(.released) } }

    func wait(_ milliseconds: Int) {
        state.withLock { state in
            if case .waited(let before) = state.events.last {
                state.events[state.events.count - 1] = .waited(before + milliseconds)
            } else {
                state.events.append(.waited(milliseconds))
            }
        }
    }

    func fail(with fault: SignalFault?) { state.withLock { $0.fault = fault } }
}

/// The lamp on a chip that is a double: no kernel that Debian ships has a chip to try it on.
@Suite struct LampTests {
    @Test("Colour and buzzer give the sound's rhythm, then the colour stays and all goes off")
    func rhythm() throws {
        let chip = FakeChip()
        let lamp = Lamp(chip, parts: Lamp.Part.allCases, pause: chip.wait) { _ in }
        try lamp.play(Signal(.network, words: ""))
        #expect(
            chip.events == [
                .set([false, true, false, true]), .waited(450),
                .set([false, false, false, false]), .waited(120),
                .set([false, true, false, true]), .waited(120),
                .set([false, true, false, false]), .waited(Lamp.heldMilliseconds), .released,
            ])
    }

    @Test(
        "Each sound lights one colour of those that the lamp has; who has none of it sees no wrong one"
    )
    func colours() throws {
        for sound in VerdictSigns.Sound.allCases {
            let chip = FakeChip()
            let lamp = Lamp(chip, parts: [.green, .red], pause: chip.wait) { _ in }
            try lamp.play(Signal(sound, words: ""))
            let lit = chip.events.compactMap { event in
                if case .set(let values) = event, values.contains(true) { values } else { nil }
            }
            let meant: [Bool]? =
                switch sound {
                case .paid, .part, .undone: [true, false]
                case .declined, .fault: [false, true]
                case .again, .retry, .network: nil
                }
            #expect(Set(lit) == Set([meant].compactMap { $0 }), "\(sound)")
            #expect(chip.events.last == .released)
        }
    }

    @Test("A newer signal ends the one that is being given, and gives the lines back between")
    func newestWins() throws {
        let chip = FakeChip()
        let begun = Mutex<Lamp?>(nil)
        let hasFollowed = Atomic<Bool>(false)
        let lamp = Lamp(
            chip, parts: [.green, .red],
            pause: { milliseconds in
                chip.wait(milliseconds)
                if !hasFollowed.exchange(true, ordering: .relaxed) {
                    begun.withLock { $0 }?.give(Signal(.declined, words: ""))
                }
            }
        ) { _ in }
        begun.withLock { $0 = lamp }
        lamp.give(Signal(.paid, words: ""))
        lamp.drain()
        lamp.drain()
        #expect(chip.events.prefix(3) == [.set([true, false]), .waited(10), .released])
        #expect(chip.events.dropFirst(3).first == .set([false, true]))
        begun.withLock { $0 = nil }
    }

    @Test("A chip that fails is told of once, and again after it has been well")
    func faults() {
        let chip = FakeChip()
        let told = Mutex<[String]>([])
        let lamp = Lamp(chip, parts: [.red], pause: { _ in }) { fault in
            told.withLock { $0.append(fault.reason) }
        }
        func give() {
            lamp.give(Signal(.declined, words: ""))
            lamp.drain()
        }
        let fault = GPIOLines(path: "/dev/null", offsets: [1], isActiveLow: false).fault()
        chip.fail(with: fault)
        give()
        give()
        #expect(told.withLock { $0 } == ["lamp-unusable"])
        chip.fail(with: nil)
        give()
        chip.fail(with: fault)
        give()
        #expect(told.withLock { $0 } == ["lamp-unusable", "lamp-unusable"])
    }

    @Test("What is no GPIO chip is refused in words, by the real library")
    func noChip() {
        for path in ["/dev/null", "/dev/gpiochip99", "/etc/hostname"] {
            let fault = GPIOLines(path: path, offsets: [4, 5], isActiveLow: true).fault()
            #expect(fault?.reason == "lamp-unusable", "\(path)")
            #expect(fault?.message.contains("Payments go on") == true)
        }
    }
}

extension GPIOLines {
    /// What the lines say to being switched.
    fileprivate func fault() -> SignalFault? {
        do throws(SignalFault) {
            try set([true])
            return nil
        } catch { return error }
    }
}
