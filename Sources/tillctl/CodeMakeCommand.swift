import ArgumentParser
import CommandSupport
import Foundation
import HubProtocol
import PaymentCodes
import Screens
import TerminalState

/// `tillctl code make`: writes a code of any form that Till writes.
struct CodeMakeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Write a payment code as text, PNG or SVG.",
        discussion: """
            FORM names what is written; --list tells the forms, and FORM --list its parameters.
              tillctl code make pix-static key=12345678901 name=Loja city=Recife amount=12.50
              tillctl code make epc name=Shop iban=DE89370400440532013000 --out epc.png
              tillctl code make text 'any text' --out any.svg
              tillctl code make shop          the static shop QR of this terminal's merchant
              tillctl code make shop --poster till.pdf --language de
            Of merchant-presented forms a parameter may also be named by its path: 62/03=STORE7.
            `-` for FORM reads JSON objects, one per line ({"form":"upi","payee":"a@b"}), and \
            writes one JSON line for each.
            Exit code: 0 written, 1 refused, with the reason and the object at fault, 64 usage.
            """)

    @Argument(help: "The form, or - for JSON lines on standard input.")
    var form: String?
    @Argument(help: ArgumentHelp("What the code is to say.", valueName: "name=value"))
    var parameters: [String] = []
    @Option(
        help: ArgumentHelp("Where to write the picture: .png, .svg or .txt.", valueName: "file"))
    var out: String?
    @Option(help: "text, png or svg; by --out's ending where it is not given.")
    var format: CodePicture.Format?
    @Option(
        help: ArgumentHelp(
            "Of the form shop: a poster to print (A5), .pdf or .svg, with the merchant's name.",
            valueName: "file"))
    var poster: String?
    @Option(
        help: ArgumentHelp("The poster's language: en, de, fr, es, zh or ar.", valueName: "tag"))
    var language = ScreenLanguage.english.rawValue
    @Flag(help: "Tell the forms, or the parameters of FORM.")
    var list = false
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard list || form != nil else { throw ValidationError("Give a FORM, or --list.") }
        if form == "-", out != nil || format != nil || !parameters.isEmpty {
            throw ValidationError("- stands alone: texts are written, one line for each.")
        }
        guard poster == nil || form == "shop" else {
            throw ValidationError("--poster is for the form shop, which has a merchant.")
        }
    }

    func perform() async throws {
        if list { return try CodeFormList(form: form).tell(json: output.json) }
        guard let form else { return }
        if form == "-" { return try CodeMakingLines().run() }
        let code: MadeCode
        switch form {
        case "text": code = try text()
        case "shop": code = try ShopCode(state: state).code(try values())
        default: code = try Self.make(form, try values())
        }
        if let poster { return try tell(code, poster: poster) }
        try tell(code)
    }

    private struct PosterAnswer: Encodable {
        let text: String
        let poster: String
        let moduleMillimetres: Double
    }

    private func tell(_ code: MadeCode, poster path: String) throws {
        let merchant = try StateFolder(state.folder).configuration().merchant.name
        let side = try CodePicture.poster(
            of: code, merchant: merchant, language: try ScreenLanguage(tag: language), to: path)
        if output.json {
            return try Output.json(
                PosterAnswer(text: code.text, poster: path, moduleMillimetres: side))
        }
        Output.line("\(path): A5, a module of \(side) mm. Print it without scaling.")
    }

    /// Makes a code of a form that is in the list.
    static func make(_ name: String, _ values: [String: String]) throws -> MadeCode {
        guard let form = CodeForm.named(name) else {
            throw CommandFailure(
                .usage, reason: "code-form-unknown",
                message: "There is no form \(name.prefix(40)). `tillctl code make --list` tells "
                    + "those that there are. Nothing was written.")
        }
        do throws(CodeMakingError) { return try form.code(values) } catch {
            throw CommandFailure(
                reason: error.reason.rawValue,
                message: "\(error) Nothing was written. `tillctl code make \(name) --list` tells "
                    + "what may be given.")
        }
    }

    /// Any text as it stands: what is to be shown need not be a payment code.
    private func text() throws -> MadeCode {
        guard parameters.count == 1, !parameters[0].isEmpty else {
            throw CommandFailure(
                .usage, reason: "code-parameter-missing",
                message: "The form text takes one argument, the text. Nothing was written.")
        }
        return MadeCode(text: parameters[0])
    }

    private func values() throws -> [String: String] {
        var values: [String: String] = [:]
        for parameter in parameters {
            let pair = parameter.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty else {
                throw CommandFailure(
                    .usage, reason: "code-parameter-malformed",
                    message: "\"\(parameter.prefix(40))\" is not NAME=VALUE. Nothing was written.")
            }
            guard values.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw CommandFailure(
                    .usage, reason: "code-parameter-conflict",
                    message: "\(pair[0].prefix(40)) is given twice. Nothing was written.")
            }
        }
        return values
    }

    private struct Answer: Encodable {
        let form: String
        let text: String
        let kind: String
        let out: String?
    }

    private func tell(_ code: MadeCode) throws {
        let wanted = try format ?? CodePicture.Format(file: out)
        guard out != nil || wanted != .png else {
            throw CommandFailure(
                .usage, reason: "out-missing",
                message: "A PNG needs --out FILE. Nothing was written.")
        }
        let bytes = try CodePicture.bytes(of: code, as: wanted)
        if let out { try CodePicture.write(bytes, to: out) }
        if output.json {
            let kind = PaymentCode.recognise(Array(code.text.utf8)).kind
            try Output.json(Answer(form: code.form, text: code.text, kind: kind, out: out))
        } else if out == nil {
            Output.write(
                String(decoding: bytes, as: UTF8.self)
                    + (wanted == .text ? "\n" : ""), to: FileHandle.standardOutput.fileDescriptor)
        }
    }
}

/// What can be made, for people and as JSON.
private struct CodeFormList {
    private struct Form: Encodable {
        let form: String
        let name: String
        let parameters: [Parameter]?
    }

    private struct Parameter: Encodable {
        let name: String
        let place: String
        let presence: String
        let pattern: String
        let meaning: String
    }

    private let forms: [Row]
    private let isOne: Bool

    private struct Row {
        let id: String
        let name: String
        let parameters: [CodeParameter]
    }

    /// The forms that are made of something else than parameters alone.
    private static let special = [
        Row(id: "shop", name: "Static shop QR of this terminal's merchant", parameters: []),
        Row(id: "text", name: "Any text, as it stands", parameters: []),
    ]

    init(form name: String?) throws {
        let all =
            CodeForm.all.map { Row(id: $0.id, name: $0.name, parameters: $0.parameters) }
            + Self.special
        isOne = name != nil
        forms = name == nil ? all : all.filter { $0.id == name }
        guard forms.isEmpty else { return }
        throw CommandFailure(
            .usage, reason: "code-form-unknown",
            message: "There is no form \((name ?? "").prefix(40)). `tillctl code make --list` "
                + "tells those that there are.")
    }

    func tell(json: Bool) throws {
        for form in forms {
            if json {
                let parameters = form.parameters.map {
                    Parameter(
                        name: $0.name, place: $0.place, presence: $0.presence,
                        pattern: $0.pattern, meaning: $0.meaning)
                }
                try Output.json(
                    Form(form: form.id, name: form.name, parameters: isOne ? parameters : nil))
            } else {
                Output.line(Self.padded(form.id, 20) + form.name)
                guard isOne else { continue }
                for row in form.parameters {
                    Output.line(
                        "  " + Self.padded(row.name, 18) + Self.padded(row.place, 9)
                            + Self.padded(row.presence, 18) + Self.padded(row.pattern, 26)
                            + row.meaning)
                }
            }
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
