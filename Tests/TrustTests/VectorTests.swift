import COSE
import Foundation
import Testing
import Trust

/// `trust.json`: documents that an independent implementation made and judged.
struct TrustVectors: Decodable {
    let states: [String: String]
    let cases: [Case]

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let id: String
        let what: String
        let held: String?
        let offer: String?
        let floors: String?
        let at: UInt64
        let expect: String
        let after: [UInt64]?

        var testDescription: String { id }
    }

    static let file: TrustVectors = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/trust.json")
        do {
            return try JSONDecoder().decode(TrustVectors.self, from: Data(contentsOf: file))
        } catch {
            preconditionFailure("Tests/Vectors/trust.json is not what the tests expect: \(error)")
        }
    }()
}

@Suite("Trust vectors")
struct TrustVectorTests {
    @Test("Each is judged as its file says", arguments: TrustVectors.file.cases)
    func judged(_ vector: TrustVectors.Case) throws {
        let floors =
            try vector.floors.map { try TrustFloors(decoding: bytes($0)) } ?? TrustFloors.none
        // The file has no room for the one offer that is too large; it says what is in it.
        let offer = try vector.offer.map { try TrustOffer(decoding: bytes($0)) }
        guard let held = vector.held else {
            let answer = Self.introduce(try #require(offer), floors, vector.at)
            #expect(answer.outcome == vector.expect)
            if let after = vector.after { #expect(answer.store.map(Self.versions) == after) }
            return
        }
        let store = try TrustStore.introduce(
            TrustOffer(decoding: bytes(try #require(TrustVectors.file.states[held]))),
            at: vector.at)
        let large = TrustOffer(
            list: [UInt8](repeating: 0, count: TrustDefaults.maximumListBytes + 1))
        let update = store.update(with: offer ?? large, at: vector.at)
        let outcome =
            update.refusal.map { "refuse:\($0.reason)" } ?? (update.changed ? "adopt" : "unchanged")
        #expect(outcome == vector.expect)
        if let after = vector.after { #expect(Self.versions(update.store) == after) }
    }

    private static func introduce(_ offer: TrustOffer, _ floors: TrustFloors, _ at: UInt64)
        -> (outcome: String, store: TrustStore?)
    {
        do throws(TrustRefusal) {
            return ("adopt", try TrustStore.introduce(offer, floors: floors, at: at))
        } catch {
            return ("refuse:\(error.reason)", nil)
        }
    }

    private static func versions(_ store: TrustStore) -> [UInt64] {
        [
            store.root.root.version, store.list.list.generation, store.list.list.version,
            store.freshness?.statement.version ?? 0,
        ]
    }

    @Test("Every vector that the page's checklist names is in the file")
    func checklist() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/spec/trust.md"), encoding: .utf8)
        let known = Set(TrustVectors.file.cases.map(\.id))
        var named = 0
        for line in page.split(separator: "\n") where line.hasPrefix("| test_") {
            guard let cell = line.split(separator: "|").last,
                let list = cell.range(of: "vectors? ", options: .regularExpression)
            else { continue }
            let words = cell[list.upperBound...].prefix { $0 != ";" && $0 != "*" }
                .split(whereSeparator: { $0 == "," || $0 == " " })
            for word in words {
                named += 1
                #expect(known.contains(String(word)), "\(word)")
            }
        }
        #expect(named >= 30, "only \(named) vectors are named")
    }

    @Test("What another implementation wrote is written here byte for byte")
    func written() throws {
        let held = try #require(TrustVectors.file.states["state-1"])
        let offer = try TrustOffer(decoding: bytes(held))
        #expect(offer.encoded() == bytes(held))
        // Its keys are the seeds of `scripts/trust_vectors.py`, Ed25519: signatures are the same.
        let root = try Root.unverified(offer.roots[0])
        #expect(World.sign(root.draft(), Array(World.roots[..<2])) == offer.roots[0])
        let list = try TrustList.unverified(try #require(offer.list))
        #expect(World.sign(list.draft(), Array(World.roots[..<2])) == offer.list)
        let store = try TrustStore.introduce(offer, at: World.now)
        #expect(store.freshness?.statement.signed(by: World.hub) == offer.freshness)
    }
}
