/// One national or regional form of merchant-presented codes, as a table of data: which scheme's
/// account it is known by, and what each of its objects holds (`docs/spec/payment-codes.md`).
///
/// The rules of EMVCo stand below it: a profile narrows them and never widens them.
public struct SchemeProfile: Hashable, Sendable {
    /// A stable name in kebab-case, such as `pix-static`.
    public let id: String
    /// The name by which merchants know it.
    public let name: String
    /// Where the object lies that names the scheme.
    let anchor: SchemePath
    /// What that object holds.
    let identity: SchemeIdentity
    /// An object that is there in this form of the scheme and not in its others.
    let mark: SchemePath?
    /// The objects that the profile has rules for, in the order in which they are written.
    let objects: [SchemeObject]
    /// Whether its account may stand in the terminal's dynamic shop QR.
    public let shopQR: ShopQRFitness

    init(
        _ id: String, _ name: String, anchor: String, identity: SchemeIdentity,
        mark: String? = nil, shopQR: ShopQRFitness = .fits, _ objects: [SchemeObject]
    ) {
        self.id = id
        self.name = name
        self.anchor = SchemePath(anchor)
        self.identity = identity
        self.mark = mark.map(SchemePath.init)
        self.shopQR = shopQR
        self.objects = Self.merged(objects)
    }

    /// All profiles that Till knows.
    public static var all: [SchemeProfile] { SchemeTable.profiles }

    /// The profile of this name, or nil.
    public static func named(_ id: String) -> SchemeProfile? { all.first { $0.id == id } }

    /// The profile's own rows, and for every path that they do not name the common one.
    private static func merged(_ own: [SchemeObject]) -> [SchemeObject] {
        let paths = Set(own.map(\.path))
        return (own + SchemeTable.common.filter { !paths.contains($0.path) })
            .sorted { $0.path < $1.path }
    }

    /// The numbers of the currencies that the scheme moves (ISO 4217); empty for any.
    public var currencyNumbers: [String] {
        guard let row = objects.first(where: { $0.path == SchemePath("53") }) else { return [] }
        if case .fixed(let number) = row.presence { return [number] }
        return row.choices
    }
}

/// Whether a scheme's account may share a symbol with a terminal's request, templates 90 and 91.
public enum ShopQRFitness: Hashable, Sendable {
    /// It may: its wallets read amount, reference and terminal, and pass over 90 and 91.
    case fits
    /// It may not: the object at fault, as a path of the profile, and why, as words for who
    /// configures the terminal.
    case unfit(path: String, because: String)
}

/// What the object that names a scheme holds.
enum SchemeIdentity: Hashable, Sendable {
    /// An application identifier or a name, exactly.
    case exactly(String)
    /// A reverse domain name: case is not heeded, as the schemes' own wallets do not heed it.
    case domain(String)
    /// Anything of this form, where a scheme puts an account in the identifier's place.
    case form(ValuePattern)

    func holds(_ value: String) -> Bool {
        switch self {
        case .exactly(let text): value == text
        case .domain(let name): value.utf8.map(ASCII.lowered).elementsEqual(name.utf8)
        case .form(let pattern): pattern.holds(value)
        }
    }

    /// What is written, where it is one text.
    var text: String? {
        switch self {
        case .exactly(let text), .domain(let text): text
        case .form: nil
        }
    }
}

/// One row of a profile.
struct SchemeObject: Hashable, Sendable {
    enum Presence: Hashable, Sendable {
        /// It must be there.
        case required
        /// It may be there.
        case optional
        /// It must be there with just this value.
        case fixed(String)
        /// It may be there; this is written where nothing is given.
        case usual(String)
        /// It may be there; written where nothing is given, 12 beside an amount and else 11.
        case byAmount
        /// It names the scheme of its template, and is there wherever the template is.
        case identifier(SchemeIdentity)
        /// Exactly one object of the group is there.
        case oneOf(String)
        /// It must not be there, for this reason.
        case absent(String)
    }

    /// The parameter's name in `tillctl code make`.
    let name: String
    let path: SchemePath
    let presence: Presence
    let pattern: ValuePattern
    /// What it is, in a few words.
    let meaning: String

    init(
        _ name: String, _ path: String, _ presence: Presence, _ pattern: String = "ans1-99",
        _ meaning: String = ""
    ) {
        self.name = name
        self.path = SchemePath(path)
        self.presence = presence
        self.pattern = ValuePattern(pattern)
        self.meaning = meaning
    }

    /// The object that names the scheme of its template.
    static func identifier(_ path: String, _ identity: SchemeIdentity) -> SchemeObject {
        SchemeObject("", path, .identifier(identity), "ans1-32", "names the scheme")
    }

    /// The texts of a pattern that is nothing but a choice of texts; else empty.
    var choices: [String] { pattern.choices }
}

/// Where an object of a profile lies: ids from the root, the first of which may be a range of
/// account objects (`26-51/01`), for many schemes leave the place to the merchant's acquirer.
struct SchemePath: Hashable, Sendable, Comparable {
    let first: ClosedRange<Int>
    let rest: [String]

    /// Reads a path of this project's own tables.
    init(_ text: String) {
        let ids = text.split(separator: "/").map(String.init)
        let bounds = ids[0].split(separator: "-").compactMap { Int($0) }
        guard let lower = bounds.first, let upper = bounds.last, lower <= upper else {
            preconditionFailure("\(text) is no path of a profile")
        }
        first = lower...upper
        rest = Array(ids.dropFirst())
    }

    /// The path as it is told, with `id` in the place of a range.
    func place(at id: Int) -> String {
        ids(at: first.count == 1 ? first.lowerBound : id).joined(separator: "/")
    }

    /// The ids with `id`, which lies in the range, in the first place.
    func ids(at id: Int) -> [String] { [EMVObject.id(id)] + rest }

    static func < (one: SchemePath, other: SchemePath) -> Bool {
        if one.first.lowerBound != other.first.lowerBound {
            return one.first.lowerBound < other.first.lowerBound
        }
        return one.rest.lexicographicallyPrecedes(other.rest)
    }
}
