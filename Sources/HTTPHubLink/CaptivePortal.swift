import AsyncHTTPClient
import Foundation
import NIOHTTP1

/// Tells the log-in page of a network (a captive portal, RFC 8952) from the hub: whoever stands in
/// the way answers in its place, and is believed in nothing.
///
/// A hub answers signed messages, problem documents and `204`; it redirects nowhere and serves no page
/// for people under the routes that a terminal asks. A page with an error's status is no sign: a
/// proxy before a hub that is away answers with one.
enum CaptivePortal {
    /// The longest name of another host that is told, in characters: names are no longer (RFC 1035).
    private static let maximumHostLength = 255
    /// What kinds of page people are shown.
    private static let pages: Set<String> = ["text/html", "application/xhtml+xml"]

    /// What gives a log-in page away, in a technician's words; nil where nothing does. `base` is the
    /// hub's address.
    static func sign(in response: HTTPClientResponse, of base: String) -> String? {
        switch response.status.code {
        // Network Authentication Required (RFC 6585, 6).
        case 511: return "it says that the network wants a log-in"
        case 300..<400:
            guard let place = response.headers.first(name: "location"),
                let host = URLComponents(string: place)?.host, !host.isEmpty,
                host != URLComponents(string: base)?.host
            else { return nil }
            let shown = host.unicodeScalars.filter { $0.isASCII && (0x21..<0x7F) ~= $0.value }
            return
                "it leads to \(String(String.UnicodeScalarView(shown.prefix(maximumHostLength))))"
        case 200..<300:
            let type = response.headers.first(name: "content-type") ?? ""
            let bare = type.split(separator: ";", maxSplits: 1).first ?? ""
            return pages.contains(bare.trimmingCharacters(in: .whitespaces).lowercased())
                ? "it answers with a page for a browser" : nil
        default: return nil
        }
    }

    /// The same, of a connection that did not come about: somebody speaks without TLS where the hub
    /// has it.
    static func sign(in error: any Error) -> String? {
        // What BoringSSL says of a first record that is none (SSL_R_WRONG_VERSION_NUMBER).
        "\(error)".contains("WRONG_VERSION_NUMBER")
            ? "it speaks without TLS where the hub has it" : nil
    }
}
