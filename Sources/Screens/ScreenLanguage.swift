public import Money

/// A language that customers are spoken to in, by its tag (BCP 47).
public enum ScreenLanguage: String, Hashable, Sendable, CaseIterable {
    /// English.
    case english = "en"
    /// German.
    case german = "de"
    /// French.
    case french = "fr"
    /// Spanish.
    case spanish = "es"
    /// Chinese, simplified.
    case chinese = "zh"
    /// Arabic.
    case arabic = "ar"

    /// Whether it is written from right to left.
    public var isRightToLeft: Bool { self == .arabic }

    /// What is told while paying, in this language.
    public func text(_ sentence: CustomerPrompt) -> String { words.prompt(sentence) }

    /// Why nothing was paid, in this language.
    public func text(_ sentence: CustomerDecline) -> String { words.decline(sentence) }

    /// What is told of an undoing, in this language.
    public func text(_ sentence: CustomerUndo) -> String { words.undo(sentence) }

    /// A language's words for each sort of sentence.
    private struct Words {
        let prompt: (CustomerPrompt) -> String
        let decline: (CustomerDecline) -> String
        let undo: (CustomerUndo) -> String
    }

    private var words: Words {
        switch self {
        case .english: Words(prompt: english, decline: english, undo: english)
        case .german: Words(prompt: german, decline: german, undo: german)
        case .french: Words(prompt: french, decline: french, undo: french)
        case .spanish: Words(prompt: spanish, decline: spanish, undo: spanish)
        case .chinese: Words(prompt: chinese, decline: chinese, undo: chinese)
        case .arabic: Words(prompt: arabic, decline: arabic, undo: arabic)
        }
    }

    /// What is said of a tag that is none of these.
    public static func sentence(ofUnknown tag: String) -> String {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        return "Customers cannot be spoken to in \(tag.prefix(20)), only in \(known)."
    }

    /// An amount as it is written in this language, with its currency's own decimals (ISO 4217) and
    /// its code. Digits are European in all of them: they are compared with a receipt and with a
    /// wallet's.
    public func text(_ amount: Amount) -> String {
        let parts = amount.decimalText.split(separator: ".")
        let whole = grouped(parts[0])
        let number = parts.count > 1 ? whole + decimalMark + parts[1] : whole
        return isolated(number + "\u{A0}" + amount.currency.code)
    }

    /// What stands between the units and their decimals (CLDR 42, *numbers*).
    private var decimalMark: String {
        switch self {
        case .german, .french, .spanish: ","
        case .english, .chinese, .arabic: "."
        }
    }

    /// What stands between thousands. Spanish groups from five digits on (CLDR's
    /// minimumGroupingDigits is 2).
    private func grouped(_ digits: Substring) -> String {
        guard digits.count > 4 || self != .spanish else { return String(digits) }
        let mark =
            switch self {
            case .german, .spanish: "."
            case .french: "\u{202F}"
            case .english, .chinese, .arabic: ","
            }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += mark }
            text.append(digit)
        }
        return text
    }

    /// What is written from left to right, set apart within a text that is not (UAX #9, LRI and PDI).
    func isolated(_ text: String) -> String {
        isRightToLeft ? "\u{2066}" + text + "\u{2069}" : text
    }

    /// A number that counts nothing: a receipt's.
    func isolated(_ number: UInt64) -> String { isolated(String(number)) }
}
