import ArgumentParser
import CommandSupport
import Hub
import Money
import Payments
import PolicySources
import YAMLPolicies

/// A policy's file, read, or the failure that tells everything that is wrong with it.
enum PolicyFile {
    static func load(_ path: String) throws -> Policy {
        do { return try YAMLPolicies.load(path: path) } catch {
            let status: ExitStatus = if case .missing = error { .notFound } else { .failed }
            throw CommandFailure(status, reason: error.reason, message: error.message)
        }
    }
}

/// `tillhub policy check`.
struct PolicyCheckCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with a policy file, line by line.",
        discussion: "Changes nothing and needs no hub. Each finding is FILE:LINE: and a sentence.")

    @Argument(help: "The policy, in YAML (see policies/standard.yaml).")
    var file: String
    @OptionGroup var output: OutputOptions

    private struct Finding: Encodable {
        let line: Int
        let column: Int
        let sentence: String
    }

    private struct Answer: Encodable {
        let ok: Bool
        let reason: String?
        let findings: [Finding]
        let currencies: [String]
    }

    func perform() async throws {
        do {
            let policy = try YAMLPolicies.load(path: file)
            let codes = policy.limits.map(\.currency.code)
            if output.json {
                return try Output.json(
                    Answer(ok: true, reason: nil, findings: [], currencies: codes))
            }
            Output.line("\(file): a policy for \(codes.joined(separator: ", ")).")
        } catch PolicyFileError.invalid(let path, let findings) where output.json {
            let lines = findings.map {
                Finding(line: $0.place.line, column: $0.place.column, sentence: $0.sentence)
            }
            let reason = PolicyFileError.invalid(path: path, findings).reason
            try Output.json(Answer(ok: false, reason: reason, findings: lines, currencies: []))
            throw ExitCode(ExitStatus.failed.rawValue)
        } catch let error as PolicyFileError {
            let status: ExitStatus = if case .missing = error { .notFound } else { .failed }
            throw CommandFailure(status, reason: error.reason, message: error.message)
        }
    }
}

/// `tillhub policy publish`.
struct PolicyPublishCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Give the terminals the policy in a file, as a whole.",
        discussion: "The terminals obey it from their next exchange on (tillctl sync).")

    @Argument(help: "The policy, in YAML (see policies/standard.yaml).")
    var file: String
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let now = try Clock.believable()
        let policy = try PolicyFile.load(file)
        let folder = hub.folder
        let registrar = HubRegistrar(ledger: try folder.openLedger(), key: try folder.identity())
        let answer: HubRegistrar.ChangeAnswer
        do { answer = try await registrar.setPolicy(at: now) { _ in policy } } catch {
            throw CommandFailure(error)
        }
        switch answer {
        case .refused(let refusal): throw CommandFailure(refusal)
        case .done(let terms, let changed):
            try PolicyAnswer(terms, changed: changed).tell(json: output.json)
        }
    }
}
