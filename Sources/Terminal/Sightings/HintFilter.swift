public import Screens

/// Makes of each frame's hint what a person is told: steady, and only while it helps.
///
/// A frame in passing (a hand, a phone on its way) gives hints that are gone with the next, and a
/// code that one way of looking misses is read by the next: neither is worth a word.
public struct HintFilter: Hashable, Sendable {
    /// In how many views one after the other a hint must be given to be told: all ways of looking
    /// have had their turn by then (`DecodingCascade.live` has five).
    public static let viewsToTell = 6
    /// For how many views without it a hint stays told: half a second at 15 frames a second, so
    /// that the words can be read.
    public static let viewsToKeep = 8

    /// What is told now.
    public private(set) var told: AimHint?
    private var candidate: AimHint?
    private var views = 0
    private var viewsWithout = 0

    /// Makes a filter that tells nothing yet.
    public init() {}

    /// Takes the hint of one view; `wasRead` says that a code was read in it, which ends any hint.
    /// Answers whether what is told has changed.
    public mutating func note(_ hint: AimHint?, wasRead: Bool) -> Bool {
        let before = told
        if wasRead {
            self = HintFilter()
            return before != nil
        }
        views = hint == candidate ? min(views + 1, Self.viewsToTell) : 1
        candidate = hint
        viewsWithout = hint == told ? 0 : min(viewsWithout + 1, Self.viewsToKeep)
        if hint != nil, views >= Self.viewsToTell {
            told = hint
            viewsWithout = 0
        } else if viewsWithout >= Self.viewsToKeep {
            told = nil
        }
        return told != before
    }
}
