import CommandSupport
import HTTPControlServer
import HubProtocol
import TerminalState
import X509Certificates

/// The console on the shop's network: `--console-network ADDRESS:PORT` and `--console-name`.
struct NetworkConsole {
    /// The most names besides the kiosk's own.
    static let maximumNames = 16

    let host: String
    let port: Int
    let names: [String]

    /// Reads `ADDRESS:PORT`, an IPv6 address in brackets.
    init(_ text: String, names: [String]) throws(CommandFailure) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0,
            let host = Self.host(text[..<colon])
        else {
            throw CommandFailure(
                .usage, reason: "console-network-malformed",
                message:
                    "--console-network is ADDRESS:PORT, as 192.168.1.20:7443, 0.0.0.0:7443 for every "
                    + "address, or [::]:7443; not \"\(text.prefix(60))\". Nothing was started.")
        }
        guard names.count <= Self.maximumNames else {
            throw CommandFailure(
                .usage, reason: "console-name-too-many",
                message:
                    "--console-name is given more than \(Self.maximumNames) times. Nothing was "
                    + "started.")
        }
        self.host = host
        self.port = Int(port)
        self.names = names.map { $0.lowercased() }
    }

    private static func host(_ text: Substring) -> String? {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
        let host = String(bare)
        let isSix = host.contains(":")
        return NetworkAddress.isAddress(host) && isSix == (bare != text) ? host : nil
    }

    /// The door, with a certificate by the shop's own authority, which is made where there is none.
    func door(state: StateFolder) throws -> ConsoleDoor {
        // A clock that stands before the program was made would make a certificate that is over.
        let now = max(secondsNow(), releaseTime)
        let kiosk = NetworkAddress.machineName
        let authority = try state.consoleAuthority(host: kiosk, now: now)
        if let stranger = names.first(where: { !authority.permits($0) }) {
            throw CommandFailure(
                .usage, reason: "console-name-not-private",
                message:
                    "The console's authority does not vouch for \"\(stranger.prefix(80))\": it is no "
                    + "private name or address (.local, .lan, .internal, .home.arpa, 192.168.…). "
                    + "Nothing was started. Leave --console-name away or give a private one.")
        }
        let addresses =
            ["0.0.0.0", "::"].contains(host)
            ? NetworkAddress.all(six: host == "::") : [host]
        var all: [String] = []
        for name in [kiosk, kiosk + ".local", "localhost"] + addresses + names
        where !all.contains(name) && authority.permits(name) { all.append(name) }
        guard addresses.contains(where: all.contains) else {
            throw CommandFailure(
                .usage, reason: "console-network-public",
                message: "\(host) is no address of a private network: the console is not for the "
                    + "internet. Nothing was started. Give the kiosk's address in the shop's network."
            )
        }
        return .network(
            host: host, port: port, names: all,
            credential: try authority.credential(names: all, now: now),
            authority: authority.certificatePEM)
    }
}

extension ConsoleChoice {
    /// Where the console is reached.
    func doors(state: StateFolder) throws -> [ConsoleDoor] {
        try (port.map { [ConsoleDoor.loopback(port: $0)] } ?? [])
            + (network.map { [try $0.door(state: state)] } ?? [])
    }
}

extension ConsoleDoor {
    /// What is typed into a browser, each name a line of the log.
    func addresses(port: Int) -> [String] {
        switch self {
        case .loopback: ["http://127.0.0.1:\(port)/"]
        case .network(_, _, let names, _, _):
            names.filter { $0 != "localhost" && $0 != "127.0.0.1" && $0 != "::1" }.map {
                "https://\($0.contains(":") ? "[\($0)]" : $0):\(port)/"
            }
        }
    }
}
