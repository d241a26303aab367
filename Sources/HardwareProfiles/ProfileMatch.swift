/// What a machine and the devices on it say of themselves.
public struct MachineIdentity: Hashable, Sendable {
    /// USB devices as `vendor:product`, four lower-case hexadecimal digits each
    /// (USB 2.0, table 9-8).
    public var usb: Set<String>
    /// Classes of USB interfaces, two lower-case hexadecimal digits each (USB 2.0, table 9-12;
    /// `0e` is video).
    public var usbClasses: Set<String>
    /// The machine's SMBIOS data as Linux joins it (`/sys/class/dmi/id/modalias`); empty where
    /// there is none.
    public var dmi: String
    /// The device tree's `compatible` words (Devicetree Specification 0.4, 2.3.1).
    public var deviceTree: Set<String>

    /// Makes an identity; each part may be empty.
    public init(
        usb: Set<String> = [], usbClasses: Set<String> = [], dmi: String = "",
        deviceTree: Set<String> = []
    ) {
        self.usb = usb
        self.usbClasses = usbClasses
        self.dmi = dmi
        self.deviceTree = deviceTree
    }
}

/// On which machines a profile holds: where any of its rules does.
public struct ProfileMatch: Hashable, Sendable {
    /// One rule.
    public enum Rule: Hashable, Sendable {
        /// Every machine.
        case any
        /// A USB device, as `vendor:product`.
        case usb(String)
        /// A USB interface of a class.
        case usbClass(String)
        /// SMBIOS data of this pattern, in which `*` stands for any characters.
        case dmi(String)
        /// A `compatible` word of the device tree.
        case deviceTree(String)

        /// The rule as a profile writes it.
        public var text: String {
            switch self {
            case .any: "machine: any"
            case .usb(let id): "usb: \(id)"
            case .usbClass(let code): "usb-class: \(code)"
            case .dmi(let pattern): "dmi: \(pattern)"
            case .deviceTree(let word): "device-tree: \(word)"
            }
        }

        func holds(on machine: MachineIdentity) -> Bool {
            switch self {
            case .any: true
            case .usb(let id): machine.usb.contains(id)
            case .usbClass(let code): machine.usbClasses.contains(code)
            case .dmi(let pattern):
                !machine.dmi.isEmpty
                    && Self.fits(Array(machine.dmi.utf8)[...], Array(pattern.utf8)[...])
            case .deviceTree(let word): machine.deviceTree.contains(word)
            }
        }

        /// A pattern with stars, matched greedily from the left with one place to go back to: the
        /// time is the product of both lengths at most.
        private static func fits(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
            let star = UInt8(ascii: "*")
            var (at, want) = (text.startIndex, pattern.startIndex)
            var back: (at: Int, want: Int)?
            while at < text.endIndex {
                if want < pattern.endIndex, pattern[want] == star {
                    want += 1
                    back = (at, want)
                } else if want < pattern.endIndex, pattern[want] == text[at] {
                    at += 1
                    want += 1
                } else if let last = back {
                    at = last.at + 1
                    want = last.want
                    back = (at, want)
                } else {
                    return false
                }
            }
            return pattern[want...].allSatisfy { $0 == star }
        }
    }

    /// The rules, in the file's order.
    public let rules: [Rule]

    /// The first rule that holds on a machine, as the profile writes it; nil where none does.
    public func reason(on machine: MachineIdentity) -> String? {
        rules.first { $0.holds(on: machine) }?.text
    }
}

extension ProfileMatch {
    /// The most ids that one key may list.
    static let maximumIDs = 64

    init(reading section: Section) throws(ProfileFinding) {
        try section.allow(["machine", "usb", "usb-class", "dmi", "device-tree"])
        var rules: [Rule] = []
        for key in section.keys {
            for (text, place) in try section.texts(key, atMost: Self.maximumIDs) {
                rules.append(try Self.rule(key, text, at: place))
            }
        }
        guard !rules.isEmpty else {
            throw ProfileFinding(
                at: section.place, "match names nothing; leave it out, or name an id.")
        }
        self.rules = rules
    }

    private static func rule(_ key: String, _ text: String, at place: ProfilePlace)
        throws(ProfileFinding) -> Rule
    {
        func refuse(_ expected: String) -> ProfileFinding {
            ProfileFinding(
                at: place, "match.\(key) is \(ProfileText.quoted(text)), not \(expected).")
        }
        switch key {
        case "machine":
            guard text == "any" else { throw refuse("any") }
            return .any
        case "usb":
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ isHex($0, digits: 4) }) else {
                throw refuse("vendor:product, four lower-case hexadecimal digits each")
            }
            return .usb(text)
        case "usb-class":
            guard isHex(text, digits: 2) else { throw refuse("two lower-case hexadecimal digits") }
            return .usbClass(text)
        case "dmi":
            guard text.hasPrefix("dmi:") || text.hasPrefix("*") else {
                throw refuse("a pattern of /sys/class/dmi/id/modalias, such as *:svnQEMU:*")
            }
            return .dmi(text)
        default:
            guard text.contains(","), !text.contains(" ") else {
                throw refuse("a word such as raspberrypi,4-model-b")
            }
            return .deviceTree(text)
        }
    }

    private static func isHex(_ text: some StringProtocol, digits: Int) -> Bool {
        text.utf8.count == digits
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
