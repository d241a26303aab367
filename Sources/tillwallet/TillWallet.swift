import ArgumentParser
import CommandSupport

/// The customer's wallet.
@main
struct TillWallet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tillwallet",
        abstract: "Keeps a key, certificates and vouchers, and pays at Till terminals.",
        discussion: """
            Works without any network. A code that was shown is counted as spent although nobody \
            tells the wallet what became of it; `unpaid` takes the last one back.
            Exit codes: 0 ok, 1 failed, 10 not found, 20 data damaged, 64 usage.
            """,
        version: tillVersion,
        subcommands: [
            InitCommand.self, KeyCommand.self, AddCommand.self, ListCommand.self,
            TrustCommand.self, PayCommand.self, ShowCommand.self, UnpaidCommand.self,
        ])
}
