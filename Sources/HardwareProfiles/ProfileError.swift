/// A place in a profile's file; line and column count from 1, columns in Unicode scalars.
public struct ProfilePlace: Hashable, Sendable {
    /// The file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// Makes a place.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// What is wrong with a profile, and where.
public struct ProfileFinding: Error, Hashable, Sendable {
    /// Where in the file.
    public let place: ProfilePlace
    /// What is wrong there and what would be right, as a sentence.
    public let sentence: String

    /// Makes a finding.
    public init(at place: ProfilePlace, _ sentence: String) {
        self.place = place
        self.sentence = sentence
    }
}

/// Why there is no hardware profile to work with.
public enum ProfileError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(path: String)
    /// The file is there and cannot be read; the detail is the system's word.
    case unreadable(path: String, detail: String)
    /// The file's content is not a valid profile.
    case invalid(path: String, ProfileFinding)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .missing: "profile-missing"
        case .unreadable: "profile-unreadable"
        case .invalid: "profile-invalid"
        }
    }

    /// What is wrong and what to do; begins with `file:line:` where there is a line.
    public var message: String {
        switch self {
        case .missing(let path):
            "\(path): There is no such hardware profile. Name another file with --profile."
        case .unreadable(let path, let detail):
            "\(path): The hardware profile cannot be read (\(detail)). "
                + "Check that it is a plain file that this user may read."
        case .invalid(let path, let finding):
            "\(path):\(finding.place.line): \(finding.sentence)"
        }
    }
}
