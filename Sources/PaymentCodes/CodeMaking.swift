/// Why a code is not made.
public struct CodeMakingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; the raw values are stable codes.
    public enum Reason: String, CaseIterable, Sendable {
        /// No form of code has this name.
        case formUnknown = "code-form-unknown"
        /// The form has no parameter of this name.
        case parameterUnknown = "code-parameter-unknown"
        /// A parameter that the form needs is not there.
        case parameterMissing = "code-parameter-missing"
        /// Two parameters rule each other out.
        case parameterConflict = "code-parameter-conflict"
        /// A value breaks the form of its parameter.
        case valueFormat = "code-value-format"
        /// The code would be longer than its format allows.
        case tooLong = "code-too-long"
    }

    /// The stable code.
    public let reason: Reason
    /// The object or parameter at fault, such as `26/01`; empty when it is the code as a whole.
    public let path: String
    /// A sentence with the path, without anything that was given.
    public let description: String

    init(_ reason: Reason, at path: String = "", _ detail: String) {
        self.reason = reason
        self.path = path
        self.description = path.isEmpty ? detail : "\(path): \(detail)"
    }

    init(_ problem: EMVProblem) {
        let reason: Reason =
            switch problem.reason {
            case .objectMissing: .parameterMissing
            case .objectConflict, .objectRepeated: .parameterConflict
            case .payloadTooLong: .tooLong
            default: .valueFormat
            }
        self.init(reason, at: problem.path, problem.detail)
    }
}

/// One parameter of a form, for who fills it in.
public struct CodeParameter: Hashable, Sendable {
    /// Its name, such as `iban`.
    public let name: String
    /// Where its value stands in the code: a path, a line's number, a key.
    public let place: String
    /// The form of its value, as ``ValuePattern`` writes it.
    public let pattern: String
    /// `required`, `optional`, `one of GROUP`, or the value that is written where none is given.
    public let presence: String
    /// What it is, in a few words.
    public let meaning: String
}

extension CodeParameter {
    /// The parameters of `table` that have a value, in its order, each value held against its
    /// pattern; a name that the table does not know is refused.
    static func filled(
        _ table: [CodeParameter], with values: [String: String]
    ) throws(CodeMakingError) -> [(parameter: CodeParameter, value: String)] {
        if let unknown = values.keys.sorted().first(where: { name in
            !table.contains { $0.name == name }
        }) {
            throw CodeMakingError(.parameterUnknown, at: unknown, "is no parameter of this form")
        }
        var filled: [(CodeParameter, String)] = []
        for parameter in table {
            let isOpen =
                ["required", "optional"].contains(parameter.presence)
                || parameter.presence.hasPrefix("one of")
            guard let value = values[parameter.name] ?? (isOpen ? nil : parameter.presence) else {
                guard parameter.presence != "required" else {
                    throw CodeMakingError(.parameterMissing, at: parameter.name, "is missing")
                }
                continue
            }
            guard ValuePattern(parameter.pattern).holds(value) else {
                throw CodeMakingError(
                    .valueFormat, at: parameter.name, "is not of the form \(parameter.pattern)")
            }
            filled.append((parameter, value))
        }
        return filled
    }
}

/// A code as it is to be shown.
public struct MadeCode: Hashable, Sendable {
    /// The form by which it was made.
    public let form: String
    /// What the symbol holds, in UTF-8.
    public let text: String
    /// Whether the symbol must say that it holds UTF-8 (ECI 26, QRCPS 4.12.1.2): it must wherever
    /// a character is not ASCII.
    public var declaresUTF8: Bool { !text.utf8.allSatisfy { $0 < 0x80 } }
    /// Whether the scheme has its mark in the middle of the symbol, as Swiss bills have the cross.
    public let bearsSwissCross: Bool

    /// A text that is shown as it stands.
    public init(text: String) { self.init(form: "text", text: text) }

    init(form: String, text: String, bearsSwissCross: Bool = false) {
        self.form = form
        self.text = text
        self.bearsSwissCross = bearsSwissCross
    }
}

/// A form of code that Till writes: which parameters it has, and the code that they make.
public struct CodeForm: Sendable {
    /// A stable name in kebab-case, such as `pix-static` or `epc`.
    public let id: String
    /// The name by which people know it.
    public let name: String
    /// What may be given.
    public let parameters: [CodeParameter]
    private let write: @Sendable ([String: String]) throws(CodeMakingError) -> MadeCode

    init(
        _ id: String, _ name: String, _ parameters: [CodeParameter],
        write: @escaping @Sendable ([String: String]) throws(CodeMakingError) -> MadeCode
    ) {
        self.id = id
        self.name = name
        self.parameters = parameters
        self.write = write
    }

    /// All forms, merchants' codes first.
    public static let all: [CodeForm] =
        (SchemeTable.profiles + [SchemeTable.own]).map(\.form)
        + [UPILink.form, EPCCode.form, SwissBill.form, ConsumerPresentedCode.form]

    /// The form of this name, or nil.
    public static func named(_ id: String) -> CodeForm? { all.first { $0.id == id } }

    /// Makes the code of `values`, which are given by the names of parameters.
    ///
    /// The result obeys its own format and, where it has one, its scheme's profile: it has been
    /// read again by the same reader that reads strangers' codes.
    public func code(_ values: [String: String]) throws(CodeMakingError) -> MadeCode {
        try write(values)
    }
}
