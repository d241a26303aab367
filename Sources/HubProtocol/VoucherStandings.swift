import CBOR
public import COSE
public import Payments
public import Vouchers

/// What is spent, at all terminals together, of the vouchers that others than the asking terminal
/// have taken: redemptions made elsewhere, signed by the hub for one journal
/// (`docs/spec/hub-protocol.md`, *Redemptions made elsewhere*).
public struct VoucherStandings: Hashable, Sendable {
    /// The `typ` of this message.
    public static let type = "till-standings/1"
    /// The most vouchers in one message: a thousand and a batch, so that it never ends within one.
    public static let maximumVouchers = 1_000 + Batch.maximumEntries
    /// The longest message in bytes: the most vouchers with the longest names.
    public static let maximumBytes = 256 << 10
    /// The length of a voucher's name in bytes.
    public static let nameLength = 16

    /// What is told of one voucher.
    public struct Line: Hashable, Sendable {
        /// See ``VoucherStandings/name(of:)``.
        public let voucher: [UInt8]
        /// How it stands.
        public let standing: HubStanding

        /// Makes a line.
        public init(voucher: [UInt8], standing: HubStanding) {
            precondition(voucher.count == nameLength, "A voucher's name has 16 bytes.")
            self.voucher = voucher
            self.standing = standing
        }
    }

    /// Whom it is for.
    public let terminal: TerminalID
    /// The journal whose entries are counted, 8 bytes.
    public let journal: [UInt8]
    /// The hub's time, in seconds since 1970 UTC.
    public let at: UInt64
    /// The arrival after which it tells: what was asked for, or 0 where the hub began anew.
    public let after: UInt64
    /// The arrival through which it tells: what to ask for next.
    public let through: UInt64
    /// The last entry of the journal that is counted.
    public let countedThrough: UInt64
    /// Whether there is no more to be asked for now.
    public let isComplete: Bool
    /// The vouchers, each once.
    public let lines: [Line]

    /// Makes standings; the lines' ``HubStanding/countedThrough`` is the message's own.
    public init(
        terminal: TerminalID, journal: [UInt8], at: UInt64, after: UInt64, through: UInt64,
        countedThrough: UInt64, isComplete: Bool, lines: [Line]
    ) {
        precondition(
            lines.count <= Self.maximumVouchers && after <= through,
            "Standings go forward, by at most 1,500 vouchers.")
        self.terminal = terminal
        self.journal = journal
        self.at = at
        self.after = after
        self.through = through
        self.countedThrough = countedThrough
        self.isComplete = isComplete
        self.lines = lines
    }

    /// How a voucher is named here: 16 bytes of the SHA-256 of issuer, a zero byte and `cti`. The
    /// `cti` itself may be money, and is told to nobody who does not show it.
    public static func name(of voucher: VoucherIdentity) -> [UInt8] {
        Array(
            Hashing.sha256(Array(voucher.issuer.name.utf8) + [0] + voucher.cti)
                .prefix(nameLength))
    }

    /// The standings as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), .bytes(journal), .unsigned(at),
                .unsigned(after), .unsigned(through), .unsigned(countedThrough),
                .bool(isComplete),
                .array(
                    lines.map { line in
                        let last = line.standing.last
                        return .array([
                            .bytes(line.voucher), .unsigned(line.standing.spent),
                            .text(last.terminal.text), .unsigned(last.at), .unsigned(last.amount),
                        ])
                    }),
            ]), type: Self.type, key: key)
    }

    /// Reads what `hub` has signed for this terminal's journal.
    public static func verify(
        _ bytes: [UInt8], signedBy hub: PublicKey, for terminal: TerminalID, journal: [UInt8]
    ) throws(MessageError) -> VoucherStandings {
        let payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: hub)
        let standings = try VoucherStandings(payload)
        guard standings.terminal == terminal else {
            throw .wrongTerminal(found: standings.terminal)
        }
        guard standings.journal == journal else { throw .wrongJournal }
        return standings
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "standings")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        journal = try reader.bytes(
            "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
        at = try reader.unsigned("hub time (element 3)")
        after = try reader.unsigned("after (element 4)")
        through = try reader.unsigned("through (element 5)")
        guard after <= through else { throw .shape("through (element 5)") }
        countedThrough = try reader.unsigned("counted through (element 6)")
        guard case .bool(let isComplete) = try reader.next("complete (element 7)") else {
            throw .shape("complete (element 7)")
        }
        self.isComplete = isComplete
        var lines: [Line] = []
        var known: Set<[UInt8]> = []
        let rows = try reader.array("vouchers (element 8)", atMost: Self.maximumVouchers)
        for row in rows {
            let line = try Self.line(row, countedThrough: countedThrough)
            guard known.insert(line.voucher).inserted else { throw .shape("a voucher twice") }
            lines.append(line)
        }
        self.lines = lines
        try reader.end()
    }

    private static func line(_ row: CBORValue, countedThrough: UInt64) throws(MessageError)
        -> Line
    {
        var reader = try PayloadReader(row, "voucher (element 8)")
        let name = try reader.bytes("voucher's name (element 8)", count: nameLength)
        let spent = try reader.unsigned("spent (element 8)")
        let last = ElsewhereRedemption(
            terminal: try reader.terminal("other terminal (element 8)"),
            at: try reader.unsigned("other time (element 8)"),
            amount: try reader.unsigned("other amount (element 8)"))
        try reader.end()
        return Line(
            voucher: name,
            standing: HubStanding(spent: spent, countedThrough: countedThrough, last: last))
    }
}
