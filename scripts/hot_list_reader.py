"""The second client's half of docs/spec/hot-list.md: reading a list, applying a delta, asking it."""

from second_client import ED25519, Tagged, encode, need, open_message, decode, sha256


class Bits:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self):
        need(self.at < 8 * len(self.data), "a Rice code ends early")
        bit = self.data[self.at // 8] >> (7 - self.at % 8) & 1
        self.at += 1
        return bit


def rice(value, limit):
    count, parameter, code = value
    need(0 <= parameter <= 62 and count <= 8 * len(code), "a Rice set")
    bits, values, last = Bits(code), [], -1
    for _ in range(count):
        high = 0
        while bits.take():
            high += 1
        low = 0
        for _ in range(parameter):
            low = low << 1 | bits.take()
        last += (high << parameter | low) + 1
        need(last < limit, "a value above its limit")
        values.append(last)
    need((bits.at + 7) // 8 == len(code), "bytes left over")
    need(not any(bits.take() for _ in range(8 * len(code) - bits.at)), "bits left over")
    return values


def write_rice(values, parameter):
    text, last = [], -1
    for value in values:
        gap = value - last - 1
        text.append("1" * (gap >> parameter) + "0")
        if parameter:
            text.append(format(gap & (1 << parameter) - 1, f"0{parameter}b"))
        last = value
    bits = "".join(text)
    bits += "0" * (-len(bits) % 8)
    code = bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))
    return [len(values), parameter, code]


class HotList:
    def __init__(self, data, hubs):
        body = open_message(data, "till-hot-list/1", 8_388_608, hubs)
        need(len(body) == 10 and body[0] == 1, "a hot list")
        self.body, self.digest, self.version = body, sha256(data), body[1]
        self.salt, self.bits = body[3], body[4]
        need(len(self.salt) == 16 and 24 <= self.bits <= 56, "salt and bits")
        self.vouchers = rice(body[5], 1 << self.bits)
        self.settled = dict(map(tuple, body[6]))
        self.exceptions = rice(body[7], 1 << 63)

    def says(self, issuer, cti, issued_at=None):
        """What it says of a voucher without a holder: clear, listed or may be listed."""
        digest = sha256(self.salt + issuer.encode() + b"\0" + cti)
        first = int.from_bytes(digest[:8], "big") >> (64 - self.bits)
        second = int.from_bytes(digest[8:16], "big") >> 1
        if first not in self.vouchers:
            return "clear"
        if issuer not in self.settled or issued_at is None or issued_at > self.settled[issuer]:
            return "may be listed"
        return "clear" if second in self.exceptions else "listed"

    def after(self, delta, hubs):
        """The list that a delta leads to from this one, as if it had come whole."""
        body = open_message(delta, "till-hot-list-delta/1", 1_048_576, hubs)
        need(len(body) == 17 and body[0] == 1, "a delta")
        need(body[3] == self.version and body[4] == self.digest, "hot-list-other-base")
        vouchers = changed(self.vouchers, rice(body[6], 3_500_000), rice(body[7], 1 << 56))
        exceptions = changed(self.exceptions, rice(body[9], 100_000), rice(body[10], 1 << 63))
        wallets = changed(self.body[8], rice(body[12], 20_000), body[13])
        issuers = changed(self.body[9], rice(body[14], 1_600), body[15])
        payload = encode([1, body[1], body[2], self.salt, self.bits,
                          write_rice(vouchers, body[8]), body[5],
                          write_rice(exceptions, body[11]), wallets, issuers])
        kid = decode(decode(delta).value[0])[4]
        protected = encode({1: ED25519, 4: kid, 16: "till-hot-list/1"})
        return HotList(encode(Tagged(18, [protected, {}, payload, body[16]])), hubs)


def changed(held, go, come):
    left = [value for place, value in enumerate(held) if place not in set(go)]
    need(not any(value in left for value in come), "what comes is there")
    return sorted(left + come)
