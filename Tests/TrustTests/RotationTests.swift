import COSE
import Testing
import Trust

/// One version of a document in a rotation: which keys it names, how many must sign, who signs.
private struct Step: Sendable {
    let keys: [Int]
    let threshold: Int
    let signers: [Int]

    init(_ keys: [Int], _ threshold: Int, _ signers: [Int]) {
        self.keys = keys
        self.threshold = threshold
        self.signers = signers
    }
}

private struct Rotation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]
    let isGood: Bool

    init(_ name: String, _ steps: [Step], good: Bool = true) {
        testDescription = name
        self.steps = steps
        isGood = good
    }
}

private let five = [0, 1, 2, 3, 4]
private let other = [0, 1, 3, 4, 5]

private let rotations = [
    Rotation("1 of 1, rotated", [Step([1], 1, [1]), Step([2], 1, [2, 1]), Step([2], 1, [2])]),
    Rotation(
        "1 of 1, rotated, with unused signatures",
        [Step([1], 1, [3, 1, 4]), Step([2], 1, [3, 2, 1, 4]), Step([2], 1, [3, 2, 4])]),
    Rotation(
        "3 of 5, signed by different ones",
        [Step(five, 3, [0, 2, 4]), Step(five, 3, [0, 4, 1]), Step(five, 3, [0, 1, 3])]),
    Rotation("3 of 5, one rotated", [Step(five, 3, [0, 2, 4]), Step(other, 3, [0, 4, 1])]),
    Rotation(
        "3 of 5, one rotated in two steps",
        [Step(five, 3, [0, 2, 4]), Step(other, 3, [0, 2, 4, 5]), Step(other, 3, [0, 4, 5])]),
    Rotation(
        "3 of 5, all rotated",
        [
            Step(five, 3, [0, 2, 4]), Step([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]),
            Step([5, 6, 7, 8, 9], 3, [5, 6, 7]),
        ]),
    Rotation("1 of 3 to 2 of 3", [Step([1, 2, 3], 1, [1]), Step([1, 2, 3], 2, [1, 2])]),
    Rotation(
        "2 of 3 to 1 of 3",
        [Step([1, 2, 3], 2, [1, 2]), Step([1, 2, 3], 1, [1, 2]), Step([1, 2, 3], 1, [1])]),
    Rotation("1 of 1 to 2 of 2", [Step([1], 1, [1]), Step([1, 2], 2, [1, 2])]),
    Rotation(
        "not signed by the old key", [Step([1], 1, [1]), Step([2], 1, [2, 3, 4])], good: false),
    Rotation(
        "not signed by the new key", [Step([1], 1, [1]), Step([2], 1, [1, 3, 4])], good: false),
    Rotation(
        "too few of the new keys", [Step(five, 3, [0, 2, 4]), Step(other, 3, [0, 2, 4])],
        good: false),
    Rotation(
        "too few of the old keys", [Step(five, 3, [0, 2, 4]), Step(other, 3, [0, 4, 5])],
        good: false),
    Rotation(
        "raised threshold not reached", [Step([1, 2, 3], 1, [1]), Step([1, 2, 3], 2, [2])],
        good: false),
    Rotation(
        "lowered threshold, the old one not reached",
        [Step([1, 2, 3], 2, [1, 2]), Step([1, 2, 3], 1, [1])], good: false),
]

/// A set of keys, how many of them must sign a list, who does, and whether that is enough.
private struct Signing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let step: Step
    let isGood: Bool

    init(_ name: String, _ step: Step, good: Bool = true) {
        testDescription = name
        self.step = step
        isGood = good
    }
}

private let signings = [
    Signing("1 of 1", Step([2], 1, [2])),
    Signing("1 of 1, with unused signatures", Step([1], 1, [3, 1, 4])),
    Signing("1 of 1, not by that key", Step([2], 1, [1, 3, 4]), good: false),
    Signing("3 of 5, one by a key that is gone", Step(other, 3, [0, 2, 4]), good: false),
    Signing("3 of 5, two signatures", Step(other, 3, [0, 4]), good: false),
    Signing("3 of 5, first", Step(five, 3, [0, 2, 4])),
    Signing("3 of 5, second", Step(five, 3, [0, 4, 1])),
    Signing("3 of 5, third", Step(five, 3, [0, 1, 3])),
    Signing("3 of 5, fourth", Step(five, 3, [1, 2, 3])),
    Signing("3 of 5, fifth", Step(five, 3, [2, 3, 4])),
    Signing("6 of 5 cannot be", Step(five, 5, [0, 1, 2, 3]), good: false),
]

@Suite("Rotation of root keys")
struct RotationTests {
    private func root(_ step: Step, version: UInt64) -> [UInt8] {
        World.root(
            version, keys: step.keys.map { World.roots[$0] }, threshold: step.threshold,
            signers: step.signers.map { World.roots[$0] })
    }

    @Test("A root follows another only if the thresholds of both have signed", arguments: rotations)
    private func rotated(_ rotation: Rotation) throws {
        let documents = rotation.steps.enumerated().map {
            root($0.element, version: UInt64($0.offset) + 1)
        }
        let first = rotation.steps[0]
        let list = World.list(signers: first.signers.map { World.roots[$0] })
        let store = try TrustStore.introduce(
            TrustOffer(roots: [documents[0]], list: list), at: World.now)
        let update = store.update(with: TrustOffer(roots: documents), at: World.now)
        #expect((update.refusal == nil) == rotation.isGood)
        #expect(
            update.store.root.bytes
                == (rotation.isGood
                    ? documents[documents.count - 1]
                    : documents[documents.count - 2]))
        // Whatever became of the roots, the list in force stays in force.
        #expect(update.store.list == store.list)
    }

    @Test("A list counts the distinct keys of the root that have signed it", arguments: signings)
    private func signed(_ signing: Signing) throws {
        let root = try VerifiedRoot.introduction(
            World.root(
                keys: signing.step.keys.map { World.roots[$0] },
                threshold: signing.step.threshold))
        let list = World.list(signers: signing.step.signers.map { World.roots[$0] })
        var isTaken = true
        do throws(TrustRefusal) { _ = try root.list(list, at: World.now) } catch {
            isTaken = false
        }
        #expect(isTaken == signing.isGood)
    }

    @Test("A terminal that slept through many rotations catches up in several exchanges")
    func manySteps() throws {
        let last = UInt64(TrustDefaults.maximumRootSteps) + 5
        let roots = (1...last).map { World.root($0) }
        var store = try World.store()
        var update = store.update(with: TrustOffer(roots: roots), at: World.now)
        #expect(update.store.root.root.version == UInt64(TrustDefaults.maximumRootSteps))
        store = update.store
        update = store.update(
            with: TrustOffer(roots: Array(roots[Int(store.root.root.version)...])), at: World.now)
        #expect(update.store.root.root.version == last)
        #expect(update.refusal == nil)
    }
}
