import Foundation

/// The system's clock, in seconds since 1970 UTC; 0 where it says that it is earlier.
public func secondsNow() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970)) }
