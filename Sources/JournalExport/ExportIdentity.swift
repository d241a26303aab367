public import COSE
public import Vouchers

/// Whose journal an export says that it is.
public struct ExportIdentity: Sendable {
    /// See the initialiser.
    public let terminal: TerminalID
    /// See the initialiser.
    public let key: PublicKey
    /// See the initialiser.
    public let hub: PublicKey?
    /// See the initialiser.
    public let seal: PrivateKey?

    /// Names the terminal, its key and its hub's, and, where it can be read, the private key that
    /// seals the file.
    public init(terminal: TerminalID, key: PublicKey, hub: PublicKey?, seal: PrivateKey?) {
        self.terminal = terminal
        self.key = key
        self.hub = hub
        self.seal = seal
    }
}
