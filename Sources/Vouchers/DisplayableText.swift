extension Unicode.Scalar {
    /// Whether a screen, a terminal window or a receipt shows it as what it is: no control, format,
    /// separator, private-use or unassigned character (`docs/spec/journal.md`, *Entry*). A text of
    /// such may drive whatever shows it, or read otherwise than it is.
    public var isDisplayable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
            .surrogate:
            false
        default: true
        }
    }
}

extension String {
    /// Whether every character is ``Swift/Unicode/Scalar/isDisplayable``; the empty text is.
    public var isDisplayable: Bool { unicodeScalars.allSatisfy(\.isDisplayable) }
}
