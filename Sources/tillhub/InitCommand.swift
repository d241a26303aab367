import ArgumentParser
import COSE
import CommandSupport
import Hub
import HubProtocol
import Money
import PaymentCodes
import Payments
import Trust
import Vouchers

/// `tillhub init`: makes a hub.
struct InitCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a hub, with keys, ledger and a merchant's profile.")

    @Option(help: "The hub's name for people; vouchers carry it.")
    var name = "Till hub"
    @Option(help: "The hub's entry in the terminals' trust list: 1 to 32 of A-Z a-z 0-9 . _ -")
    var issuer = "till-hub"
    @Option(help: "The merchant's id, without till:.")
    var merchant = "m42"
    @Option(help: "The merchant's name on wallets' screens, at most 25 characters.")
    var merchantName = "Till Shop"
    @Option(help: "The merchant's city, at most 15 characters.")
    var city = "Berlin"
    @Option(help: "The merchant's country, two letters.")
    var country = "DE"
    @Option(help: "The merchant category code, four digits.")
    var category = "5812"
    @Option(help: "The merchant's postal code, at most 10 characters, where a scheme asks for it.")
    var postalCode: String?
    @Option(
        help: ArgumentHelp(
            "A scheme's account for the shop QR, by the names that `tillctl code make FORM --list` "
                + "tells; may be repeated.", valueName: "FORM:name=value;…"))
    var scheme: [String] = []
    @Option(
        help: ArgumentHelp(
            "A merchant account of the shop QR, with sub-objects from 26 on; may be repeated.",
            valueName: "26:00=GUID;01=ACCOUNT"))
    var account: [String] = []
    @Option(help: "A currency that the terminals accept; may be repeated, the first is usual.")
    var currency: [String] = ["EUR"]
    @Option(help: "Where the terminals reach the hub; \"\" for nowhere.")
    var url = "http://127.0.0.1:8480"
    @Option(
        help: ArgumentHelp(
            "The folder to make the root keys in (default: the hub's folder with -root).",
            valueName: "folder"))
    var root: String?
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let hub: String
        let key: String
        let issuer: String
        let issuerKey: String
        let merchant: String
        let currencies: [String]
        let url: String
        let root: String
        let rootKeys: String
    }

    func perform() async throws {
        let profile = try profile()
        guard !profile.merchant.isTraining, !profile.issuer.isTraining else {
            throw CommandFailure(
                .usage, reason: "training-name",
                message: "Names that begin with \(Training.idPrefix) are for training: "
                    + "tillhub training makes a hub for it. No hub was made.")
        }
        let (currencies, store) = try await make(profile, at: try Clock.believable())
        try tell(profile, currencies, hub.folder, store)
    }

    /// Makes the hub, its root keys and its first list, and says nothing.
    func make(_ profile: HubProfile, at now: UInt64) async throws -> (
        currencies: [Currency], store: TrustStore
    ) {
        let currencies = try currency.map(Parsing.currency)
        let merchantTerms = try merchantTerms()
        try checkURL()
        let folder = hub.folder
        let ledger = try folder.create()
        let terms = TerminalTerms(
            merchant: merchantTerms, policy: Policy.standard(for: currencies),
            currency: currencies[0],
            hubURL: url.isEmpty ? nil : url)
        let registrar = HubRegistrar(ledger: ledger, key: try folder.identity())
        do {
            if let refusal = try await registrar.initialise(profile, terms: terms, at: now) {
                throw CommandFailure(refusal)
            }
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        let store = try await FirstTrust(folder: folder, rootPath: root, issuedSince: now)
            .make(profile, registrar.trust, at: now)
        return (currencies, store)
    }

    private func tell(
        _ profile: HubProfile, _ currencies: [Currency], _ folder: HubFolder, _ store: TrustStore
    ) throws {
        let answer = Answer(
            hub: folder.path, key: try folder.identity().publicKey.coseKey.hex,
            issuer: profile.issuer.name, issuerKey: try folder.issuers()[0].publicKey.coseKey.hex,
            merchant: profile.merchant.text, currencies: currencies.map(\.code), url: url,
            root: store.root.root.fingerprint.hex, rootKeys: root ?? folder.usualRootPath)
        if output.json { return try Output.json(answer) }
        Output.line("Made a hub in \(answer.hub) for merchant \(answer.merchant).")
        Output.line("Hub key (public):    \(answer.key)")
        Output.line("Issuer key (public): \(answer.issuerKey)  (\(answer.issuer))")
        Output.line("Root fingerprint:    \(answer.root)")
        Output.line(
            "Root keys (\(TrustDefaults.rootThreshold) of \(TrustDefaults.rootKeyCount) sign): "
                + "\(answer.rootKeys). Move that folder off this machine, each key to other hands.")
        Output.line("Next: tillhub serve, and tillhub terminal enrol REQUEST-FILE.")
    }

    /// Who the hub is, as the options say.
    func profile() throws -> HubProfile {
        guard let merchant = MerchantID("till:" + merchant) else {
            throw CommandFailure(
                .usage, reason: "merchant-malformed",
                message: "--merchant is 1 to 20 of A-Z a-z 0-9 . _ - and no hub was made.")
        }
        guard let issuer = IssuerID(issuer) else {
            throw CommandFailure(
                .usage, reason: "issuer-malformed",
                message: "--issuer is 1 to 32 of A-Z a-z 0-9 . _ - and no hub was made.")
        }
        guard (1...60).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw CommandFailure(
                .usage, reason: "name-malformed",
                message: "--name has 1 to 60 bytes without control characters. No hub was made.")
        }
        return HubProfile(merchant: merchant, issuer: issuer, name: name)
    }

    /// The merchant as the terminals will show it, checked by the shop QR's own rules now.
    private func merchantTerms() throws -> MerchantTerms {
        var accounts = try account.map(Self.account)
        for text in scheme { accounts += try SchemeAccount(text, currencies: currency).accounts }
        if accounts.isEmpty {
            accounts = [
                try Self.account("26:00=internal.merchant.\(merchant);01=\(merchant)")
            ]
        }
        do {
            _ = try MerchantProfile(
                name: merchantName, city: city, countryCode: country, categoryCode: category,
                postalCode: postalCode, accounts: accounts)
        } catch {
            throw CommandFailure(
                .usage, reason: "merchant-profile-invalid",
                message: "The merchant's profile makes no shop QR: \(error) No hub was made.")
        }
        return MerchantTerms(
            name: merchantName, city: city, countryCode: country, categoryCode: category,
            accounts: accounts.map { account in
                let id = account.id < 10 ? "0\(account.id)" : "\(account.id)"
                return MerchantTerms.Account(id: id, value: account.value)
            }, postalCode: postalCode)
    }

    private static func account(_ text: String) throws -> MerchantAccount {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let id = Int(parts[0]) else { throw malformedAccount }
        do {
            guard id >= 26 else { return try MerchantAccount(id: id, value: String(parts[1])) }
            let objects = try parts[1].split(separator: ";").map { part in
                let pair = part.split(separator: "=", maxSplits: 1)
                // ASCII digits: an id of full-width ones is a number to Unicode and not to EMVCo.
                guard pair.count == 2, pair[0].utf8.count == 2,
                    pair[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    (1...99).contains(pair[1].unicodeScalars.count)
                else { throw malformedAccount }
                return EMVObject(String(pair[0]), String(pair[1]))
            }
            return try MerchantAccount(id: id, objects: objects)
        } catch let error as MerchantProfileError {
            throw CommandFailure(
                .usage, reason: "merchant-profile-invalid",
                message: "--account: \(error.description) No hub was made.")
        }
    }

    private static let malformedAccount = CommandFailure(
        .usage, reason: "account-malformed",
        message: "--account is written 26:00=GUID;01=ACCOUNT, or 15:NUMBER below 26. "
            + "No hub was made.")

    private func checkURL() throws {
        let isHTTP = url.hasPrefix("http://") || url.hasPrefix("https://")
        guard url.isEmpty || (isHTTP && url.utf8.count <= MessageLimits.maximumTextLength) else {
            throw CommandFailure(
                .usage, reason: "hub-url-malformed",
                message: "--url is http://HOST:PORT or https://HOST:PORT. No hub was made.")
        }
    }
}
