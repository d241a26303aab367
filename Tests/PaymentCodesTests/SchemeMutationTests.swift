import Testing

@testable import PaymentCodes

/// Payloads written by the profiles' own rules from random values, and the same with one fault.
@Suite("A payload of a scheme")
struct SchemeMutationTests {
    /// Payloads per form; more find more, and take longer.
    private static let seeds: ClosedRange<UInt64> = 1...30

    /// Values for a random choice of the form's parameters: a code that it could be asked for.
    static func values(
        of profile: SchemeProfile, _ example: [String: String],
        using generator: inout SeededGenerator
    ) -> [String: String] {
        var values = SchemeTests.complete(example)
        for row in profile.objects where !row.name.isEmpty && values[row.name] == nil {
            switch row.presence {
            case .optional, .usual, .byAmount:
                // Tips come in pairs, and a language with its name: chosen together below.
                guard !["55", "56", "57", "64"].contains(row.path.place(at: 0).prefix(2)),
                    row.name != "amount", Int.random(in: 0..<4, using: &generator) == 0
                else { continue }
                values[row.name] = row.pattern.sample(using: &generator)
            default: continue
            }
        }
        // KHQR's second moment stands beside its first.
        if values["expires"] != nil { values["timestamp"] = "1735689600000" }
        let allowsAmount = profile.objects.contains {
            $0.path == SchemePath("54") && $0.presence == .optional
        }
        if allowsAmount, Bool.random(using: &generator) {
            let units = Int.random(in: 1...99_999, using: &generator)
            let isWhole = ["vietqr", "cemac", "uemoa"].contains(profile.id)
            values["amount"] =
                isWhole ? "\(units)" : "\(units).\(Int.random(in: 10...99, using: &generator))"
        }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: values["tip"] = "01"
        case 1: values.merge(["tip": "02", "fee": values["amount"] ?? "1"]) { $1 }
        case 2: values.merge(["tip": "03", "fee-percent": "12.5"]) { $1 }
        case 3: values.merge(["language": "zh", "local-name": "\u{20BB7}野家"]) { $1 }
        default: break
        }
        return values
    }

    @Test("reads back as it was asked for", arguments: SchemeTests.examples)
    func roundTrip(_ example: (form: String, values: [String: String])) throws {
        let profile = try SchemeTests.profile(example.form)
        var written = 0
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let values = Self.values(of: profile, example.values, using: &generator)
            let payload: EMVPayload
            do throws(CodeMakingError) {
                payload = try profile.payload(of: values)
            } catch {
                // Sums of lengths are not known to the patterns: 62 alone may pass 99.
                #expect(
                    error.reason == .tooLong || error.description.contains("not 1 to 99"),
                    "seed \(seed): \(error)")
                continue
            }
            written += 1
            #expect(try EMVPayload(parsing: payload.text) == payload, "seed \(seed)")
            let reading = payload.reading(as: profile)
            #expect(reading.problem == nil, "seed \(seed)")
            for value in reading.values where value.name != "currency" {
                guard let given = values[value.name] else { continue }
                let isAmount = ["amount", "fee"].contains(value.name)
                #expect(
                    Array(value.value.unicodeScalars) == Array(given.unicodeScalars)
                        || (isAmount && value.value.hasPrefix(given)),
                    "seed \(seed): \(value.name)")
            }
            #expect(
                Set(reading.values.map(\.name)).isSuperset(
                    of: values.keys.filter {
                        !$0.contains("/")
                    }))
        }
        #expect(written > 20, "\(written) of \(Self.seeds.count) were written")
    }

    /// What is wrong with a text as a code of the profile, or nil.
    static func problem(_ text: String, _ profile: SchemeProfile) -> EMVProblem? {
        do throws(EMVProblem) {
            let payload = try EMVPayload(parsing: text)
            return payload.conformance.problem ?? payload.reading(as: profile).problem
        } catch {
            return error
        }
    }

    @Test(
        "with any one fault is refused with the path of the fault", arguments: SchemeTests.examples)
    func oneFault(_ example: (form: String, values: [String: String])) throws {
        let profile = try SchemeTests.profile(example.form)
        var faults = 0
        for seed in UInt64(1)...3 {
            var generator = SeededGenerator(seed: seed)
            let values = Self.values(of: profile, example.values, using: &generator)
            guard let payload = try? profile.payload(of: values) else { continue }
            let tree = FaultyPayload(payload)
            for fault in tree.faults(of: profile) {
                let problem = Self.problem(fault.text, profile)
                faults += 1
                #expect(
                    problem?.path == fault.path && problem?.reason == fault.reason,
                    "\(example.form), seed \(seed): \(fault.text) is \(problem as Any), not \(fault.path) \(fault.reason)"
                )
            }
        }
        #expect(faults > 100, "\(faults)")
    }

    @Test("with any length one too long or too short is refused", arguments: SchemeTests.examples)
    func shifted(_ example: (form: String, values: [String: String])) throws {
        let profile = try SchemeTests.profile(example.form)
        let payload = try profile.payload(of: SchemeTests.complete(example.values))
        for text in FaultyPayload(payload).withShiftedLengths() {
            #expect(Self.problem(text, profile) != nil, "\(text)")
        }
    }

    @Test("cut anywhere, or with its checksum changed, is refused", arguments: SchemeTests.examples)
    func cut(_ example: (form: String, values: [String: String])) throws {
        let profile = try SchemeTests.profile(example.form)
        let text = try profile.payload(of: SchemeTests.complete(example.values)).text
        for length in 0..<text.count {
            #expect(Self.problem(String(text.prefix(length)), profile) != nil, "\(length)")
        }
        for digit in "0123456789ABCDEF" where digit != text.last {
            let problem = Self.problem(text.dropLast() + String(digit), profile)
            #expect(problem?.path == "63" && problem?.reason == .crcWrong)
        }
    }
}

extension ValuePattern {
    /// A value of one of the forms.
    func sample(using generator: inout SeededGenerator) -> String {
        var value = ""
        for part in forms.randomElement(using: &generator) ?? [] {
            switch part {
            case .text(let text): value += EMVPayload.string(text[...])
            case .run(let characters, let lengths):
                // Long values are rare in the world, and pass a template's 99 together.
                let most = min(lengths.upperBound, max(lengths.lowerBound, 12))
                let letters = "0123456789ABCDEFabcdefXYZxyz.-_ *".unicodeScalars
                    .filter(characters.contains)
                for _ in 0..<Int.random(in: lengths.lowerBound...most, using: &generator) {
                    value.unicodeScalars.append(letters.randomElement(using: &generator) ?? "0")
                }
            }
        }
        return value
    }
}
