import CommandSupport
import Foundation
import HotLists
public import Terminal

/// The hot list as a file of the signed message, and beside it the highest version ever kept.
public struct HotListFile: HotListKeeper {
    private let path: String
    private var floorPath: String { path + ".floor" }

    /// The file at `path`, which need not exist yet.
    public init(path: String) { self.path = path }

    /// See ``Terminal/HotListKeeper/load()``.
    public func load() -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: HotList.maximumBytes + 1),
            data.count <= HotList.maximumBytes
        else { return nil }
        return [UInt8](data)
    }

    /// See ``Terminal/HotListKeeper/floor()``.
    public func floor() -> UInt64 {
        guard let data = FileManager.default.contents(atPath: floorPath) else { return 0 }
        let text = String(decoding: data.prefix(24), as: UTF8.self)
        return UInt64(text.trimmingCharacters(in: .newlines)) ?? 0
    }

    /// See ``Terminal/HotListKeeper/keep(_:version:)``.
    public func keep(_ list: [UInt8], version: UInt64) throws {
        // The list first: were the floor higher than the list, the hub would only send it again.
        try Data(list).write(to: URL(fileURLWithPath: path), options: .atomic)
        try StateFolder.write("\(max(version, floor()))\n", to: floorPath)
    }
}
