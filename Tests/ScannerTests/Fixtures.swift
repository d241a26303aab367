import FileCamera
import Foundation
import Terminal
import Testing
import ZBarDecoder

/// The committed pictures, made by scripts/make-pictures.py.
enum Pictures {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors/pictures").path

    static func path(_ name: String) -> String { folder + "/" + name }

    static func frame(_ name: String) throws -> LumaFrame {
        try PictureReader.readFrame(atPath: path(name))
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}

/// A new folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("till-scanner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func path(_ name: String) -> String { path + "/" + name }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func names(in subfolder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(subfolder)).sorted()
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension LumaFrame {
    static func noise(width: Int, height: Int, seed: UInt64) -> LumaFrame {
        var generator = SeededGenerator(state: seed)
        let pixels = (0..<(width * height)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        return LumaFrame(width: width, height: height, pixels: pixels)
    }
}

extension CameraView {
    var frame: LumaFrame? {
        if case .frame(let frame, _) = self { frame } else { nil }
    }

    var problem: CameraError? {
        if case .unreadable(let error, _) = self { error } else { nil }
    }
}

func texts(_ symbols: [DecodedSymbol]) -> Set<String> {
    Set(symbols.map { String(decoding: $0.bytes, as: UTF8.self) })
}
