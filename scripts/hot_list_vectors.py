#!/usr/bin/env python3
"""Writes Tests/Vectors/hot-list.json: hot lists, deltas and signed times, valid and with one fault
each, made from docs/spec/hot-list.md and time.md alone, with a CBOR encoder, a COSE writer and a
Rice coder of this file's own and the Ed25519 of `cryptography`.

    scripts/make-vectors.sh          makes a virtual environment and runs this
"""

import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Vectors" / "hot-list.json"
NOW = 1_800_000_000
SALT = bytes(range(16))
OWN, FOREIGN = "till-hub", "gifts"
LIST, DELTA, TIME = "till-hot-list/1", "till-hot-list-delta/1", "till-time/1"
TERMINAL = "till:m42/t7"


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 256 ** size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError(number)


def cbor(value):
    """Core deterministic CBOR (RFC 8949, 4.2.1): map keys in the order of their bytes."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(cbor, value))
    pairs = sorted((cbor(key), cbor(item)) for key, item in value.items())
    return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


class Key:
    def __init__(self, number):
        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        x = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = cbor({1: 1, -1: 6, -2: x})
        self.thumbprint = hashlib.sha256(self.public).digest()


HUB, STRANGER = Key(2), Key(3)


def sign(typ, payload, key=HUB, *, algorithm=-19, kid=None, signature=None):
    """A message (RFC 9052, 4.2): COSE_Sign1 under tag 18."""
    protected = cbor({1: algorithm, 4: kid or key.thumbprint[:8], 16: typ})
    payload = payload if isinstance(payload, bytes) else cbor(payload)
    signed = cbor(["Signature1", protected, b"", payload])
    return b"\xd2" + cbor([protected, {}, payload, signature or key.private.sign(signed)])


def signature(message):
    return message[-64:]


def rice(values, parameter=None):
    """A Rice set; without a parameter, with the one that makes it shortest."""
    values = sorted(values)
    gaps = [value - before - 1 for before, value in zip([-1] + values, values)]
    if parameter is None:
        parameter = min(range(63), key=lambda p: sum((gap >> p) + 1 + p for gap in gaps))
    bits = "".join("1" * (gap >> parameter) + "0"
                   + (format(gap % (1 << parameter), f"0{parameter}b") if parameter else "")
                   for gap in gaps)
    bits += "0" * (-len(bits) % 8)
    return [len(values), parameter, bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))]


def cti(number):
    return number.to_bytes(10, "big")


def digest(number, issuer):
    return hashlib.sha256(SALT + issuer.encode() + b"\0" + cti(number)).digest()


def first(number, issuer, bits=24):
    return int.from_bytes(digest(number, issuer)[:8], "big") >> (64 - bits)


def second(number, issuer):
    return int.from_bytes(digest(number, issuer)[8:16], "big") >> 1


def content(version, own, issued, foreign=(), *, at=NOW, wallets=(), issuers=(), through=NOW - 60):
    """What stands in a list in which these vouchers are revoked, of so many issued ones."""
    vouchers = {first(n, OWN) for n in own} | {first(n, FOREIGN) for n in foreign}
    exceptions = {second(n, OWN) for n in range(issued)
                  if n not in set(own) and first(n, OWN) in vouchers}
    return {"version": version, "at": at, "vouchers": vouchers, "exceptions": exceptions,
            "settled": [[OWN, through]], "wallets": sorted(map(list, wallets)),
            "issuers": sorted(map(list, issuers))}


def elements(c):
    return [1, c["version"], c["at"], SALT, 24, rice(c["vouchers"]), c["settled"],
            rice(c["exceptions"]), c["wallets"], c["issuers"]]


def change(old, new):
    """What goes (as positions) and what comes, of two sorted rows."""
    gone = [i for i, item in enumerate(old) if item not in new]
    return rice(gone), [item for item in new if item not in old]


def delta_elements(old, new):
    base, whole = sign(LIST, elements(old)), sign(LIST, elements(new))
    row = [1, new["version"], new["at"], old["version"], hashlib.sha256(base).digest(),
           new["settled"]]
    for name in ("vouchers", "exceptions"):
        gone, come = change(sorted(old[name]), sorted(new[name]))
        row += [gone, rice(come), rice(new[name])[1]]
    for name in ("wallets", "issuers"):
        gone, come = change(old[name], new[name])
        row += [gone, come]
    return row + [signature(whole)], base, whole


def replaced(row, index, value):
    return row[:index] + [value] + row[index + 1:]


def list_vectors():
    thumbs = [bytes([n]) * 32 for n in range(1, 6)]
    # 24 bits and 1,600 entries: of 300,000 honest vouchers some thirty are hit.
    crowded = content(3, range(800), 300_000, range(800),
                      wallets=[(thumbs[1], NOW), (thumbs[0], NOW + 50)], issuers=[(thumbs[2], NOW)])
    freed = sorted(n for n in range(300_000) if n >= 800 and second(n, OWN) in crowded["exceptions"])
    assert len(freed) >= 5, freed
    clear = next(n for n in range(1_000, 2_000) if n not in freed)
    findings = [
        {"issuer": OWN, "cti": cti(5).hex(), "iat": NOW - 100, "finding": "listed"},
        {"issuer": OWN, "cti": cti(5).hex(), "iat": NOW - 60, "finding": "listed"},
        {"issuer": OWN, "cti": cti(5).hex(), "iat": NOW - 59, "finding": "may-be-listed"},
        {"issuer": OWN, "cti": cti(5).hex(), "iat": None, "finding": "may-be-listed"},
        {"issuer": FOREIGN, "cti": cti(5).hex(), "iat": NOW - 100, "finding": "may-be-listed"},
        {"issuer": OWN, "cti": cti(clear).hex(), "iat": NOW - 100, "finding": "clear"},
        {"issuer": FOREIGN, "cti": cti(9_999).hex(), "iat": None, "finding": "clear"},
    ] + [{"issuer": OWN, "cti": cti(n).hex(), "iat": NOW - 100, "finding": "clear"}
         for n in freed[:5]]
    small = content(7, range(3), 10, wallets=[(thumbs[0], 1), (thumbs[1], 2)])
    good = elements(small)
    empty = [1, 1, NOW, SALT, 24, rice([]), [], rice([]), [], []]
    too_many = rice(range(0, 1_678 * 9_000, 9_000))
    code = good[5]
    cases = [
        ("crowded with exceptions", sign(LIST, elements(crowded)), "accept"),
        ("small", sign(LIST, good), "accept"),
        ("empty", sign(LIST, empty), "accept"),
        ("legacy algorithm number", sign(LIST, good, algorithm=-8), "accept"),
        ("56 bits", sign(LIST, replaced(empty, 4, 56)), "accept"),
        ("signed by a stranger", sign(LIST, good, STRANGER), "wrong-signer"),
        ("signed by a stranger in the hub's name",
         sign(LIST, good, STRANGER, kid=HUB.thumbprint[:8]), "signature-bad"),
        ("a delta's type", sign(DELTA, good), "message-wrong-type"),
        ("another format", sign(LIST, replaced(good, 0, 2)), "message-format-unknown"),
        ("version 0", sign(LIST, replaced(good, 1, 0)), "message-malformed"),
        ("salt of 15 bytes", sign(LIST, replaced(good, 3, SALT[:15])), "message-malformed"),
        ("23 bits", sign(LIST, replaced(good, 4, 23)), "message-malformed"),
        ("57 bits", sign(LIST, replaced(empty, 4, 57)), "message-malformed"),
        ("one voucher too many for 24 bits", sign(LIST, replaced(empty, 5, too_many)),
         "hot-list-crowded"),
        ("code cut by a byte", sign(LIST, replaced(good, 5, [code[0], code[1], code[2][:-1]])),
         "message-malformed"),
        ("code with a byte more", sign(LIST, replaced(good, 5, [code[0], code[1], code[2] + b"\0"])),
         "message-malformed"),
        ("code with a one bit to fill up",
         sign(LIST, replaced(empty, 5, [1, 3, b"\x31"])), "message-malformed"),
        ("a count beyond the code", sign(LIST, replaced(good, 5, [99, code[1], code[2]])),
         "message-malformed"),
        ("parameter 63", sign(LIST, replaced(empty, 5, [0, 63, b""])), "message-malformed"),
        ("a voucher of 2^24", sign(LIST, replaced(empty, 5, rice([1 << 24]))), "message-malformed"),
        ("the last voucher there can be", sign(LIST, replaced(empty, 5, rice([(1 << 24) - 1]))),
         "accept"),
        ("an issuer twice", sign(LIST, replaced(good, 6, [[OWN, 1], [OWN, 2]])),
         "hot-list-entry-twice"),
        ("issuers out of order", sign(LIST, replaced(good, 6, [["b", 1], ["a", 1]])),
         "hot-list-entry-twice"),
        ("a key twice", sign(LIST, replaced(good, 8, [[thumbs[0], 1], [thumbs[0], 2]])),
         "hot-list-entry-twice"),
        ("keys out of order", sign(LIST, replaced(good, 9, [[thumbs[1], 1], [thumbs[0], 1]])),
         "hot-list-entry-twice"),
        ("a thumbprint of 31 bytes", sign(LIST, replaced(good, 8, [[thumbs[0][:31], 1]])),
         "message-malformed"),
        ("an element missing", sign(LIST, good[:-1]), "message-malformed"),
        ("an element more", sign(LIST, good + [0]), "message-malformed"),
        ("a byte cut off", sign(LIST, good)[:-1], "message-malformed"),
        ("a byte more", sign(LIST, good) + b"\0", "message-malformed"),
    ]
    vectors = [{"name": name, "message": message.hex(), "expect": expect}
               for name, message, expect in cases]
    vectors[0]["findings"] = findings
    return vectors


def delta_vectors():
    thumbs = [bytes([n]) * 32 for n in range(1, 6)]
    old = content(4, range(300), 60_000, wallets=[(thumbs[0], 1), (thumbs[1], 2)],
                  issuers=[(thumbs[4], 5)])
    new = content(6, range(50, 350), 70_000, at=NOW + 86_400, through=NOW + 86_340,
                  wallets=[(thumbs[1], 3), (thumbs[2], 2)], issuers=[])
    good, base, whole = delta_elements(old, new)
    other = sign(LIST, elements(content(4, range(299), 60_000)))
    strange = signature(sign(LIST, elements(new), STRANGER))
    gone = [i for i, v in enumerate(sorted(old["vouchers"])) if v not in new["vouchers"]]
    cases = [
        ("good", base, good, HUB, "accept"),
        ("nothing changes", base,
         delta_elements(old, dict(old, version=5))[0], HUB, "accept"),
        ("another base", other, good, HUB, "hot-list-other-base"),
        ("signed by a stranger", base, good, STRANGER, "wrong-signer"),
        ("the whole list signed by a stranger", base, replaced(good, 16, strange), HUB,
         "hot-list-wrong-result"),
        ("a voucher too few goes", base, replaced(good, 6, rice(gone[1:])), HUB,
         "hot-list-wrong-result"),
        ("a position beyond the list", base, replaced(good, 6, rice(gone + [300])), HUB,
         "hot-list-wrong-result"),
        ("a voucher comes that is there", base,
         replaced(good, 7, rice(sorted(new["vouchers"]))), HUB, "hot-list-wrong-result"),
        ("another parameter", base, replaced(good, 8, good[8] + 1), HUB, "hot-list-wrong-result"),
        ("a version that does not rise", base, replaced(good, 1, 4), HUB, "message-malformed"),
        ("a key twice", base, replaced(good, 13, [[thumbs[2], 2], [thumbs[2], 3]]), HUB,
         "hot-list-entry-twice"),
        ("an element missing", base, good[:-1], HUB, "message-malformed"),
    ]
    vectors = [{"name": name, "base": held.hex(), "message": sign(DELTA, row, key).hex(),
                "expect": expect} for name, held, row, key, expect in cases]
    vectors[0]["result"] = whole.hex()
    return vectors


def time_vectors():
    nonce = b"0123AMYZ"
    good = [1, TERMINAL, nonce, NOW, False]
    cases = [
        ("good", sign(TIME, good), "accept"),
        ("overruling", sign(TIME, replaced(good, 4, True)), "accept"),
        ("signed by a stranger", sign(TIME, good, STRANGER), "wrong-signer"),
        ("another terminal", sign(TIME, replaced(good, 1, "till:m42/t8")), "wrong-terminal"),
        ("another question", sign(TIME, replaced(good, 2, b"0123AMY0")), "wrong-question"),
        ("a question of 7 bytes", sign(TIME, replaced(good, 2, nonce[:7])), "message-malformed"),
        ("a time of 2^53", sign(TIME, replaced(good, 3, 1 << 53)), "message-malformed"),
        ("overruling as a number", sign(TIME, replaced(good, 4, 1)), "message-malformed"),
        ("an element more", sign(TIME, good + [0]), "message-malformed"),
        ("a hot list's type", sign(LIST, good), "message-wrong-type"),
    ]
    return [{"name": name, "message": message.hex(), "expect": expect}
            for name, message, expect in cases]


def main():
    file = {
        "note": "Made by scripts/hot_list_vectors.py from docs/spec/hot-list.md and time.md. CC0.",
        "hubKey": HUB.public.hex(),
        "terminal": TERMINAL,
        "question": b"0123AMYZ".hex(),
        "lists": list_vectors(),
        "deltas": delta_vectors(),
        "times": time_vectors(),
    }
    OUT.write_text(json.dumps(file, indent=1) + "\n")
    print(f"{OUT.name}: {len(file['lists'])} lists, {len(file['deltas'])} deltas, "
          f"{len(file['times'])} times")


main()
