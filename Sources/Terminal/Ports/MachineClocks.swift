public import Clocks

/// The machine's own clocks, as they show.
public protocol MachineClocks: Sendable {
    /// Both clocks at this moment.
    func read() -> ClockReading
}

/// Where a terminal keeps what it remembers of time.
public protocol ClockStore: Sendable {
    /// What was remembered; nil where there is nothing that can be read, which costs a terminal
    /// no more than its knowledge of its own last hours.
    func load() -> ClockMemory?

    /// Makes a memory durable, entirely or not at all.
    func save(_ memory: ClockMemory) throws(ClockStoreError)
}

/// Why the clock file was not written: the system's words.
public struct ClockStoreError: Error, Hashable, Sendable {
    /// The system's words.
    public let detail: String

    /// An error in the system's words.
    public init(_ detail: String) { self.detail = detail }
}
