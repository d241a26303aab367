import HTTPTypes
import Hummingbird

/// What stands behind the `?` of a request: what is not as `openapi.json` says is refused, not passed
/// over, so that a misspelt number is no other question.
struct Query {
    private let request: Request

    init(_ request: Request) { self.request = request }

    private func value(_ name: String) -> Substring? { request.uri.queryParameters[name[...]] }

    /// A whole number of at least `least`, or nil where it is not there.
    func number(_ name: String, from least: UInt64 = 0) throws(Malformed) -> UInt64? {
        guard let text = value(name) else { return nil }
        guard let number = UInt64(text), number >= least else {
            throw Malformed(name: name, expected: "a whole number from \(least)")
        }
        return number
    }

    /// One of these words, or nil where it is not there.
    func word(_ name: String, among words: [String]) throws(Malformed) -> String? {
        guard let text = value(name) else { return nil }
        guard let word = words.first(where: { $0 == text }) else {
            throw Malformed(name: name, expected: words.joined(separator: " or "))
        }
        return word
    }

    /// A part of the question that cannot be read.
    struct Malformed: HTTPResponseError {
        let name: String
        let expected: String

        var status: HTTPResponse.Status { .badRequest }

        func response(from request: Request, context: some RequestContext) throws -> Response {
            try Answer.problem(
                status, reason: "query-malformed",
                "\(name) is not \(expected). Nothing was changed.")
        }
    }
}
