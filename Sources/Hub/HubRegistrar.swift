public import COSE
public import HubProtocol
public import Payments
public import Vouchers

/// Why the hub did not change what it knows. Nothing has happened.
public enum RegistrarRefusal: Error, Hashable, Sendable {
    /// The hub has not been initialised.
    case notInitialised
    /// The hub has been initialised before.
    case initialised
    /// The request is not one that a terminal has signed.
    case message(MessageError)
    /// The terminal belongs to another merchant than the hub serves.
    case otherMerchant(TerminalID, merchant: MerchantID)
    /// The terminal is enrolled with another key or another journal.
    case enrolledOtherwise(TerminalID)
    /// The journal is enrolled with another key, which signs its batches for ever.
    case journalHasOtherKey(TerminalID)
    /// The issuer is in the trust list with other keys already, or the name is the hub's own.
    case issuerKnown(IssuerID)
    /// The key is in the trust list already, under this name.
    case keyKnown(IssuerID)
    /// There is no room for another issuer, or for so many keys of one.
    case tooManyIssuers(limit: Int)
    /// Other changes came in between too often.
    case busy

    /// The stable code of the refusal in JSON.
    public var reason: String {
        switch self {
        case .notInitialised: "hub-not-initialised"
        case .initialised: "hub-exists"
        case .message(let error): error.reason
        case .otherMerchant: "other-merchant"
        case .enrolledOtherwise: "terminal-enrolled-otherwise"
        case .journalHasOtherKey: "journal-has-other-key"
        case .issuerKnown: "issuer-known"
        case .keyKnown: "issuer-key-known"
        case .tooManyIssuers: "too-many-issuers"
        case .busy: "hub-busy"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .notInitialised:
            "There is no hub here yet. Nothing was changed. Run tillhub init first."
        case .initialised:
            "There is a hub here already. It was left as it is. Choose another folder with --hub."
        case .message(let error):
            "\(error.description) Nothing was changed. Make the enrolment request anew on the "
                + "terminal."
        case .otherMerchant(let terminal, let merchant):
            "Terminal \(terminal.text) is not of merchant \(merchant.text), which this hub serves. "
                + "It was not enrolled. Give the terminal an id that begins with \(merchant.text)/."
        case .enrolledOtherwise(let terminal):
            "Terminal \(terminal.text) is enrolled with another key or journal. Nothing was "
                + "changed. If it was set up anew, run the command again with --replace; if two "
                + "terminals have the same id, give one of them another."
        case .journalHasOtherKey(let terminal):
            "This journal of terminal \(terminal.text) is enrolled with another key. Nothing was "
                + "changed. A journal keeps its key: restore the key file, or start a new journal."
        case .issuerKnown(let issuer):
            "Issuer \(issuer.name) is in the trust list with other keys. Nothing was changed. "
                + "Choose another name."
        case .keyKnown(let issuer):
            "That key is in the trust list already, under the name \(issuer.name). Nothing was "
                + "changed: vouchers under two names could be spent twice."
        case .tooManyIssuers(let limit):
            "The trust list would pass its limit of \(limit). Nothing was changed."
        case .busy: "Other changes came in between. Nothing was changed. Try again."
        }
    }
}

/// What the hub answers to a terminal that asks for a newer configuration.
public enum ConfigurationAnswer: Hashable, Sendable {
    /// The signed configuration.
    case newer([UInt8])
    /// The terminal has the newest.
    case upToDate
    /// No such terminal is enrolled.
    case unknownTerminal
}

/// Keeps what the hub knows of terminals, issuers and policy, and tells it to the terminals.
public struct HubRegistrar: Sendable {
    /// How often a change is tried again when another came in between.
    static let maximumAttempts = 16

    private let ledger: any HubLedger
    private let key: PrivateKey

    /// Makes a registrar; `key` is the hub's identity and signs the configurations.
    public init(ledger: any HubLedger, key: PrivateKey) {
        self.ledger = ledger
        self.key = key
    }

    /// Makes the hub, with `terms` as their first version.
    public func initialise(_ profile: HubProfile, terms: TerminalTerms, at now: UInt64)
        async throws(HubLedgerError) -> RegistrarRefusal?
    {
        let first = TermsVersion(version: 1, at: now, terms: terms)
        return try await ledger.initialise(profile, terms: first) ? nil : .initialised
    }

    /// What became of an enrolment request.
    public enum EnrolmentAnswer: Hashable, Sendable {
        /// The terminal is known, and this is its signed configuration; `again` where it was
        /// known just so before.
        case enrolled(EnrolmentRequest, configuration: [UInt8], again: Bool)
        /// It is not.
        case refused(RegistrarRefusal)
    }

    /// Makes a terminal known by its signed request, at `now` in seconds since 1970 UTC.
    ///
    /// A terminal that is known with another key or journal is refused unless `replacing`; its
    /// former journals stay known, for batches that are still under way.
    public func enrol(_ request: [UInt8], replacing: Bool, at now: UInt64)
        async throws(HubLedgerError) -> EnrolmentAnswer
    {
        let asked: EnrolmentRequest
        do { asked = try EnrolmentRequest.verify(request) } catch {
            return .refused(.message(error))
        }
        guard let profile = try await ledger.profile(), let terms = try await ledger.latestTerms()
        else { return .refused(.notInitialised) }
        guard asked.terminal.merchant == profile.merchant else {
            return .refused(.otherMerchant(asked.terminal, merchant: profile.merchant))
        }
        let configuration = configuration(of: asked.terminal, terms: terms)
        let known = try await ledger.enrolments().filter { $0.terminal == asked.terminal }
        if let same = known.first(where: { $0.journal == asked.journal }) {
            guard same.key == asked.key else {
                return .refused(.journalHasOtherKey(asked.terminal))
            }
            return .enrolled(asked, configuration: configuration, again: true)
        }
        guard known.isEmpty || replacing else {
            return .refused(.enrolledOtherwise(asked.terminal))
        }
        let enrolment = Enrolment(
            terminal: asked.terminal, journal: asked.journal, key: asked.key, at: now)
        guard try await ledger.append(enrolment) else { return .refused(.busy) }
        return .enrolled(asked, configuration: configuration, again: false)
    }

    /// The newest configuration for `terminal` where it is newer than `version`.
    public func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLedgerError) -> ConfigurationAnswer
    {
        guard let terms = try await ledger.latestTerms(),
            try await ledger.enrolments().contains(where: { $0.terminal == terminal })
        else { return .unknownTerminal }
        guard terms.version > version else { return .upToDate }
        return .newer(configuration(of: terminal, terms: terms))
    }

    private func configuration(of terminal: TerminalID, terms: TermsVersion) -> [UInt8] {
        TerminalConfiguration(
            version: terms.version, issuedAt: terms.at, hub: key.publicKey, terminal: terminal,
            terms: terms.terms
        ).signed(by: key)
    }

    /// The hub's time (seconds since 1970 UTC), signed for a terminal's `question` of 8 to 16
    /// bytes; nil where no such terminal is enrolled.
    public func time(for terminal: TerminalID, question: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> [UInt8]?
    {
        guard try await ledger.enrolments().contains(where: { $0.terminal == terminal }) else {
            return nil
        }
        return SignedTime(terminal: terminal, nonce: question, at: now, overrules: false)
            .signed(by: key)
    }

    /// What became of a change of the terms.
    public enum ChangeAnswer: Hashable, Sendable {
        /// The terms as they are now; `changed` where this made a new version.
        case done(TermsVersion, changed: Bool)
        /// Nothing was changed.
        case refused(RegistrarRefusal)
    }

    /// Adds an issuer to the trust list; the same issuer with the same keys again changes nothing.
    public func addIssuer(_ issuer: Issuer, at now: UInt64) async throws(HubLedgerError)
        -> ChangeAnswer
    {
        try await change(at: now) { terms in
            if let known = terms.issuers.first(where: { $0.id == issuer.id }) {
                return known == issuer ? .success(terms) : .failure(.issuerKnown(issuer.id))
            }
            for known in terms.issuers where !Set(known.keys).isDisjoint(with: issuer.keys) {
                return .failure(.keyKnown(known.id))
            }
            guard terms.issuers.count < TerminalTerms.maximumIssuers else {
                return .failure(.tooManyIssuers(limit: TerminalTerms.maximumIssuers))
            }
            guard issuer.keys.count <= TerminalTerms.maximumKeysPerIssuer else {
                return .failure(.tooManyIssuers(limit: TerminalTerms.maximumKeysPerIssuer))
            }
            return .success(terms.changing(issuers: terms.issuers + [issuer]))
        }
    }

    /// Gives the terminals the policy that `change` makes of the present one.
    public func setPolicy(at now: UInt64, _ change: (Policy) -> Policy)
        async throws(HubLedgerError) -> ChangeAnswer
    {
        try await self.change(at: now) { .success($0.changing(policy: change($0.policy))) }
    }

    private func change(
        at now: UInt64, _ change: (TerminalTerms) -> Result<TerminalTerms, RegistrarRefusal>
    ) async throws(HubLedgerError) -> ChangeAnswer {
        for _ in 0..<Self.maximumAttempts {
            guard let latest = try await ledger.latestTerms() else {
                return .refused(.notInitialised)
            }
            switch change(latest.terms) {
            case .failure(let refusal): return .refused(refusal)
            case .success(let terms):
                guard terms != latest.terms else { return .done(latest, changed: false) }
                let next = TermsVersion(version: latest.version + 1, at: now, terms: terms)
                if try await ledger.append(next) { return .done(next, changed: true) }
            }
        }
        return .refused(.busy)
    }
}
