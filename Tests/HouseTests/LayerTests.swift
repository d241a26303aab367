import Testing

@Suite("Layers")
struct LayerTests {
    @Test("Every import is one that the table allows")
    func imports() {
        var places: [Place] = []
        for (target, files) in Repository.targets {
            guard let row = House.table[target] else { continue }
            for file in files {
                for (module, line) in file.imports
                where !row.ours.contains(module) && !row.outside.contains(module) {
                    places.append(
                        Place(
                            file: file.path, line: line,
                            what: "\(target) may not import \(module)"))
                }
            }
        }
        expectNone(places)
    }

    @Test("Every folder of Sources is in the table, and every row has its folder")
    func complete() throws {
        let folders = try Repository.folders(in: "Sources")
        #expect(folders == House.table.keys.sorted())
    }

    @Test("The table itself goes down only: rules on rules, use cases on rules, adapters on both")
    func table() {
        for (target, row) in House.table {
            for name in row.ours {
                guard let below = House.table[name] else {
                    Issue.record("\(target) may import \(name), which is no target")
                    continue
                }
                let allowed =
                    switch row.layer {
                    case .rules, .useCases: below.layer == .rules
                    case .adapters: below.layer.rawValue < Layer.adapters.rawValue
                    // A program is no library of another; what has no `till` name is shared.
                    case .programs: below.layer != .cLibrary && !name.hasPrefix("till")
                    case .cLibrary: false
                    }
                #expect(allowed, "\(target) on \(name)")
            }
            if row.layer == .rules {
                let outside = row.outside.subtracting(["Crypto"])
                #expect(outside.isEmpty || target == "COSE", "\(target) on \(outside)")
            }
        }
    }

    @Test("Rules do not import each other in a circle")
    func circles() {
        var open = House.table.mapValues(\.ours)
        while let leaf = open.first(where: { $0.value.isEmpty })?.key {
            open[leaf] = nil
            for target in open.keys { open[target]?.remove(leaf) }
        }
        #expect(open.isEmpty, "\(open.keys.sorted())")
    }

    @Test("An import is found in every form it is written in")
    func forms() {
        let forms = [
            "import Money", "  public import Money", "@testable import Money",
            "@preconcurrency public import Money", "import struct Money.Amount",
            "internal import Money // why", "@_exported import Money",
        ]
        for form in forms { #expect(SourceFile.importedModule(form[...]) == "Money", "\(form)") }
        for text in ["// import Money", "let important = 1", "important Money", "imports Money"] {
            #expect(SourceFile.importedModule(text[...]) == nil, "\(text)")
        }
        let file = SourceFile(path: "a.swift", text: "import A\n\nimport B; import C\n")
        #expect(file.imports.map(\.module) == ["A", "B", "C"])
        #expect(file.imports.map(\.line) == [1, 3, 3])
    }
}
