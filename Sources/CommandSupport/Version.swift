/// The version of every program in this package (`CHANGELOG.md`).
public let tillVersion = "0.1.0"
