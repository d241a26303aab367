import ArgumentParser
import COSE
import CommandSupport

/// A key's algorithm as the command line names it.
enum AlgorithmName: String, CaseIterable, ExpressibleByArgument {
    case ed25519
    case p256

    var algorithm: KeyAlgorithm {
        switch self {
        case .ed25519: .ed25519
        case .p256: .ecdsaP256
        }
    }
}

/// The wallet's public key in JSON.
struct KeyMessage: Encodable {
    let algorithm: String
    let publicKey: String
    let thumbprint: String

    init(_ key: PublicKey) {
        algorithm = AlgorithmName.allCases.first { $0.algorithm == key.algorithm }?.rawValue ?? ""
        publicKey = key.coseKey.hex
        thumbprint = key.thumbprint.hex
    }
}

/// `tillwallet init`: makes a wallet.
struct InitCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a wallet with a new key.")

    @Option(help: "The key's algorithm: ed25519 or p256.")
    var algorithm: AlgorithmName = .ed25519
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let key = try WalletFolder.create(wallet.path, algorithm: algorithm.algorithm)
        if output.json {
            try Output.json(KeyMessage(key))
        } else {
            Output.line("The wallet \(wallet.path) has been made. Its public key for issuers:")
            Output.line(key.coseKey.hex)
        }
    }
}

/// `tillwallet key`: prints the public key.
struct KeyCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Print the wallet's public COSE_Key in hex, for issuers.")

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let key = try wallet.open().key().publicKey
        if output.json { try Output.json(KeyMessage(key)) } else { Output.line(key.coseKey.hex) }
    }
}
