import Testing

@testable import Payments

/// Every state that one sale with two vouchers, a hub, a failing disk and crashes at every effect
/// can reach (`docs/spec/sale.md`).
@Suite struct SaleStateSpaceTests {
    /// All reachable worlds, each once, and from which others each is reached.
    struct Space {
        var worlds = [SaleWorld()]
        var before: [[Int]] = [[]]
        /// More than this, and the model has lost its bounds.
        static let limit = 30_000

        init() throws {
            var places = [worlds[0]: 0]
            var next = 0
            while next < worlds.count {
                for follower in try Self.followers(of: worlds[next]) {
                    if let place = places[follower] {
                        before[place].append(next)
                    } else {
                        places[follower] = worlds.count
                        worlds.append(follower)
                        before.append([next])
                    }
                }
                next += 1
                try #require(worlds.count <= Self.limit, "the state space has no end")
            }
        }

        static func followers(of world: SaleWorld) throws -> [SaleWorld] {
            try
                (world.afterNextEffect() + world.eventsFromOutside().map(world.after)
                + [world.afterCrash()]).map(\.normalised)
        }
    }

    /// Walked once for all tests.
    static let space = Result { try Space() }

    @Test func hasAWayToAFinalStateFromEveryState() throws {
        let space = try Self.space.get()
        var queue = space.worlds.indices.filter { space.worlds[$0].isFinal }
        let finals = queue.count
        #expect(finals > 0)
        var reached = Set(queue)
        while let place = queue.popLast() {
            for earlier in space.before[place] where reached.insert(earlier).inserted {
                queue.append(earlier)
            }
        }
        let stuck = space.worlds.indices.filter { !reached.contains($0) }
        #expect(stuck.isEmpty, "no way out of \(stuck.prefix(3).map { space.worlds[$0].phase })")
        print("sale state space: \(space.worlds.count) states, \(finals) final")
    }

    @Test func reachesEveryPhaseAndEveryStandingOfAPayment() throws {
        let worlds = try Self.space.get().worlds
        for name in ["idle", "opening", "waiting", "lookingUp", "asking", "undoing", "recording"] {
            #expect(worlds.contains { "\($0.phase)".hasPrefix(name) }, "\(name) is reached")
        }
        let kept = Set(worlds.flatMap(\.disk.captures))
        #expect(kept.contains { $0.isReversed })
        #expect(kept.contains { $0.isCancelled })
        #expect(kept.contains { $0.refunded > 0 && $0.refunded < $0.amount })
        #expect(kept.contains { $0.refunded == $0.amount })
        #expect(kept.contains { $0.isWord }, "a scheme's word pays")
        #expect(
            worlds.contains { $0.disk.captures.contains(where: \.isWord) && $0.phase == .idle })
        #expect(kept.contains { !$0.isClear }, "a crash leaves a payment unclear")
        let outcomes = worlds.compactMap { world -> String? in
            guard case .recording(_, .capture(let capture, _, _)) = world.phase else { return nil }
            return capture.online.code
        }
        #expect(
            Set(outcomes) == [
                "online-approved", "no-connection", "hub-refused", "hub-unreachable", "no-answer",
                "not-wanted",
            ])
        #expect(
            Set(worlds.flatMap(\.disk.sales.values).map(\.state)) == Set(SaleState.allCases))
    }

    @Test func listensToNoAnswerThatComesLate() throws {
        for world in try Self.space.get().worlds {
            for late in world.lateAnswers {
                #expect(try world.after(late).normalised == world, "\(late) in \(world.phase)")
            }
        }
    }
}
