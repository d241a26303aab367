/// Takes out of texts what is nobody else's: each thing becomes the same invented name wherever it
/// stands, so that what belongs together is still seen to.
struct Redactor {
    /// What was taken out, by the name that stands in its place.
    private(set) var map: [String: String] = [:]
    private var names: [String: String] = [:]
    private var counts: [String: Int] = [:]
    /// Words of this kiosk's own that no pattern knows, the longest first.
    private var words: [(word: String, kind: String)]

    /// `words` are this kiosk's own: its terminal's id, merchant, host and users.
    init(words: [(word: String, kind: String)] = []) {
        // A word of one or two letters would take half of every text with it.
        self.words = words.filter { $0.word.count >= 3 }.sorted { $0.word.count > $1.word.count }
    }

    /// What is recognised by its form, in this order: what contains another comes first.
    private static var patterns: [(kind: String, pattern: Regex<Substring>)] {
        [
            // A voucher's, a reference's, a clock's code: whoever has it has the money.
            ("code", /(?:TV1|TVR|TSR1|TCT1|TCC1|TRV1):[^\s"',;]+/),
            ("merchant-code", /000201[0-9A-Za-z .:\/-]{30,}/),
            ("mail", /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/),
            ("terminal", /till:[A-Za-z0-9]+(?:\/[A-Za-z0-9]+)?/),
            ("mac", /\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b/),
            (
                "ip",
                /\b(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{1,4}\b|\b(?:[0-9A-Fa-f]{1,4}:){1,6}:[0-9A-Fa-f]{0,4}\b/
            ),
            ("ip", /\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b/),
            ("iban", /\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b/),
            // Keys, hashes, random ids: 16 hexadecimal digits and more, or long runs of base64.
            ("hex", /\b[0-9A-Fa-f]{16,}\b/),
            ("uuid", /\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b/),
        ]
    }

    /// A long run of base64's characters with digits and letters of both cases in it.
    private static var data: Regex<Substring> { /[A-Za-z0-9+_=-]{32,}/ }

    private static var host: Regex<Substring> { /:\/\/[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*/ }

    /// Takes note of what is known by what stands before it, and may stand alone elsewhere: the
    /// hosts of addresses. Every text is learnt from before the first is redacted.
    mutating func learn(from text: String) {
        for match in text.matches(of: Self.host) {
            let host = String(match.output.dropFirst("://".count))
            guard host != "localhost", host.count >= 3, !words.contains(where: { $0.word == host })
            else { continue }
            words.append((host, "host"))
        }
        words.sort { $0.word.count > $1.word.count }
    }

    /// The text without them.
    mutating func redact(_ text: String) -> String {
        var text = text
        for (word, kind) in words where text.contains(word) {
            text = text.replacing(word, with: name(of: word, kind))
        }
        for (kind, pattern) in Self.patterns {
            text = replace(pattern, in: text, kind: kind)
        }
        return replace(Self.data, in: text, kind: "data")
    }

    private mutating func replace(_ pattern: Regex<Substring>, in text: String, kind: String)
        -> String
    {
        var (result, rest) = ("", text[...])
        while let match = rest.firstMatch(of: pattern) {
            let found = String(match.output)
            result += rest[..<match.range.lowerBound]
            result += isPlain(found, kind) ? found : name(of: found, kind)
            rest = rest[match.range.upperBound...]
        }
        return result + rest
    }

    /// Addresses that every machine has, and long words that are words.
    private func isPlain(_ found: String, _ kind: String) -> Bool {
        switch kind {
        case "ip": return ["127.0.0.1", "0.0.0.0", "::1", "::"].contains(found)
        case "data":
            let hasDigit = found.contains(where: \.isNumber)
            let hasBoth =
                found.contains(where: \.isUppercase) && found.contains(where: \.isLowercase)
            return !(hasDigit && hasBoth)
        default: return false
        }
    }

    private mutating func name(of found: String, _ kind: String) -> String {
        if let name = names[found] { return name }
        // What a former word was replaced by is no finding.
        if map[found] != nil { return found }
        counts[kind, default: 0] += 1
        let name = "\(kind)-\(counts[kind] ?? 0)"
        names[found] = name
        map[name] = found
        return name
    }
}
