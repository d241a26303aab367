#!/usr/bin/env python3
"""Writes what the fuzz targets start from: the project's own vectors, and one hub message of each
kind. Usage: fuzz_seeds.py FOLDER; makes FOLDER/base45, cbor, cose, voucher, emv, hub, export, hotlist,
clock, scanner, engines."""

import hashlib
import json
import pathlib
import struct
import sys

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Vectors"
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text):
    """The bytes of a base45 text (RFC 9285), or None."""
    digits = [BASE45.find(character) for character in text]
    if -1 in digits or len(digits) % 3 == 1:
        return None
    out = bytearray()
    for place in range(0, len(digits), 3):
        group = digits[place:place + 3]
        value = sum(digit * 45 ** power for power, digit in enumerate(group))
        size = len(group) - 1
        if value >= 256 ** size:
            return None
        out += value.to_bytes(size, "big")
    return bytes(out)


def cbor(value):
    """Core deterministic CBOR of integers, bytes, texts, booleans, null, lists and maps."""
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if number < 256 ** size:
                return bytes([major << 5 | code]) + number.to_bytes(size, "big")
        raise ValueError(number)
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    pairs = sorted((cbor(key), cbor(item)) for key, item in value.items())
    return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


def hub_payloads():
    """Payloads as docs/spec/hub-protocol.md and docs/spec/journal.md describe them."""
    terminal, journal = "till:m42/t7", bytes(8)
    key = {1: 1, -1: 6, -2: bytes.fromhex(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")}
    capture = cbor({1: 1, 2: bytes(32), 3: 1800000000, 4: 1, 5: "S1", 6: 978, 7: 1250, 8: 1,
                    9: "acme", 10: bytes(10), 11: 1, 12: 1250, 13: bytes(8), 14: b"\xd2"})
    decline = cbor({1: 1, 2: bytes(32), 3: 1800000000, 4: 2, 5: "S2", 6: 978, 7: 1250,
                    9: "acme", 10: bytes(10), 15: "expired"})
    terms = {5: ["Shop", "Paris", "FR", "5411", [["26", "0004test"]]], 6: [["acme", [key]]],
             7: [[[978, 25000, 100000]], 500, True, [1, 2, 3], 300], 8: 978, 9: "http://hub"}
    return [
        capture, decline, cbor(terms),
        cbor([1, terminal, journal, 1, [capture]]), cbor([1, terminal, journal, 2, [decline]]),
        cbor([1, terminal, journal, 1, bytes(32), 1, bytes(32), 1800000000, [[1, "spent"]]]),
        cbor([1, terminal, key, journal]),
        cbor({1: 1, 2: 1800000000, 3: key, 4: terminal, **terms}),
        b"TILL-ENROLMENT-REQUEST-1\n" + b"00" * 32 + b"\n0011\n",
    ]


def journal_exports():
    """Exported journals as docs/spec/journal-export.md describes them, without a seal."""
    key = {1: 1, -1: 6, -2: bytes.fromhex(
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c")}
    header = ["till-journal-export", 1, "till:m42/t7", bytes(8), key, None, 5, 0, bytes(32), 0, 0, 0]
    entry = {1: 1, 2: bytes(32), 3: 4, 4: 8, 25: [3, 2, 1, 0]}
    exports = []
    for rows in ([], [[2, cbor(entry)]],
                 [[1, 1, 1, 1, bytes(32), bytes(32), 0, bytes(32)], [3, 3, 1, b"x"], [4, b"y"],
                  [5, 1, 1, 1, bytes(32), None], [6, "gifts", bytes(8), 1, 978, bytes(32), 9, 5, 5, 0, 0],
                  [7, 1, "gifts", bytes(8), 1, 5, None, None, 4, 5, 1]]):
        file = b"".join(cbor(cbor(record)) for record in [header] + rows)
        exports.append(file + cbor(cbor([8, 1 + len(rows), hashlib.sha256(file).digest(), None])))
    return exports


def to_base45(data):
    """The base45 text (RFC 9285) of bytes."""
    text = ""
    for place in range(0, len(data), 2):
        group = data[place:place + 2]
        value = int.from_bytes(group, "big")
        for _ in range(len(group) + 1):
            text += BASE45[value % 45]
            value //= 45
    return text


def payload_of(message):
    """The payload of a message: what lies between the empty map and the signature's head."""
    start = message.find(b"\xa0") + 1
    size = {0x58: 1, 0x59: 2, 0x5a: 4}.get(message[start], 0)
    return message[start + 1 + size:-66]


def scanner_messages():
    """A message of each kind, as docs/spec/scanner-protocol.md describes them."""
    return [bytes.fromhex(text) for text in (
        "0100020000000064", "0200000007000000ff", "0300", "0301028001e0", "0302028001e000025800",
        "04050002d00f5955595601009a090100000001", "050000000200000102", "8100020201",
        "824d4a5047028001e000003a9801000000090300000001", "83000000030000000c",
        "8401ffffffff00000003" + "41" * 30, "8500000003000013885a01460100002304", "8600000004",
        "8700000005", "880000000606000000640000002a656e64",
        "89028001e000025800")]


def engine_messages():
    """What scan engines send, behind a byte that says how it is cut: lines, keys, a report."""
    def key(code, value):
        return bytes(16) + struct.pack("<HHi", 1, code, value) + bytes(24)

    keys = b"".join(key(code, value) for code in (42, 20, 47, 2, 28) for value in (1, 0))
    report = bytes([2, 4]) + b"]Q1TV1:" + bytes(52) + b"s" + bytes(2)
    return [bytes([cut]) + text for cut in (0, 23, 127, 200) for text in (
        b"TV1:A\rTV1:B\r\n", b"\x06TV1:A\n", keys, report, b"\x05\x8c\x09\x02\xa1\x01\xc0")]


def load(name):
    return json.loads((VECTORS / name).read_text())


def main(folder):
    seeds = {name: [] for name in ("base45", "cbor", "cose", "voucher", "emv", "hub", "export",
                                  "hotlist", "clock", "scanner", "engines", "trust")}
    for vector in load("base45.json")["valid"]:
        seeds["base45"].append(vector["base45"].encode())
    for vector in load("base45.json")["invalid"]:
        seeds["base45"].append(vector.get("text", "").encode())
    for vector in load("vouchers.json")["vectors"]:
        text = vector["text"]
        seeds["voucher"].append(text.encode())
        seeds["base45"].append(text.removeprefix("TV1:").encode())
        bytes_ = base45(text.removeprefix("TV1:"))
        if bytes_:
            for name in ("cbor", "cose", "voucher"):
                seeds[name].append(bytes_)
            # The payload lies before the signature: claims for the harness to sign.
            start = bytes_.find(b"\xa0\x58")
            if start > 0:
                payload = bytes_[start + 3:start + 3 + bytes_[start + 2]]
                for name in ("cbor", "voucher"):
                    seeds[name].append(payload)
    for key in load("vouchers.json")["issuer_keys"]:
        key = key if isinstance(key, str) else next(iter(key.values()))
        seeds["cose"].append(bytes.fromhex(key))
    for kind in ("valid", "invalid"):
        for vector in load("emv-merchant-presented.json")[kind]:
            seeds["emv"].append(vector["payload"].encode())
        for vector in load("emv-consumer-presented.json")[kind]:
            seeds["emv"].append((vector.get("base64") or vector.get("text") or "").encode())
    for vector in load("shop-qr.json")["vectors"]:
        seeds["emv"].append(vector["payload"].encode())
    seeds["emv"] += [b"134567890123456789", b"upi://pay?pa=a@b&am=1.00", b"BCD\n002\n1\nSCT",
                     b"SPC\n0200\n1", b"HC1:6BF", b"shc:/5676", b"cashuAeyJ0", b"taler://pay/x"]
    seeds["hub"] = hub_payloads()
    trust = load("trust.json")
    seeds["trust"] += [bytes.fromhex(offer) for offer in trust["states"].values()]
    seeds["trust"] += [bytes.fromhex(case["offer"]) for case in trust["cases"] if case["offer"]]
    seeds["export"] = journal_exports()
    hot = load("hot-list.json")
    for vector in hot["lists"] + hot["deltas"]:
        message = bytes.fromhex(vector["message"])
        seeds["hotlist"] += [message, payload_of(message)]
    for vector in hot["times"]:
        seeds["clock"].append(b"TCT1:" + to_base45(bytes.fromhex(vector["message"])).encode())
    seeds["clock"].append(b"TILL-CLOCK-1\nproven 5\nobserved 6\nrefuted 0\nbase b0 1 2\n"
                          b"seen b0 1 2\nwrong b0 1 2\nanchor b0 1 2 3 4\nend\n")
    for kind in range(8):
        seeds["clock"].append(b"".join(
            bytes([kind ^ step]) + (1_800_000_000 + 60 * step).to_bytes(8, "big")
            + (60_000 * step).to_bytes(8, "big") for step in range(6)))
    seeds["scanner"] = scanner_messages()
    seeds["engines"] = engine_messages()
    for name, inputs in seeds.items():
        place = pathlib.Path(folder) / name
        place.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(inputs):
            (place / f"seed-{number:03}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1])
