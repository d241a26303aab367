"""Verifies an exported journal, from docs/spec/journal-export.md and docs/spec/journal.md alone.

A second implementation in another language, with nothing but Python's own library: what it finds
and what `tillctl journal import-check` finds must be the same.

    verify_journal.py EXPORT [--checkpoint FILE ...] [--json]

Ends with 0 where all is right, 20 where something is not, 64 for a wrong call.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import unicodedata

MAX_INTEGER = (1 << 53) - 1
MAX_RECORD = (4 << 20) + 64
MAX_ENTRY = 1800
GENESIS = bytes(32)


def sha256(data):
    return hashlib.sha256(data).digest()


# --- Ed25519 (RFC 8032, 5.1.7), for checking alone --------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_equal(one, other):
    return ((one[0] * other[2] - other[0] * one[2]) % P == 0
            and (one[1] * other[2] - other[1] * one[2]) % P == 0)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P:
        return None
    return P - x if (x & 1) != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_small(point):
    return point_equal(point_multiply(8, point), (0, 1, 1, 0))


def ed25519_verifies(key, signature, message):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = decompress(key), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or is_small(a):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(h, a)))


# --- Core deterministic CBOR (RFC 8949, 4.2.1), as our formats have it -------------------------


class Malformed(Exception):
    pass


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


class Decoder:
    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, count):
        if len(self.data) - self.place < count:
            raise Malformed("deterministic CBOR: it ends")
        self.place += count
        return self.data[self.place - count:self.place]

    def item(self, depth=0):
        if depth > 8:
            raise Malformed("deterministic CBOR: depth")
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            if first not in (0xF4, 0xF5, 0xF6):
                raise Malformed("deterministic CBOR: simple or float")
            return {0xF4: False, 0xF5: True, 0xF6: None}[first]
        if info < 24:
            number = info
        elif info in (24, 25, 26, 27):
            size = 1 << (info - 24)
            number = int.from_bytes(self.take(size), "big")
            if number < (24 if size == 1 else 1 << (4 * size)):
                raise Malformed("deterministic CBOR: not shortest")
        else:
            raise Malformed("deterministic CBOR: indefinite or reserved")
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            return bytes(self.take(number))
        if major == 3:
            try:
                return self.take(number).decode("utf-8")
            except UnicodeDecodeError as error:
                raise Malformed("deterministic CBOR: UTF-8") from error
        if major == 6:
            return Tag(number, self.item(depth + 1))
        if number > len(self.data) - self.place:
            raise Malformed("deterministic CBOR: length")
        if major == 4:
            return [self.item(depth + 1) for _ in range(number)]
        pairs, before = {}, b""
        for _ in range(number):
            start = self.place
            key = self.item(depth + 1)
            spelling = self.data[start:self.place]
            if isinstance(key, bool) or not isinstance(key, (int, str)) or spelling <= before:
                raise Malformed("deterministic CBOR: key")
            before = spelling
            pairs[key] = self.item(depth + 1)
        return pairs


def decode(data):
    decoder = Decoder(data)
    value = decoder.item()
    if decoder.place != len(data):
        raise Malformed("deterministic CBOR: bytes follow")
    return value


# --- Values, each with its limits ---------------------------------------------------------------


def number(value, low=0, high=MAX_INTEGER, name="number"):
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Malformed(name)
    return value


def octets(value, low, high, name="bytes"):
    if not isinstance(value, bytes) or not low <= len(value) <= high:
        raise Malformed(name)
    return value


def octets_or_null(value, low, high, name):
    return None if value is None else octets(value, low, high, name)


def displayable(value, low, high, name):
    if not isinstance(value, str) or not low <= len(value.encode()) <= high:
        raise Malformed(name)
    if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cn", "Co", "Cs") for c in value):
        raise Malformed(name)
    return value


def grammar(value, pattern, name):
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Malformed(name)
    return value


def issuer_name(value):
    return grammar(value, r"[A-Za-z0-9._-]{1,32}", "issuer")


def terminal_id(value):
    value = grammar(value, r"till:[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", "terminal")
    if len(value) > 25:
        raise Malformed("terminal")
    return value


def ed25519_key(value, name="key"):
    """The 32 bytes of a COSE_Key of exactly kty 1, crv 6 and x; P-256 keys are let pass unused."""
    if not isinstance(value, dict):
        raise Malformed(name)
    if value.get(1) == 1 and set(value) == {1, -1, -2} and value[-1] == 6:
        x = octets(value[-2], 32, 32, name)
        point = decompress(x)
        if point is None or is_small(point):
            raise Malformed(name)
        return x
    if value.get(1) == 2 and set(value) == {1, -1, -2, -3} and value[-1] == 1:
        octets(value[-2], 32, 32, name)
        octets(value[-3], 32, 32, name)
        return b""
    raise Malformed(name)


# --- Codes (voucher.md) ---------------------------------------------------------------------------


def encode(value):
    """Core deterministic CBOR of what `decode` reads, tags but for."""
    def start(major, count):
        if count < 24:
            return bytes([major << 5 | count])
        size = next(s for s in (1, 2, 4, 8) if count < 1 << (8 * s))
        return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + count.to_bytes(size, "big")
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return start(0, value) if value >= 0 else start(1, -1 - value)
    if isinstance(value, bytes):
        return start(2, len(value)) + value
    if isinstance(value, str):
        return start(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return start(4, len(value)) + b"".join(map(encode, value))
    pairs = sorted((encode(key), encode(item)) for key, item in value.items())
    return start(5, len(pairs)) + b"".join(key + item for key, item in pairs)


P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def thumbprint(key):
    """RFC 9679, SHA-256, of a holder's COSE_Key; EC2 always with y as 32 bytes."""
    if key[1] == 1:
        return sha256(encode({1: 1, -1: 6, -2: octets(key[-2], 32, 32)}))
    x, y = octets(key[-2], 32, 32), key[-3]
    if isinstance(y, bool):
        number = int.from_bytes(x, "big")
        root = pow((pow(number, 3, P256) - 3 * number + P256_B) % P256, (P256 + 1) // 4, P256)
        y = (root if root % 2 == y else P256 - root).to_bytes(32, "big")
    return sha256(encode({1: 2, -1: 1, -2: x, -3: octets(y, 32, 32)}))


class Code:
    """What an issuer's object, shown alone or in a presentation, says of its voucher."""

    def __init__(self, data):
        protected, unprotected, payload, signature = self.signed(decode(data))
        header, nonce = decode(protected), None
        if set(header) == {1, 13}:
            nonce = decode(payload).get(39)
            _, _, payload, _ = self.signed(header[13])
        elif set(header) != {1, 4}:
            raise Malformed("code")
        claims = decode(payload)
        value = claims[-65537]
        self.kind, self.currency, amounts = value[0], value[1], value[2:]
        if len(amounts) != {1: 1, 2: 2, 3: 2}[self.kind]:
            raise Malformed("code")
        self.cti, self.expiry = octets(claims[7], 8, 16), number(claims[4])
        self.nonce = claims.get(39) or nonce
        self.ceiling = amounts[1] if self.kind == 3 else amounts[0]
        holder = thumbprint(claims[8][1]) if 8 in claims else None
        self.core = sha256(encode([
            "till-voucher-core-1", self.kind, self.currency, [] if self.kind == 2 else amounts,
            self.expiry, claims.get(5), claims.get(3), holder, claims.get(39)]))

    @staticmethod
    def signed(tag):
        if not isinstance(tag, Tag) or tag.number != 18 or len(tag.value) != 4:
            raise Malformed("code")
        return tag.value


def read_code(data):
    """The code, or None where it breaks its own form."""
    try:
        return Code(data)
    except (Malformed, KeyError, TypeError, AttributeError, ValueError, IndexError):
        return None


# --- Entries (journal.md) -----------------------------------------------------------------------

CAPTURE, DECLINE, CANCELLATION, REFUND, REVERSAL, PERIOD, DOCUMENT, CLOCK, MARK = range(1, 10)
REQUIRED = {
    CAPTURE: {5, 6, 7, 8, 9, 10, 11, 12, 14}, DECLINE: {5, 6, 7, 15},
    CANCELLATION: {5, 6, 7, 8, 20}, REFUND: {5, 6, 7, 8, 20, 21}, REVERSAL: {5, 6, 7, 20},
    PERIOD: {22, 23}, DOCUMENT: {24}, CLOCK: {25}, MARK: {5, 6, 7, 13, 17},
}
OPTIONAL = {
    CAPTURE: {13, 16, 17, 29, 30}, DECLINE: {9, 10, 14, 16, 17, 18},
    CANCELLATION: {9, 10, 11, 12, 14, 15, 17, 29, 30}, REFUND: {9, 10, 11, 12, 14, 15, 17, 29, 30},
    REVERSAL: {9, 10, 11, 12, 14, 15, 17, 29, 30}, PERIOD: {17, 28}, DOCUMENT: {17}, CLOCK: {17},
    MARK: set(),
}


def encoded_size(value):
    """The length of a value's deterministic encoding."""
    def head(count):
        return 1 + (0 if count < 24 else 1 if count < 1 << 8 else 2 if count < 1 << 16
                    else 4 if count < 1 << 32 else 8)
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return head(value if value >= 0 else -1 - value)
    if isinstance(value, bytes):
        return head(len(value)) + len(value)
    if isinstance(value, str):
        return head(len(value.encode())) + len(value.encode())
    if isinstance(value, Tag):
        return head(value.number) + encoded_size(value.value)
    if isinstance(value, list):
        return head(len(value)) + sum(map(encoded_size, value))
    return head(len(value)) + sum(encoded_size(k) + encoded_size(v) for k, v in value.items())


class Entry:
    """An entry, read as strictly as journal.md says."""

    def __init__(self, data):
        octets(data, 1, MAX_ENTRY)
        m = decode(data)
        if not isinstance(m, dict):
            raise Malformed("map")
        self.map = m
        self.sequence = number(m.get(1), name="key 1")
        self.previous = octets(m.get(2), 32, 32, "key 2")
        self.at = number(m.get(3), name="key 3")
        kind = self.kind = number(m.get(4), 1, MARK, "key 4")
        keys = set(m)
        base = {1, 2, 3, 4}
        if not (base | REQUIRED[kind]) <= keys or not keys <= (
                base | REQUIRED[kind] | OPTIONAL[kind]):
            raise Malformed("set of keys")
        if kind <= REVERSAL or kind == MARK:
            grammar(m[5], r"[A-Za-z0-9]{1,25}", "key 5")
            number(m[6], 0, 0xFFFF, "key 6")
            number(m[7], name="key 7")
        if 8 in m:
            number(m[8], name="key 8")
        if 9 in m or 10 in m:
            issuer_name(m.get(9))
            octets(m.get(10), 8, 16, "key 10")
        if kind in (CANCELLATION, REFUND, REVERSAL) and (9 in m) != (11 in m and 12 in m):
            raise Malformed("keys 9 to 12")
        if kind in (CANCELLATION, REFUND, REVERSAL) and (11 in m) != (12 in m):
            raise Malformed("keys 11 and 12")
        if 11 in m:
            number(m[11], 0, 255, "key 11")
        if 12 in m:
            number(m[12], name="key 12")
        if 13 in m:
            octets(m[13], 8, 8 if kind == MARK else 16, "key 13")
        if 14 in m:
            octets(m[14], 1, 1000, "key 14")
        if 15 in m:
            displayable(m[15], 1, 100, "key 15")
        if 16 in m:
            if not isinstance(m[16], list) or not m[16] or encoded_size(m[16]) > 400:
                raise Malformed("key 16")
        if 17 in m:
            pair = self.row(m[17], 2, "key 17")
            number(pair[0], 1, 3, "key 17")
            displayable(pair[1], 1, 32, "key 17")
        if 18 in m:
            if 14 in m:
                raise Malformed("keys 14 and 18")
            pair = self.row(m[18], 2, "key 18")
            displayable(pair[0], 1, 32, "key 18")
            octets(pair[1], 32, 32, "key 18")
        if 20 in m and number(m[20], 1, name="key 20") >= self.sequence:
            raise Malformed("key 20")
        if 21 in m:
            number(m[21], 1, 3, "key 21")
        if kind == PERIOD:
            self.read_period(m)
        if kind == DOCUMENT:
            row = self.row(m[24], 3, "key 24")
            number(row[0], 1, 5, "key 24")
            number(row[1], name="key 24")
            octets(row[2], 32, 32, "key 24")
        if kind == CLOCK:
            row = self.row(m[25], 4, "key 25")
            number(row[0], 1, 5, "key 25")
            for value in row[1:]:
                number(value, name="key 25")
        if 30 in m:
            number(m[30], 1, m[7], "key 30")
        if 29 in m:
            self.read_vat(m)
        self.receipt = m.get(8)

    @staticmethod
    def row(value, count, name):
        if not isinstance(value, list) or len(value) != count:
            raise Malformed(name)
        return value

    def read_vat(self, m):
        if not isinstance(m[29], list) or not 1 <= len(m[29]) <= 6:
            raise Malformed("key 29")
        before = ""
        for line in m[29]:
            row = self.row(line, 4, "key 29")
            grammar(row[0], r"[A-Z]", "key 29")
            if row[0] <= before:
                raise Malformed("key 29")
            before = row[0]
            number(row[1], 0, 10000, "key 29")
            number(row[3], 0, number(row[2], 1, name="key 29"), "key 29")
        if sum(line[2] for line in m[29]) + m.get(30, 0) != m[7]:
            raise Malformed("key 29")

    def read_period(self, m):
        number(m[22], 1, name="key 22")
        if not isinstance(m[23], list) or len(m[23]) > 16:
            raise Malformed("key 23")
        before = 0
        for line in m[23]:
            row = self.row(line, 13, "key 23")
            if number(row[0], 1, 999, "key 23") <= before:
                raise Malformed("key 23")
            before = row[0]
            for count, amount in zip(row[1::2], row[2::2]):
                number(count, 0, (1 << 32) - 1, "key 23")
                number(amount, name="key 23")
                if (count == 0) != (amount == 0):
                    raise Malformed("key 23")
            if not any(row[1:]):
                raise Malformed("key 23")
        if 28 in m:
            drawer = m[28]
            if not isinstance(drawer, list) or len(drawer) not in (2, 4):
                raise Malformed("key 28")
            number(drawer[0], 1, 999, "key 28")
            for figure in drawer[1:]:
                number(figure, name="key 28")
            if len(drawer) == 4:
                number(drawer[3], 1, name="key 28")


# --- Checkpoints (journal.md) -------------------------------------------------------------------


def unpad(text, name):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed(name) from error
    if base64.b64encode(data).decode() != text:
        raise Malformed(name)
    return data


def plain(text, name):
    if not re.fullmatch(r"0|[1-9][0-9]*", text, re.ASCII) or int(text) > MAX_INTEGER:
        raise Malformed(name)
    return int(text)


class Checkpoint:
    def __init__(self, data):
        octets(data, 1, 400)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("text") from error
        lines = text.split("\n")
        if len(lines) != 7 or lines[4] or lines[6]:
            raise Malformed("number of lines")
        names = lines[0].split("/")
        if len(names) != 5 or names[0] != "till-journal" or names[1] != "1":
            raise Malformed("origin")
        self.origin = lines[0]
        self.terminal = terminal_id("till:" + names[2] + "/" + names[3])
        self.journal = bytes.fromhex(grammar(names[4], r"[0-9a-f]{16}", "origin"))
        self.size = plain(lines[1], "size")
        self.hash = octets(unpad(lines[2], "hash"), 32, 32)
        numbers = lines[3].split(" ")
        if len(numbers) != 3:
            raise Malformed("line 4")
        self.at, self.receipt, self.period = (plain(n, "line 4") for n in numbers)
        start = "\u2014 " + self.origin + " "
        if not lines[5].startswith(start):
            raise Malformed("signature")
        self.line = octets(unpad(lines[5][len(start):], "signature"), 68, 68)
        self.body = "\n".join(lines[:4]).encode() + b"\n"

    def named_by(self, key):
        return self.line[:4] == sha256(self.origin.encode() + b"\n\x01" + key)[:4]


# --- Records (journal-export.md) ----------------------------------------------------------------

ORDER = {"header": 0, "segment": 1, "entry": 2, "document": 3, "checkpoint": 4, "batch": 5,
         "voucher": 6, "redemption": 7, "trailer": 8}
NAMES = {place: name for name, place in ORDER.items()}


def read_record(data):
    """The kind of a record and its elements after the first."""
    value = decode(data)
    if not isinstance(value, list) or not value:
        raise Malformed("kind of record")
    first, rest = value[0], value[1:]
    if first == "till-journal-export":
        kind = "header"
    elif isinstance(first, int) and not isinstance(first, bool) and 1 <= first <= 8:
        kind = NAMES[first]
    else:
        raise Malformed("kind of record")
    counts = {"header": 11, "segment": 7, "entry": 1, "document": 3, "checkpoint": 1, "batch": 5,
              "voucher": 10, "redemption": 10, "trailer": 3}
    if len(rest) != counts[kind]:
        raise Malformed("number of elements")
    shapes = {
        "header": (lambda v: number(v, 1, 1, "format"), terminal_id,
                   lambda v: octets(v, 8, 8), ed25519_key,
                   lambda v: None if v is None else ed25519_key(v), number, number, hash_of,
                   number, number, number),
        "segment": (number, number, number, hash_of, hash_of, number, hash_of),
        "entry": (lambda v: octets(v, 1, MAX_ENTRY),),
        "document": (lambda v: number(v, 1, 255), number, lambda v: octets(v, 1, 4 << 20)),
        "checkpoint": (lambda v: octets(v, 1, 400),),
        "batch": (number, number, number, hash_of,
                  lambda v: octets_or_null(v, 1, 65536, "answer")),
        "voucher": (issuer_name, lambda v: octets(v, 8, 16), lambda v: number(v, 1, 255),
                    lambda v: number(v, 1, 999), hash_of, number, number, number, number, number),
        "redemption": (number, issuer_name, lambda v: octets(v, 8, 16),
                       lambda v: number(v, 1, 255), number,
                       lambda v: octets_or_null(v, 8, 16, "nonce"),
                       lambda v: octets_or_null(v, 32, 32, "presentation"), number, number,
                       number),
        "trailer": (number, hash_of, lambda v: octets_or_null(v, 64, 64, "seal")),
    }
    return kind, [shape(v) for shape, v in zip(shapes[kind], rest)]


def hash_of(value):
    return octets(value, 32, 32, "hash")


class Verifier:
    def __init__(self, checkpoints=()):
        self.handed_in = list(checkpoints)
        self.findings = []
        self.header = None
        self.start = self.link = (0, GENESIS, 0, 0)
        self.archived, self.segments = (0, GENESIS, 0), 0
        self.positions, self.captures, self.totals = [], {}, {}
        self.adopted, self.kept, self.last_batch = {}, set(), None
        self.vouchers, self.last_voucher, self.last_redemption = {}, None, 0
        self.restored = {}
        self.terms = {}
        self.entries = 0

    def find(self, reason, place, message):
        self.findings.append({"reason": reason, "place": place, "message": message})

    # The file.

    def verify(self, data):
        place, order, records, ended = 0, 0, 0, False
        while place < len(data):
            if ended:
                self.find("export-trailing", f"byte {place}", "Bytes follow after the last record.")
                return self.findings
            framed = self.frame(data, place)
            if framed is None:
                return self.findings
            head, length = framed
            if len(data) - place < head + length:
                break
            start, place = place, place + head + length
            try:
                kind, fields = read_record(data[start + head:place])
            except Malformed as error:
                records += 1
                self.find("record-malformed", f"byte {start}", f"no valid {error}")
                continue
            if kind == "trailer":
                ended = True
                self.trailer(fields, records, sha256(data[:start]), f"byte {start}")
                continue
            records += 1
            if (self.header is None) != (kind == "header") or ORDER[kind] < order:
                self.find("record-out-of-order", f"byte {start}", "not where its kind belongs")
                continue
            order = ORDER[kind]
            getattr(self, kind)(*fields) if kind != "header" else self.begin(fields)
        if not ended or place < len(data):
            self.find("export-truncated", f"byte {place}", "The last record is not there.")
            return self.findings
        self.finish()
        return self.findings

    def frame(self, data, place):
        first = data[place]
        if 0x40 <= first <= 0x57:
            return 1, first - 0x40
        size = {0x58: 1, 0x59: 2, 0x5A: 4}.get(first)
        if size is None:
            self.find("export-unreadable", f"byte {place}", "No record begins here.")
            return None
        if len(data) - place <= size:
            return 1 + size, len(data)
        length = int.from_bytes(data[place + 1:place + 1 + size], "big")
        if length < (24 if size == 1 else 1 << (4 * size)) or length > MAX_RECORD:
            self.find("export-unreadable", f"byte {place}", "A record's length is wrong.")
            return None
        return 1 + size, length

    def begin(self, fields):
        (_, terminal, journal, key, hub, _, sequence, digest, receipt, period, segment) = fields
        self.header = {"terminal": terminal, "journal": journal, "key": key, "hub": hub,
                       "whole": segment == 0 and sequence == 0}
        self.start = self.link = (sequence, digest, receipt, period)

    def trailer(self, fields, records, digest, place):
        count, written, seal = fields
        if count != records:
            self.find("record-missing", place, f"{records} are there, {count} were written")
        if written != digest:
            self.find("export-changed", place, "The bytes are not those that were written.")
        if seal is not None and self.header is not None and not ed25519_verifies(
                self.header["key"], seal, b"till-journal-export-1\n" + written):
            self.find("seal-bad", place, "The terminal's key has not sealed this file.")
        for text in self.handed_in:
            self.hold(text, "the checkpoint handed in")

    # The chain.

    @property
    def first(self):
        return self.start[0] + 1

    def position(self, sequence):
        index = sequence - self.first
        return self.positions[index] if 0 <= index < len(self.positions) else None

    def segment(self, count, first, last, previous, digest, receipt, _):
        before = self.archived
        if (count != self.segments + 1 or first != before[0] + 1 or last < first
                or previous != before[1] or receipt < before[2]):
            self.find("segment-gap", f"segment {count}", "It does not go on from the one before.")
        self.segments, self.archived = count, (last, digest, receipt)

    def compare_start(self):
        if self.archived != self.link[:3]:
            self.find("segment-missing", "the first entry", "The start is no segment's end.")

    def entry(self, data):
        if self.entries == 0:
            self.compare_start()
        self.entries += 1
        sequence, digest, receipt, period = self.link
        try:
            entry = Entry(data)
        except Malformed as error:
            self.find("entry-malformed", f"entry {sequence + 1}", f"no valid {error}")
            self.link = (sequence + 1, sha256(data), receipt, period)
            self.positions.append(self.link)
            return
        place = f"entry {entry.sequence}"
        if entry.sequence != sequence + 1:
            self.find("entry-missing", f"entry {sequence + 1}", f"{place} is in its place")
        if entry.previous != digest:
            self.find("entry-chain-broken", place, "It does not go on from the one before.")
        if entry.receipt is not None:
            if entry.receipt != receipt + 1:
                self.find("receipt-gap", place, f"receipt {receipt + 1} comes next")
            receipt = entry.receipt
        period = self.judge(entry, place)
        self.evidence(entry, place)
        self.link = (entry.sequence, sha256(data), receipt, period)
        self.positions.append(self.link)

    def judge(self, entry, place):
        m, period = entry.map, self.link[3]
        if entry.kind == CAPTURE:
            self.captures[entry.sequence] = {
                "entry": entry, "undone": 0, "whole": False, "redeemed": False}
            self.count(m[6], 0, m[7])
        elif entry.kind in (CANCELLATION, REFUND, REVERSAL):
            column = {CANCELLATION: 1, REVERSAL: 2}.get(entry.kind, 2 + m.get(21, 1))
            self.count(m[6], column, m[7])
            if 9 in m and m.get(21) != 2:
                identity = (m[9].encode(), m[10])
                self.restored[identity] = self.restored.get(identity, 0) + m[12]
            if m[20] >= self.first:
                self.undo(entry, place)
        elif entry.kind == DOCUMENT:
            self.adopted[m[24][2]] = (m[24][0], m[24][1])
        elif entry.kind == PERIOD:
            if m[22] != period + 1:
                self.find("period-gap", place, f"period {period + 1} comes next")
            if m[23] != [self.totals[c] for c in sorted(self.totals)]:
                self.find("period-totals-differ", place, "The totals are not those of its entries.")
            self.totals, period = {}, m[22]
        return period

    def evidence(self, entry, place):
        """What the code in an entry says, held against the entry."""
        m = entry.map
        if entry.kind == DECLINE and m[15] == "conflicting-voucher":
            return
        if entry.kind not in (CAPTURE, DECLINE) or 9 not in m or 14 not in m:
            return
        code = read_code(m[14])
        if code is None:
            return
        differs = code.cti != m[10]
        if entry.kind == CAPTURE:
            differs |= (code.kind, code.currency, code.nonce) != (m[11], m[6], m.get(13))
        if differs:
            self.find("evidence-differs", place, "It says something else than its code.")
            return
        known = self.terms.setdefault((m[9].encode(), m[10]), code)
        if known.kind == 2:
            known.ceiling = max(known.ceiling, code.ceiling)

    def count(self, currency, column, amount):
        line = self.totals.setdefault(currency, [currency] + [0] * 12)
        line[1 + 2 * column] += 1
        line[2 + 2 * column] += amount

    def undo(self, entry, place):
        m = entry.map
        captured = self.captures.get(m[20])
        if captured is None:
            self.find("undo-of-no-capture", place, f"entry {m[20]} is no capture")
            return
        then = captured["entry"].map
        refund = entry.kind == REFUND
        total = captured["undone"] + m[7]
        if then[5] != m[5] or then[6] != m[6]:
            self.find("undo-of-other-sale", place, "another sale or currency")
        if (captured["whole"] or (not refund and captured["undone"] > 0) or total > then[7]
                or (not refund and total != then[7])):
            self.find("undo-above-its-capture", place, "more than was captured, or a part")
        known = self.position(m[20])
        if entry.kind == CANCELLATION and known is not None and known[3] != self.link[3]:
            self.find("cancellation-after-period", place, "its period had closed")
        captured["undone"], captured["whole"] = total, not refund

    # What stands beside the entries.

    def document(self, kind, version, data):
        digest = sha256(data)
        known = self.adopted.get(digest)
        if known is None and self.first == 1:
            self.find("document-unknown", digest.hex(), "no entry names it")
        elif known is not None and known != (kind, version):
            self.find("document-differs", digest.hex(), "another kind or version")
        if digest in self.kept:
            self.find("document-repeated", digest.hex(), "it is there twice")
        self.kept.add(digest)

    def checkpoint(self, data):
        self.hold(data, "a checkpoint")

    def hold(self, data, place):
        if self.header is None:
            return
        try:
            checkpoint = Checkpoint(data)
        except Malformed as error:
            self.find("checkpoint-malformed", place, f"no valid {error}")
            return
        if not checkpoint.named_by(self.header["key"]):
            self.find("checkpoint-wrong-signer", place, "another key")
            return
        if not ed25519_verifies(self.header["key"], checkpoint.line[4:], checkpoint.body):
            self.find("checkpoint-signature-bad", place, "its signature does not verify")
            return
        if (checkpoint.terminal, checkpoint.journal) != (
                self.header["terminal"], self.header["journal"]):
            self.find("checkpoint-of-other-journal", place, checkpoint.origin)
            return
        if checkpoint.size > self.link[0]:
            self.find("journal-cut", place, f"it had {checkpoint.size} entries, and now "
                                            f"ends with {self.link[0]}")
            return
        if checkpoint.size + 1 < self.first:
            return
        known = self.position(checkpoint.size) if checkpoint.size >= self.first else self.start
        if known is None or known[1:] != (checkpoint.hash, checkpoint.receipt, checkpoint.period):
            self.find("checkpoint-differs", place, f"up to entry {checkpoint.size} it was another")

    def batch(self, count, first, last, digest, answer):
        place, before = f"batch {count}", self.last_batch
        if before is not None and (
                count != before[0] + 1 or first != before[1] + 1 or before[2] is None):
            self.find("batch-gap", place, "It does not follow the one before.")
        if before is None and self.first == 1 and (count != 1 or first != 1):
            self.find("batch-gap", place, "Batches are missing before this one.")
        if last > self.link[0] or last < first:
            self.find("journal-cut", place, f"entries up to {last} were sent")
        self.last_batch = (count, last, answer)
        if answer is None or not self.header["hub"]:
            return
        if not self.answers(answer, count, last, digest):
            self.find("acknowledgement-differs", place, "The hub's answer is another.")

    def answers(self, data, count, last, digest):
        """Whether an answer (hub-protocol.md, Acknowledgement) is one to this very batch."""
        try:
            tag = decode(data)
            protected, unprotected, payload, signature = tag.value
            header = decode(protected)
            fields = decode(payload)
            key = self.header["hub"]
            cose_key = b"\xa3\x01\x01\x20\x06\x21\x58\x20" + key
            signed = (b"\x84\x6aSignature1" + head(2, len(protected)) + protected + b"\x40"
                      + head(2, len(payload)) + payload)
            good = (tag.number == 18 and unprotected == {} and set(header) == {1, 4, 16}
                    and header[1] in (-19, -8) and header[4] == sha256(cose_key)[:8]
                    and header[16] == "till-ack/1" and len(fields) == 9 and fields[0] == 1
                    and ed25519_verifies(key, signature, signed))
            known = self.position(last)
            return (good and fields[1] == self.header["terminal"]
                    and fields[2] == self.header["journal"] and fields[3] == count
                    and fields[4] == digest and fields[5] == last
                    and (known is None or known[1] == fields[6]))
        except (Malformed, AttributeError, TypeError, ValueError, KeyError):
            return False

    def voucher(self, issuer, cti, kind, currency, core, expiry, ceiling, spent, redeemed, back):
        identity, place = (issuer.encode(), cti), f"voucher of {issuer}"
        if self.last_voucher is not None and identity <= self.last_voucher:
            self.find("voucher-out-of-order", place, "not where it belongs")
        whole = kind != 1 or spent in (0, ceiling)
        if spent > ceiling or spent < redeemed or ceiling == 0 or kind > 3 or not whole:
            self.find("voucher-above-its-worth", place, "more is spent than it holds")
        known = self.terms.get(identity)
        if known is not None and (
                (kind, currency, core, expiry) != (
                    known.kind, known.currency, known.core, known.expiry)
                or (ceiling < known.ceiling if known.kind == 2 else ceiling != known.ceiling)):
            self.find("voucher-differs", place, "It is not what its code says.")
        self.last_voucher = identity
        self.vouchers[identity] = [kind, spent, 0, back]

    def redemption(self, sequence, issuer, cti, kind, consumed, nonce, _shown, at, amount, receipt):
        place = f"redemption by entry {sequence}"
        if sequence <= self.last_redemption:
            self.find("redemption-out-of-order", place, "not where it belongs")
        self.last_redemption = sequence
        if sequence >= self.first:
            captured = self.captures.get(sequence)
            m = captured["entry"].map if captured else {}
            if captured and (issuer, cti, kind, consumed, nonce, at, amount, receipt) == (
                    m[9], m[10], m[11], m[12], m.get(13), m[3], m[7], m[8]):
                captured["redeemed"] = True
            else:
                self.find("redemption-differs", place, "not what its entry captured")
        known = self.vouchers.get((issuer.encode(), cti))
        if known is None or known[0] != kind:
            self.find("voucher-missing", place, "its voucher is not remembered")
            return
        known[2] += consumed

    def finish(self):
        if self.entries == 0:
            self.compare_start()
        for digest in sorted(self.adopted):
            if digest not in self.kept:
                self.find("document-missing", digest.hex(), "it was in force and is not there")
        for identity in sorted(self.vouchers):
            _, spent, consumed, back = self.vouchers[identity]
            if spent + back < consumed:
                self.find("voucher-memory-falls", repr(identity), "less is remembered")
        for identity in sorted(self.vouchers):
            if self.header["whole"] and self.vouchers[identity][3] != self.restored.get(identity, 0):
                self.find("voucher-returned-differs", repr(identity), "not what entries say")
        for sequence in sorted(self.captures):
            if not self.captures[sequence]["redeemed"]:
                self.find("redemption-missing", f"entry {sequence}", "nothing was redeemed")


def head(major, count):
    first = major << 5
    if count < 24:
        return bytes([first | count])
    size = 1 if count < 1 << 8 else 2 if count < 1 << 16 else 4
    return bytes([first | {1: 24, 2: 25, 4: 26}[size]]) + count.to_bytes(size, "big")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export", help="the exported journal")
    parser.add_argument("--checkpoint", action="append", default=[],
                        help="a file with a checkpoint that has left the device")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args()
    checkpoints = []
    for path in options.checkpoint:
        with open(path, "rb") as file:
            checkpoints.append(file.read())
    with open(options.export, "rb") as file:
        verifier = Verifier(checkpoints)
        findings = verifier.verify(file.read())
    if options.json:
        print(json.dumps({"entries": verifier.entries, "findings": findings}, indent=1))
    else:
        for finding in findings:
            print(f"{finding['reason']} at {finding['place']}: {finding['message']}")
        print(f"{verifier.entries} entries, {len(findings)} findings")
    return 20 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
