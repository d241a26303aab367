import CBOR
public import COSE
import HubProtocol

/// A change from one hot list to a later one: a short way to send the later list, no other
/// statement (`docs/spec/hot-list.md`, *Delta*).
///
/// It carries the hub's signature of the *whole* later list. A terminal that applies it writes
/// that list out, attaches the signature, and reads it as if it had come whole: byte for byte the
/// same, with the same digest, or refused.
public struct HotListDelta: Hashable, Sendable {
    /// The `typ` of a signed delta.
    public static let type = "till-hot-list-delta/1"
    /// The longest signed delta in bytes (1 MiB): a longer one saves little over the whole list.
    public static let maximumBytes = 1 << 20

    /// The version that it leads to.
    public let version: UInt64
    /// The version that it starts from.
    public let baseVersion: UInt64
    /// The SHA-256 of the signed list that it starts from, 32 bytes.
    public let baseDigest: [UInt8]

    private let issuedAt: UInt64
    private let settled: [SettledIssuer]
    private let vouchers: SetChange
    private let exceptions: SetChange
    private let walletKeys: KeyChange
    private let issuerKeys: KeyChange
    /// The signature of the whole later list, 64 bytes.
    private let signature: [UInt8]

    /// What happens to a sorted set of numbers, and how the result is coded.
    private struct SetChange: Hashable, Sendable {
        let removed: [UInt64]
        let added: [UInt64]
        let parameter: UInt8
    }

    /// What happens to a sorted row of keys.
    private struct KeyChange: Hashable, Sendable {
        let removed: [UInt64]
        let added: [RevokedKey]
    }

    /// The change from one signed list to another, both of this hub's own; nil where their
    /// fingerprints differ in salt or length, so that only the whole list leads on.
    public init?(from base: SignedHotList, to list: SignedHotList) {
        guard base.list.salt == list.list.salt, base.list.bits == list.list.bits,
            base.list.version < list.list.version,
            let object = try? Sign1.decode(list.bytes)
        else { return nil }
        let parameters = HotList.Parameters(list.list)
        version = list.list.version
        baseVersion = base.list.version
        baseDigest = base.digest
        issuedAt = list.list.issuedAt
        settled = list.list.settled
        vouchers = Self.change(
            base.list.vouchers, list.list.vouchers, parameter: parameters.vouchers)
        exceptions = Self.change(
            base.list.exceptions, list.list.exceptions, parameter: parameters.exceptions)
        walletKeys = Self.change(base.list.walletKeys, list.list.walletKeys)
        issuerKeys = Self.change(base.list.issuerKeys, list.list.issuerKeys)
        signature = object.signature
    }

    /// The delta as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .unsigned(version), .unsigned(issuedAt), .unsigned(baseVersion),
                .bytes(baseDigest), HotListFields.settled(settled),
                HotListFields.set(RiceSet(vouchers.removed)),
                HotListFields.set(RiceSet(vouchers.added)),
                .unsigned(UInt64(vouchers.parameter)),
                HotListFields.set(RiceSet(exceptions.removed)),
                HotListFields.set(RiceSet(exceptions.added)),
                .unsigned(UInt64(exceptions.parameter)),
                HotListFields.set(RiceSet(walletKeys.removed)),
                HotListFields.keys(walletKeys.added),
                HotListFields.set(RiceSet(issuerKeys.removed)),
                HotListFields.keys(issuerKeys.added), .bytes(signature),
            ]), type: Self.type, key: key)
    }

    /// Whether this is a message of a delta's type, whoever signed it.
    public static func isDelta(_ bytes: [UInt8]) -> Bool {
        (try? SignedMessage.peek(bytes, type: type, limit: maximumBytes)) != nil
    }

    /// Reads a delta that `hub` has signed.
    public static func open(_ bytes: [UInt8], signedBy hub: PublicKey) throws(HotListError)
        -> HotListDelta
    {
        let payload: CBORValue
        do {
            payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: hub)
        } catch { throw .message(error) }
        return try HotListDelta(payload)
    }

    private init(_ payload: CBORValue) throws(HotListError) {
        var reader = try HotListReader(payload, "hot list delta")
        version = try reader.version("version (element 1)")
        issuedAt = try reader.unsigned("time (element 2)")
        baseVersion = try reader.version("base version (element 3)")
        guard baseVersion < version else {
            throw .message(.shape("base version (element 3)"))
        }
        baseDigest = try reader.bytes("base digest (element 4)", count: SignedHotList.digestLength)
        settled = try reader.settled("settled issuers (element 5)")
        let most = HotList.maximumVouchers
        vouchers = SetChange(
            removed: try reader.set(
                "removed vouchers (element 6)", atMost: most, below: UInt64(most)),
            added: try reader.set(
                "added vouchers (element 7)", atMost: most,
                below: 1 << UInt64(HotList.fingerprintBits.upperBound)),
            parameter: try reader.parameter("vouchers' parameter (element 8)"))
        let few = HotList.maximumExceptions
        exceptions = SetChange(
            removed: try reader.set(
                "removed exceptions (element 9)", atMost: few, below: UInt64(few)),
            added: try reader.set(
                "added exceptions (element 10)", atMost: few, below: HotList.exceptionLimit),
            parameter: try reader.parameter("exceptions' parameter (element 11)"))
        walletKeys = try Self.keyChange(
            &reader, "wallet keys (elements 12, 13)", atMost: HotList.maximumWalletKeys)
        issuerKeys = try Self.keyChange(
            &reader, "issuer keys (elements 14, 15)", atMost: HotList.maximumIssuerKeys)
        signature = try reader.bytes(
            "signature of the whole list (element 16)", count: Sign1.signatureByteCount)
        try reader.end()
    }

    private static func keyChange(
        _ reader: inout HotListReader, _ name: String, atMost limit: Int
    ) throws(HotListError) -> KeyChange {
        KeyChange(
            removed: try reader.set(name, atMost: limit, below: UInt64(limit)),
            added: try reader.keys(name, atMost: limit))
    }

    /// The signed list that this delta makes of the one held; it is read and verified as if it
    /// had come whole.
    public func applied(to held: SignedHotList, signedBy hub: PublicKey) throws(HotListError)
        -> SignedHotList
    {
        guard held.list.version == baseVersion, held.digest == baseDigest else {
            throw .otherBase(version: baseVersion)
        }
        let list = HotList(
            version: version, issuedAt: issuedAt, salt: held.list.salt, bits: held.list.bits,
            vouchers: try Self.apply(vouchers, to: held.list.vouchers), settled: settled,
            exceptions: try Self.apply(exceptions, to: held.list.exceptions),
            walletKeys: try Self.apply(walletKeys, to: held.list.walletKeys),
            issuerKeys: try Self.apply(issuerKeys, to: held.list.issuerKeys))
        let payload = list.payload(
            HotList.Parameters(
                vouchers: vouchers.parameter, exceptions: exceptions.parameter)
        ).encoded()
        let bytes = SignedMessage.assemble(
            payload, type: HotList.type, key: hub, signature: signature)
        do {
            return try SignedHotList(bytes, signedBy: hub)
        } catch {
            // What does not bear the hub's signature is not what the hub meant.
            if case .message(.badSignature) = error { throw .wrongResult }
            throw error
        }
    }

    private static func apply(_ change: SetChange, to values: [UInt64]) throws(HotListError)
        -> [UInt64]
    {
        let kept = try remove(change.removed, from: values)
        return try merge(kept, change.added) { $0 < $1 }
    }

    private static func apply(_ change: KeyChange, to keys: [RevokedKey]) throws(HotListError)
        -> [RevokedKey]
    {
        let kept = try remove(change.removed, from: keys)
        return try merge(kept, change.added) { $0.thumbprint.precedes($1.thumbprint) }
    }

    /// The values but those at these ascending positions.
    private static func remove<Value>(_ positions: [UInt64], from values: [Value])
        throws(HotListError) -> [Value]
    {
        guard let last = positions.last else { return values }
        guard last < UInt64(values.count) else { throw .wrongResult }
        var kept: [Value] = []
        kept.reserveCapacity(values.count - positions.count)
        var start = 0
        for position in positions {
            kept += values[start..<Int(position)]
            start = Int(position) + 1
        }
        return kept + values[start...]
    }

    /// Both ascending rows in one; a value that is in both makes no set.
    private static func merge<Value>(
        _ kept: [Value], _ added: [Value], _ isBefore: (Value, Value) -> Bool
    ) throws(HotListError) -> [Value] {
        guard !added.isEmpty else { return kept }
        var merged: [Value] = []
        merged.reserveCapacity(kept.count + added.count)
        var index = 0
        for value in added {
            while index < kept.count, isBefore(kept[index], value) {
                merged.append(kept[index])
                index += 1
            }
            guard index == kept.count || isBefore(value, kept[index]) else { throw .wrongResult }
            merged.append(value)
        }
        return merged + kept[index...]
    }

    private static func change(_ old: [UInt64], _ new: [UInt64], parameter: UInt8) -> SetChange {
        let (removed, added) = difference(old, new) { $0 < $1 }
        return SetChange(removed: removed, added: added, parameter: parameter)
    }

    /// A key whose date has changed is removed and added.
    private static func change(_ old: [RevokedKey], _ new: [RevokedKey]) -> KeyChange {
        let (removed, added) = difference(old, new) { left, right in
            left.thumbprint == right.thumbprint
                ? left.from < right.from : left.thumbprint.precedes(right.thumbprint)
        }
        return KeyChange(removed: removed, added: added)
    }

    /// The positions in `old` of what is not in `new`, and what is only in `new`.
    private static func difference<Value: Equatable>(
        _ old: [Value], _ new: [Value], _ isBefore: (Value, Value) -> Bool
    ) -> (removed: [UInt64], added: [Value]) {
        var removed: [UInt64] = []
        var added: [Value] = []
        var left = 0
        var right = 0
        while left < old.count || right < new.count {
            if right == new.count || (left < old.count && isBefore(old[left], new[right])) {
                removed.append(UInt64(left))
                left += 1
            } else if left == old.count || isBefore(new[right], old[left]) {
                added.append(new[right])
                right += 1
            } else {
                left += 1
                right += 1
            }
        }
        return (removed, added)
    }
}
