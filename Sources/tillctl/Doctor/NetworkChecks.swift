import COSE
import CommandSupport
import Foundation
import Glibc
import HTTPHubLink
import HubProtocol
import Terminal
import TerminalState
import Trust
import Vouchers

/// The way out of this machine.
enum NetworkChecks {
    static let table = [
        DoctorCheck(
            .network, "network-address", "A network interface is up and has an address",
            fix: "systemctl restart networking", look: address),
        DoctorCheck(
            .network, "network-route", "There is a way to other networks",
            fix: "systemctl restart networking", look: route),
        DoctorCheck(
            .network, "network-name", "The hub's name is found",
            fix: "systemctl restart systemd-resolved", look: name),
    ]

    private static let restart = "systemctl restart networking"

    private static func address(_ kiosk: Kiosk) -> DoctorFinding {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return .skipped("The kernel tells no interfaces.") }
        defer { freeifaddrs(list) }
        var names: Set<String> = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let socket = entry.ifa_addr else { continue }
            let family = Int32(socket.pointee.sa_family)
            let isUp = entry.ifa_flags & UInt32(IFF_UP) != 0
            let isLoop = entry.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            if isUp, !isLoop, family == AF_INET || family == AF_INET6 {
                names.insert(String(cString: entry.ifa_name))
            }
        }
        guard !names.isEmpty else {
            return .warning(
                "No network interface has an address: the terminal works offline, within its "
                    + "limits.", fix: restart)
        }
        return .ok("Addresses on \(names.sorted().joined(separator: ", ")).")
    }

    private static func route(_ kiosk: Kiosk) -> DoctorFinding {
        if let parts = HubAddress(kiosk)?.host, parts == "127.0.0.1" || parts == "localhost" {
            return .skipped("The hub is on this machine.")
        }
        let four = KernelFile.text("/proc/net/route") ?? ""
        let six = KernelFile.text("/proc/net/ipv6_route") ?? ""
        let hasFour = four.split(separator: "\n").dropFirst().contains { line in
            line.split(whereSeparator: \.isWhitespace).dropFirst().first == "00000000"
        }
        let hasSix = six.split(separator: "\n").contains { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count > 9 && words[0].allSatisfy { $0 == "0" } && words[1] == "00"
                && words[9] != "lo"
        }
        guard hasFour || hasSix else {
            return .warning(
                "There is no way to other networks: the hub is not reached unless it is in this "
                    + "one.", fix: restart)
        }
        return .ok("There is a way to other networks.")
    }

    private static func name(_ kiosk: Kiosk) -> DoctorFinding {
        guard let address = HubAddress(kiosk) else { return .skipped("No hub's address is known.") }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(address.host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard result == 0 else {
            return .warning(
                "The hub's name \(address.host) is not found "
                    + "(\(String(cString: gai_strerror(result)))).",
                fix: "systemctl restart systemd-resolved")
        }
        return .ok("The hub's name \(address.host) is found.")
    }
}

/// Where the hub is.
struct HubAddress {
    let url: String
    let host: String
    let port: Int

    /// As given, else as enrolled; nil where neither is an address.
    init?(_ kiosk: Kiosk) {
        guard let url = kiosk.hubURL ?? (try? kiosk.folder.configuration())?.hubURL,
            let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty
        else { return nil }
        self.url = url
        self.host = host
        port = parts.port ?? (parts.scheme == "https" ? 443 : 80)
    }
}

/// The hub itself.
enum HubChecks {
    static let table = [
        DoctorCheck(
            .hub, "hub-address", "The hub's address is known and well-formed",
            fix: "tillctl enrol import answer.till", look: address),
        DoctorCheck(
            .hub, "hub-port", "Somebody listens at the hub's address",
            fix: "systemctl start tillhub", look: port),
        DoctorCheck(
            .hub, "hub-answers", "It answers as a hub of Till does",
            fix: "systemctl restart tillhub", look: answers),
        DoctorCheck(
            .hub, "hub-identity", "It is the hub that this terminal trusts",
            fix: "tillctl trust import trust.till", look: identity),
        DoctorCheck(
            .hub, "hub-knows", "It knows this terminal",
            fix: "tillhub terminal enrol request.till --out answer.till", look: knows),
    ]

    private static let noAddress = DoctorFinding.skipped("No hub's address is known.")
    private static let silent = DoctorFinding.skipped("No hub answers.")

    private static func address(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.isEnrolled || kiosk.hubURL != nil else {
            return .skipped("No terminal is enrolled here.")
        }
        guard let address = HubAddress(kiosk), (try? HTTPHubLink(url: address.url)) != nil else {
            return .fault(
                "The hub's address is not known, or no http:// or https:// address: payments wait, "
                    + "and offline limits run out.",
                fix: "tillctl enrol import answer.till --state \(shellWord(kiosk.folder.path))")
        }
        return .ok("The hub is at \(address.url).")
    }

    private static func port(_ kiosk: Kiosk) -> DoctorFinding {
        guard let address = HubAddress(kiosk) else { return noAddress }
        guard let problem = TCPTrial.problem(host: address.host, port: address.port) else {
            return .ok("Somebody listens at \(address.host) port \(address.port).")
        }
        return .warning(
            "Nobody answers at \(address.host) port \(address.port) (\(problem)): payments wait "
                + "for the hub, within the offline limits.", fix: "systemctl start tillhub")
    }

    /// What the hub says to a question, or why it does not.
    private static func ask<Answer: Sendable>(
        _ kiosk: Kiosk, _ question: @escaping @Sendable (HTTPHubLink) async -> Answer?
    ) -> Answer? {
        guard let address = HubAddress(kiosk),
            TCPTrial.problem(host: address.host, port: address.port) == nil
        else { return nil }
        return blocking {
            guard let link = try? HTTPHubLink(url: address.url, peer: try? kiosk.folder.hubPeer())
            else { return nil }
            return await question(link)
        }
    }

    private static func answers(_ kiosk: Kiosk) -> DoctorFinding {
        guard let address = HubAddress(kiosk) else { return noAddress }
        let said: HubLinkError?? = ask(kiosk) { link in
            do throws(HubLinkError) {
                _ = try await link.root(after: 0)
                return .some(nil)
            } catch { return error }
        }
        guard let said else { return silent }
        guard let problem = said else { return .ok("The hub answers.") }
        if case .captivePortal(let sign) = problem {
            return .warning(
                "The network's log-in page answers in the hub's place (\(sign)): payments wait, "
                    + "within the offline limits. Log in to the network with a browser in it.",
                fix: "curl -iL \(shellWord(address.url + "/v1/health"))")
        }
        return .fault(
            "What answers at \(address.url) is no hub of Till: \(problem)",
            fix: "systemctl restart tillhub")
    }

    private static func identity(_ kiosk: Kiosk) -> DoctorFinding {
        guard let trust = try? kiosk.folder.trust() else {
            return .skipped("The trust documents cannot be read.")
        }
        guard let key = ask(kiosk, { await $0.identity() }) else { return silent }
        guard trust.hubKeys.contains(where: { $0.coseKey == key }) else {
            return .fault(
                "Another hub answers than the one that this terminal trusts: it takes no batches "
                    + "of ours, and nothing of its is believed.",
                fix: "tillctl trust import trust.till --state \(shellWord(kiosk.folder.path))")
        }
        return .ok("It is the hub that this terminal trusts.")
    }

    private static func knows(_ kiosk: Kiosk) -> DoctorFinding {
        guard let terminal = try? kiosk.folder.terminal() else {
            return .skipped("No terminal is enrolled here.")
        }
        let said: String?? = ask(kiosk) { link in
            do throws(HubLinkError) {
                _ = try await link.configuration(for: terminal, newerThan: 0)
                return .some(nil)
            } catch {
                // Who is not the hub says nothing of whom it knows.
                if case .captivePortal = error { return nil }
                return error.reason
            }
        }
        guard let said else { return silent }
        guard let reason = said else { return .ok("The hub knows \(terminal.text).") }
        return .fault(
            "The hub does not know \(terminal.text) (\(reason)): its payments wait.",
            fix: "tillhub terminal enrol request.till --out answer.till")
    }
}

/// Whether a connection stands.
enum TCPTrial {
    /// How long it may take, in milliseconds: less than a check.
    static let milliseconds: Int32 = 1_500

    /// Why none does, in the system's words; nil where one does.
    static func problem(host: String, port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { return "name not found" }
        defer { freeaddrinfo(found) }
        var problem = "no address"
        var next = found
        while let entry = next {
            next = entry.pointee.ai_next
            guard let why = connect(entry.pointee) else { return nil }
            problem = why
        }
        return problem
    }

    private static func connect(_ entry: addrinfo) -> String? {
        let descriptor = socket(
            entry.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        if Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, milliseconds) == 1 else { return "no answer" }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? nil : String(cString: strerror(code))
    }
}
