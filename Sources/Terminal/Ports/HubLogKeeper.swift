/// Where a terminal keeps the newest checkpoint of its hub's log that it has seen
/// (`docs/spec/hub-log.md`, *At the terminal*).
public protocol HubLogKeeper: Sendable {
    /// The signed checkpoint that is kept, or nil where there is none that can be read.
    func load() -> [UInt8]?

    /// Makes a verified checkpoint durable, in the place of the one before.
    func keep(_ checkpoint: [UInt8]) throws
}
