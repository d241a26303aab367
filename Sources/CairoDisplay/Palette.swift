import Screens

/// A colour, sRGB, eight bits a channel.
struct Colour: Hashable, Sendable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    /// 0xRRGGBB.
    init(_ hex: UInt32) {
        red = UInt8(truncatingIfNeeded: hex >> 16)
        green = UInt8(truncatingIfNeeded: hex >> 8)
        blue = UInt8(truncatingIfNeeded: hex)
    }

    static let white = Colour(0xFFFFFF)
    static let black = Colour(0x000000)
}

/// How bright the customer's screen is where colour does not say what became of a payment.
public enum ScreenTheme: String, Hashable, Sendable, CaseIterable {
    /// Dark words on light ground: a counter in daylight.
    case light
    /// Light words on dark ground: a bar, a cinema.
    case dark
}

/// The colours of one kind of screen. Colour never says anything alone: icon and word say it too.
struct Palette: Hashable, Sendable {
    let background: Colour
    /// Text and icons on the background; contrast at least 4.5 to 1 (WCAG 2.2 AA, 1.4.3).
    let ink: Colour
    /// The bar with the merchant's name.
    let bar: Colour
    /// The merchant's name on it; contrast at least 4.5 to 1.
    let barInk: Colour
    /// Signs that are no text, on the background; contrast at least 3 to 1 (WCAG 2.2 AA, 1.4.11).
    let sign: Colour

    init(
        background: Colour, ink: Colour, bar: Colour, barInk: Colour = .white,
        sign: Colour? = nil
    ) {
        self.background = background
        self.ink = ink
        self.bar = bar
        self.barInk = barInk
        self.sign = sign ?? bar
    }

    /// The colours of a screen, as bright as it is to be.
    static func of(_ screen: Screen, _ theme: ScreenTheme) -> Palette {
        screen.rest == nil ? of(screen.kind, theme) : resting
    }

    /// The colours of a kind of screen. What became of a payment looks the same in every theme.
    static func of(_ kind: ScreenKind, _ theme: ScreenTheme) -> Palette {
        theme == .dark ? dark(kind) ?? light(kind) : light(kind)
    }

    private static func light(_ kind: ScreenKind) -> Palette {
        switch kind {
        case .idle: Palette(background: Colour(0xF3F6F9), ink: Colour(0x12202F), bar: navy)
        case .shopQR: Palette(background: .white, ink: Colour(0x0D1520), bar: navy)
        case .working: Palette(background: Colour(0x0B4A8F), ink: .white, bar: Colour(0x08356A))
        case .approved: Palette(background: Colour(0x0A6B34), ink: .white, bar: Colour(0x064A23))
        // Nearly white, so that the receipt's symbol can be read from it.
        case .receipt:
            Palette(background: Colour(0xF4FBF6), ink: Colour(0x064A23), bar: Colour(0x064A23))
        case .approvedInPart:
            Palette(background: Colour(0x7A4B00), ink: .white, bar: Colour(0x583600))
        case .declined: Palette(background: Colour(0xA61B1B), ink: .white, bar: Colour(0x771010))
        case .again: Palette(background: Colour(0x6B3A00), ink: .white, bar: Colour(0x4B2900))
        case .retry: Palette(background: Colour(0x5A4A12), ink: .white, bar: Colour(0x40340C))
        case .network: Palette(background: Colour(0x2B3A8C), ink: .white, bar: Colour(0x1D2866))
        // Nearly white, so that a refund voucher's symbol can be read from it.
        case .undone:
            Palette(background: Colour(0xFBF8FD), ink: Colour(0x4A1E6B), bar: Colour(0x4A1E6B))
        case .closed: Palette(background: Colour(0x22303C), ink: .white, bar: Colour(0x141D25))
        // Nearly white, so that the report's symbol can be read from it.
        case .service:
            Palette(background: Colour(0xF4F5F7), ink: Colour(0x24282E), bar: Colour(0x24282E))
        case .outOfOrder: Palette(background: Colour(0x3A3F47), ink: .white, bar: Colour(0x24282E))
        }
    }

    /// What is light otherwise. A symbol stays black on white, quiet zone and all: many phones do not
    /// read it the other way round.
    private static func dark(_ kind: ScreenKind) -> Palette? {
        switch kind {
        case .idle:
            Palette(
                background: Colour(0x10181F), ink: Colour(0xE8EEF4), bar: Colour(0x05090D),
                sign: Colour(0x8FB8E8))
        case .shopQR:
            Palette(
                background: Colour(0x0B1116), ink: Colour(0xF2F6FA), bar: Colour(0x05090D),
                sign: Colour(0x8FB8E8))
        case .receipt:
            Palette(
                background: Colour(0x0B1A12), ink: Colour(0xD5F5E1), bar: Colour(0x05100A),
                sign: Colour(0x7FD6A2))
        case .service:
            Palette(
                background: Colour(0x14171B), ink: Colour(0xE4E7EB), bar: Colour(0x0A0C0E),
                sign: Colour(0xAEB6C0))
        case .undone:
            Palette(
                background: Colour(0x1A1022), ink: Colour(0xEBDCF7), bar: Colour(0x0F0815),
                sign: Colour(0xC79BE8))
        default: nil
        }
    }

    /// What rests, whatever its theme: no pixel is bright, and each word can still be read.
    static let resting = Palette(
        background: .black, ink: Colour(0x8C8C8C), bar: .black, barInk: Colour(0x8C8C8C),
        sign: Colour(0x707070))

    /// The strips that say that nothing here is money, and the text on them: no screen's own
    /// colours (contrast 12 to 1).
    static let banner = Colour(0xFFC400)
    /// See ``banner``.
    static let bannerInk = Colour(0x14110A)

    private static let navy = Colour(0x12304F)
}
