/// The forms that a language has for counts (Unicode CLDR, "Language Plural Rules", cardinal).
public enum PluralCategory: String, Hashable, Sendable, CaseIterable {
    /// Arabic: none.
    case zero
    /// One, and what is told like it.
    case one
    /// Arabic: two.
    case two
    /// Arabic: 3 to 10, 103 to 110 and so on.
    case few
    /// Arabic: 11 to 99, 111 to 199 and so on; French and Spanish: whole millions.
    case many
    /// Everything else.
    case other
}

extension ScreenLanguage {
    /// The categories that a sentence about a count must have in this language. That of whole
    /// millions is left out for French and Spanish: no screen counts so far.
    public var pluralCategories: Set<PluralCategory> {
        switch self {
        case .english, .german, .french, .spanish: [.one, .other]
        case .chinese: [.other]
        case .arabic: [.zero, .one, .two, .few, .many, .other]
        }
    }

    /// The category of a whole count (CLDR 44, cardinal rules for integers).
    public func pluralCategory(of count: UInt64) -> PluralCategory {
        switch self {
        case .english, .german: return count == 1 ? .one : .other
        case .french: return count <= 1 ? .one : Self.isMillions(count) ? .many : .other
        case .spanish: return count == 1 ? .one : Self.isMillions(count) ? .many : .other
        case .chinese: return .other
        case .arabic:
            switch (count, count % 100) {
            case (0, _): return .zero
            case (1, _): return .one
            case (2, _): return .two
            case (_, 3...10): return .few
            case (_, 11...99): return .many
            default: return .other
            }
        }
    }

    private static func isMillions(_ count: UInt64) -> Bool {
        count != 0 && count % 1_000_000 == 0
    }
}
