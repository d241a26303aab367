import HubProtocol
import Testing
import X509Certificates

@testable import HTTPControlServer

@Suite("The console's doors")
struct ConsoleDoorTests {
    private let network = ConsoleDoor.network(
        host: "0.0.0.0", port: 7_443,
        names: ["kiosk-7", "kiosk-7.local", "192.168.1.20", "fd00::7"],
        credential: TLSCredential(chain: [], privateKey: ""), authority: "")

    @Test(
        "A door answers under its own names, with or without a port",
        arguments: [
            "kiosk-7", "KIOSK-7.local:7443", "192.168.1.20:7443", "[fd00::7]:7443", "[fd00::7]",
        ])
    func ownNames(host: String) { #expect(network.answers(to: host)) }

    @Test(
        "and under no other, so that a name that was pointed here reaches nothing",
        arguments: [
            "", "shop.example", "kiosk-7.local.shop.example", "192.168.1.21", "127.0.0.1",
            "localhost:7443", "fd00::7", "kiosk-7:x",
        ])
    func otherNames(host: String) { #expect(!network.answers(to: host)) }

    @Test("On the loopback it is the loopback's names")
    func loopback() {
        let door = ConsoleDoor.loopback(port: 7_480)
        #expect(door.answers(to: "localhost:7480") && door.answers(to: "[::1]:7480"))
        #expect(!door.answers(to: "kiosk-7.local:7480"))
        #expect(door.scheme == "http" && network.scheme == "https")
    }
}

@Suite("The console's authority")
struct ConsoleAuthorityTests {
    @Test(
        "vouches for private names and addresses",
        arguments: [
            "kiosk-7.local", "till.lan", "a.home.arpa", "till.internal",
            "localhost", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.178.20", "127.0.0.1",
            "169.254.9.9", "fd12::1", "fe80::1", "::1",
        ])
    func privateNames(name: String) {
        #expect(ConsoleAuthority.permits(name))
    }

    @Test(
        "and for nothing on the internet",
        arguments: [
            "shop.example", "kiosk-7", "till.kiosk-7", "xlan", "bank.com", "172.32.0.1",
            "172.15.0.1",
            "8.8.8.8", "193.168.0.1", "2001:db8::1", "::2", "",
        ])
    func publicNames(name: String) {
        #expect(!ConsoleAuthority.permits(name))
    }

    @Test("is read back as it was kept, and nothing else is")
    func kept() throws {
        let authority = try ConsoleAuthority(host: "kiosk-7", now: 1_800_000_000)
        let read = try ConsoleAuthority(pem: authority.pem)
        #expect(read.fingerprint == authority.fingerprint)
        #expect(read.certificatePEM == authority.certificatePEM)
        #expect(!authority.certificatePEM.contains("PRIVATE"))
        #expect(throws: CertificateError.self) { try ConsoleAuthority(pem: "") }
        #expect(throws: CertificateError.self) {
            try ConsoleAuthority(pem: authority.certificatePEM)
        }
    }
}
