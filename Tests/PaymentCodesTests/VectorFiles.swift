import Foundation

/// The folders with vectors: ours in the repository, third parties' beside it where they lie.
enum VectorFiles {
    /// `Tests/Vectors`.
    private static let own = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors")

    /// `TILL_VECTORS`, or the folder where the project's own machines have them.
    private static let foreign = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["TILL_VECTORS"]
            ?? own.appendingPathComponent("../../../shared/vectors").path)

    /// A file of ours.
    static func own<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        try JSONDecoder().decode(
            type, from: Data(contentsOf: own.appendingPathComponent(name)))
    }

    /// A third party's file, or nil, said in one line, where the folder is absent.
    static func foreign<Content: Decodable>(
        _ name: String, as type: Content.Type
    ) throws -> Content? {
        let file = foreign.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: file.path) else {
            print("vectors: \(file.path) is absent, its tests are left out (set TILL_VECTORS)")
            return nil
        }
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}

/// Numbers that look random and are the same on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
