import COSE
import Foundation
import HotLists
import HubProtocol
import Testing
import Vouchers

/// `Tests/Vectors/hot-list.json`, which a program in another language has made from the
/// specification.
private struct VectorFile: Decodable {
    struct Finding: Decodable {
        let issuer: String
        let cti: String
        let iat: UInt64?
        let finding: String
    }

    struct List: Decodable {
        let name: String
        let message: String
        let expect: String
        let findings: [Finding]?
    }

    struct Delta: Decodable {
        let name: String
        let base: String
        let message: String
        let expect: String
        let result: String?
    }

    struct Time: Decodable {
        let name: String
        let message: String
        let expect: String
    }

    let hubKey: String
    let terminal: String
    let question: String
    let lists: [List]
    let deltas: [Delta]
    let times: [Time]

    static func load() throws -> VectorFile {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/hot-list.json")
        return try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: path))
    }
}

@Suite struct VectorTests {
    private let file: VectorFile
    private let hub: PublicKey

    init() throws {
        file = try VectorFile.load()
        hub = try PublicKey(coseKey: Self.bytes(file.hubKey))
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap { index in
            let start = hex.utf8.index(hex.utf8.startIndex, offsetBy: index)
            return UInt8(hex[start..<hex.utf8.index(start, offsetBy: 2)], radix: 16)
        }
    }

    /// The stable code with which something is refused, or "accept".
    private func outcome(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "accept"
        } catch let error as HotListError {
            return error.reason
        } catch let error as MessageError {
            return error.reason
        } catch { return "\(error)" }
    }

    @Test func everyListIsTakenOrRefusedAsItSays() throws {
        #expect(file.lists.count >= 30)
        for vector in file.lists {
            let message = Self.bytes(vector.message)
            let found = outcome {
                let list = try HotList.open(message, signedBy: hub)
                for line in vector.findings ?? [] { try check(line, in: list) }
            }
            #expect(found == vector.expect, "\(vector.name)")
        }
    }

    private func check(_ line: VectorFile.Finding, in list: HotList) throws {
        let issuer = try #require(IssuerID(line.issuer))
        let voucher = VoucherIdentity(issuer: issuer, cti: Self.bytes(line.cti))
        let finding: String
        switch list.finding(on: voucher, issuedAt: line.iat) {
        case .clear: finding = "clear"
        case .listed: finding = "listed"
        case .mayBeListed: finding = "may-be-listed"
        }
        #expect(finding == line.finding, "\(line.issuer) \(line.cti)")
    }

    @Test func everyDeltaLeadsToItsListOrIsRefusedAsItSays() throws {
        #expect(file.deltas.count >= 12)
        for vector in file.deltas {
            let base = try SignedHotList(Self.bytes(vector.base), signedBy: hub)
            let message = Self.bytes(vector.message)
            let found = outcome {
                let result = try HotListDelta.open(message, signedBy: hub)
                    .applied(to: base, signedBy: hub)
                if let whole = vector.result { #expect(result.bytes == Self.bytes(whole)) }
            }
            #expect(found == vector.expect, "\(vector.name)")
        }
    }

    @Test func everySignedTimeIsTakenOrRefusedAsItSays() throws {
        #expect(file.times.count >= 10)
        let terminal = try #require(TerminalID(file.terminal))
        for vector in file.times {
            let found = outcome {
                _ = try SignedTime.verify(
                    Self.bytes(vector.message), signedBy: hub, for: terminal,
                    answering: Self.bytes(file.question))
            }
            #expect(found == vector.expect, "\(vector.name)")
        }
    }
}
