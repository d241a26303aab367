import Money

/// Recognises EMVCo merchant-presented payloads, the terminal's own shop QR among them.
enum EMVMerchantCode {
    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard looksLikeOne(code) else { return nil }
        let masked = code.masked("0002")
        guard let text = code.text else {
            return CodeRecognition(
                .emvMerchantPresented, masked: masked,
                problem: CodeProblem("emv-not-utf8", "The payload is not UTF-8."))
        }
        do throws(EMVProblem) {
            let payload = try EMVPayload(parsing: text)
            let conformance = payload.conformance
            if SignedShopRequest.isRequest(payload) {
                return shopQR(payload, text: text, masked: masked)
            }
            return CodeRecognition(
                .emvMerchantPresented, masked: masked,
                problem: conformance.problem.map { CodeProblem($0) },
                fields: fields(of: payload, tolerated: conformance.tolerated)
                    + fields(of: payload.schemes))
        } catch {
            return CodeRecognition(
                .emvMerchantPresented, masked: masked, problem: CodeProblem(error))
        }
    }

    /// A payload begins with object 00, length 02; `01` follows, or what a broken one has there.
    private static func looksLikeOne(_ code: ScannedCode) -> Bool {
        if code.hasPrefix("000201") { return true }
        guard code.hasPrefix("0002"), code.bytes.count >= 6,
            ASCII.allDigits(code.bytes[4..<6])
        else { return false }
        return !DigitCodes.isGTIN(code.bytes)
    }

    private static func shopQR(
        _ payload: EMVPayload, text: String, masked: String
    ) -> CodeRecognition {
        let fields = fields(of: payload, tolerated: payload.conformance.tolerated)
        do throws(ShopQRRefusal) {
            let signed = try SignedShopRequest(reading: text)
            return CodeRecognition(
                .tillShopQR, masked: masked,
                fields: fields + [
                    CodeField("nonce", Hex.text(signed.request.nonce)),
                    CodeField("expiry", String(signed.request.expiry)),
                    CodeField("terminal-key", Hex.text(signed.keyID)),
                ])
        } catch {
            return CodeRecognition(
                .tillShopQR, masked: masked,
                problem: CodeProblem(error.reason.rawValue, error.description), fields: fields)
        }
    }

    private static let named = [
        (["59"], "merchant"), (["60"], "city"), (["58"], "country"), (["61"], "postal-code"),
        (["52"], "category"), (["54"], "amount"), (["62", "01"], "bill"),
        (["62", "05"], "reference"), (["62", "07"], "terminal"), (["62", "11"], "channel"),
    ]

    /// The schemes that could be paid through the payload, and where it breaks one's own rules.
    private static func fields(of schemes: [SchemeReading]) -> [CodeField] {
        guard !schemes.isEmpty else { return [] }
        let names = schemes.map(\.profile.id).joined(separator: " ")
        return [CodeField("schemes", names)]
            + schemes.compactMap { scheme in
                scheme.problem.map { CodeField("problem-\(scheme.profile.id)", $0.description) }
            }
    }

    private static func fields(of payload: EMVPayload, tolerated: [EMVProblem]) -> [CodeField] {
        var fields: [CodeField] = []
        switch payload["01"] {
        case "11": fields.append(CodeField("initiation", "static"))
        case "12": fields.append(CodeField("initiation", "dynamic"))
        case let other?: fields.append(CodeField("initiation", other))
        case nil: break
        }
        for node in payload.root where (26...51).contains(node.number) {
            if let guid = payload[node.id, "00"] {
                fields.append(CodeField("account-\(node.id)", guid))
            }
        }
        for (path, name) in named {
            if let node = payload.find(path) {
                fields.append(CodeField(name, payload.value(of: node)))
            }
        }
        if let number = payload["53"] {
            let code = UInt16(number).flatMap { Currency(number: $0) }?.code
            fields.append(CodeField("currency", code ?? number))
        }
        return fields + tolerated.map { CodeField("tolerated-\($0.path)", $0.detail) }
    }
}

/// Bytes for people.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of an even number of hexadecimal digits, either case, or nil.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap(ASCII.hexDigit)
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
