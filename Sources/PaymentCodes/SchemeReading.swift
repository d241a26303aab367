/// What a scheme's profile reads from a payload.
public struct SchemeReading: Hashable, Sendable {
    /// One value, under the name that the profile gives its object.
    public struct Value: Hashable, Sendable {
        /// The parameter's name, such as `key`.
        public let name: String
        /// As it stands in the payload.
        public let value: String
    }

    /// The scheme's form.
    public let profile: SchemeProfile
    /// The account object by which it was known, 2 to 51, or 62 where it is known by a template
    /// within that.
    public let accountID: Int
    /// What was read, in the order of the profile.
    public let values: [Value]
    /// The first of the profile's rules that the payload breaks, or nil.
    public let problem: EMVProblem?
}

extension EMVPayload {
    /// The schemes of the table whose accounts are there, each held against its profile.
    ///
    /// EMVCo's own rules are `conformance`'s question: a payload may obey them and break its
    /// scheme's, and whoever pays it finds out from the scheme's wallet.
    public var schemes: [SchemeReading] {
        var claimed: Set<[String]> = []
        var readings: [SchemeReading] = []
        for profile in SchemeTable.profiles {
            for id in anchors(of: profile) where claimed.insert(profile.anchor.ids(at: id)).inserted
            {
                readings.append(SchemeCheck(profile, id, self).reading())
            }
        }
        return readings
    }

    /// What is wrong with a scheme's account alone, whatever the rest of the payload says: what can
    /// be known before a sale.
    func accountProblem(of scheme: SchemeReading) -> EMVProblem? {
        let check = SchemeCheck(scheme.profile, scheme.accountID, self)
        do throws(EMVProblem) {
            try check.checkAccount()
            return nil
        } catch {
            return error
        }
    }

    /// What `profile`, which need not be known by an account, reads from the payload.
    func reading(as profile: SchemeProfile) -> SchemeReading {
        SchemeCheck(profile, anchors(of: profile).first ?? profile.anchor.first.lowerBound, self)
            .reading()
    }

    /// The ids in the anchor's range at which the object names this scheme, in this form.
    func anchors(of profile: SchemeProfile) -> [Int] {
        root.map(\.number).filter { id in
            guard profile.anchor.first.contains(id),
                let value = find(profile.anchor.ids(at: id)).map(value(of:)),
                profile.identity.holds(value)
            else { return false }
            guard let mark = profile.mark else { return true }
            return find(mark.ids(at: id)) != nil
        }
    }
}

/// Holds a payload against one profile.
private struct SchemeCheck {
    let profile: SchemeProfile
    let accountID: Int
    let payload: EMVPayload

    init(_ profile: SchemeProfile, _ accountID: Int, _ payload: EMVPayload) {
        self.profile = profile
        self.accountID = accountID
        self.payload = payload
    }

    func reading() -> SchemeReading {
        var values: [SchemeReading.Value] = []
        for row in profile.objects where !row.name.isEmpty {
            for path in paths(of: row.path) {
                guard let value = value(at: path) else { continue }
                values.append(SchemeReading.Value(name: row.name, value: value))
            }
        }
        let problem: EMVProblem?
        do throws(EMVProblem) {
            try check()
            problem = nil
        } catch {
            problem = error
        }
        return SchemeReading(
            profile: profile, accountID: accountID, values: values, problem: problem)
    }

    private func check() throws(EMVProblem) {
        for row in profile.objects {
            for path in paths(of: row.path) { try check(row, at: path) }
        }
        try checkGroups()
        try checkUnknown()
    }

    /// The rules for the objects 02 to 51.
    func checkAccount() throws(EMVProblem) {
        for row in profile.objects where (2...51).contains(row.path.first.lowerBound) {
            for path in paths(of: row.path) { try check(row, at: path) }
        }
        try checkGroups()
        try checkUnknown()
    }

    /// A row's path within this payload: a range that is the anchor's is the account that was
    /// found; another is every account of it that is there, or its first where none is.
    private func paths(of path: SchemePath) -> [[String]] {
        if path.first.count == 1 {
            let ids = path.ids(at: path.first.lowerBound)
            return isAnothers(ids[0]) ? [] : [ids]
        }
        if path.first == profile.anchor.first { return [path.ids(at: accountID)] }
        let there = payload.root.map(\.number).filter(path.first.contains)
        return (there.isEmpty ? [path.first.lowerBound] : there).map(path.ids(at:))
    }

    /// Whether the template `id`, beside the scheme's account, is another scheme's: many may use
    /// an id such as 80, and each is told by its identifier.
    private func isAnothers(_ id: String) -> Bool {
        profile.objects.contains { row in
            guard case .identifier(let identity) = row.presence, row.path != profile.anchor,
                row.path.first.count == 1,
                row.path.ids(at: row.path.first.lowerBound) == [id, "00"],
                let value = payload[id, "00"]
            else { return false }
            return !identity.holds(value)
        }
    }

    private func value(at path: [String]) -> String? {
        payload.find(path).map(payload.value(of:))
    }

    private func check(_ row: SchemeObject, at path: [String]) throws(EMVProblem) {
        let place = path.joined(separator: "/")
        try checkStructure(of: path.dropLast())
        guard let value = value(at: path) else {
            switch row.presence {
            case .required, .fixed:
                throw EMVProblem(
                    .objectMissing, at: place, "is missing, and \(profile.name) asks for it")
            case .identifier where payload.find(Array(path.dropLast())) != nil:
                throw EMVProblem(
                    .objectMissing, at: place, "is missing, and \(profile.name) asks for it")
            default: return
            }
        }
        switch row.presence {
        case .absent(let reason):
            throw EMVProblem(.objectConflict, at: place, "is there, though \(reason)")
        case .fixed(let text) where value != text:
            throw EMVProblem(.valueFormat, at: place, "is not \(text), as \(profile.name) has it")
        case .identifier(let identity) where !identity.holds(value):
            throw EMVProblem(.valueFormat, at: place, "is not the identifier of \(profile.name)")
        default: break
        }
        guard row.pattern.holds(value) else {
            throw EMVProblem(
                .valueFormat, at: place,
                "is not of the form \(row.pattern), as \(profile.name) has it")
        }
    }

    /// Templates within a scheme's template are the scheme's own and have not been walked yet.
    private func checkStructure(of template: ArraySlice<String>) throws(EMVProblem) {
        guard template.count > 1, let node = payload.find(Array(template)) else { return }
        _ = try EMVWalker.nodes(
            in: payload.scalars, node.value, under: template.joined(separator: "/"))
    }

    /// Exactly one object of each group.
    private func checkGroups() throws(EMVProblem) {
        var found: [String: [String]] = [:]
        for row in profile.objects {
            guard case .oneOf(let group) = row.presence else { continue }
            for path in paths(of: row.path) {
                let there = value(at: path) != nil ? [path.joined(separator: "/")] : []
                found[group, default: []] += there
                guard found[group]?.count ?? 0 < 2 else {
                    throw EMVProblem(
                        .objectConflict, at: path.joined(separator: "/"),
                        "is there beside another \(group)")
                }
            }
        }
        guard let group = found.first(where: \.value.isEmpty)?.key else { return }
        let first = profile.objects.first { $0.presence == .oneOf(group) }
        let place = first.map { paths(of: $0.path)[0].joined(separator: "/") } ?? ""
        throw EMVProblem(.objectMissing, at: place, "is missing, as is every other \(group)")
    }

    /// No object in the scheme's own template that the scheme does not know. The templates 62 and
    /// 64 are everybody's.
    private func checkUnknown() throws(EMVProblem) {
        var known: [[String]: Set<String>] = [:]
        for row in profile.objects {
            for path in paths(of: row.path) {
                // A template within a template is an object of the outer one.
                for depth in path.indices.dropFirst() {
                    known[Array(path[..<depth]), default: []].insert(path[depth])
                }
            }
        }
        let templates = known.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for template in templates where !["62", "64"].contains(template.joined()) {
            let ids = known[template] ?? []
            guard let node = payload.find(template) else { continue }
            let place = template.joined(separator: "/")
            let children = try EMVWalker.nodes(in: payload.scalars, node.value, under: place)
            for child in children where !ids.contains(child.id) {
                throw EMVProblem(
                    .objectUnknown, at: "\(place)/\(child.id)",
                    "is not an object of \(profile.name)")
            }
        }
    }
}
