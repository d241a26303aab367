import CommandSupport
import HTTPControlServer
import HubProtocol
import Logging
import ServiceLifecycle
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

    /// Refuses names and an address that are not of a private network.
    func check() throws(CommandFailure) {
        if let stranger = names.first(where: { !ConsoleAuthority.permits($0) }) {
            throw CommandFailure(
                .usage, reason: "console-name-not-private",
                message:
                    "The console's authority does not vouch for \"\(stranger.prefix(80))\": it is no "
                    + "private name or address (.local, .lan, .internal, .home.arpa, 192.168.…). "
                    + "Nothing was started. Leave --console-name away or give a private one.")
        }
        guard isEveryAddress || ConsoleAuthority.permits(host) else {
            throw CommandFailure(
                .usage, reason: "console-network-public",
                message: "\(host) is no address of a private network: the console is not for the "
                    + "internet. Nothing was started. Give the kiosk's address in the shop's network."
            )
        }
    }

    private var isEveryAddress: Bool { host == "0.0.0.0" || host == "::" }

    /// The addresses under which tablets reach it now; empty where the machine has none yet.
    private var addresses: [String] {
        guard isEveryAddress else { return [host] }
        return NetworkAddress.all(six: host == "::").filter {
            ConsoleAuthority.permits($0) && !$0.hasPrefix("127.") && $0 != "::1"
        }
    }

    /// The door, with a certificate by the shop's own authority, which is made where there is none; nil
    /// while the machine has no address that tablets could reach.
    func door(state: StateFolder) throws -> ConsoleDoor? {
        let addresses = addresses
        guard !addresses.isEmpty else { return nil }
        // A clock that stands before the program was made would make a certificate that is over.
        let now = max(secondsNow(), releaseTime)
        let kiosk = NetworkAddress.machineName
        let authority = try state.consoleAuthority(host: kiosk, now: now)
        var all: [String] = []
        for name in [kiosk + ".local", "localhost"] + addresses + names where !all.contains(name) {
            all.append(name)
        }
        return .network(
            host: host, port: port, names: all,
            credential: try authority.credential(names: all, now: now),
            authority: authority.certificatePEM)
    }
}

/// Serves the console on the network once the machine has an address there. Whatever stands in its way
/// is told and tried again: a terminal sells without its tablets.
struct NetworkConsoleService: Service {
    /// How long after a trial the next is made: a network that comes up late, a port that is let go.
    static let retry = Duration.seconds(10)

    let console: NetworkConsole
    let state: StateFolder
    let logger: Logger
    /// Makes the server of a door.
    let server: @Sendable (ConsoleDoor) throws -> HTTPConsoleServer

    func run() async throws {
        var told = ""
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var problem = "the machine has no address in a private network yet"
            do {
                if let door = try console.door(state: state) {
                    return try await server(door).run()
                }
            } catch let failure as CommandFailure {
                problem = failure.message
            } catch {
                problem = "\(error)"
            }
            if problem != told {
                logger.warning(
                    "console on the network: \(problem) It is tried again; payments do not wait.")
                told = problem
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.retry) }
        }
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
