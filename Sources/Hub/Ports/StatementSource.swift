public import Money

/// One credit of a bank statement.
public struct StatementLine: Hashable, Sendable {
    /// The longest name of an entry, in bytes: above any bank's reference (ISO 20022 Max35Text).
    public static let maximumEntryLength = 64

    /// The bank's own name of the entry, unique in the account: 1 to 64 bytes.
    public let entry: String
    /// The day it was booked, `YYYY-MM-DD`.
    public let bookedOn: String
    /// How much came in.
    public let amount: Amount
    /// The reference that the payer's wallet gave.
    public let reference: String
    /// Where it stands, for people: a file and a line.
    public let place: String

    /// Makes a line; see the properties for shapes.
    public init(
        entry: String, bookedOn: String, amount: Amount, reference: String, place: String
    ) {
        self.entry = entry
        self.bookedOn = bookedOn
        self.amount = amount
        self.reference = reference
        self.place = place
    }
}

/// What a bank's statements say now.
public struct StatementReading: Hashable, Sendable {
    /// The credits of all statements that could be read, each entry once, in their order.
    public let lines: [StatementLine]
    /// What could not be read: nothing of such a statement is in `lines`.
    public let faults: [SchemeFault]

    /// Makes a reading.
    public init(lines: [StatementLine], faults: [SchemeFault]) {
        self.lines = lines
        self.faults = faults
    }
}

/// Where the statements of one account come from.
public protocol StatementSource: Sendable {
    /// Reads what is there now. What cannot be read is a fault of it, with the place.
    func read() -> StatementReading
}
