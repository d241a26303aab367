/// Codes with a prefix of their own, of which only the outside is looked at.
enum OtherCodes {
    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        if code.hasPrefix("HC1:") { return healthCertificate(code) }
        if code.hasPrefixIgnoringCase("shc:/") { return smartHealthCard(code) }
        if code.hasPrefix("cashuA") || code.hasPrefix("cashuB") { return cashu(code, skipping: 6) }
        if code.hasPrefixIgnoringCase("cashu:") { return cashu(code, skipping: 12) }
        if code.hasPrefixIgnoringCase("taler://") || code.hasPrefixIgnoringCase("taler+http://") {
            return taler(code)
        }
        if code.hasPrefixIgnoringCase("weixin://") { return weChatMerchant(code) }
        if code.hasPrefixIgnoringCase("https://qr.alipay.com/") { return alipayMerchant(code) }
        return alipayPlusMerchant(code)
    }

    private static let base45 = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    private static func healthCertificate(_ code: ScannedCode) -> CodeRecognition {
        let body = code.bytes.dropFirst(4)
        let good = !body.isEmpty && body.count % 3 != 1 && body.allSatisfy(base45.contains)
        return CodeRecognition(
            .healthCertificate, masked: code.masked("HC1:"),
            problem: good
                ? nil : CodeProblem("hc1-base45", "What follows HC1: is not base45 text."))
    }

    private static func smartHealthCard(_ code: ScannedCode) -> CodeRecognition {
        // `shc:/` digits, or `shc:/` chunk `/` chunks `/` digits.
        let parts = code.bytes.dropFirst(5).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let digits = parts[parts.count - 1]
        let good =
            (parts.count == 1 || parts.count == 3) && parts.allSatisfy { ASCII.allDigits($0) }
            && digits.count.isMultiple(of: 2)
        return CodeRecognition(
            .smartHealthCard, masked: code.masked("shc:/"),
            problem: good
                ? nil : CodeProblem("shc-digits", "What follows shc:/ is not pairs of digits."))
    }

    private static func cashu(_ code: ScannedCode, skipping prefix: Int) -> CodeRecognition {
        let body = code.bytes.dropFirst(prefix)
        let name = code.bytes.prefix(prefix).suffix(6)
        let known = name.elementsEqual("cashuA".utf8) || name.elementsEqual("cashuB".utf8)
        let text = body.count { $0 != UInt8(ascii: "=") }
        let good =
            known && text > 0
            && body.prefix(text).allSatisfy { ASCII.isAlphanumeric($0) || "-_".utf8.contains($0) }
            && body.count - text <= 2
        return CodeRecognition(
            .cashu, masked: code.masked("cashu"),
            problem: good
                ? nil : CodeProblem("cashu-token", "The token is not cashuA or cashuB base64url."))
    }

    private static func taler(_ code: ScannedCode) -> CodeRecognition {
        // Some of these pull money to whoever reads them, so nothing after the action is kept.
        let rest = code.bytes.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
        let action = rest.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        let name = String(decoding: action, as: UTF8.self).lowercased()
        let good = !action.isEmpty && rest.dropFirst(action.count).first == UInt8(ascii: "/")
        return CodeRecognition(
            .taler, masked: code.masked("taler://"),
            problem: good ? nil : CodeProblem("taler-action", "The address names no action."),
            fields: good ? [CodeField("action", name)] : [])
    }

    /// Native pay: `?pr=…`, `/up?pr=…&groupid=…`, or the older signed mode 1.
    private static func weChatMerchant(_ code: ScannedCode) -> CodeRecognition {
        let address = WebAddress.parts(of: code.bytes)
        let keys = address.queryKeys
        let good: Bool =
            switch (address.host, address.path) {
            case ("wxpay", "/bizpayurl"):
                keys.contains("pr")
                    || ["sign", "appid", "mch_id", "product_id", "time_stamp", "nonce_str"]
                        .allSatisfy(keys.contains)
            case ("wxpay", "/bizpayurl/up"): keys.contains("pr") && keys.contains("groupid")
            default: false
            }
        return CodeRecognition(
            .weChatPayMerchant, masked: code.masked("weixin://"),
            problem: good
                ? nil
                : CodeProblem("wechat-address", "The address is none that WeChat Pay gives out."))
    }

    private static func alipayMerchant(_ code: ScannedCode) -> CodeRecognition {
        let address = WebAddress.parts(of: code.bytes)
        return CodeRecognition(
            .alipayMerchant, masked: code.masked("https://qr.alipay.com/"),
            problem: address.path.utf8.count > 1 && WebAddress.isClean(code.bytes)
                ? nil : CodeProblem("alipay-address", "Nothing usable follows qr.alipay.com."))
    }

    /// An HTTPS address whose path begins with 12 digits, 281***04****.
    private static func alipayPlusMerchant(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefixIgnoringCase("https://") else { return nil }
        let address = WebAddress.parts(of: code.bytes)
        let digits = Array(address.path.utf8.dropFirst().prefix(12))
        guard digits.count == 12, ASCII.allDigits(digits), digits.starts(with: "281".utf8),
            digits[6..<8].elementsEqual("04".utf8)
        else { return nil }
        return CodeRecognition(
            .alipayPlusMerchant, masked: code.masked("https://…/281"),
            fields: [CodeField("host", address.host)])
    }
}

/// Web addresses: named by their host, never opened.
enum WebAddress {
    struct Parts {
        var host = ""
        var path = ""
        var queryKeys: Set<String> = []
    }

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard
            code.hasPrefixIgnoringCase("https://") || code.hasPrefixIgnoringCase("http://")
        else { return nil }
        let host = parts(of: code.bytes).host
        // Paths and queries carry session keys and names; a log keeps the host alone.
        return CodeRecognition(
            .url, masked: code.masked("\(SafeText.of(host))/"),
            problem: !host.isEmpty && isClean(code.bytes)
                ? nil : CodeProblem("url-format", "The address has no host or a forbidden byte."),
            fields: [CodeField("host", host)])
    }

    /// RFC 3986 has neither spaces nor controls; addresses beyond ASCII are met all the same.
    static func isClean(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            && String(validating: bytes, as: UTF8.self) != nil
    }

    /// Host in lower case, path and the names of the query's parameters.
    static func parts(of bytes: [UInt8]) -> Parts {
        var parts = Parts()
        let rest = bytes.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        // What stands before "@" is a user's name: "https://bank.example@evil.example" is evil's.
        let host =
            authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
            .last ?? authority
        parts.host = String(decoding: host.map(ASCII.lowered), as: UTF8.self)
        let path = rest.dropFirst(authority.count).prefix { !"?#".utf8.contains($0) }
        parts.path = String(decoding: path, as: UTF8.self)
        let query = rest.dropFirst(authority.count + path.count)
        guard query.first == UInt8(ascii: "?") else { return parts }
        for pair in query.dropFirst().split(separator: UInt8(ascii: "&")) {
            let key = pair.prefix { $0 != UInt8(ascii: "=") }
            guard key.count + 1 < pair.count else { continue }
            parts.queryKeys.insert(String(decoding: key, as: UTF8.self))
        }
        return parts
    }
}
