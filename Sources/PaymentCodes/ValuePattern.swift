/// The form of a value, written as the schemes' own documents write it.
///
/// A pattern is one form or several with `|` between them; a form is a row of parts: `n13` (13
/// digits), `n4-35` (4 to 35 digits), or a text in quotes (`'+65' n8`). The classes are:
///
/// | class | characters |
/// |---|---|
/// | `n` | digits |
/// | `a` | letters |
/// | `u` | upper-case letters |
/// | `an` | letters and digits |
/// | `un` | upper-case letters and digits |
/// | `h` | hexadecimal digits, either case |
/// | `id` | letters, digits, `.`, `_` and `-` |
/// | `ans` | printable ASCII (EMV Book 4, Common Character Set) |
/// | `s` | any text without control characters |
///
/// Lengths count Unicode scalars, as QRCPS 4.4.1.1 does.
public struct ValuePattern: Hashable, Sendable, CustomStringConvertible {
    /// One part of a form.
    enum Part: Hashable, Sendable {
        case text([Unicode.Scalar])
        case run(CharacterClass, ClosedRange<Int>)
    }

    /// The pattern as it was written.
    public let description: String
    let forms: [[Part]]

    /// Reads a pattern of this project's own tables; a broken one is a programmer's error.
    init(_ pattern: String) {
        description = pattern
        forms = Self.split(pattern, at: "|").map { form in
            Self.split(form, at: " ").filter { !$0.isEmpty }.map(Self.part)
        }
        precondition(forms.allSatisfy { !$0.isEmpty }, "an empty form in \(pattern)")
    }

    /// Whether the whole of `value` has one of the forms.
    public func holds(_ value: String) -> Bool {
        let scalars = Array(value.unicodeScalars)
        return forms.contains { Self.matches($0[...], scalars[...]) }
    }

    /// The texts of a pattern that is nothing but a choice of texts; else empty.
    var choices: [String] {
        let texts = forms.compactMap { form -> String? in
            guard form.count == 1, case .text(let scalars) = form[0] else { return nil }
            return EMVPayload.string(scalars[...])
        }
        return texts.count == forms.count ? texts : []
    }

    /// Takes the longest run first and shortens it until the rest fits: values have at most 99
    /// characters and forms a handful of parts.
    private static func matches(
        _ parts: ArraySlice<Part>, _ rest: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard let part = parts.first else { return rest.isEmpty }
        switch part {
        case .text(let text):
            return rest.starts(with: text)
                && matches(parts.dropFirst(), rest.dropFirst(text.count))
        case .run(let characters, let lengths):
            let fitting = rest.prefix(lengths.upperBound).prefix(while: characters.contains).count
            guard fitting >= lengths.lowerBound else { return false }
            return (lengths.lowerBound...fitting).reversed().contains { length in
                matches(parts.dropFirst(), rest.dropFirst(length))
            }
        }
    }

    private static func part(_ text: Substring) -> Part {
        if text.first == "'" {
            return .text(Array(text.dropFirst().dropLast().unicodeScalars))
        }
        let name = text.prefix { !("0"..."9").contains($0) }
        let bounds = text.dropFirst(name.count).split(separator: "-").compactMap { Int($0) }
        guard let characters = CharacterClass(rawValue: String(name)), let first = bounds.first,
            let last = bounds.last, bounds.count <= 2, first <= last
        else { preconditionFailure("\(text) is no part of a value's pattern") }
        return .run(characters, first...last)
    }

    /// The pieces between separators that stand outside quotes.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var pieces: [Substring] = []
        var isQuoted = false
        var start = text.startIndex
        for index in text.indices {
            if text[index] == "'" { isQuoted.toggle() }
            if text[index] == separator, !isQuoted {
                pieces.append(Substring(text[start..<index]))
                start = text.index(after: index)
            }
        }
        return pieces + [Substring(text[start...])]
    }
}

/// The characters that a part of a pattern may have.
enum CharacterClass: String, Hashable, Sendable {
    case digits = "n"
    case letters = "a"
    case upper = "u"
    case alphanumeric = "an"
    case upperAlphanumeric = "un"
    case hexadecimal = "h"
    case identifier = "id"
    case printable = "ans"
    case text = "s"

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        if self == .text { return scalar.properties.generalCategory != .control }
        guard scalar.isASCII else { return false }
        let byte = UInt8(scalar.value)
        return switch self {
        case .digits: ASCII.isDigit(byte)
        case .letters: ASCII.isLetter(byte)
        case .upper: ASCII.isUpper(byte)
        case .alphanumeric: ASCII.isAlphanumeric(byte)
        case .upperAlphanumeric: ASCII.isUpper(byte) || ASCII.isDigit(byte)
        case .hexadecimal: ASCII.hexDigit(byte) != nil
        case .identifier: ASCII.isAlphanumeric(byte) || "._-".utf8.contains(byte)
        case .printable: ASCII.isPrintable(byte)
        case .text: true
        }
    }
}
