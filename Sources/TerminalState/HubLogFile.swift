import CommandSupport
import Foundation
import HubProtocol
public import Terminal

/// The newest checkpoint of the hub's log as a file: the signed text itself.
public struct HubLogFile: HubLogKeeper {
    private let path: String

    /// The file at `path`, which need not exist yet.
    public init(path: String) { self.path = path }

    /// See ``Terminal/HubLogKeeper/load()``.
    public func load() -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: HubLogCheckpoint.maximumBytes + 1)).map { [UInt8]($0) }
    }

    /// See ``Terminal/HubLogKeeper/keep(_:)``.
    public func keep(_ checkpoint: [UInt8]) throws {
        try StateFolder.write(String(decoding: checkpoint, as: UTF8.self), to: path)
    }
}
