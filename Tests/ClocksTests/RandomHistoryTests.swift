import Clocks
import Testing

/// Five hundred histories under a seed. Two things hold in all of them, whatever befalls the
/// clocks: no voucher that has expired is taken, and no terminal is locked out for ever.
@Suite struct RandomHistoryTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let histories = 500
    private static let steps = 60

    @Test func noExpiredVoucherIsTakenAndNoTerminalIsLockedOutForEver() {
        var approvals = 0
        var suspicions = 0
        for seed in 0..<UInt64(Self.histories) {
            var random = Random(state: seed)
            var machine = Machine()
            // What a clock may be behind the truth without anybody being able to tell: small
            // steps back, which are believed, until something sets it right.
            var allowance: UInt64 = 0
            for _ in 0..<Self.steps {
                befall(&machine, &random, &allowance)
                machine.look()
                let behind = machine.truth - min(machine.truth, machine.estimate.now)
                let known = machine.estimate.uncertainty ?? allowance
                if machine.estimate.suspicion != nil {
                    suspicions += 1
                    continue
                }
                approvals += 1
                #expect(behind <= known, "seed \(seed): \(behind) s behind, \(known) s known")
                // The same in vouchers: each of these has expired.
                for age in [known + 1, known + 60, known + 86_400] {
                    #expect(!machine.accepts(expiry: machine.truth - age + 1), "seed \(seed)")
                }
            }
            var isSettled = machine.settle()
            if !isSettled {
                isSettled = machine.settle(lasting: 90, by: .technician, overruling: true)
            }
            #expect(isSettled, "seed \(seed): locked out")
            let error = (Int64(machine.estimate.now) - Int64(machine.truth)).magnitude
            #expect(machine.estimate.standing == .settled, "seed \(seed)")
            #expect(
                error <= machine.estimate.uncertainty ?? 0 && error <= 600,
                "seed \(seed): \(error) s off after being settled")
        }
        // The histories are worth something only where both happen often.
        #expect(approvals > Self.histories * Self.steps / 5)
        #expect(suspicions > Self.histories * Self.steps / 5)
    }

    private func befall(
        _ machine: inout Machine, _ random: inout Random, _ allowance: inout UInt64
    ) {
        let year: Int64 = 365 * 86_400
        switch UInt64.random(in: 0..<100, using: &random) {
        case 0..<35: machine.run(.random(in: 10...200_000, using: &random))
        case 35..<45:
            let back = UInt64.random(in: 1...59, using: &random)
            allowance += back
            machine.step(-Int64(back))
        case 45..<50: machine.step(.random(in: 1...800, using: &random))
        case 50..<60:
            let large: Int64 =
                [3_600, 7_200, 86_400, year, 10 * year].randomElement(using: &random) ?? 0
            machine.step(Bool.random(using: &random) ? large : -large)
        case 60..<66:
            // A time server: the wall clock is right.
            machine.set(wall: machine.truth)
            allowance = 0
        case 66..<74: machine.off(.random(in: 5...2_000_000, using: &random))
        case 74..<79:
            // No clock runs while the machine is off.
            let wall: UInt64 =
                [0, 946_684_800, machine.wall - min(machine.wall, 30)]
                .randomElement(using: &random) ?? 0
            machine.off(.random(in: 60...2_000_000, using: &random), wall: wall)
        case 79..<82:
            let years = Bool.random(using: &random) ? 10 * year : -10 * year
            let wall = UInt64(Int64(machine.truth) + years)
            machine.off(.random(in: 60...2_000_000, using: &random), wall: wall)
        case 82..<87: machine.restartDaemon()
        case 87..<94: machine.settle(lasting: .random(in: 1...20, using: &random))
        case 94..<97:
            machine.settle(lasting: .random(in: 10...600, using: &random), by: .technician)
        case 97..<98: machine.learn(UInt64(Int64(machine.truth) + 5 * year))
        case 98..<99: machine.learn(UInt64(Int64(machine.truth) + 5 * year), .own)
        default:
            machine.settle(
                lasting: .random(in: 10...100, using: &random), by: .technician,
                overruling: true)
        }
    }
}
