/// What would help a code that is in view to be read, as far as the picture tells.
public enum AimHint: String, Hashable, Sendable, CaseIterable {
    /// Its modules are smaller than pixels can show.
    case closer
    /// It does not fit into the picture.
    case further
    /// There is too little light.
    case brighter
    /// It moves too fast.
    case holdStill = "hold-still"
}
