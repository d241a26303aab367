/// What a well-structured payload says that the standard does or does not allow.
public struct EMVConformance: Hashable, Sendable {
    /// The first thing that the standard forbids, or nil.
    public let problem: EMVProblem?
    /// What breaks the letter of the standard and is taken all the same: reserved objects, which
    /// a reader ignores, and what a national profile is known to leave out.
    public let tolerated: [EMVProblem]
}

extension EMVPayload {
    /// The objects against table 3.6, chapter 4.7 and the templates' tables, as one answer.
    public var conformance: EMVConformance {
        var check = EMVConformanceCheck(payload: self)
        do throws(EMVProblem) {
            try check.run()
            return EMVConformance(problem: nil, tolerated: check.tolerated)
        } catch {
            return EMVConformance(problem: error, tolerated: check.tolerated)
        }
    }
}

/// The format column of table 3.6.
private enum EMVFormat {
    case digits, ans, letters, text

    func holds(_ value: String) -> Bool {
        switch self {
        case .digits: value.utf8.allSatisfy(ASCII.isDigit)
        case .letters: value.utf8.allSatisfy(ASCII.isLetter)
        case .ans: value.utf8.allSatisfy(ASCII.isPrintable)
        case .text:
            // "S": any precomposed Unicode. Control characters are text to nobody.
            value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
    }

    var sentence: String {
        switch self {
        case .digits: "is not made of digits alone"
        case .letters: "is not made of letters alone"
        case .ans: "has a character outside printable ASCII"
        case .text: "has a control character"
        }
    }
}

/// One line of table 3.6.
private struct EMVRule {
    let ids: ClosedRange<Int>
    let format: EMVFormat
    let lengths: ClosedRange<Int>

    init(_ ids: ClosedRange<Int>, _ format: EMVFormat, _ lengths: ClosedRange<Int>) {
        self.ids = ids
        self.format = format
        self.lengths = lengths
    }
}

/// Table 3.6. Templates are not in it: their objects have tables of their own.
private let rootRules = [
    EMVRule(1...1, .digits, 2...2), EMVRule(2...25, .ans, 1...99),
    EMVRule(52...52, .digits, 4...4), EMVRule(53...53, .digits, 3...3),
    EMVRule(54...54, .ans, 1...13), EMVRule(55...55, .digits, 2...2),
    EMVRule(56...56, .ans, 1...13), EMVRule(57...57, .ans, 1...5),
    EMVRule(58...58, .letters, 2...2), EMVRule(59...59, .ans, 1...25),
    EMVRule(60...60, .ans, 1...15), EMVRule(61...61, .ans, 1...10),
]

/// Table 4.4, with 10 and 11 of version 1.1.
private let additionalDataRules = [
    EMVRule(1...8, .ans, 1...25), EMVRule(9...9, .ans, 1...3), EMVRule(10...10, .ans, 1...20),
    EMVRule(11...11, .ans, 3...3),
]

/// Table 4.6: the merchant in another language.
private let languageRules = [
    EMVRule(0...0, .letters, 2...2), EMVRule(1...1, .text, 1...25), EMVRule(2...2, .text, 1...15),
]

/// A globally unique identifier, object 00 of a template (table 4.2).
private let guidRules = [EMVRule(0...0, .ans, 1...32)]

private struct EMVConformanceCheck {
    let payload: EMVPayload
    var tolerated: [EMVProblem] = []

    init(payload: EMVPayload) { self.payload = payload }

    mutating func run() throws(EMVProblem) {
        for node in payload.root { try check(node) }
        try checkPresence()
        try checkAmount()
        try checkTip()
    }

    private mutating func check(_ node: EMVNode) throws(EMVProblem) {
        switch node.number {
        case 26...51, 80...99:
            try checkTemplate(node, rules: guidRules, required: ["00"])
        case 62:
            try checkTemplate(node, rules: additionalDataRules, required: [])
            try checkAdditionalData()
        case 64:
            try checkTemplate(node, rules: languageRules, required: ["00", "01"])
        case 65...79:
            tolerate(.valueFormat, at: node.id, "is reserved and ignored")
        default:
            try apply(rootRules, to: node, at: node.id)
        }
    }

    private func checkTemplate(
        _ node: EMVNode, rules: [EMVRule], required: [String]
    ) throws(EMVProblem) {
        let children = payload.children(of: node.id)
        for id in required where !children.contains(where: { $0.id == id }) {
            throw EMVProblem(.objectMissing, at: "\(node.id)/\(id)", "is missing")
        }
        for child in children { try apply(rules, to: child, at: "\(node.id)/\(child.id)") }
    }

    private mutating func checkAdditionalData() throws(EMVProblem) {
        for child in payload.children(of: "62") {
            let path = "62/\(child.id)"
            switch child.number {
            case 9:
                // A reader asks the customer only for what it knows (4.8.1.3).
                let asked = payload.value(of: child).utf8
                let known = asked.allSatisfy { "AME".utf8.contains($0) }
                if !known || Set(asked).count != asked.count {
                    tolerate(.valueFormat, at: path, "asks for other data than A, M and E")
                }
            case 12...49:
                tolerate(.valueFormat, at: path, "is reserved and ignored")
            case 50...99:
                guard let guid = payload["62", child.id, "00"] else {
                    throw EMVProblem(.objectMissing, at: path + "/00", "is missing")
                }
                try apply(guidRules, number: 0, value: guid, at: path + "/00")
            default: break
            }
        }
    }

    private func apply(
        _ rules: [EMVRule], to node: EMVNode, at path: String
    ) throws(EMVProblem) {
        try apply(rules, number: node.number, value: payload.value(of: node), at: path)
    }

    private func apply(
        _ rules: [EMVRule], number: Int, value: String, at path: String
    ) throws(EMVProblem) {
        guard let rule = rules.first(where: { $0.ids.contains(number) }) else { return }
        let length = value.unicodeScalars.count
        guard rule.lengths.contains(length) else {
            let wanted =
                rule.lengths.count == 1
                ? "\(rule.lengths.lowerBound)" : "at most \(rule.lengths.upperBound)"
            throw EMVProblem(.valueFormat, at: path, "has \(length) characters, not \(wanted)")
        }
        guard rule.format.holds(value) else {
            throw EMVProblem(.valueFormat, at: path, rule.format.sentence)
        }
    }

    private mutating func checkPresence() throws(EMVProblem) {
        guard payload.root.contains(where: { (2...51).contains($0.number) }) else {
            throw EMVProblem(.objectMissing, at: "02-51", "no merchant account is there")
        }
        for id in ["52", "53", "58", "59", "60"] where payload[id] == nil {
            guard let scheme = schemeWithout(id) else {
                throw EMVProblem(.objectMissing, at: id, "is missing")
            }
            tolerate(.objectMissing, at: id, "is missing, as \(scheme) has it")
        }
    }

    /// The scheme of one of the accounts whose codes leave out what EMVCo asks for.
    private func schemeWithout(_ id: String) -> String? {
        // Thailand's codes leave these three out everywhere, PromptPay's or its members' own.
        if isPromptPay, ["52", "59", "60"].contains(id) { return "PromptPay" }
        let path = SchemePath(id)
        return SchemeTable.profiles.first { profile in
            profile.objects.contains { $0.path == path && $0.presence == .optional }
                && !payload.anchors(of: profile).isEmpty
        }?.name
    }

    private var isPromptPay: Bool {
        ["29", "30", "31"].contains { payload[$0, "00"]?.hasPrefix("A00000067701011") == true }
    }

    private func checkAmount() throws(EMVProblem) {
        guard let amount = payload["54"] else { return }
        try Self.checkDecimal(amount, at: "54")
    }

    /// 4.7.4.1: digits and at most one point, and not zero.
    private static func checkDecimal(_ text: String, at path: String) throws(EMVProblem) {
        let points = text.utf8.count { $0 == UInt8(ascii: ".") }
        let digits = text.utf8.filter(ASCII.isDigit)
        guard points <= 1, !digits.isEmpty, points + digits.count == text.utf8.count else {
            throw EMVProblem(.valueFormat, at: path, "is not digits with at most one point")
        }
        guard digits.contains(where: { $0 != UInt8(ascii: "0") }) else {
            throw EMVProblem(.valueFormat, at: path, "is zero")
        }
    }

    /// 4.7.6 to 4.7.8: what 55 says decides which of 56 and 57 is there.
    private func checkTip() throws(EMVProblem) {
        let needed: String?
        switch payload["55"] {
        case nil, "01": needed = nil
        case "02": needed = "56"
        case "03": needed = "57"
        default: throw EMVProblem(.valueFormat, at: "55", "is none of 01, 02 and 03")
        }
        for id in ["56", "57"] {
            if id == needed, payload[id] == nil {
                throw EMVProblem(.objectMissing, at: id, "is missing though 55 announces it")
            }
            if id != needed, payload[id] != nil {
                throw EMVProblem(.objectConflict, at: id, "is there though 55 does not announce it")
            }
        }
        if let fee = payload["56"] { try Self.checkDecimal(fee, at: "56") }
        if let percentage = payload["57"] {
            try Self.checkDecimal(percentage, at: "57")
            let parts = percentage.utf8.split(
                separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts[0].count <= 2, parts.count == 1 || parts[1].count <= 2 else {
                throw EMVProblem(.valueFormat, at: "57", "is not from 00.01 to 99.99")
            }
        }
    }

    private mutating func tolerate(
        _ reason: EMVProblem.Reason, at path: String, _ detail: String
    ) {
        tolerated.append(EMVProblem(reason, at: path, detail))
    }
}
