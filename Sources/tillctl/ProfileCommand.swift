import ArgumentParser
import CommandSupport
import Foundation
import HardwareProfiles
import SysfsMachine
import YAMLHardwareProfiles

/// `tillctl profile`: the hardware profiles, and what they say of this machine.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "List hardware profiles, check them, and explain what they say of a device.",
        subcommands: [
            ProfileListCommand.self, ProfileCheckCommand.self, ProfileExplainCommand.self,
            ProfileSchemaCommand.self,
        ])
}

/// Which profiles, and of which machine.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder of the installed profiles.", valueName: "folder"))
    var installed = YAMLHardwareProfiles.folders[0]
    @Option(
        name: .customLong("drop-ins"),
        help: ArgumentHelp("The folder of the machine's own profiles.", valueName: "folder"))
    var dropIns = YAMLHardwareProfiles.folders[1]
    @Option(
        help: ArgumentHelp(
            "Where /sys is looked for: the disk of another kiosk, mounted here.",
            valueName: "folder"))
    var root = ""
    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "As if this were there too: usb:VENDOR:PRODUCT, usb-class:CLASS, "
                + "device-tree:WORD or dmi:…; may be given several times.", valueName: "id"))
    var with: [String] = []

    /// The machine, with what is to be thought to be there.
    func machine() throws -> MachineIdentity {
        var machine = SysfsMachine.identity(root: root)
        for id in with {
            let kind = id.prefix { $0 != ":" }
            let value = String(id.dropFirst(kind.count + 1))
            switch kind {
            case "usb": machine.usb.insert(value.lowercased())
            case "usb-class": machine.usbClasses.insert(value.lowercased())
            case "device-tree": machine.deviceTree.insert(value)
            case "dmi": machine.dmi = id
            default:
                throw CommandFailure(
                    .usage, reason: "device-malformed",
                    message: "--with is usb:VENDOR:PRODUCT, usb-class:CLASS, device-tree:WORD or "
                        + "dmi:…, not \(id.prefix(60)).")
            }
        }
        return machine
    }

    /// Every layer, the drop-ins last.
    func layers() throws -> [ProfileLayer] {
        do throws(ProfileError) {
            return try YAMLHardwareProfiles.layers(in: installed)
                + YAMLHardwareProfiles.layers(in: dropIns)
        } catch { throw CommandFailure(error) }
    }
}

extension CommandFailure {
    /// What is wrong with a hardware profile.
    init(_ error: ProfileError) {
        let status: ExitStatus = if case .missing = error { .notFound } else { .failed }
        self.init(status, reason: error.reason, message: error.message)
    }
}

/// `tillctl profile list`.
struct ProfileListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the hardware profiles from generic to specific, and which hold here.")

    @OptionGroup var profiles: ProfileOptions
    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        let file: String
        let number: Int?
        let match: [String]
        let holds: Bool
        let because: String?
        let source: String?
        let tried: [String]
    }

    func perform() async throws {
        let machine = try profiles.machine()
        let layers = try profiles.layers()
        guard !layers.isEmpty else {
            throw CommandFailure(.missing(path: profiles.installed))
        }
        for layer in layers {
            let isOwn = layer.file.hasPrefix(profiles.dropIns + "/")
            let reason =
                layer.match?.reason(on: machine)
                ?? (layer.match == nil && isOwn ? "a drop-in without match" : nil)
            let row = Row(
                file: layer.file, number: layer.number, match: layer.match?.rules.map(\.text) ?? [],
                holds: reason != nil, because: reason, source: layer.facts?.source,
                tried: layer.facts?.tried ?? [])
            if output.json {
                try Output.json(row)
            } else {
                let tried = row.tried.isEmpty ? "" : ", tried"
                let state =
                    reason.map { "holds: \($0)" }
                    ?? (layer.match == nil ? "only with --profile" : "does not hold here")
                Output.line("\(row.file)  \(state)\(tried)")
            }
        }
    }
}

/// `tillctl profile check`.
struct ProfileCheckCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with hardware profiles, with file and line.",
        discussion: "Without a file: every installed one and every drop-in. Exit code 1: a fault.")

    @Argument(help: "The profiles to check.")
    var files: [String] = []
    @OptionGroup var profiles: ProfileOptions
    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        let file: String
        let ok: Bool
        let reason: String?
        let line: Int?
        let message: String?
    }

    func perform() async throws {
        let paths = files.isEmpty ? try installedFiles() : files
        guard !paths.isEmpty else {
            throw CommandFailure(.missing(path: profiles.installed))
        }
        var faults = 0
        for path in paths {
            let row = Self.check(path)
            if !row.ok { faults += 1 }
            if output.json {
                try Output.json(row)
            } else {
                Output.line(row.message ?? "\(path): valid")
            }
        }
        if faults > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private static func check(_ path: String) -> Row {
        do throws(ProfileError) {
            _ = try YAMLHardwareProfiles.layer(path: path)
            return Row(file: path, ok: true, reason: nil, line: nil, message: nil)
        } catch {
            let line: Int? =
                if case .invalid(_, let finding) = error { finding.place.line } else { nil }
            return Row(
                file: path, ok: false, reason: error.reason, line: line, message: error.message)
        }
    }

    private func installedFiles() throws -> [String] {
        [profiles.installed, profiles.dropIns].flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
        }
    }
}

/// `tillctl profile explain`.
struct ProfileExplainCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what holds for a device, and which line of which file says so.",
        discussion: """
            DEVICE is a part of the kiosk (camera, display, printer, scan-engine, sound), an id as \
            --with takes it, or `all`. What more generic profiles say in a value's place is told \
            too. Exit code 10: no profile says anything of it.
            """)

    @Argument(help: "The part of the kiosk, an id, or all.")
    var device: String
    @OptionGroup var profiles: ProfileOptions
    @OptionGroup var output: OutputOptions

    private struct Row: Encodable {
        let value: String
        let is_: String
        let file: String
        let line: Int
        let known: String
        let instead: [String]

        enum CodingKeys: String, CodingKey {
            case value, file, line, known, instead
            case is_ = "is"
        }
    }

    func perform() async throws {
        var options = profiles
        let isPart = ProfileSchema.parts.contains { $0.name == device } || device == "all"
        if !isPart { options.with.append(device) }
        let machine = try options.machine()
        let chosen: LayeredProfile
        do throws(ProfileError) {
            chosen = try YAMLHardwareProfiles.choose(
                for: machine, installed: options.installed, dropIns: options.dropIns)
            _ = try chosen.profile()
        } catch { throw CommandFailure(error) }
        // An id is explained by the parts that its own profiles speak of.
        let idFiles = Set(
            chosen.layers.filter { layer in
                layer.match?.rules.contains { $0.text == Self.rule(device) } ?? false
            }.map(\.file))
        let parts = Set(
            chosen.values.filter { isPart || idFiles.contains($0.file) }.map(Self.part))
        let values = chosen.values.filter { value in
            isPart
                ? device == "all" || Self.part(value) == device : parts.contains(Self.part(value))
        }
        guard !values.isEmpty else {
            throw CommandFailure(
                .notFound, reason: "device-unknown",
                message: "No hardware profile says anything of \(device.prefix(60)) on this "
                    + "machine: tillctl profile list.")
        }
        for value in values { try tell(value, in: chosen) }
    }

    private static func part(_ value: LayeredProfile.Value) -> String {
        String(value.path.prefix { $0 != "." })
    }

    /// An id as a rule's text has it: `usb:046d:0825` is `usb: 046d:0825`.
    private static func rule(_ id: String) -> String {
        let kind = id.prefix { $0 != ":" }
        return kind == "dmi" ? id : "\(kind): \(id.dropFirst(kind.count + 1))"
    }

    private func tell(_ value: LayeredProfile.Value, in profile: LayeredProfile) throws {
        let layer = profile.layers.first { $0.file == value.file }
        let row = Row(
            value: value.path, is_: value.text, file: value.file, line: value.place.line,
            known: layer?.facts?.how(value.path) ?? "not told", instead: value.covered)
        if output.json { return try Output.json(row) }
        Output.line("\(row.value): \(row.is_)  (\(row.file):\(row.line), \(row.known))")
        for other in row.instead { Output.line("    in place of \(other)") }
    }
}

/// `tillctl profile schema`.
struct ProfileSchemaCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of hardware profiles, for editors.")

    @OptionGroup var output: OutputOptions

    func perform() async throws {
        Output.write(ProfileSchema.jsonSchema, to: STDOUT_FILENO)
    }
}
