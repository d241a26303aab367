/// `POST /console/login` and `POST /console/grants`: somebody of the staff, and their PIN.
public struct LoginMessage: Codable, Sendable {
    /// The name, as in the list of the staff.
    public let name: String
    /// The PIN: digits.
    public let pin: String

    /// Makes one.
    public init(name: String, pin: String) {
        self.name = name
        self.pin = pin
    }
}

/// Somebody of the staff.
public struct StaffMessage: Codable, Hashable, Sendable {
    /// The name.
    public let name: String
    /// `cashier`, `supervisor` or `technician`.
    public let role: String

    /// Makes one.
    public init(name: String, role: String) {
        self.name = name
        self.role = role
    }
}

/// `GET /console/session`: what the page must know before anybody has logged in.
public struct SessionMessage: Codable, Sendable {
    /// Who is logged in, if anybody is.
    public let member: StaffMessage?
    /// Who could; empty where names are told to nobody who has not logged in.
    public let staff: [StaffMessage]
    /// True where the page asks for a name instead of offering them; missing elsewhere.
    public let asksForName: Bool?
    /// The terminal's id.
    public let terminal: String
    /// The merchant's name.
    public let merchant: String
    /// The currency that amounts are typed in: ISO 4217 letters.
    public let currency: String
    /// Its decimals (ISO 4217's exponent).
    public let decimals: Int
    /// The shop's time zone, by its name in the IANA database.
    public let timeZone: String
    /// The program's version.
    public let version: String
    /// True on a terminal in training, where nothing is money; missing on any other.
    public let training: Bool?
    /// The shop's rates of value-added tax, which the page offers for each item; missing where none
    /// were named.
    public let vatRates: [VATRateMessage]?
    /// The shares of the bill, in per cent, that customers are offered as a tip; missing where nobody is
    /// asked.
    public let tips: [UInt64]?

    /// Makes one.
    public init(
        member: StaffMessage?, staff: [StaffMessage], asksForName: Bool? = nil, terminal: String,
        merchant: String,
        currency: String, decimals: Int, timeZone: String, version: String,
        training: Bool? = nil, vatRates: [VATRateMessage]? = nil,
        tips: [UInt64]? = nil
    ) {
        self.member = member
        self.staff = staff
        self.asksForName = asksForName
        self.terminal = terminal
        self.merchant = merchant
        self.currency = currency
        self.decimals = decimals
        self.timeZone = timeZone
        self.version = version
        self.training = training
        self.vatRates = vatRates
        self.tips = tips
    }
}

/// `POST /console/grants`: a supervisor's word for one request, to be sent along as `till-grant`.
public struct GrantMessage: Codable, Sendable {
    /// The word.
    public let grant: String

    /// Makes one.
    public init(grant: String) { self.grant = grant }
}

/// One event of `GET /console/events`: everything that the strip and the sale's panel show.
public struct ConsoleEventMessage: Encodable, Sendable {
    /// The sale on the screen, or the last that was.
    public let sale: SaleMessage?
    /// Where the terminal stands; nil while the journal cannot be read.
    public let status: StatusMessage?
    /// Why there is no status.
    public let problem: ProblemMessage?
    /// The question for a tip that stands; missing where none does.
    public let tip: TipQuestionMessage?

    /// Makes an event.
    public init(
        sale: SaleMessage?, status: StatusMessage?, problem: ProblemMessage?,
        tip: TipQuestionMessage? = nil
    ) {
        self.sale = sale
        self.status = status
        self.problem = problem
        self.tip = tip
    }
}
