/// What a screen is about; it decides colour, icon and layout.
public enum ScreenKind: String, Hashable, Sendable, CaseIterable {
    /// Nothing is being sold.
    case idle
    /// The shop's QR code, to be scanned or answered.
    case shopQR = "shop-qr"
    /// A code is being dealt with.
    case working
    /// Paid in full.
    case approved
    /// Paid, and the receipt as a code to be taken along.
    case receipt
    /// Paid in part; the rest is still asked for.
    case approvedInPart = "approved-in-part"
    /// Not paid, and why.
    case declined
    /// Not paid: the voucher or the code has been used.
    case again
    /// Not paid: another code, or the same once more.
    case retry
    /// Not paid: it takes a network.
    case network
    /// Money goes back.
    case undone
    /// The period is closed and the next not begun.
    case closed
    /// The terminal's health, as a code for a technician.
    case service
    /// The terminal cannot take payments.
    case outOfOrder = "out-of-order"
}

/// The care of a panel on which the same has stood for long (image retention): drawn dim, and each
/// minute a few pixels off where it was.
public struct ScreenRest: Hashable, Sendable {
    /// How long the same stands before it rests, in seconds.
    public static let afterSeconds: UInt64 = 600
    /// How long it stands at one place then, in seconds.
    public static let shiftSeconds: UInt64 = 60
    /// How many places there are, around the one where it is drawn awake.
    public static let places = 8

    /// Which of them, from 0.
    public let place: Int

    /// The care due where the same has stood for so many seconds; nil: none yet.
    public init?(stillSeconds: UInt64) {
        guard stillSeconds >= Self.afterSeconds else { return nil }
        place = Int((stillSeconds - Self.afterSeconds) / Self.shiftSeconds % UInt64(Self.places))
    }
}

/// What the customer's screen shows: a value, drawn by a display.
public struct Screen: Hashable, Sendable {
    /// What it is about.
    public let kind: ScreenKind
    /// The merchant's name, at the top.
    public let merchant: String
    /// The one word or phrase that is read from afar.
    public let headline: String
    /// The amount, with its currency, where there is one.
    public let amount: String?
    /// Sentences under it, the most important first.
    public let lines: [String]
    /// A QR code.
    public let symbol: SymbolMatrix?
    /// How long the code is still good for.
    public let countdown: String?
    /// Small print: the sale's reference, the receipt.
    public let footer: String?
    /// What stands above and below everything else, on a terminal that takes no money.
    public let banner: String?
    /// Whether its language is written from right to left: the sides are then the other way round.
    public let isRightToLeft: Bool
    /// The care that it is drawn with, where it has stood for long.
    public let rest: ScreenRest?

    /// Makes a screen from its parts.
    public init(
        kind: ScreenKind, merchant: String, headline: String, amount: String? = nil,
        lines: [String] = [], symbol: SymbolMatrix? = nil, countdown: String? = nil,
        footer: String? = nil, banner: String? = nil, isRightToLeft: Bool = false,
        rest: ScreenRest? = nil
    ) {
        self.kind = kind
        self.merchant = merchant
        self.headline = headline
        self.amount = amount
        self.lines = lines
        self.symbol = symbol
        self.countdown = countdown
        self.footer = footer
        self.banner = banner
        self.isRightToLeft = isRightToLeft
        self.rest = rest
    }
}
