#!/usr/bin/env python3
"""Writes Tests/Vectors/trust.json: root documents, trust lists, freshness statements and offers,
valid and with one fault each, made from docs/spec/trust.md alone, with a CBOR encoder and a COSE
writer of this file's own and the Ed25519 and P-256 of `cryptography`.

    scripts/make-vectors.sh          makes a virtual environment and runs this

P-256 signatures are random each time; what the file says stays the same.
"""

import hashlib
import json
import pathlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Vectors" / "trust.json"
NOW = 1_800_000_000
DAY = 86_400


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 256 ** size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError(number)


class Tagged:
    def __init__(self, tag, value):
        self.tag, self.value = tag, value


def cbor(value):
    """Core deterministic CBOR (RFC 8949, 4.2.1): map keys in the order of their bytes."""
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
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, Tagged):
        return head(6, value.tag) + cbor(value.value)
    pairs = sorted((cbor(key), cbor(item)) for key, item in value.items())
    return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


class Ed25519Key:
    algorithm = -19

    def __init__(self, number):
        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        x = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = {1: 1, -1: 6, -2: x}
        self.thumbprint = hashlib.sha256(cbor(self.public)).digest()

    def sign(self, message):
        return self.private.sign(message)


class P256Key:
    algorithm = -9

    def __init__(self, number):
        self.private = ec.derive_private_key(
            int.from_bytes(bytes([number]) * 32, "big"), ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.public = {1: 2, -1: 1, -2: point.x.to_bytes(32, "big"),
                       -3: point.y.to_bytes(32, "big")}
        self.thumbprint = hashlib.sha256(cbor(self.public)).digest()

    def sign(self, message):
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sign(typ, payload, keys, *, tag=98, body=None, unprotected=None, spoil=(), raw=False):
    """A COSE_Sign object (RFC 9052, 4.1); `spoil` names signers whose signature is made wrong."""
    body = cbor({16: typ} if body is None else body)
    payload = payload if raw else cbor(payload)
    signatures = []
    for key in keys:
        header = cbor({1: key.algorithm, 4: key.thumbprint[:8]})
        signature = key.sign(cbor(["Signature", body, header, b"", payload]))
        if key in spoil:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        signatures.append([header, {}, signature])
    return cbor(Tagged(tag, [body, unprotected or {}, payload, signatures]))


R = [Ed25519Key(number) for number in range(1, 11)]  # root keys
P = P256Key(11)  # a root key of the other kind
HUB, NEXT_HUB, STRANGER = Ed25519Key(21), Ed25519Key(22), Ed25519Key(23)
ISSUER, NEXT_ISSUER, TERMINAL = Ed25519Key(31), P256Key(32), Ed25519Key(41)
MERCHANT = "till:m42"
ROOT_TYPE, LIST_TYPE, FRESHNESS_TYPE = "till-root/1", "till-trust-list/1", "till-freshness/1"


def ordered(keys):
    return sorted(keys, key=lambda key: key.thumbprint)


def root(version=1, keys=None, threshold=2, signers=None, generation=1, issued=NOW - 10 * DAY,
         expires=NOW + 700 * DAY, merchant=MERCHANT, format=1, key_order=True, **form):
    keys = R[:3] if keys is None else keys
    listed = ordered(keys) if key_order else list(keys)
    payload = [format, merchant, generation, version, issued, expires, threshold,
               [key.public for key in listed]]
    return sign(form.pop("typ", ROOT_TYPE), payload, keys[:2] if signers is None else signers,
                **form)


ROLES = {"issuer": 1, "hub": 2, "terminal": 3}


def entry(role, subject, key, start=NOW - 10 * DAY, until=NOW + 80 * DAY, honoured=None,
          revoked=0, limits=(), refunds=None):
    return (ROLES.get(role, role), subject, key, start, until,
            until if honoured is None else honoured, revoked, limits,
            *(() if refunds is None else (refunds,)))


def entries(*more, hub=None):
    return [entry("issuer", "gifts", ISSUER, honoured=NOW + 476 * DAY,
                  limits=[[978, 5000, 20000]]),
            hub or entry("hub", MERCHANT, HUB), entry("terminal", "till:m42/t7", TERMINAL), *more]


def trust_list(version=1, listed=None, signers=None, generation=1, issued=NOW - DAY,
               expires=NOW + 89 * DAY, merchant=MERCHANT, format=1, order=True, **form):
    rows = entries() if listed is None else listed
    if order:
        rows = sorted(rows, key=lambda row: (row[0], row[1].encode(), row[2].thumbprint))
    payload = [format, merchant, generation, version, issued, expires,
               [[row[0], row[1], row[2].public, *row[3:]] for row in rows]]
    return sign(form.pop("typ", LIST_TYPE), payload, R[:2] if signers is None else signers, **form)


def freshness(of, version=1, list_version=1, signers=(HUB,), issued=NOW - 60, expires=None,
              merchant=MERCHANT, digest=None, others=(), format=1, **form):
    names = [[2, list_version, digest or hashlib.sha256(of).digest()], *others]
    payload = [format, merchant, version, issued, expires or issued + DAY, sorted(names)]
    return sign(form.pop("typ", FRESHNESS_TYPE), payload, list(signers), **form)


def offer(roots=(), listed=b"", statement=b""):
    return cbor([1, list(roots), listed, statement])


LIST_1 = trust_list()
HELD = offer([root()], LIST_1, freshness(LIST_1))


class File:
    def __init__(self):
        self.cases = []

    def add(self, name, what, given, expect, *, held=HELD, at=NOW, floors=None, after=None):
        case = {"id": name, "what": what, "held": held.hex() if held else None,
                "offer": given.hex(), "at": at, "expect": expect}
        if floors:
            case["floors"] = floors.hex()
        if after:
            case["after"] = after  # [root version, generation, list version, statement version or 0]
        self.cases.append(case)

    def refuse(self, name, what, given, reason, **options):
        self.add(name, what, given, "refuse:" + reason, **options)


def introductions(file):
    def first(name, what, expect="adopt", roots=None, listed=LIST_1, statement=None, **options):
        given = offer([root()] if roots is None else roots, listed,
                      freshness(LIST_1) if statement is None else statement)
        file.add("first-" + name, what, given, expect, held=None, **options)

    first("good", "root, list and statement are introduced", after=[1, 1, 1, 1])
    first("no-statement", "a list may come without a statement", statement=b"", after=[1, 1, 1, 0])
    first("p256", "a P-256 root key and an Ed25519 one sign",
          roots=[root(keys=[R[0], P, R[2]], signers=[P, R[0]])],
          listed=(mixed := trust_list(signers=[P, R[0]])), statement=freshness(mixed),
          after=[1, 1, 1, 1])
    first("no-root", "no root is offered", "refuse:trust-no-root", roots=[])
    first("root-unsigned", "the root has no signature", "refuse:trust-signed-by-stranger",
          roots=[root(signers=[])])
    first("root-one-signature", "the root has one signature of two needed",
          "refuse:trust-threshold-not-met", roots=[root(signers=R[:1])])
    first("root-same-key-signs-twice", "one key signs twice",
          "refuse:trust-threshold-not-met", roots=[root(signers=[R[0], R[0]])])
    first("root-wrong-signature", "the second signature is wrong",
          "refuse:trust-threshold-not-met", roots=[root(spoil=[R[1]])])
    first("root-unused-signatures", "strangers have signed too", roots=[
        root(signers=[R[8], R[0], R[9], R[1]])], after=[1, 1, 1, 1])
    first("root-key-twice", "the root names a key twice", "refuse:trust-key-twice",
          roots=[root(keys=[R[0], R[0], R[1]])])
    first("root-threshold-zero", "no key has to sign", "refuse:trust-malformed",
          roots=[root(threshold=0)])
    first("root-threshold-high", "more keys have to sign than there are",
          "refuse:trust-malformed", roots=[root(threshold=4)])
    first("root-keys-out-of-order", "the keys are not in the order of their thumbprints",
          "refuse:trust-malformed",
          roots=[root(keys=ordered(R[:3])[::-1], key_order=False)])
    first("root-version-zero", "versions count from 1", "refuse:trust-malformed",
          roots=[root(version=0)])
    first("root-format", "format 2 is not known", "refuse:trust-format-unknown",
          roots=[root(format=2)])
    first("root-is-a-list", "a trust list stands for the root", "refuse:trust-wrong-type",
          roots=[LIST_1])
    first("root-expired", "the root has expired", "refuse:trust-root-expired",
          roots=[root(expires=NOW)])
    first("root-below-floor", "a root of version 1 where 2 was held before",
          "refuse:trust-rolled-back", floors=cbor([1, 2, 1, 1, b"", 0, []]))
    first("list-below-floor", "list 1 is installed anew where 5 was held before",
          "refuse:trust-rolled-back", floors=cbor([1, 1, 1, 5, b"", 0, []]))
    first("statement-below-floor", "statement 1 where 9 of the same hub key was held before",
          "refuse:trust-rolled-back",
          floors=cbor([1, 1, 1, 1, HUB.thumbprint, 9, [[2, 1]]]))
    first("above-floors", "the floors of an earlier life are reached",
          floors=cbor([1, 1, 1, 1, HUB.thumbprint, 1, [[2, 1]]]), after=[1, 1, 1, 1])


def lists(file):
    def given(listed, version=2, statement=2, **options):
        return offer([], listed, freshness(listed, statement, version, **options))

    two = trust_list(2)
    file.add("list-newer", "list 2 with its statement", given(two), "adopt", after=[1, 1, 2, 2])
    file.add("list-alone", "list 2 without a statement: no statement names it yet",
             offer([], two), "adopt", after=[1, 1, 2, 0])
    def refunding(right, *more, role="terminal", subject="till:m42/t8"):
        return trust_list(2, entries(entry(role, subject, STRANGER, refunds=right), *more))

    file.add("list-refunds", "a terminal may sign refund vouchers",
             given(refunding(["refunds-t8", [[840, 1], [978, 5000]]])), "adopt", after=[1, 1, 2, 2])
    file.add("list-refunds-two-keys", "two keys of one terminal share the name",
             given(refunding(["refunds-t8", [[978, 5000]]],
                             entry("terminal", "till:m42/t8", NEXT_HUB,
                                   refunds=["refunds-t8", [[978, 5000]]]))), "adopt",
             after=[1, 1, 2, 2])
    for name, what, listed in (
        ("of-issuer", "an issuer with a right to refund",
         refunding(["x", [[978, 1]]], role="issuer", subject="other")),
        ("name", "a malformed name", refunding(["a b", [[978, 1]]])),
        ("empty", "no currency", refunding(["refunds-t8", []])),
        ("zero", "worth nothing", refunding(["refunds-t8", [[978, 0]]])),
        ("order", "currencies out of order", refunding(["refunds-t8", [[978, 1], [840, 1]]])),
        ("twice", "a currency twice", refunding(["refunds-t8", [[978, 1], [978, 2]]])),
        ("currency", "a currency that ISO 4217 does not have", refunding(["refunds-t8", [[1, 1]]])),
        ("issuers-name", "an issuer's name", refunding(["gifts", [[978, 1]]])),
        ("others-name", "another terminal's name", refunding(
            ["refunds-t8", [[978, 1]]],
            entry("terminal", "till:m42/t9", NEXT_HUB, refunds=["refunds-t8", [[978, 1]]]))),
        ("shape", "an element more", refunding(["refunds-t8", [[978, 1]], 0])),
    ):
        file.refuse("list-refunds-" + name, what, given(listed), "trust-malformed",
                    after=[1, 1, 1, 1])
    file.add("nothing-new", "the same list and statement again", HELD, "unchanged",
             after=[1, 1, 1, 1])
    file.add("list-resigned", "list 1, signed by other root keys: the same content",
             given(trust_list(signers=R[1:3]), 1), "adopt", after=[1, 1, 1, 2])
    held_two = offer([root()], two, freshness(two, 2, 2))
    for what, listed, reason in (
        ("older: version 1 where 2 is held", LIST_1, "trust-rolled-back"),
        ("reused: version 2 with another content", trust_list(2, issued=NOW - 2),
         "trust-version-reused"),
    ):
        file.refuse("list-" + what.split(":")[0], what, given(listed, 1 if listed is LIST_1 else 2,
                    3), reason, held=held_two, after=[1, 1, 2, 2])
    for name, what, listed, reason in (
        ("stranger", "signed by a stranger", trust_list(2, signers=[STRANGER]),
         "trust-signed-by-stranger"),
        ("wrong-role", "signed by the hub's online key", trust_list(2, signers=[HUB]),
         "trust-signed-by-stranger"),
        ("one-signature", "one root key of two", trust_list(2, signers=R[:1]),
         "trust-threshold-not-met"),
        ("same-key-signs-twice", "one root key, twice", trust_list(2, signers=[R[0], R[0]]),
         "trust-threshold-not-met"),
        ("old-keys", "signed by keys that the root does not name",
         trust_list(2, signers=R[3:5]), "trust-signed-by-stranger"),
        ("future", "issued tomorrow", trust_list(2, issued=NOW + DAY), "trust-from-future"),
        ("expired", "expired this second", trust_list(2, expires=NOW), "trust-expired"),
        ("other-merchant", "for the terminals of another merchant",
         trust_list(2, merchant="till:m43"), "trust-other-merchant"),
        ("other-generation", "of a generation that the root does not have", trust_list(2, generation=2),
         "trust-other-generation"),
        ("wrong-type", "a statement's type", trust_list(2, typ=FRESHNESS_TYPE),
         "trust-wrong-type"),
        ("format", "format 2", trust_list(2, format=2), "trust-format-unknown"),
        ("tag", "COSE_Sign1's tag", trust_list(2, tag=18), "trust-not-a-document"),
        ("body-labels", "a label more in the protected header",
         trust_list(2, body={1: -19, 16: LIST_TYPE}), "trust-not-a-document"),
        ("unprotected", "something in the unprotected header",
         trust_list(2, unprotected={4: b"x"}), "trust-not-a-document"),
        ("payload", "a payload that is not deterministic CBOR",
         sign(LIST_TYPE, b"\x9f\xff", R[:2], raw=True), "trust-malformed"),
        ("key-twice", "a terminal's key stands for an issuer too",
         trust_list(2, entries(entry("issuer", "other", TERMINAL))), "trust-key-twice"),
        ("order", "entries out of order", trust_list(2, entries()[::-1], order=False),
         "trust-malformed"),
        ("role", "a role 4", trust_list(2, entries(entry(4, "x", STRANGER))),
         "trust-malformed"),
        ("subject", "a terminal of a malformed id",
         trust_list(2, entries(entry("terminal", "t7", STRANGER))), "trust-malformed"),
        ("times", "a key that ends before it begins",
         trust_list(2, entries(entry("issuer", "x", STRANGER, until=NOW - 11 * DAY))),
         "trust-malformed"),
        ("honour", "honoured shorter than it signs",
         trust_list(2, entries(entry("issuer", "x", STRANGER, honoured=NOW))),
         "trust-malformed"),
        ("limit-order", "currencies out of order",
         trust_list(2, entries(entry("issuer", "x", STRANGER,
                                     limits=[[978, 1, 1], [840, 1, 1]]))), "trust-malformed"),
        ("limit-twice", "a currency twice",
         trust_list(2, entries(entry("issuer", "x", STRANGER,
                                     limits=[[978, 1, 1], [978, 2, 2]]))), "trust-malformed"),
    ):
        file.refuse("list-" + name, what, given(listed), reason, after=[1, 1, 1, 1])
    for cut in (1, 100, len(two) // 2, len(two) - 1):
        file.refuse(f"list-cut-{cut}", f"cut after {cut} bytes", offer([], two[:cut]),
                    "trust-cut", after=[1, 1, 1, 1])
    file.refuse("list-trailing", "a byte follows", offer([], two + b"\0"),
                "trust-not-a-document", after=[1, 1, 1, 1])
    file.refuse("list-too-large", "one byte more than 4 MiB",
                offer([], b"\0" * ((4 << 20) + 1)), "trust-too-large", after=[1, 1, 1, 1])


def statements(file):
    two = trust_list(2)
    for name, what, given, reason in (
        ("rollback", "statement 1 where 2 is held", offer([], b"", freshness(LIST_1, 1)),
         "trust-rolled-back"),
        ("reused", "statement 2 with another content",
         offer([], b"", freshness(LIST_1, 2, issued=NOW - 1)), "trust-version-reused"),
        ("frozen", "an expired statement",
         offer([], b"", freshness(LIST_1, 3, issued=NOW - 2 * DAY)), "trust-expired"),
        ("future", "a statement of tomorrow",
         offer([], b"", freshness(LIST_1, 3, issued=NOW + DAY)), "trust-from-future"),
        ("mix-digest", "the right version and another content",
         offer([], two, freshness(LIST_1, 3, 2)), "trust-not-the-named-list"),
        ("mix-version", "a statement of another list than the one offered",
         offer([], two, freshness(LIST_1, 3, 1)), "trust-not-the-named-list"),
        ("names-missing-list", "a list that is neither held nor offered",
         offer([], b"", freshness(two, 3, 2)), "trust-not-the-named-list"),
        ("stranger", "signed by a stranger",
         offer([], b"", freshness(LIST_1, 3, signers=[STRANGER])), "trust-signed-by-stranger"),
        ("root-key", "signed by a root key",
         offer([], b"", freshness(LIST_1, 3, signers=[R[0]])), "trust-signed-by-stranger"),
        ("issuer-key", "signed by an issuer of the list",
         offer([], b"", freshness(LIST_1, 3, signers=[ISSUER])), "trust-signed-by-stranger"),
        ("wrong-signature", "a wrong signature of the hub",
         offer([], b"", freshness(LIST_1, 3, spoil=[HUB])), "trust-signed-by-stranger"),
        ("other-merchant", "for another merchant",
         offer([], b"", freshness(LIST_1, 3, merchant="till:m43")), "trust-other-merchant"),
        ("too-long-a-life", "good for eight days",
         offer([], b"", freshness(LIST_1, 3, expires=NOW - 60 + 8 * DAY)), "trust-malformed"),
        ("policy-back", "a policy below the one that was named",
         offer([], b"", freshness(LIST_1, 3, others=[[3, 6, bytes(32)]])),
         "trust-rolled-back"),
        ("unknown-kind", "a kind 9", offer([], b"", freshness(LIST_1, 3,
                                                              others=[[9, 1, bytes(32)]])),
         "trust-malformed"),
        ("revoked-key", "the new list revokes the key that signs the statement",
         offer([], (revoking := trust_list(2, entries(
             entry("hub", MERCHANT, NEXT_HUB),
             hub=entry("hub", MERCHANT, HUB, revoked=NOW - 100)))), freshness(revoking, 3, 2)),
         "trust-hub-key-not-in-force"),
        ("key-of-yesterday", "the key's time was over when it signed",
         offer([], (ended := trust_list(2, entries(
             hub=entry("hub", MERCHANT, HUB, until=NOW - DAY)))), freshness(ended, 3, 2)),
         "trust-hub-key-not-in-force"),
    ):
        held = offer([root()], LIST_1, freshness(LIST_1, 2, others=[[3, 7, bytes(32)]]))
        file.refuse("statement-" + name, what, given, reason, held=held, after=[1, 1, 1, 2])
    file.add("statement-newer", "statement 2 of the same list",
             offer([], b"", freshness(LIST_1, 2, issued=NOW - 1)), "adopt", after=[1, 1, 1, 2])
    # Fast-forward: whoever had the hub's key named the highest version; its successor starts anew.
    high = (1 << 53) - 1
    stuck = offer([root()], LIST_1, freshness(LIST_1, high, others=[[4, high, bytes(32)]]))
    changed = trust_list(2, entries(entry("hub", MERCHANT, NEXT_HUB),
                                    hub=entry("hub", MERCHANT, HUB, revoked=NOW - 100)))
    file.refuse("fast-forward-same-key", "the key in force cannot go back",
                offer([], b"", freshness(LIST_1, 2)), "trust-rolled-back", held=stuck,
                after=[1, 1, 1, high])
    file.add("fast-forward-recovered", "the key is replaced: versions begin anew",
             offer([], changed, freshness(changed, 1, 2, signers=[NEXT_HUB],
                                          others=[[4, 1, bytes(32)]])), "adopt", held=stuck,
             after=[1, 1, 2, 1])
    overlap = trust_list(2, entries(entry("hub", MERCHANT, NEXT_HUB)))
    file.refuse("fast-forward-overlap", "the old key is still in force: its versions count",
                offer([], overlap, freshness(overlap, 1, 2, signers=[NEXT_HUB])),
                "trust-rolled-back", held=offer([root()], LIST_1, freshness(LIST_1, 9)),
                after=[1, 1, 1, 9])


def rotations(file):
    new = [R[1], R[2], R[3]]
    listed = trust_list(2, signers=R[2:4])
    file.add("root-one-key-rotated", "root 2 without the first key, signed by both thresholds",
             offer([root(2, new, signers=[R[1], R[2]])]), "adopt", after=[2, 1, 1, 1])
    file.add("root-and-list", "root 2 and a list by its keys",
             offer([root(2, new, signers=[R[1], R[2]])], listed, freshness(listed, 2, 2)),
             "adopt", after=[2, 1, 2, 2])
    file.refuse("root-and-old-keys-list", "root 2, and a list signed by a key that is gone",
                offer([root(2, new, signers=[R[1], R[2]])], trust_list(2, signers=R[:2])),
                "trust-threshold-not-met", after=[2, 1, 1, 1])
    file.add("root-two-steps", "roots 2 and 3, all keys replaced",
             offer([root(2, R[3:6], signers=R[:2] + R[3:5]),
                    root(3, R[6:9], signers=R[3:5] + R[6:8])]), "adopt", after=[3, 1, 1, 1])
    file.add("root-known-passed-over", "root 1 again, then root 2",
             offer([root(), root(2, new, signers=[R[1], R[2]])]), "adopt", after=[2, 1, 1, 1])
    file.add("root-expired-successor", "root 2 has expired, root 3 has not",
             offer([root(2, signers=R[:2], expires=NOW - 1), root(3, signers=R[:2])]), "adopt",
             after=[3, 1, 1, 1])
    for name, what, given, reason, version in (
        ("skips", "root 3 after root 1", offer([root(3)]), "trust-root-not-next", 1),
        ("old-threshold", "signed by one of the old keys and two of the new",
         offer([root(2, R[1:4], signers=[R[1], R[3]])]), "trust-old-threshold-not-met", 1),
        ("new-threshold", "signed by two old keys and one of the new",
         offer([root(2, R[3:6], signers=R[:2] + R[3:4])]), "trust-threshold-not-met", 1),
        ("no-new-key", "signed by the old keys only",
         offer([root(2, R[3:6], signers=R[:2])]), "trust-threshold-not-met", 1),
        ("no-old-key", "signed by the new keys only",
         offer([root(2, R[3:6], signers=R[3:5])]), "trust-signed-by-stranger", 1),
        ("raised-threshold", "three must sign from now on, two have",
         offer([root(2, threshold=3)]), "trust-threshold-not-met", 1),
        ("reused", "root 1 with another content", offer([root(issued=NOW - 3)]),
         "trust-version-reused", 1),
        ("other-merchant", "for another merchant", offer([root(2, merchant="till:m43")]),
         "trust-other-merchant", 1),
        ("good-then-bad", "root 2 is good, root 3 is not",
         offer([root(2), root(3, signers=R[:1])]), "trust-old-threshold-not-met", 2),
        ("expired-and-list", "root 2 has expired and is the newest",
         offer([root(2, expires=NOW - 1)], trust_list(2)), "trust-root-expired", 2),
    ):
        file.refuse("root-" + name, what, given, reason, after=[version, 1, 1, 1])
    # A new generation forgets the versions of the old: the way back from a list that is numbered too
    # high because the root keys themselves were used badly.
    high = (1 << 53) - 1
    peak = trust_list(high)
    stuck = offer([root()], peak, freshness(peak, 1, high))
    fresh = trust_list(1, generation=2, signers=R[4:6])
    again = root(2, R[4:7], generation=2, signers=R[:2] + R[4:6])
    file.add("generation-recovered", "a new generation begins again at version 1",
             offer([again], fresh, freshness(fresh, 2, 1)), "adopt", held=stuck,
             after=[2, 2, 1, 2])
    file.refuse("generation-list-of-the-old", "the old generation's list under the new root",
                offer([again], trust_list(2, signers=R[4:6])), "trust-other-generation", held=HELD,
                after=[2, 1, 1, 1])
    file.refuse("generation-back", "a generation below the one in force",
                offer([root(2, generation=1)]), "trust-generation-back",
                held=offer([root(generation=2)], (two := trust_list(generation=2)), freshness(two)),
                after=[1, 2, 1, 1])


def main():
    file = File()
    for part in (introductions, lists, statements, rotations):
        part(file)
    names = [case["id"] for case in file.cases]
    assert len(set(names)) == len(names), "each case has a name of its own"
    large = {case["id"]: case for case in file.cases if len(case["offer"]) > 1 << 20}
    for case in large.values():  # too large to keep: the reader makes it
        case["offer"] = None
    states = {}
    for case in file.cases:
        if case["held"]:
            case["held"] = states.setdefault(case["held"], f"state-{len(states) + 1}")
    OUT.write_text(json.dumps({
        "about": "Trust documents by docs/spec/trust.md, made by scripts/trust_vectors.py. A case: "
                 "`offer` is put at the time `at` to what `held` (one of `states`, itself an offer "
                 "introduced at that time) made, or is introduced where that is null, with "
                 "`floors`; `expect` is adopt, unchanged or refuse:REASON, and `after` the "
                 "versions then held: root, generation, list, statement (0: none).",
        "states": {name: offer for offer, name in states.items()}, "cases": file.cases},
        indent=1) + "\n")
    print(f"{OUT}: {len(file.cases)} cases")


if __name__ == "__main__":
    main()
