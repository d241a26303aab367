/// Who was at the terminal when an entry was made.
public struct EntryOperator: Hashable, Sendable {
    /// What somebody may do at the terminal.
    public enum Role: UInt8, Hashable, Sendable, CaseIterable {
        /// Takes payments.
        case cashier = 1
        /// Undoes payments and closes periods too.
        case supervisor = 2
        /// Looks after the machine.
        case technician = 3

        /// The stable word for this role in messages and JSON.
        public var name: String {
            switch self {
            case .cashier: "cashier"
            case .supervisor: "supervisor"
            case .technician: "technician"
            }
        }
    }

    /// The longest id in bytes of UTF-8: a staff number or a short name.
    public static let maximumIDLength = 32

    /// What they may do.
    public let role: Role
    /// Who they are: 1 to 32 bytes of displayable text.
    public let id: String

    /// Makes an operator; see the properties for shapes.
    public init(role: Role, id: String) {
        self.role = role
        self.id = id
    }
}
