import CBOR
public import COSE
import HubProtocol
import Vouchers

extension HotList {
    /// The `typ` of a signed hot list.
    public static let type = "till-hot-list/1"
    /// The longest signed hot list in bytes (8 MiB): every section at its limit fits.
    public static let maximumBytes = 8 << 20

    /// The list as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(payload(Parameters(self)), type: Self.type, key: key)
    }

    /// Reads the list that `hub` has signed, whatever its version and its age.
    public static func open(_ bytes: [UInt8], signedBy hub: PublicKey) throws(HotListError)
        -> HotList
    {
        let payload: CBORValue
        do {
            payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: hub)
        } catch { throw .message(error) }
        return try HotList(payload)
    }

    /// The parameters of the two coded sets: with them a list has one spelling.
    struct Parameters {
        let vouchers: UInt8
        let exceptions: UInt8

        init(vouchers: UInt8, exceptions: UInt8) {
            self.vouchers = vouchers
            self.exceptions = exceptions
        }

        /// The ones that make the list shortest.
        init(_ list: HotList) {
            vouchers = RiceSet.bestParameter(for: list.vouchers)
            exceptions = RiceSet.bestParameter(for: list.exceptions)
        }
    }

    /// The payload (`docs/spec/hot-list.md`, *Hot list*).
    func payload(_ parameters: Parameters) -> CBORValue {
        .array([
            .unsigned(1), .unsigned(version), .unsigned(issuedAt), .bytes(salt),
            .unsigned(UInt64(bits)),
            HotListFields.set(RiceSet(vouchers, parameter: parameters.vouchers)),
            HotListFields.settled(settled),
            HotListFields.set(RiceSet(exceptions, parameter: parameters.exceptions)),
            HotListFields.keys(walletKeys), HotListFields.keys(issuerKeys),
        ])
    }

    private init(_ payload: CBORValue) throws(HotListError) {
        var reader = try HotListReader(payload, "hot list")
        version = try reader.version("version (element 1)")
        issuedAt = try reader.unsigned("time (element 2)")
        salt = try reader.bytes("salt (element 3)", count: HotListFingerprint.saltLength)
        bits = try reader.bits("fingerprint bits (element 4)")
        vouchers = try reader.set(
            "vouchers (element 5)", atMost: Self.maximumVouchers, below: 1 << UInt64(bits))
        guard Self.isSparse(vouchers.count, bits: bits) else {
            throw .crowded(vouchers: vouchers.count, bits: bits)
        }
        settled = try reader.settled("settled issuers (element 6)")
        exceptions = try reader.set(
            "exceptions (element 7)", atMost: Self.maximumExceptions, below: Self.exceptionLimit)
        walletKeys = try reader.keys("wallet keys (element 8)", atMost: Self.maximumWalletKeys)
        issuerKeys = try reader.keys("issuer keys (element 9)", atMost: Self.maximumIssuerKeys)
        try reader.end()
    }

    /// Second fingerprints have 63 bits.
    static let exceptionLimit: UInt64 = 1 << 63
}

/// How the parts of a list and of a delta are written.
enum HotListFields {
    static func set(_ set: RiceSet) -> CBORValue {
        .array([
            .unsigned(UInt64(set.count)), .unsigned(UInt64(set.parameter)), .bytes(set.bytes),
        ])
    }

    static func settled(_ issuers: [SettledIssuer]) -> CBORValue {
        .array(issuers.map { .array([.text($0.issuer.name), .unsigned($0.through)]) })
    }

    static func keys(_ keys: [RevokedKey]) -> CBORValue {
        .array(keys.map { .array([.bytes($0.thumbprint), .unsigned($0.from)]) })
    }
}

/// Reads the parts of a list and of a delta, in order.
struct HotListReader {
    private var reader: PayloadReader

    init(_ value: CBORValue, _ name: String) throws(HotListError) {
        do {
            reader = try PayloadReader(value, name)
            try reader.format()
        } catch { throw .message(error) }
    }

    mutating func unsigned(_ name: String) throws(HotListError) -> UInt64 {
        do { return try reader.unsigned(name) } catch { throw .message(error) }
    }

    mutating func bytes(_ name: String, count: Int) throws(HotListError) -> [UInt8] {
        do { return try reader.bytes(name, count: count) } catch { throw .message(error) }
    }

    mutating func end() throws(HotListError) {
        do { try reader.end() } catch { throw .message(error) }
    }

    mutating func version(_ name: String) throws(HotListError) -> UInt64 {
        let version = try unsigned(name)
        guard version >= 1 else { throw .message(.shape(name)) }
        return version
    }

    mutating func bits(_ name: String) throws(HotListError) -> Int {
        let number = try unsigned(name)
        guard let bits = Int(exactly: number), HotList.fingerprintBits.contains(bits) else {
            throw .message(.shape(name))
        }
        return bits
    }

    mutating func parameter(_ name: String) throws(HotListError) -> UInt8 {
        let number = try unsigned(name)
        guard number <= UInt64(RiceSet.maximumParameter) else { throw .message(.shape(name)) }
        return UInt8(number)
    }

    /// A Rice set of at most `limit` values, each below `range`.
    mutating func set(_ name: String, atMost limit: Int, below range: UInt64)
        throws(HotListError) -> [UInt64]
    {
        let read: RiceSet
        do throws(MessageError) {
            var fields = try PayloadReader(try reader.next(name), name)
            let count = try fields.unsigned(name)
            let parameter = try fields.unsigned(name)
            guard count <= UInt64(limit), parameter <= UInt64(RiceSet.maximumParameter),
                let bytes = try fields.next(name).asBytes
            else { throw MessageError.shape(name) }
            try fields.end()
            read = RiceSet(count: Int(count), parameter: UInt8(parameter), bytes: bytes)
        } catch { throw .message(error) }
        guard let values = read.values(below: range) else { throw .message(.shape(name)) }
        return values
    }

    mutating func settled(_ name: String) throws(HotListError) -> [SettledIssuer] {
        var issuers: [SettledIssuer] = []
        for line in try array(name, atMost: HotList.maximumSettledIssuers) {
            do throws(MessageError) {
                var fields = try PayloadReader(line, name)
                guard let issuer = IssuerID(try fields.text(name)) else {
                    throw MessageError.shape(name)
                }
                issuers.append(
                    SettledIssuer(issuer: issuer, through: try fields.unsigned(name)))
                try fields.end()
            } catch { throw .message(error) }
        }
        let names = issuers.map { Array($0.issuer.name.utf8) }
        guard Self.ascend(names) else { throw .repeated(name) }
        return issuers
    }

    mutating func keys(_ name: String, atMost limit: Int) throws(HotListError) -> [RevokedKey] {
        var keys: [RevokedKey] = []
        for line in try array(name, atMost: limit) {
            do throws(MessageError) {
                var fields = try PayloadReader(line, name)
                let thumbprint = try fields.bytes(name, count: RevokedKey.thumbprintLength)
                keys.append(
                    RevokedKey(thumbprint: thumbprint, from: try fields.unsigned(name)))
                try fields.end()
            } catch { throw .message(error) }
        }
        guard Self.ascend(keys.map(\.thumbprint)) else { throw .repeated(name) }
        return keys
    }

    private mutating func array(_ name: String, atMost limit: Int) throws(HotListError)
        -> [CBORValue]
    {
        do { return try reader.array(name, atMost: limit) } catch { throw .message(error) }
    }

    private static func ascend(_ values: [[UInt8]]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy { $0.precedes($1) }
    }
}
