public import COSE
public import Clocks
import HotLists
public import HubProtocol
import Money
public import PaymentCodes
public import Payments
public import Screens
public import Trust
import Vouchers

extension PaymentTerminal {
    /// What the terminal is made of: everything that touches the world is handed in.
    public struct Parts: Sendable {
        let configuration: TerminalConfiguration
        let merchant: MerchantProfile
        let key: PrivateKey
        let trust: TrustStore
        let trustKeeper: any TrustKeeper
        let journal: any Journal
        let display: any Display
        let signals: (any VerdictSignals)?
        let encoder: any ShopSymbolEncoder
        let reader: any ScreenReader
        let clock: any WallClock
        let random: any RandomSource
        let buildTime: UInt64
        let hub: (any HubLink)?
        let configurationMessage: [UInt8]?
        let store: (any VoucherStore)?
        let lastContact: UInt64?
        let contacted: @Sendable (UInt64) -> Void
        let hotList: (any HotListKeeper)?
        let standings: (any StandingShelf)?
        let hubLog: (any HubLogKeeper)?
        let language: ScreenLanguage
        let calendar: ShopCalendar
        let rehearsal: OfflineRehearsal?
        let meter: LinkMeter?
        let trace: @Sendable (Moment) -> Void

        /// Gathers the parts; `buildTime` is when the program was released, in seconds UTC: no
        /// honest clock stands before it. `hub` is asked before a payment is recorded, where it is
        /// within reach. `configurationMessage` is the configuration
        /// as the hub signed it: the journal keeps it, so that decisions can be explained. `store`
        /// holds what references pay with. `lastContact` is when the hub last answered an earlier
        /// process, in seconds UTC, and `contacted` is told whenever it answers this one, so that
        /// a restart makes no limit soft again. Without a keeper of the `hotList` none is asked for;
        /// without a shelf of `standings` nothing is known of redemptions elsewhere, and without a
        /// keeper of the `hubLog` the hub is not held to it.
        /// Customers are spoken to in `language`, receipts have the time of `calendar`; `signals` tell verdicts without a picture. `rehearsal` cuts the way to `hub`; only a terminal in
        /// training has one. `meter` counts what goes over the ways that are handed in, and says when
        /// lists wait.
        /// `trace` is told the moments of a payment as they pass.
        public init(
            configuration: TerminalConfiguration, merchant: MerchantProfile, key: PrivateKey,
            trust: TrustStore, trustKeeper: any TrustKeeper, journal: any Journal,
            display: any Display, signals: (any VerdictSignals)? = nil,
            encoder: any ShopSymbolEncoder,
            reader: any ScreenReader, clock: any WallClock, random: any RandomSource,
            buildTime: UInt64, hub: (any HubLink)? = nil,
            configurationMessage: [UInt8]? = nil,
            store: (any VoucherStore)? = nil, lastContact: UInt64? = nil,
            contacted: @escaping @Sendable (UInt64) -> Void = { _ in },
            hotList: (any HotListKeeper)? = nil, standings: (any StandingShelf)? = nil,
            hubLog: (any HubLogKeeper)? = nil,
            language: ScreenLanguage = .english, calendar: ShopCalendar = .utc,
            rehearsal: OfflineRehearsal? = nil, meter: LinkMeter? = nil,
            trace: @escaping @Sendable (Moment) -> Void = { _ in }
        ) {
            self.configuration = configuration
            self.merchant = merchant
            self.key = key
            self.trust = trust
            self.trustKeeper = trustKeeper
            self.journal = journal
            self.display = display
            self.signals = signals
            self.encoder = encoder
            self.reader = reader
            self.clock = clock
            self.random = random
            self.buildTime = buildTime
            self.hub = hub
            self.configurationMessage = configurationMessage
            self.store = store
            self.lastContact = lastContact
            self.contacted = contacted
            self.hotList = hotList
            self.standings = standings
            self.hubLog = hubLog
            self.language = language
            self.calendar = calendar
            self.rehearsal = rehearsal
            self.meter = meter
            self.trace = trace
        }
    }

    /// A moment of a payment that a test of durability wants to know of.
    public enum Moment: Hashable, Sendable {
        /// The journal is about to begin its transaction.
        case recording
        /// People are being told of a capture with this receipt number.
        case approved(receipt: ReceiptNumber, sale: SaleReference, minorUnits: UInt64)
    }
}
