import Foundation
import Testing

/// One line of a file, as a test names it.
struct Place: CustomStringConvertible {
    let file: String
    let line: Int
    let what: String
    var description: String { "\(file):\(line): \(what)" }
}

/// Reports each place as an issue of its own.
func expectNone(_ places: [Place], sourceLocation: SourceLocation = #_sourceLocation) {
    for place in places { Issue.record("\(place)", sourceLocation: sourceLocation) }
}

/// A text file of the repository.
struct SourceFile {
    /// The path from the repository's root.
    let path: String
    let text: String

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The lines that `finds` answers with words for.
    func places(where finds: (Substring) -> String?) -> [Place] {
        lines.enumerated().compactMap { index, line in
            finds(line).map { Place(file: path, line: index + 1, what: $0) }
        }
    }

    /// The modules that the file imports.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().flatMap { index, line in
            line.split(separator: ";").compactMap(Self.importedModule).map { ($0, index + 1) }
        }
    }

    /// The module of `import M`, `public import M`, `@testable import struct M.N`; else nil.
    static func importedModule(_ statement: Substring) -> String? {
        var words = statement.split(whereSeparator: \.isWhitespace)[...]
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        while let word = words.first, modifiers.contains(word) || word.hasPrefix("@") {
            words.removeFirst()
        }
        guard words.popFirst() == "import" else { return nil }
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        if let kind = words.first, kinds.contains(kind), words.count > 1 { words.removeFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }
}

/// The repository's own files, read once.
struct Repository {
    /// What git ignores, and git's own folder: not part of what is handed on.
    private static let ignoredNames: Set<String> = [
        ".git", "Package.resolved", "__pycache__", "demo-output", "screens",
    ]
    /// A larger file is data, not text that people wrote, in bytes.
    private static let maximumBytes = 2_000_000

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every text file, sorted by path.
    static let files: [SourceFile] = {
        var files: [SourceFile] = []
        collect(under: root, path: "", into: &files)
        return files.sorted { $0.path < $1.path }
    }()

    /// The files of Swift under `Sources/`, by target.
    static let targets: [String: [SourceFile]] = Dictionary(
        grouping: files.filter { $0.path.hasPrefix("Sources/") && $0.path.hasSuffix(".swift") }
    ) { String($0.path.split(separator: "/")[1]) }

    /// The names of the folders directly in `folder`.
    static func folders(in folder: String) throws -> [String] {
        try entries(of: root.appending(path: folder)).filter(isFolder).map(\.lastPathComponent)
            .sorted()
    }

    private static func entries(of folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: [.isDirectoryKey, .isSymbolicLinkKey])
    }

    private static func isFolder(_ url: URL) -> Bool {
        let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
        return values?.isDirectory == true && values?.isSymbolicLink != true
    }

    private static func collect(under folder: URL, path: String, into files: inout [SourceFile]) {
        for url in (try? entries(of: folder)) ?? [] {
            let name = url.lastPathComponent
            if ignoredNames.contains(name) || name.hasPrefix(".build") { continue }
            let inner = path + name
            if isFolder(url) {
                collect(under: url, path: inner + "/", into: &files)
            } else if let data = try? Data(contentsOf: url), data.count <= maximumBytes,
                let text = String(validating: data, as: UTF8.self)
            {
                files.append(SourceFile(path: inner, text: text))
            }
        }
    }
}
