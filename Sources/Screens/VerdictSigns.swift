public import Payments
import Vouchers

/// What a verdict looks and sounds like, without words: colour is never the only sign, and no two
/// groups share an icon, a word or a sound (WCAG 2.2, 1.4.1).
public struct VerdictSigns: Hashable, Sendable {
    /// What a person at the counter has to do next.
    public enum Group: String, Hashable, Sendable, CaseIterable {
        /// Hand over the goods.
        case approved
        /// Ask for the rest.
        case part
        /// The same voucher or code again: look at when it was spent.
        case again
        /// Ask for another code, or another way of showing it.
        case retry
        /// Ask for another way to pay.
        case declined
        /// Get a network, then try again.
        case network
        /// The terminal needs somebody.
        case fault
    }

    /// The icons a display knows.
    public enum Icon: String, Hashable, Sendable, CaseIterable {
        /// A tick.
        case tick
        /// A tick over half a disc.
        case halfTick = "half-tick"
        /// Two arrows in a circle.
        case repeated
        /// A hand that turns a code.
        case turn
        /// A cross.
        case cross
        /// A cloud with a stroke.
        case noCloud = "no-cloud"
        /// A spanner.
        case spanner
    }

    /// The colours a display knows; each has a light and a dark form.
    public enum Colour: String, Hashable, Sendable, CaseIterable {
        /// Paid.
        case green
        /// Paid in part.
        case teal
        /// Look again.
        case amber
        /// Not paid.
        case red
        /// Not decided for want of a network.
        case blue
        /// Not working.
        case grey
    }

    /// The sounds a loudspeaker knows, told apart by rhythm and not by pitch alone.
    public enum Sound: String, Hashable, Sendable, CaseIterable {
        /// Two short, one long.
        case paid = "short-short-long"
        /// Two short.
        case part = "short-short"
        /// Three short.
        case again = "short-short-short"
        /// One short.
        case retry = "short"
        /// One long.
        case declined = "long"
        /// Long and short.
        case network = "long-short"
        /// Two long.
        case fault = "long-long"
        /// Long and two short: no verdict, but money that was given back.
        case undone = "long-short-short"

        /// How long a short tone is, in milliseconds, and the pause after each. Short enough that the
        /// longest sound is over before the goods are in the bag; three in a second, no more, as a
        /// lamp blinks them too (WCAG 2.2, 2.3.1).
        public static let shortMilliseconds = 120
        /// How long a long tone is, in milliseconds: three short ones and more, so that nobody needs
        /// to compare.
        public static let longMilliseconds = 450

        /// The tones, as the milliseconds that each lasts; ``shortMilliseconds`` of silence stand
        /// between.
        public var tones: [Int] {
            rawValue.split(separator: "-").map {
                $0 == "short" ? Self.shortMilliseconds : Self.longMilliseconds
            }
        }

        /// The colour that goes with it.
        public var colour: Colour {
            switch self {
            case .paid, .undone: .green
            case .part: .teal
            case .again, .retry: .amber
            case .declined: .red
            case .network: .blue
            case .fault: .grey
            }
        }

        /// How high the tones are, in hertz: bright for what is paid, low for what is not, all within
        /// what a small loudspeaker gives and an old ear hears.
        public var hertz: Int {
            switch self {
            case .paid: 880
            case .part: 784
            case .undone: 659
            case .again, .retry: 523
            case .network: 440
            case .declined, .fault: 330
            }
        }
    }

    /// What is to be done.
    public let group: Group
    /// The one word that is read from afar.
    public let word: String
    /// The icon.
    public let icon: Icon
    /// The sound.
    public let sound: Sound
    /// The colour.
    public var colour: Colour { sound.colour }

    /// The signs of a group.
    public init(_ group: Group) {
        self.group = group
        switch group {
        case .approved: (word, icon, sound) = ("Paid", .tick, .paid)
        case .part: (word, icon, sound) = ("Paid in part", .halfTick, .part)
        case .again: (word, icon, sound) = ("Used already", .repeated, .again)
        case .retry: (word, icon, sound) = ("Try again", .turn, .retry)
        case .declined: (word, icon, sound) = ("Not paid", .cross, .declined)
        case .network: (word, icon, sound) = ("Needs network", .noCloud, .network)
        case .fault: (word, icon, sound) = ("Out of order", .spanner, .fault)
        }
    }

    /// The signs of what became of a code.
    public init(_ outcome: Outcome) {
        switch outcome {
        case .approved: self.init(.approved)
        case .approvedInPart: self.init(.part)
        case .declined(let reason): self.init(Self.group(of: reason))
        }
    }

    private static func group(of reason: DeclineReason) -> Group {
        switch reason {
        case .journalUnavailable, .clockSuspect, .trustDataTooOld, .clockUncertain,
            .storeUnavailable:
            .fault
        case .sameCodeAgain, .spentHere, .spentElsewhere, .nothingLeft: .again
        case .severalCodes, .notAPaymentCode, .receiptShown, .notForThisRequest, .oneWayNotAllowed,
            .oneWayAboveLimit, .oneWayRefused, .tooSoon, .aboveCodeCeiling, .referenceMalformed:
            .retry
        case .otherScheme, .hotListTooOld, .syncOverdue, .mayBeHotListed, .outsideHours,
            .agreedAllowanceUsedUp, .allowanceUsedUp, .kindAllowanceUsedUp, .tooManyOutstanding,
            .tooManyOfKind,
            .selectedForOnline, .unconfirmed, .referenceUnknown:
            .network
        case .refused(let refusal): group(of: refusal.category)
        case .currencyDiffers, .currencyNotAccepted, .conflictingVoucher, .issuerRevoked,
            .hotListed, .aboveVoucher, .abovePerPaymentMaximum, .voucherAllowanceUsedUp,
            .aboveAgreedLimit, .velocityExceeded, .splitSaleExceeded, .aboveFloorLimit,
            .aboveKindLimit,
            .bearerRefused, .partRefused, .declinedOnline, .referenceAmbiguous:
            .declined
        }
    }

    private static func group(of category: VoucherRefusal.Category) -> Group {
        switch category {
        case .staleCode, .codeFromFuture, .notForThisRequest, .needsPresentation, .formatBad:
            .retry
        case .issuerUnknown, .issuerRevoked, .signatureBad, .expired, .notYetValid,
            .notForThisShop:
            .declined
        }
    }
}
