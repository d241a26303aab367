import Foundation

/// The bytes that these hex digits stand for.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The bytes of base64url without padding.
func base64URLBytes(_ text: String) -> [UInt8]? {
    let standard = text.replacingOccurrences(of: "-", with: "+")
        .replacingOccurrences(of: "_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
    return Data(base64Encoded: standard + padding).map(Array.init)
}

/// The vectors of third parties: not kept in this repository, read from `TILL_VECTORS`.
enum SharedVectors {
    static let folder: URL = {
        let package = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let chosen = ProcessInfo.processInfo.environment["TILL_VECTORS"]
        return chosen.map { URL(filePath: $0) } ?? package.appending(path: "../shared/vectors")
    }()

    /// Whether the folder is there; says so once, in one line, when it is not.
    static let areHere: Bool = {
        let found = FileManager.default.fileExists(atPath: folder.path)
        if !found {
            print("Third-party vectors not found in \(folder.path): set TILL_VECTORS to use them.")
        }
        return found
    }()

    static func decode<Content: Decodable>(_ type: Content.Type, from path: String) throws
        -> Content
    {
        try JSONDecoder().decode(
            type, from: Data(contentsOf: folder.appending(path: path)))
    }

    static func files(in path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: path).path)
            .filter { $0.hasSuffix(".json") }.sorted()
    }
}
