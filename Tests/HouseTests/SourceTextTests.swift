import Foundation
import Testing

@Suite("Source text")
struct SourceTextTests {
    /// A file much over this asks to be two, in lines; from ``lineLimit`` on it must be.
    static let lineGoal = 400
    static let lineLimit = 450

    private static let sources = Repository.files.filter {
        $0.path.hasPrefix("Sources/") && $0.path.hasSuffix(".swift")
    }

    /// What people of the project wrote: data, the licence's text and this table are not.
    private static let prose = Repository.files.filter { file in
        !["LICENSE", "docs/GLOSSARY.md"].contains(file.path)
            && !file.path.hasPrefix("Tests/Vectors/") && !file.path.hasPrefix("Tests/HouseTests/")
    }

    @Test("No file is so long that it should be two")
    func length() {
        for file in Self.sources where file.lines.count > Self.lineGoal {
            #expect(
                file.lines.count <= Self.lineLimit,
                "\(file.path) has \(file.lines.count) lines; \(Self.lineGoal) is the goal")
        }
    }

    @Test("Nothing traps by force, and nothing is left to do")
    func forced() {
        let forbidden = [/\bfatalError\(/, /\btry!/, /\bas!/, /\bTODO\b/, /\bFIXME\b/]
        let places = Self.sources.flatMap { file in
            file.places { line in
                forbidden.compactMap { line.firstMatch(of: $0).map { String($0.output) } }.first
            }
        }
        expectNone(places)
    }

    @Test("No path of a developer's machine is written anywhere")
    func machinePaths() {
        // Taken apart, or this file would find itself.
        let roots = ["home/", "Users/", "root/", "work/main", "work/shared", "tmp/till/"]
            .map { "/" + $0 }
        // A variable's value followed by such a word, as in "$work/main", is no such path.
        let places = Repository.files.flatMap { file in
            file.places { line in
                roots.first { root in
                    line.ranges(of: root).contains { range in
                        range.lowerBound == line.startIndex
                            || !isWordPart(line[line.index(before: range.lowerBound)])
                    }
                }
            }
        }
        expectNone(places)
    }

    private func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
            || ["}", ")", "_", ".", "-", "/"].contains(character)
    }

    @Test("One word has one meaning, and is spelt as in Britain")
    func words() {
        // Only words that no library's name and no header of HTTP contains.
        let wrong = [
            "blacklist": "hot list", "whitelist": "allowed list", "coupon": "voucher",
            "presentment": "presentation", "backend": "hub", "behavior": "behaviour",
            "acknowledgment": "acknowledgement", "canceled": "cancelled",
            "canceling": "cancelling", "recognize": "recognise", "serialize": "serialise",
            "honor": "honour", "neighbor": "neighbour",
        ]
        let places = Self.prose.flatMap { file in
            file.places { line in
                // Swift Testing's own trait and Schemathesis's decorator keep their spelling.
                let lower = line.lowercased().replacingOccurrences(of: ".serialized", with: "")
                    .replacingOccurrences(of: "schemathesis.serializer", with: "")
                return wrong.first { lower.contains($0.key) && !lower.contains($0.value) }
                    .map { "\($0.key) is \($0.value) here" }
            }
        }
        expectNone(places)
    }

    @Test("Every target has a file, and none is a placeholder")
    func filled() throws {
        for parent in ["Sources", "Tests"] {
            for folder in try Repository.folders(in: parent) {
                let path = "\(parent)/\(folder)/"
                #expect(Repository.files.contains { $0.path.hasPrefix(path) }, "\(path) is empty")
            }
        }
        expectNone(
            Repository.files.filter { $0.name == "Placeholder.swift" }
                .map { Place(file: $0.path, line: 1, what: "holds the place of a real file") })
    }

    @Test("The repository is found and read")
    func found() {
        #expect(Repository.files.contains { $0.path == "Package.swift" })
        #expect(!Self.sources.isEmpty)
    }
}
