import Money

extension SchemeProfile {
    /// The form of code that this profile writes.
    var form: CodeForm {
        CodeForm(id, name, objects.compactMap(\.parameter)) {
            values throws(CodeMakingError) in
            MadeCode(form: id, text: try payload(of: values).text)
        }
    }

    /// The payload of `values`, given by the profile's names or, for what the profile does not
    /// name, by path (`02`, `51/01`).
    public func payload(of values: [String: String]) throws(CodeMakingError) -> EMVPayload {
        var tree = SchemeTree()
        var left = values
        for row in objects {
            guard let value = try value(of: row, from: &left, of: values) else { continue }
            tree[row.path.ids(at: row.path.first.lowerBound)] = value
        }
        for (name, value) in left.sorted(by: { $0.key < $1.key }) {
            guard let path = Self.path(name), tree[path] == nil else {
                throw CodeMakingError(
                    .parameterUnknown, at: name, "is no parameter of \(self.name)")
            }
            try Self.checkLength(value, at: name)
            tree[path] = value
        }
        nameTemplates(in: &tree)
        let payload: EMVPayload
        do throws(EMVProblem) {
            payload = try EMVPayload(writing: try tree.objects())
            if let problem = payload.conformance.problem { throw problem }
            if let problem = payload.reading(as: self).problem { throw problem }
        } catch {
            throw CodeMakingError(error)
        }
        return payload
    }

    /// The account objects alone, for a merchant's configuration; `values` are given by the
    /// profile's names. A scheme that cannot share a symbol with a terminal's request is refused
    /// by its name.
    public func accounts(of values: [String: String]) throws(CodeMakingError) -> [MerchantAccount] {
        if case .unfit(let path, let reason) = shopQR {
            throw CodeMakingError(
                .parameterConflict, at: SchemePath(path).place(at: anchor.first.lowerBound),
                "\(name) has no place in a shop QR with an amount: \(reason)")
        }
        var tree = SchemeTree()
        var left = values
        for row in objects where (2...51).contains(row.path.first.lowerBound) {
            guard let value = try value(of: row, from: &left, of: values) else { continue }
            tree[row.path.ids(at: row.path.first.lowerBound)] = value
        }
        if let name = left.keys.sorted().first {
            throw CodeMakingError(
                .parameterUnknown, at: name, "is no parameter of an account of \(self.name)")
        }
        nameTemplates(in: &tree)
        do throws(EMVProblem) {
            var accounts: [MerchantAccount] = []
            for object in try tree.objects().dropFirst() {
                do throws(MerchantProfileError) {
                    accounts.append(
                        try MerchantAccount(id: Int(object.id) ?? 0, value: object.value))
                } catch {
                    throw EMVProblem(.valueFormat, at: error.path, error.description)
                }
            }
            return accounts
        } catch {
            throw CodeMakingError(error)
        }
    }

    /// What is written for a row, checked, or nil for nothing.
    private func value(
        of row: SchemeObject, from left: inout [String: String], of values: [String: String]
    ) throws(CodeMakingError) -> String? {
        let place = row.path.ids(at: row.path.first.lowerBound).joined(separator: "/")
        let given = row.name.isEmpty ? nil : left.removeValue(forKey: row.name)
        switch row.presence {
        case .identifier: return nil
        case .fixed(let text):
            guard given == nil || given == text || currency(given) == text else {
                throw CodeMakingError(.valueFormat, at: place, "is \(text) and nothing else")
            }
            return text
        case .absent(let reason):
            guard given == nil else {
                throw CodeMakingError(.parameterConflict, at: place, "is given, though \(reason)")
            }
            return nil
        default: break
        }
        guard var value = given ?? usual(row, values) else {
            guard row.presence == .required else { return nil }
            throw CodeMakingError(
                .parameterMissing, at: place, "is missing: \(row.name) is needed")
        }
        switch place {
        case "53": value = currency(value) ?? value
        case "54", "56": value = try amount(value, at: place, values["currency"])
        default: break
        }
        guard row.pattern.holds(value) else {
            throw CodeMakingError(
                .valueFormat, at: place, "is not of the form \(row.pattern), \(row.name)")
        }
        return value
    }

    private func usual(_ row: SchemeObject, _ values: [String: String]) -> String? {
        switch row.presence {
        case .usual(let text): text
        case .byAmount: values["amount"] == nil ? "11" : "12"
        default: nil
        }
    }

    /// A currency's number where its letters are given.
    private func currency(_ text: String?) -> String? {
        guard let text, let currency = Currency(code: text) else { return nil }
        return ShopQR.currencyNumber(currency)
    }

    /// An amount as the currency writes it: read strictly, so that nothing is rounded.
    private func amount(
        _ text: String, at place: String, _ given: String?
    ) throws(CodeMakingError) -> String {
        let number = given.map { currency($0) ?? $0 } ?? currencyNumbers.first
        guard let number = number.flatMap({ UInt16($0) }), let currency = Currency(number: number)
        else {
            throw CodeMakingError(.valueFormat, at: "53", "is no currency of ISO 4217")
        }
        do throws(AmountError) {
            return try Amount(parsing: text, currency: currency).decimalText
        } catch {
            throw CodeMakingError(
                .valueFormat, at: place, "is no amount of \(currency.code): \(error)")
        }
    }

    /// Names the scheme in each of its templates that hold anything.
    private func nameTemplates(in tree: inout SchemeTree) {
        for row in objects {
            guard case .identifier(let identity) = row.presence, let text = identity.text else {
                continue
            }
            let path = row.path.ids(at: row.path.first.lowerBound)
            let isAnchor = row.path == anchor
            if tree[path] == nil, isAnchor || tree.hasChildren(Array(path.dropLast())) {
                tree[path] = text
            }
        }
    }

    /// The ids of a parameter that is named by its path.
    private static func path(_ name: String) -> [String]? {
        let ids = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(ids.count),
            ids.allSatisfy({ $0.utf8.count == 2 && ASCII.allDigits($0.utf8) }),
            !["00", "63"].contains(ids[0])
        else { return nil }
        return ids
    }

    private static func checkLength(_ value: String, at path: String) throws(CodeMakingError) {
        guard (1...99).contains(value.unicodeScalars.count) else {
            throw CodeMakingError(.valueFormat, at: path, "has not 1 to 99 characters")
        }
    }
}

extension SchemeObject {
    /// The row as who fills it in sees it; nil where there is nothing to fill in.
    fileprivate var parameter: CodeParameter? {
        let needed: String
        switch presence {
        case .required: needed = "required"
        case .optional: needed = "optional"
        case .usual(let text): needed = text
        case .byAmount: needed = "11, or 12 with an amount"
        case .oneOf(let group): needed = "one of \(group)"
        case .fixed, .absent, .identifier: return nil
        }
        let place = path.ids(at: path.first.lowerBound).joined(separator: "/")
        return CodeParameter(
            name: name, place: place, pattern: pattern.description, presence: needed,
            meaning: meaning)
    }
}

/// Values by their paths, to be written as objects.
private struct SchemeTree {
    private var values: [[String]: String] = [:]

    subscript(path: [String]) -> String? {
        get { values[path] }
        set { values[path] = newValue }
    }

    func hasChildren(_ template: [String]) -> Bool {
        values.keys.contains { $0.count > template.count && $0.starts(with: template) }
    }

    /// The objects of the root, 00 first, each id's once, ascending.
    func objects() throws(EMVProblem) -> [EMVObject] {
        [EMVObject("00", "01")] + (try objects(under: []))
    }

    private func objects(under template: [String]) throws(EMVProblem) -> [EMVObject] {
        let depth = template.count
        let below = values.keys.filter { $0.count > depth && $0.starts(with: template) }
        var objects: [EMVObject] = []
        for id in Set(below.map { $0[depth] }).sorted() {
            let path = template + [id]
            let place = path.joined(separator: "/")
            let children = try self.objects(under: path)
            guard values[path] == nil || children.isEmpty else {
                throw EMVProblem(
                    .objectConflict, at: place, "is given as a value and as a template")
            }
            let text = values[path] ?? children.map(\.text).joined()
            let length = text.unicodeScalars.count
            guard (1...99).contains(length) else {
                throw EMVProblem(.valueFormat, at: place, "has \(length) characters, not 1 to 99")
            }
            objects.append(EMVObject(id, text))
        }
        return objects
    }
}
