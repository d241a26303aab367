/// The version of every program in this package (`CHANGELOG.md`).
public let tillVersion = "0.1.0"
/// When this version was released, in seconds since 1970 UTC: no honest clock stands before it.
public let releaseTime: UInt64 = 1_795_478_400
