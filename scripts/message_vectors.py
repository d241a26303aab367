#!/usr/bin/env python3
"""Writes Tests/Vectors/messages.json: every message between terminal and hub, valid and with one fault
each, made from docs/spec/hub-protocol.md, policy.md and journal.md alone. CBOR and keys are those of
trust_vectors.py beside it; hot lists, deltas and signed times have a file of their own.

    scripts/make-vectors.sh          makes a virtual environment and runs this
"""

import base64
import hashlib
import json
import pathlib

from trust_vectors import (
    DAY, HUB, LIST_1, MERCHANT, NOW, STRANGER, TERMINAL, Ed25519Key, P256Key, cbor, freshness, head,
    offer, root)

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Vectors" / "messages.json"
ID = "till:m42/t7"
JOURNAL = bytes(range(1, 9))
FORMER = Ed25519Key(51)
HIGH = 1 << 53


def sha256(data):
    return hashlib.sha256(data).digest()


def sign(typ, payload, key, *, kid=None, labels=None, unprotected=None, tag=18, spoil=False,
         raw=False):
    """A message: COSE_Sign1 (RFC 9052, 4.2) under tag 18."""
    protected = cbor({1: key.algorithm, 4: key.thumbprint[:8] if kid is None else kid, 16: typ}
                     if labels is None else labels)
    payload = payload if raw else cbor(payload)
    signature = key.sign(cbor(["Signature1", protected, b"", payload]))
    if spoil:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return head(6, tag) + cbor([protected, unprotected or {}, payload, signature])


class File:
    def __init__(self):
        self.cases = []

    def add(self, kind, name, what, message, expect="accept", **more):
        self.cases.append({"kind": kind, "id": f"{kind}-{name}", "what": what,
                           "message": message.hex(), "expect": expect, **more})

    def faults(self, kind, typ, payload, key, limit, *, signer=None, **more):
        """One fault each in what is common to all messages; `signer` where the payload names it."""
        good = sign(typ, payload, key)
        self.add(kind, "good", "as it is written", good, **more)

        def refuse(name, what, message, reason="message-malformed"):
            self.add(kind, name, what, message, reason, **more)

        refuse("stranger", "signed by a stranger", sign(typ, payload, STRANGER), "wrong-signer")
        refuse("stranger-under-its-name", "signed by a stranger under the right key id",
               sign(typ, payload, STRANGER, kid=key.thumbprint[:8]), "signature-bad")
        refuse("signature", "one bit of the signature is another",
               sign(typ, payload, key, spoil=True), "signature-bad")
        refuse("short-kid", "a key id of 4 bytes", sign(typ, payload, key, kid=key.thumbprint[:4]))
        refuse("type", "another type", sign("till-other/1", payload, key), "message-wrong-type")
        refuse("no-type", "no type", sign(typ, payload, key, labels={
            1: key.algorithm, 4: key.thumbprint[:8]}))
        refuse("label", "a label more", sign(typ, payload, key, labels={
            1: key.algorithm, 3: 0, 4: key.thumbprint[:8], 16: typ}))
        refuse("unprotected", "something in the unprotected header",
               sign(typ, payload, key, unprotected={3: 0}))
        refuse("tag", "COSE_Sign's tag", sign(typ, payload, key, tag=98))
        refuse("trailing", "a byte follows", good + b"\0")
        for cut in (0, 1, len(good) // 2, len(good) - 1):
            refuse(f"cut-{cut}", f"cut after {cut} bytes", good[:cut])
        refuse("payload", "an indefinite length in the payload",
               sign(typ, b"\x9f" + cbor(payload)[1:] + b"\xff", key, raw=True))
        if limit < 1 << 12:
            refuse("too-long", "a byte longer than its kind may be",
                   bytes(limit + 1), "message-too-long")
        if isinstance(payload, list):
            refuse("format", "format 9", sign(typ, [9] + payload[1:], key),
                   "message-format-unknown")
            refuse("shorter", "an element less", sign(typ, payload[:-1], key))
            refuse("longer", "an element more", sign(typ, payload + [0], key))
        else:
            refuse("key-missing", "a key less",
                   sign(typ, {k: v for k, v in payload.items() if k != 2}, key))
            refuse("key-more", "a key more", sign(typ, {**payload, 99: 0}, key))

    def bend(self, kind, typ, payload, key, changes, **more):
        """Each change puts another value into one place of the payload."""
        for name, what, place, value, reason in changes:
            bent = dict(payload) if isinstance(payload, dict) else list(payload)
            bent[place] = value
            self.add(kind, name, what, sign(typ, bent, key), reason, **more)


MALFORMED = "message-malformed"
BAD_IDS = [("terminal", "a terminal's id without a terminal", 1, "till:m42", MALFORMED),
           ("terminal-type", "a number for the terminal's id", 1, 7, MALFORMED)]
BAD_JOURNAL = [("journal-short", "a journal of 7 bytes", None, bytes(7), MALFORMED),
               ("journal-long", "a journal of 9 bytes", None, bytes(9), MALFORMED)]


def at(place, changes):
    return [(name, what, place, value, reason) for name, what, _, value, reason in changes]


REQUEST, HANDOVER, ANSWER = (
    "till-enrolment-request/1", "till-key-handover/1", "till-enrolment-answer/1")


def enrolment(file):
    request = [1, ID, TERMINAL.public, JOURNAL]
    kind = "enrolment-request"
    file.faults(kind, REQUEST, request, TERMINAL, 2_048)
    # An element more is a handover: it must be bytes.
    p256 = P256Key(52)
    private = {**TERMINAL.public, -4: bytes([41]) * 32}
    small = {1: 1, -1: 6, -2: bytes([1]) + bytes(31)}
    file.bend(kind, REQUEST, request, TERMINAL, BAD_IDS + at(3, BAD_JOURNAL) + [
        ("other-key", "another key than the one that signs", 2, FORMER.public, "wrong-signer"),
        ("private-key", "a key with its private part", 2, private, MALFORMED),
        ("small-key", "a key of small order", 2, small, MALFORMED)])
    file.add(kind, "p256", "a P-256 key, which no terminal has",
             sign(REQUEST, [1, ID, p256.public, JOURNAL], p256), MALFORMED)
    word = sign(HANDOVER, request, FORMER)
    former = cbor(FORMER.public).hex()
    for name, what, handover, is_over in (
        ("handover", "the former key's word for the new one", word, True),
        ("handover-stranger", "a stranger's word", sign(HANDOVER, request, STRANGER), False),
        ("handover-other-key", "the former key's word for another key",
         sign(HANDOVER, [1, ID, STRANGER.public, JOURNAL], FORMER), False),
        ("handover-other-journal", "the former key's word for another journal",
         sign(HANDOVER, [1, ID, TERMINAL.public, bytes(8)], FORMER), False),
        ("handover-type", "a request in the place of the word", sign(REQUEST, request, FORMER),
         False),
    ):
        file.add(kind, name, what, sign(REQUEST, request + [word if is_over else handover],
                                        TERMINAL), former=former, handedOver=is_over)
    listed = offer([root()], LIST_1, freshness(LIST_1))
    answer = [1, ID, TERMINAL.public, JOURNAL, 2, 100_001, NOW, configuration(), listed]
    kind = "enrolment-answer"
    file.faults(kind, ANSWER, answer, HUB, 4_529_152)
    file.bend(kind, ANSWER, answer, HUB, BAD_IDS + at(3, BAD_JOURNAL) + [
        ("epoch", "epoch 0", 4, 0, MALFORMED), ("z-number", "Z number 0", 5, 0, MALFORMED),
        ("time", "a time of 2^53", 6, HIGH, MALFORMED),
        ("configuration", "no bytes for the configuration", 7, 0, MALFORMED),
        ("trust", "an offer that is cut", 8, listed[:-1], MALFORMED)])


LINE = [978, 25_000, 100_000, [], [], 0, None]
POLICY = {
    1: [LINE], 2: 500, 3: True, 4: [1, 2, 3], 5: 300,
    6: [550_833_750_016, 4_502_874_434_306_048, 562_211_286_155_264],
    7: [[14 * DAY, 30 * DAY, 60 * DAY], [2 * DAY, 4 * DAY, 7 * DAY], [60, 600, 3_600],
        [DAY, 2 * DAY, 3 * DAY], 500, 250],
    8: [0, []], 9: 1_500, 10: 0}
TERMS = {5: ["Café Linde", "Berlin", "DE", "5812", [["26", "0017internal.merchant0103m42"]]],
         7: POLICY, 8: 978, 9: "http://hub.example:8480"}
CONFIGURATION = {1: 4, 2: NOW - DAY, 3: HUB.public, 4: ID, **TERMS}


def configuration(payload=None, key=HUB):
    return sign("till-configuration/1", payload or CONFIGURATION, key)


def configurations(file):
    kind, typ = "configuration", "till-configuration/1"
    file.faults(kind, typ, CONFIGURATION, HUB, 65_536)
    file.bend(kind, typ, CONFIGURATION, HUB, [
        ("older", "a version below the one held", 1, 3, "configuration-older"),
        ("hub", "another key than the one that signs", 3, STRANGER.public, MALFORMED),
        ("terminal", "for another terminal", 4, "till:m42/t8", "wrong-terminal"),
        ("merchant", "a merchant without a city", 5, TERMS[5][:1] + TERMS[5][2:], MALFORMED),
        ("control-character", "a name with a line feed", 5, ["A\nB"] + TERMS[5][1:], MALFORMED),
        ("currency", "a currency that ISO 4217 does not have", 8, 1, MALFORMED),
        ("former-issuers", "key 6, which is not used again", 6, [], MALFORMED)])
    kind, typ = "policy", "till-policy/1"
    document = {1: 7, 2: NOW - DAY, 3: POLICY}
    file.faults(kind, typ, document, HUB, 65_536)

    def policy(**changes):
        return {**POLICY, **{int(key[1:]): value for key, value in changes.items()}}

    def line(**changes):
        bent = list(LINE)
        for place, value in changes.items():
            bent[int(place[1:])] = value
        return policy(_1=[bent])

    standard = POLICY[7]
    file.bend(kind, typ, document, HUB, [
        ("version", "version 0", 1, 0, MALFORMED)] + [
        (name, what, 3, value, MALFORMED) for name, what, value in (
            ("currency-twice", "a currency twice", policy(_1=[LINE, LINE])),
            ("mask", "a mask that names a fact no policy can allow", policy(_6=[1, 0, 0])),
            ("bands-fall", "bands that do not ascend", policy(_7=[[3, 2, 1]] + standard[1:])),
            ("share-rises", "a share that rises with age", policy(_7=standard[:4] + [250, 500])),
            ("kinds", "kinds out of order", policy(_4=[2, 1])),
            ("kind", "a kind 4", policy(_4=[4])),
            ("lifetime", "a request that lives 0 s", policy(_5=0)),
            ("budget", "a budget of 60,001 ms", policy(_9=60_001)),
            ("hours", "an hour after midnight's end", policy(_8=[0, [[0, 1_441]]])),
            ("offset", "a clock 841 minutes ahead", policy(_8=[841, []])),
            ("window", "a velocity window of 0 s", line(_4=[[0, 1, None]])),
            ("rules", "nine velocity rules", line(_4=[[60, 1, None]] * 9)),
            ("selection", "a target above its maximum", line(_6=[0, 500, 400])),
            ("kind-lines", "a kind's limits twice",
             line(_3=[[1, None, None, None, None]] * 2)),
        )])


def entry(number, previous, **fields):
    """A journal's entry of `number`: by default a decline of a code that is none."""
    kinds = {1: number, 2: previous, 3: NOW + number, 4: 2, 5: f"S{number}", 6: 978, 7: 1_250,
             15: "not-a-payment-code"}
    return cbor({**kinds, **{int(key[1:]): value for key, value in fields.items()}})


def checkpoint(size, last, key=TERMINAL, terminal=ID, journal=JOURNAL):
    """C2SP's tlog-checkpoint and signed-note, as journal.md has them."""
    origin = f"till-journal/1/{terminal[5:]}/{journal.hex()}"
    text = (f"{origin}\n{size}\n{base64.b64encode(last).decode()}\n{NOW} 0 0\n").encode()
    name = hashlib.sha256(origin.encode() + b"\n\x01" + key.public[-2]).digest()[:4]
    line = base64.b64encode(name + key.sign(text)).decode()
    return text + f"\n\u2014 {origin} {line}\n".encode()


def batches(file):
    first = entry(1, bytes(32))
    second = entry(2, sha256(first))
    payload = [2, ID, JOURNAL, 3, [first, second], checkpoint(2, sha256(second))]
    kind, typ = "batch", "till-batch/1"
    file.faults(kind, typ, payload, TERMINAL, 1_048_576)
    alone = entry(2, sha256(b"another"))
    broken = b"\xa1\x01\x01"
    file.bend(kind, typ, payload, TERMINAL, BAD_IDS + at(2, BAD_JOURNAL) + [
        ("number", "batch 0", 3, 0, MALFORMED),
        ("empty", "no entries", 4, [], MALFORMED),
        ("entry-long", "an entry of 1,801 bytes", 4, [bytes(1_801)], MALFORMED),
        ("entry", "an entry that is none", 4, [broken], "entry-malformed"),
        ("chain", "the second does not go on from the first", 4, [first, alone],
         "entry-chain-broken"),
        ("gap", "an entry is left out", 4, [first, entry(3, sha256(first))],
         "entry-chain-broken"),
        ("checkpoint", "a checkpoint that is none", 5, b"none", "checkpoint-malformed"),
        ("checkpoint-stranger", "a stranger's checkpoint", 5,
         checkpoint(2, sha256(second), key=STRANGER), "checkpoint-wrong-signer"),
        ("checkpoint-other", "another journal's checkpoint", 5,
         checkpoint(2, sha256(second), journal=bytes(8)), "checkpoint-malformed")])
    file.add(kind, "format-1", "a batch of before, without a checkpoint",
             sign(typ, [1] + payload[1:5], TERMINAL))
    sent = sign(typ, payload, TERMINAL)
    answer = [1, ID, JOURNAL, 3, sha256(sent), 2, sha256(second), NOW + 9, [[2, "receipt-gap"]]]
    kind, typ = "acknowledgement", "till-ack/1"
    file.faults(kind, typ, answer, HUB, 65_536, answers=sent.hex())
    file.bend(kind, typ, answer, HUB, at(2, BAD_JOURNAL) + [
        ("terminal", "of another terminal", 1, "till:m42/t8", "wrong-terminal"),
        ("other-journal", "of another journal", 2, bytes(8), "wrong-journal"),
        ("number", "of another batch", 3, 4, "wrong-batch"),
        ("digest", "of other bytes", 4, bytes(32), "wrong-batch"),
        ("quarantine-order", "entries in quarantine out of order", 8,
         [[2, "receipt-gap"], [1, "receipt-gap"]], MALFORMED),
        ("quarantine-reason", "a reason of 65 bytes", 8, [[2, "x" * 65]], MALFORMED)],
        answers=sent.hex())


def authorisations(file):
    request = [1, ID, JOURNAL, bytes(range(16)), NOW, "S1", 978, 1_250, 1_300, bytes(8),
               b"\xd2evidence"]
    kind, typ = "authorisation-request", "till-authorisation-request/1"
    file.faults(kind, typ, request, TERMINAL, 2_048)
    file.bend(kind, typ, request, TERMINAL, BAD_IDS + at(2, BAD_JOURNAL) + [
        ("identity", "an id of 15 bytes", 3, bytes(15), MALFORMED),
        ("nonce", "a nonce of 7 bytes", 9, bytes(7), MALFORMED),
        ("no-evidence", "no evidence", 10, b"", MALFORMED),
        ("evidence", "evidence of 1,001 bytes", 10, bytes(1_001), MALFORMED)])
    file.add(kind, "one-way", "a code that answers no request",
             sign(typ, request[:9] + [b""] + request[10:], TERMINAL))
    asked = sign(typ, request, TERMINAL)
    answer = [1, ID, JOURNAL, bytes(range(16)), sha256(asked), NOW + 1, 1, "", NOW + 901, []]
    kind, typ = "authorisation-answer", "till-authorisation-answer/1"
    file.faults(kind, typ, answer, HUB, 1_024, answers=asked.hex())
    declined = answer[:6] + [2, "spent-elsewhere", 0, ["till:m42/t8", 3, NOW - 60, 1_250]]
    file.add(kind, "declined", "declined, with what stands in the way",
             sign(typ, declined, HUB), answers=asked.hex())
    file.bend(kind, typ, answer, HUB, [
        ("terminal", "of another terminal", 1, "till:m42/t8", "wrong-terminal"),
        ("other-journal", "of another journal", 2, bytes(8), "wrong-journal"),
        ("digest", "to another request", 4, bytes(32), "wrong-request"),
        ("verdict", "a verdict 3", 6, 3, MALFORMED),
        ("reason", "approved, with a reason", 7, "because", MALFORMED),
        ("until", "approved until 0", 8, 0, MALFORMED)], answers=asked.hex())
    file.bend(kind, typ, declined, HUB, [
        ("no-reason", "declined without a reason", 7, "", MALFORMED),
        ("declined-until", "declined, and reserved", 8, NOW, MALFORMED),
        ("other-short", "what stands in the way has three elements", 9,
         declined[9][:3], MALFORMED)], answers=asked.hex())


def standings(file):
    """What other terminals have redeemed."""
    kind, typ = "standings", "till-standings/1"
    line = [sha256(b"mint\0" + bytes(range(1, 11)))[:16], 400, "till:m42/t8", NOW - 60, 150]
    other = [bytes(16)] + line[1:]
    good = [1, ID, JOURNAL, NOW, 3, 7, 9, False, [line, other]]
    file.faults(kind, typ, good, HUB, 256 << 10)
    file.add(kind, "none", "of no voucher", sign(typ, good[:8] + [[]], HUB))
    most = [[sha256(bytes([n & 255, n >> 8]))[:16]] + line[1:] for n in range(1_501)]
    file.add(kind, "most", "of 1,500 vouchers", sign(typ, good[:8] + [most[:-1]], HUB))
    file.bend(kind, typ, good, HUB, [
        ("terminal", "for another terminal", 1, "till:m42/t8", "wrong-terminal"),
        ("other-journal", "for another journal", 2, bytes(8), "wrong-journal"),
        ("journal", "a journal of 7 bytes", 2, bytes(7), MALFORMED),
        ("time", "a time of 2^53", 3, HIGH, MALFORMED),
        ("backward", "through 2 after 3", 5, 2, MALFORMED),
        ("complete", "complete is 0", 7, 0, MALFORMED),
        ("too-many", "of 1,501 vouchers", 8, most, MALFORMED),
        ("twice", "a voucher twice", 8, [line, line], MALFORMED),
        ("name", "a voucher's name of 15 bytes", 8, [[line[0][:15]] + line[1:]], MALFORMED),
        ("place", "taken by no terminal", 8, [line[:2] + ["t8"] + line[3:]], MALFORMED),
        ("short", "a line of four", 8, [line[:4]], MALFORMED),
        ("long", "a line of six", 8, [line + [0]], MALFORMED)])


def main():
    file = File()
    for part in (enrolment, configurations, batches, authorisations, standings):
        part(file)
    names = [case["id"] for case in file.cases]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    OUT.write_text(json.dumps({
        "about": "Messages by docs/spec/hub-protocol.md, made by scripts/message_vectors.py. A "
                 "receiver knows the terminal, its journal and key, and the hub's key; it holds "
                 "configuration 4 and waits for what `answers` has asked. `expect` is accept or the "
                 "stable code of the refusal.",
        "terminal": ID, "journal": JOURNAL.hex(), "terminalKey": cbor(TERMINAL.public).hex(),
        "hubKey": cbor(HUB.public).hex(), "merchant": MERCHANT, "cases": file.cases},
        indent=1) + "\n")
    print(f"{OUT}: {len(file.cases)} cases")


if __name__ == "__main__":
    main()
