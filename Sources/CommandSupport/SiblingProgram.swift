import Foundation

/// Another program of Till's, where this one finds it.
public enum SiblingProgram {
    /// Where a package installs programs that are of no use by hand.
    public static let installedFolder = "/usr/libexec/till"

    /// The path of a program: beside this one, as a build and a copy of it have it, else where a
    /// package puts it.
    public static func path(of name: String) -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let beside = own.deletingLastPathComponent().appendingPathComponent(name).path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return installedFolder + "/" + name
    }
}
