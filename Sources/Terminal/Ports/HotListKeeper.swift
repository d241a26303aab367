/// Where a terminal keeps its hot list, and apart from it the highest version that it ever had.
public protocol HotListKeeper: Sendable {
    /// The signed list that is kept, or nil where there is none that can be read.
    func load() -> [UInt8]?

    /// The highest version ever kept; 0 where there was none. It outlives the list.
    func floor() -> UInt64

    /// Makes a verified list durable, and its version the floor.
    func keep(_ list: [UInt8], version: UInt64) throws
}
