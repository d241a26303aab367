import COSE
import Foundation
import HubProtocol
import Testing

/// The page that a second implementation is written from must say what this one does.
@Suite struct SpecificationTests {
    private static let page = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../docs/spec/hub-protocol.md")

    private static func lines(_ bytes: [UInt8]) -> String {
        MessageFile.configuration.text(of: bytes).split(separator: "\n").dropFirst()
            .joined(separator: "\n")
    }

    @Test func itsExamplesAreWhatIsWritten() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let request = EnrolmentRequest.signed(
            terminal: Samples.terminal, journal: Samples.journal, by: Samples.terminalKey)
        let batch = Samples.batch.signed(by: Samples.terminalKey)
        let verified = try UnverifiedBatch(decoding: batch)
            .verified(signedBy: Samples.terminalKey.publicKey)
        let acknowledgement = Acknowledgement(
            of: verified, bytes: batch, at: 1_800_000_100, quarantined: []
        ).signed(by: Samples.hubKey)
        for (name, message) in [
            ("request", request), ("batch", batch), ("acknowledgement", acknowledgement),
        ] {
            let isThere = text.contains("\n```\n" + Self.lines(message) + "\n```\n")
            #expect(isThere, "The \(name) is\n\(Self.lines(message))")
        }
    }

    @Test(arguments: [
        AuthorisationRequest.type, AuthorisationAnswer.type,
        Batch.type, Acknowledgement.type, TerminalConfiguration.type, EnrolmentRequest.type,
        MessageFile.configuration.rawValue, MessageFile.enrolmentRequest.rawValue,
    ])
    func itNamesEveryKindOfMessage(name: String) throws {
        #expect(try String(contentsOf: Self.page, encoding: .utf8).contains("`\(name)`"))
    }
}
