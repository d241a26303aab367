import Money
import Payments

/// Collects what is wrong while a source is read, so that one look tells all of it.
struct SourceReport {
    /// So many findings are told; a file with more is not this kind of file.
    static let maximumFindings = 50

    private(set) var findings: [SourceFinding] = []

    mutating func add(_ place: SourcePlace, _ sentence: String) {
        if findings.count < Self.maximumFindings {
            findings.append(SourceFinding(at: place, sentence))
        }
    }
}

/// A section being read. What is missing or wrong goes into the report, and reading goes on.
struct SourceSection {
    let place: SourcePlace
    let path: String
    private let entries: [SourceNode.Entry]

    /// The section in `node`; `path` is how its keys are told, and `keys` are those that it may
    /// have, or nil where any.
    init(_ node: SourceNode, _ path: String, keys: [String]?, _ report: inout SourceReport) {
        place = node.place
        self.path = path
        guard case .section(let entries) = node.content else {
            report.add(node.place, "\(path) is \(node.noun), not keys with values.")
            self.entries = []
            return
        }
        var kept: [SourceNode.Entry] = []
        for entry in entries {
            if kept.contains(where: { $0.key == entry.key }) {
                report.add(entry.place, "\(SourceText.quoted(entry.key)) stands here twice.")
            } else if let keys, !keys.contains(entry.key) {
                report.add(
                    entry.place,
                    "\(SourceText.quoted(entry.key)) is unknown here; \(path) has "
                        + keys.joined(separator: ", ") + ".")
            } else {
                kept.append(entry)
            }
        }
        self.entries = kept
    }

    /// Every key with its value, in the source's order.
    var all: [SourceNode.Entry] { entries }

    func node(_ key: String) -> SourceNode? { entries.first { $0.key == key }?.value }

    func name(_ key: String) -> String { "\(path).\(key)" }

    /// The value of a key that must be there, as text.
    func required(_ key: String, _ report: inout SourceReport) -> (SourceNode, String)? {
        guard let node = node(key) else {
            report.add(place, "\(name(key)) is missing.")
            return nil
        }
        return text(node, key, &report)
    }

    private func text(_ node: SourceNode, _ key: String, _ report: inout SourceReport)
        -> (SourceNode, String)?
    {
        guard case .text(let text) = node.content else {
            report.add(node.place, "\(name(key)) is \(node.noun), not a single value.")
            return nil
        }
        return (node, text)
    }

    /// What `read` makes of the text of a key; nil where the key is not there. A text that it
    /// makes nothing of is told as not `expected`.
    func value<Value>(
        _ key: String, expected: String, _ report: inout SourceReport,
        _ read: (String) -> Value?
    ) -> Value? {
        guard let node = node(key), let (_, text) = text(node, key, &report) else { return nil }
        guard let value = read(text) else {
            report.add(node.place, "\(name(key)) is \(node.noun), not \(expected).")
            return nil
        }
        return value
    }

    /// A whole number in a range.
    func number(_ key: String, in range: ClosedRange<UInt64>, _ report: inout SourceReport)
        -> UInt64?
    {
        value(key, expected: "a whole number, \(range.lowerBound) to \(range.upperBound)", &report)
        { text in
            guard let number = UInt64(text), range.contains(number), String(number) == text else {
                return nil
            }
            return number
        }
    }

    /// A span of time in seconds.
    func seconds(_ key: String, in range: ClosedRange<UInt64>, _ report: inout SourceReport)
        -> UInt64?
    {
        let least = SourceDuration.text(milliseconds: range.lowerBound * 1_000)
        let most = SourceDuration.text(milliseconds: range.upperBound * 1_000)
        return value(
            key, expected: "a span of time such as 90s, 15m, 24h or 14d, \(least) to \(most)",
            &report
        ) { text in
            guard let milliseconds = SourceDuration.milliseconds(text),
                milliseconds.isMultiple(of: 1_000), range.contains(milliseconds / 1_000)
            else { return nil }
            return milliseconds / 1_000
        }
    }

    /// An amount in minor units of `currency`. `0.00` is one here.
    func amount(_ key: String, _ currency: Currency, _ report: inout SourceReport) -> UInt64? {
        let example = Amount(minorUnits: 2_500, currency: currency).decimalText
        return value(key, expected: "an amount in \(currency.code), such as \(example)", &report) {
            text in
            if text == Amount(minorUnits: 0, currency: currency).decimalText || text == "0" {
                return 0
            }
            return try? Amount(parsing: text, currency: currency).minorUnits
        }
    }

    /// The texts of a list; nil where the key is not there.
    func list(_ key: String, atMost limit: Int, _ report: inout SourceReport) -> [SourceNode]? {
        guard let node = node(key) else { return nil }
        guard case .list(let items) = node.content else {
            report.add(node.place, "\(name(key)) is \(node.noun), not a list.")
            return nil
        }
        guard items.count <= limit else {
            report.add(node.place, "\(name(key)) has more than \(limit) values.")
            return nil
        }
        return items
    }

    /// What `read` makes of each text in a list; each is there once.
    func values<Value: Hashable>(
        _ key: String, atMost limit: Int, expected: String, _ report: inout SourceReport,
        _ read: (String) -> Value?
    ) -> [Value]? {
        guard let items = list(key, atMost: limit, &report) else { return nil }
        var values: [Value] = []
        for item in items {
            guard case .text(let text) = item.content, let value = read(text) else {
                report.add(item.place, "\(name(key)) has \(item.noun), not \(expected).")
                continue
            }
            if values.contains(value) {
                report.add(item.place, "\(name(key)) has \(item.noun) twice.")
            } else {
                values.append(value)
            }
        }
        return values
    }
}
