import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// How many requests an address may make: a bucket for each, which empties by one a request and fills
/// again with time.
///
/// One address may be a whole shop behind a router, and a terminal that has been away asks a dozen
/// times in an exchange; the limit is far above that, and far below what keeps a hub busy.
final class RequestLimiter: Sendable {
    /// How many buckets are kept. Whoever has more addresses than this to ask from (a botnet) is for a
    /// firewall to stop; memory stays bounded in any case.
    static let maximumBuckets = 16_384
    /// A bucket holds the requests of so many seconds: after a night without a network every terminal
    /// of a shop comes at once.
    static let burstSeconds: UInt64 = 30

    private struct Bucket {
        /// When it will be full again, in nanoseconds of the limiter's clock.
        var full: UInt64
    }

    /// How long one request's place takes to come back, in nanoseconds.
    private let interval: UInt64
    private let now: @Sendable () -> UInt64
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameters:
    ///   - perMinute: the requests a minute that an address may go on making; above 0.
    ///   - now: a clock that only goes forward, in nanoseconds.
    init(perMinute: Int, now: @escaping @Sendable () -> UInt64) {
        interval = 60_000_000_000 / UInt64(max(perMinute, 1))
        self.now = now
    }

    /// Takes a place in the address's bucket: nil where there was one, else the seconds until there is
    /// one, at least 1.
    func wait(for address: String) -> UInt64? {
        let now = now()
        let depth = Self.burstSeconds * 1_000_000_000
        return buckets.withLock { buckets in
            let full = max(buckets[address]?.full ?? now, now)
            guard full + interval <= now + depth else {
                return (full + interval - now - depth) / 1_000_000_000 + 1
            }
            if buckets[address] == nil, buckets.count >= Self.maximumBuckets {
                buckets = buckets.filter { $0.value.full > now }
                if buckets.count >= Self.maximumBuckets { buckets.removeAll() }
            }
            buckets[address] = Bucket(full: full + interval)
            return nil
        }
    }

    /// What counts as one address: of IPv6 the network of 64 bits that one subscriber has (RFC 6177).
    static func name(of address: SocketAddress?) -> String {
        switch address {
        case .v4(let address): String(address.address.sin_addr.s_addr, radix: 16)
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                // An address of IPv4 as a socket of both families tells it (RFC 4291, 2.5.5.2).
                bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
                    ? bytes.suffix(4).map { String($0) }.joined(separator: ".")
                    : bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
            }
        default: "local"
        }
    }
}

/// Answers `429` (RFC 6585, 4) to an address that asks too often.
struct RequestLimit: RouterMiddleware {
    typealias Context = HubContext

    let limiter: RequestLimiter?

    @concurrent func handle(
        _ request: Request, context: HubContext,
        next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        guard let limiter,
            let seconds = limiter.wait(
                for: RequestLimiter.name(of: context.channel.remoteAddress))
        else { return try await next(request, context) }
        var response = try HubAnswer.problem(
            .tooManyRequests, reason: "too-many-requests",
            "Too many requests came from this address. Nothing was stored; what waits at a terminal "
                + "goes on waiting. Try again in \(seconds) seconds.")
        response.headers[.retryAfter] = String(seconds)
        return response
    }
}
