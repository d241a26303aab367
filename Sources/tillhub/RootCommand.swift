import ArgumentParser
import COSE
import CommandSupport
import Hub
import HubProtocol
import Trust
import Vouchers

/// `tillhub root`: the keys that say whom the terminals trust.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Make, show and rotate the root keys.",
        discussion: """
            Root keys are kept offline: each on its own medium, in its own hands. `init` and \
            `rotate` work in a folder and need no hub; `tillhub trust import` tells the hub.
            """,
        subcommands: [RootInitCommand.self, RootShowCommand.self, RootRotateCommand.self])
}

/// A root in JSON.
struct RootMessage: Encodable {
    let version: UInt64
    let generation: UInt64
    let threshold: Int
    let keys: [String]
    let fingerprint: String
    let expires: String

    init(_ root: Root) {
        version = root.version
        generation = root.generation
        threshold = root.threshold
        keys = root.keys.map { Array($0.thumbprint.prefix(8)).hex }
        fingerprint = root.fingerprint.hex
        expires = Shown.time(root.expiresAt)
    }

    func tell() {
        Output.line(
            "Root \(version): \(threshold) of \(keys.count) keys sign; expires \(expires).")
        Output.line("Fingerprint: \(fingerprint)")
        for key in keys { Output.line("  key \(key)") }
    }
}

/// Where the root keys are.
struct RootOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the root keys.", valueName: "folder"))
    var keys: String
}

/// `tillhub root init`: makes root keys and the first root.
struct RootInitCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make root keys and the first root, away from the hub.")

    @Option(help: "The merchant's id, without till:.")
    var merchant = "m42"
    @Option(help: "How many keys.")
    var count = TrustDefaults.rootKeyCount
    @Option(help: "How many of them must sign.")
    var threshold = TrustDefaults.rootThreshold
    @Option(help: "How long the root lasts: a number and s, m, h or d.")
    var expiresIn = "731d"
    @OptionGroup var root: RootOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...TrustDefaults.maximumRootKeys).contains(count), (1...count).contains(threshold)
        else {
            throw ValidationError(
                "--count is 1 to \(TrustDefaults.maximumRootKeys), --threshold 1 to --count.")
        }
    }

    func perform() async throws {
        let now = try Clock.believable()
        guard let id = MerchantID("till:" + merchant) else {
            throw CommandFailure(
                .usage, reason: "merchant-malformed",
                message: "--merchant is 1 to 20 of A-Z a-z 0-9 . _ - and no key was made.")
        }
        let made = try RootFolder(root.keys).create(
            merchant: id, count: count, threshold: threshold,
            lifeSeconds: try Parsing.seconds(expiresIn, option: "--expires-in"), at: now)
        let message: RootMessage
        do throws(TrustRefusal) { message = RootMessage(try Root.unverified(made.root)) } catch {
            throw CommandFailure(error, file: root.keys)
        }
        if output.json { return try Output.json(message) }
        message.tell()
        Output.line("Next: tillhub trust import \(RootFolder(root.keys).rootPath(1)) with a list.")
    }
}

/// `tillhub root show`: the root in force.
struct RootShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the root in force, to be compared by its fingerprint.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let store = try await hub.folder.trust(at: Clock.seconds())
        let message = RootMessage(store.root.root)
        if output.json { return try Output.json(message) }
        message.tell()
    }
}

/// `tillhub root rotate`: makes the next root in the folder of the root keys.
struct RootRotateCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make the next root: with new keys in the place of some, signed by both.",
        discussion: """
            Signs with every key in the folder that the root in force or the next one names. If \
            others are needed, carry the file to them: tillhub trust sign. The key files that are \
            replaced stay where they are; destroy them once every terminal has the new root.
            """)

    @Option(
        help: ArgumentHelp(
            "The thumbprint (8 bytes, as shown) of a key to be replaced; may be repeated.",
            valueName: "hex"))
    var replace: [String] = []
    @Option(help: "How many keys must sign from now on (default: as before).")
    var threshold: Int?
    @Flag(help: "Begin list versions again at 1: only after root keys were used badly.")
    var newGeneration = false
    @Option(help: "How long the root lasts: a number and s, m, h or d.")
    var expiresIn = "731d"
    @OptionGroup var root: RootOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let root: RootMessage
        let file: String
        let signatures: Int
    }

    func perform() async throws {
        let now = try Clock.believable()
        let folder = RootFolder(root.keys)
        let held = try folder.newestRoot().root
        let gone = held.keys.filter { key in
            replace.contains { $0.lowercased() == Array(key.thumbprint.prefix(8)).hex }
        }
        guard gone.count == replace.count else {
            throw CommandFailure(
                .notFound, reason: "key-unknown",
                message: "The root names no such key to be replaced. Nothing was made. "
                    + "tillhub root show lists the keys.")
        }
        var keys = held.keys.filter { !gone.contains($0) }
        for number in gone.indices {
            let name = RootFolder.keyName(Int(held.version) * 100 + number + 1)
            keys.append(try folder.makeKey(name).publicKey)
        }
        let threshold = threshold ?? held.threshold
        guard (1...keys.count).contains(threshold) else {
            throw CommandFailure(
                .usage, reason: "threshold-out-of-range",
                message: "--threshold is 1 to \(keys.count). No root was made.")
        }
        let next = Root(
            merchant: held.merchant, generation: held.generation + (newGeneration ? 1 : 0),
            version: held.version + 1, issuedAt: now,
            expiresAt: now + (try Parsing.seconds(expiresIn, option: "--expires-in")),
            threshold: threshold, keys: keys)
        let signers = try folder.keys().map(\.key).filter {
            keys.contains($0.publicKey) || held.keys.contains($0.publicKey)
        }
        let path = folder.rootPath(next.version)
        try OutputFile.replace(
            path, with: MessageFile.root.text(of: RootFolder.sign(next.draft(), by: signers)))
        let answer = Answer(root: RootMessage(next), file: path, signatures: signers.count)
        if output.json { return try Output.json(answer) }
        answer.root.tell()
        Output.line("Signed by \(signers.count) keys: \(path)")
        Output.line("Next: tillhub trust import \(path); then publish a list that it signs.")
    }
}
