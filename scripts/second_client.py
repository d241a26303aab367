"""A second terminal, in another language: it follows docs/spec, and shares no line with the first.

Whoever wrote it had seen some of the hub's code before: somebody who has not may still find a question
that the specifications leave open.

What a terminal does with its hub: it enrols, judges the trust documents, makes a journal's entries, signs
checkpoints and batches, takes acknowledgements, asks about a payment before it is made, and downloads and
verifies what the hub tells, its log too (trust.md, hub-protocol.md, hub-log.md, journal.md, voucher.md, hot-list.md, time.md). Keys
and signatures are those of the `cryptography` package; CBOR is its own. `second_client_test.py` runs it
against the real hub.
"""

import base64
import hashlib
import http.client
import json
import os
import struct
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

ED25519 = -19
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class Wrong(Exception):
    """Something is not as the specification says."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


# CBOR, core deterministic (RFC 8949, 4.2.1): what is written, and all that is read.

class Tagged:
    def __init__(self, tag, value):
        self.tag, self.value = tag, value


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, form, limit in ((24, ">B", 1 << 8), (25, ">H", 1 << 16), (26, ">I", 1 << 32),
                              (27, ">Q", 1 << 64)):
        if number < limit:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise Wrong("a number is too large")


def encode(value):
    if value is None or value is True or value is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(one)) for key, one in value.items())
        return head(5, len(pairs)) + b"".join(key + one for key, one in pairs)
    return head(6, value.tag) + encode(value.value)


def decode(data):
    value, end = item(data, 0)
    need(end == len(data), "bytes after the item")
    need(encode(value) == data, "not deterministic")  # and so every way of writing it but one
    return value


def item(data, at):
    need(at < len(data), "the bytes end")
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        need(short in (20, 21, 22), "a simple value")
        return {20: False, 21: True, 22: None}[short], at
    number = short
    if short >= 24:
        need(short <= 27, "reserved or indefinite")
        size = 1 << (short - 24)
        need(at + size <= len(data), "the bytes end")
        number, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        need(at + number <= len(data), "the bytes end")
        text = data[at:at + number]
        return (text if major == 2 else text.decode()), at + number
    if major == 6:
        value, at = item(data, at)
        return Tagged(number, value), at
    values = []
    for _ in range(number * (2 if major == 5 else 1)):
        value, at = item(data, at)
        values.append(value)
    if major == 4:
        return values, at
    need(len(set(map(encode, values[::2]))) == number, "a key is there twice")
    return dict(zip(values[::2], values[1::2])), at


# Keys and messages (hub-protocol.md, The form of a message).

def sha256(data):
    return hashlib.sha256(data).digest()


class Key:
    """An Ed25519 key that others sign with."""

    def __init__(self, cose):
        need(cose.get(1) == 1 and cose.get(-1) == 6 and len(cose.get(-2, b"")) == 32, "a key")
        self.cose, self.raw = cose, cose[-2]
        self.thumbprint = sha256(encode({1: 1, -1: 6, -2: self.raw}))

    def verifies(self, signature, data):
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
            return True
        except InvalidSignature:
            return False


class OwnKey(Key):
    def __init__(self):
        self.private = ed25519.Ed25519PrivateKey.generate()
        super().__init__({1: 1, -1: 6, -2: self.private.public_key().public_bytes_raw()})


def sign(typ, payload, key):
    protected = encode({1: ED25519, 4: key.thumbprint[:8], 16: typ})
    payload = encode(payload)
    signature = key.private.sign(encode(["Signature1", protected, b"", payload]))
    return encode(Tagged(18, [protected, {}, payload, signature]))


def open_message(data, typ, limit, keys):
    """The payload of a message that one of `keys` has signed."""
    need(len(data) <= limit, f"{typ} is too long")
    outer = decode(data)
    need(isinstance(outer, Tagged) and outer.tag == 18 and len(outer.value) == 4, "no COSE_Sign1")
    protected, unprotected, payload, signature = outer.value
    labels = decode(protected)
    need(unprotected == {} and set(labels) == {1, 4, 16}, "another header")
    need(labels[16] == typ, f"a {labels[16]}, not a {typ}")
    signers = [key for key in keys if key.thumbprint[:8] == labels[4]]
    need(signers, f"a {typ} by a stranger")
    need(labels[1] in (ED25519, -8), "another algorithm")
    need(any(key.verifies(signature, encode(["Signature1", protected, b"", payload]))
             for key in signers), f"a {typ} with a bad signature")
    return decode(payload)


def file_text(kind, data):
    digits = data.hex()
    lines = [digits[at:at + 64] for at in range(0, len(digits), 64)]
    return "\n".join([kind, *lines]) + "\n"


def file_bytes(kind, text):
    first, *rest = text.splitlines()
    need(first.strip() == kind, f"no {kind}")
    return bytes.fromhex("".join(line.strip() for line in rest))


# Trust (trust.md).

class Trust:
    """What a terminal believes: a root, a list, a statement, each by signature."""

    def __init__(self, merchant):
        self.merchant, self.root, self.list, self.statement = merchant, None, None, None

    @staticmethod
    def open(data, typ, limit):
        need(len(data) <= limit, f"{typ} is too long")
        outer = decode(data)
        need(isinstance(outer, Tagged) and outer.tag == 98 and len(outer.value) == 4, "COSE_Sign")
        protected, unprotected, payload, signatures = outer.value
        need(decode(protected) == {16: typ} and unprotected == {}, f"no {typ}")
        need(len(signatures) <= 32, "too many signatures")
        return decode(payload), (protected, payload, signatures)

    @staticmethod
    def signers(parts, keys):
        protected, payload, signatures = parts
        found = set()
        for own, _, signature in signatures:
            labels = decode(own)
            for key in keys:
                data = encode(["Signature", protected, own, b"", payload])
                if labels[4] == key.thumbprint[:8] and key.verifies(signature, data):
                    found.add(key.thumbprint)
        return len(found)

    def take_root(self, data, is_first=False):
        root, parts = self.open(data, "till-root/1", 16_384)
        form, merchant, generation, version, issued, expires, threshold, keys = root
        keys = [Key(key) for key in keys]
        need(form == 1 and merchant == self.merchant and issued < expires, "a root of others")
        need([k.thumbprint for k in keys] == sorted({k.thumbprint for k in keys}), "root keys")
        need(1 <= threshold <= len(keys) <= 16, "a root's threshold")
        need(self.signers(parts, keys) >= threshold, "a root that its own keys did not sign")
        if not is_first:
            held = self.root
            if version == held["version"]:
                return need(sha256(data) == held["digest"], "trust-version-reused")
            need(self.signers(parts, held["keys"]) >= held["threshold"], "trust-old-threshold")
            need(version == held["version"] + 1 and generation >= held["generation"], "root order")
        self.root = {"version": version, "generation": generation, "threshold": threshold,
                     "keys": keys, "expires": expires, "digest": sha256(data)}

    def take_list(self, data, now):
        body, parts = self.open(data, "till-trust-list/1", 4_194_304)
        form, merchant, generation, version, issued, expires, entries = body
        need(form == 1 and merchant == self.merchant, "a list of others")
        need(self.signers(parts, self.root["keys"]) >= self.root["threshold"], "list threshold")
        need(generation == self.root["generation"] and now < self.root["expires"], "generation")
        need(issued <= now + 600 and now < expires, "a list of another time")
        order = [(e[0], e[1].encode(), Key(e[2]).thumbprint) for e in entries
                 if e[2].get(1) == 1]
        need(order == sorted(order) and len(entries) <= 20_000, "the order of entries")
        need(len({k for _, _, k in order}) == len(order), "trust-key-twice")
        if self.list:
            need(version >= self.list["version"], "trust-rolled-back")
        return {"version": version, "entries": entries, "digest": sha256(data), "issued": issued}

    def take(self, offer, now):
        form, roots, body, statement = decode(offer)
        need(form == 1 and len(roots) <= 16, "an offer")
        for number, root in enumerate(roots):
            self.take_root(root, is_first=self.root is None and number == 0)
        self.take_documents(body, statement, now)

    def take_documents(self, body, statement, now):
        """A list and a statement, together or not at all; an absent list is the one held."""
        taken = self.take_list(body, now) if body else self.list
        if statement:
            body, parts = Trust.open(statement, "till-freshness/1", 2_048)
            form, merchant, version, issued, expires, names = body
            need(Trust.signers(parts, self.hub_keys(taken["entries"], issued)),
                 "trust-hub-key-not-in-force")
            need(form == 1 and merchant == self.merchant and issued <= now + 600 and now < expires,
                 "a statement of another time")
            need(not self.statement or version >= self.statement["version"], "trust-rolled-back")
            named = {kind: (number, digest) for kind, number, digest in names}
            need(named.get(2) == (taken["version"], taken["digest"]), "trust-not-the-named-list")
            self.statement = {"version": version, "names": named, "digest": sha256(statement)}
        self.list = taken

    @staticmethod
    def hub_keys(entries, at=None):
        """The hub's keys that are not revoked; for a statement those that sign at its time."""
        return [Key(e[2]) for e in entries
                if e[0] == 2 and e[6] == 0 and (at is None or e[3] <= at < e[4])]

    def issuer_of(self, kid):
        return [(e[1], Key(e[2])) for e in self.list["entries"]
                if e[0] == 1 and Key(e[2]).thumbprint.startswith(kid)]


# Vouchers (voucher.md), as far as a journal's entry wants to know them.

def base45(text):
    values, out = [BASE45.index(character) for character in text], b""
    for at in range(0, len(values), 3):
        group = values[at:at + 3]
        number = sum(value * 45 ** place for place, value in enumerate(group))
        out += number.to_bytes(len(group) - 1, "big")
    return out


def voucher(text, trust):
    """Issuer, cti, kind, what it is worth, and the evidence of a bearer's voucher."""
    need(text.startswith("TV1:"), "no voucher")
    evidence = base45(text[4:].rstrip("\r\n"))
    protected, unprotected, payload, signature = decode(evidence).value
    labels, claims = decode(protected), decode(payload)
    need(unprotected == {} and set(labels) == {1, 4}, "a voucher's header")
    signed = encode(["Signature1", protected, b"", payload])
    issuers = [name for name, key in trust.issuer_of(labels[4]) if key.verifies(signature, signed)]
    need(issuers, "a voucher of nobody")
    kind, currency, *values = claims[-65537]
    return {"issuer": issuers[0], "cti": claims[7], "kind": kind, "currency": currency,
            "value": values[0], "evidence": evidence}


# The terminal.

class Client:
    def __init__(self, terminal, merchant):
        self.terminal, self.merchant = terminal, merchant
        self.key, self.journal = OwnKey(), os.urandom(8)
        self.trust = Trust(merchant)
        self.entries, self.hashes = [], [bytes(32)]
        self.receipt, self.period, self.batches, self.sent = 0, 0, 0, 0
        self.position, self.url = 0, None

    def request(self):
        return file_text("TILL-ENROLMENT-REQUEST-1", sign(
            "till-enrolment-request/1", [1, self.terminal, self.key.cose, self.journal], self.key))

    def enrol(self, text, now):
        data = file_bytes("TILL-ENROLMENT-ANSWER-1", text)
        payload = decode(decode(data).value[2])
        offer = payload[8]
        self.trust.take(offer, now)
        self.hubs = Trust.hub_keys(self.trust.list["entries"])
        payload = open_message(data, "till-enrolment-answer/1", 4_529_152, self.hubs)
        form, terminal, key, journal, self.epoch, first_z, _, configuration, _ = payload
        need((form, terminal, journal) == (1, self.terminal, self.journal), "another's answer")
        need(Key(key).raw == self.key.raw, "an answer for another key")
        self.period = first_z - 1
        self.version = 0
        self.take_configuration(configuration)

    def take_configuration(self, data):
        fields = open_message(data, "till-configuration/1", 65_536, self.hubs)
        need(Key(fields[3]).thumbprint in [hub.thumbprint for hub in self.hubs], "hub key")
        need(fields[4] == self.terminal and fields[1] >= self.version, "configuration-older")
        self.version, self.currency = fields[1], fields[8]
        self.url = self.url or fields[9]
        return fields

    # Entries (journal.md, Entry).

    def append(self, kind, now, fields):
        entry = encode({1: len(self.entries) + 1, 2: self.hashes[-1], 3: now, 4: kind, **fields})
        need(len(entry) <= 1_800, "an entry is too long")
        self.entries.append(entry)
        self.hashes.append(sha256(entry))
        return len(self.entries)

    def take_receipt(self):
        self.receipt += 1
        return self.receipt

    def capture(self, paid, amount, now, sale, consumed=None):
        if consumed is None:
            consumed = paid["value"] if paid["kind"] == 1 else amount
        return self.append(1, now, {
            5: sale, 6: paid["currency"], 7: amount, 8: self.take_receipt(), 9: paid["issuer"],
            10: paid["cti"], 11: paid["kind"], 12: consumed, 14: paid["evidence"]})

    def decline(self, paid, amount, now, sale, reason):
        return self.append(2, now, {
            5: sale, 6: paid["currency"], 7: amount, 9: paid["issuer"], 10: paid["cti"],
            14: paid["evidence"], 15: reason})

    def cancel(self, sequence, paid, amount, consumed, now, sale):
        return self.append(3, now, {
            5: sale, 6: paid["currency"], 7: amount, 8: self.take_receipt(), 9: paid["issuer"],
            10: paid["cti"], 11: paid["kind"], 12: consumed, 20: sequence})

    def close_period(self, now, captures, cancellations):
        """`captures` and `cancellations` are (how often, how much)."""
        self.period += 1
        line = [self.currency, *captures, *cancellations, 0, 0, 0, 0, 0, 0, 0, 0]
        return self.append(6, now, {22: self.period, 23: [line]})

    def checkpoint(self, now):
        name = f"till-journal/1/{self.terminal.removeprefix('till:')}/{self.journal.hex()}"
        text = "\n".join([name, str(len(self.entries)),
                          base64.b64encode(self.hashes[-1]).decode(),
                          f"{now} {self.receipt} {self.period}", ""])
        hint = sha256(name.encode() + b"\n\x01" + self.key.raw)[:4]
        signature = base64.b64encode(hint + self.key.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {name} {signature}\n".encode()

    def batch(self, now):
        """The next batch, signed; it waits until it is acknowledged."""
        self.batches += 1
        self.waiting = sign("till-batch/1", [
            2, self.terminal, self.journal, self.batches, self.entries[self.sent:],
            self.checkpoint(now)], self.key)
        return self.waiting

    def take_acknowledgement(self, data):
        answer = open_message(data, "till-ack/1", 65_536, self.hubs)
        form, terminal, journal, number, digest, last, last_hash, _, quarantined = answer
        need((form, terminal, journal) == (1, self.terminal, self.journal), "another's answer")
        need(number == self.batches and digest == sha256(self.waiting), "another batch's answer")
        need(last == len(self.entries) and last_hash == self.hashes[-1], "another end")
        self.sent = last
        return [tuple(line) for line in quarantined]

    # The hub's log (hub-log.md): roots and proofs as RFC 9162, 2.1.3.2 and 2.1.4.2 check them.

    def log_checkpoint(self, note):
        lines = note.decode().split("\n")
        need(len(lines) == 7 and lines[4] == lines[6] == "", "a checkpoint's lines")
        name, body = lines[0], "\n".join(lines[:4]) + "\n"
        need(name == "till-hub-log/1/" + self.terminal.removeprefix("till:").split("/")[0], "a log's name")
        need(lines[5].startswith(f"\u2014 {name} "), "a checkpoint's signature")
        signature = base64.b64decode(lines[5].split(" ")[2], validate=True)
        need(any(sha256(name.encode() + b"\n\x01" + key.raw)[:4] == signature[:4]
                 and key.verifies(signature[4:], body.encode()) for key in self.hubs), "the hub signed it")
        return int(lines[1]), base64.b64decode(lines[2], validate=True)

    @staticmethod
    def log_proof(text, count):
        """The lines of a proof's head, its hashes, and the checkpoint."""
        start, checkpoint = text.split(b"\n\n", 1)
        lines = start.decode().split("\n")
        return lines[:count], [base64.b64decode(line, validate=True) for line in lines[count:]], checkpoint

    def log_has(self, batch, acknowledgement, number):
        """The hub's log has this batch with this answer; says where."""
        leaf = encode([1, self.terminal, self.journal, number, sha256(batch), sha256(acknowledgement)])
        node = sha256(b"\0" + leaf)
        (first, extra, index), path, note = self.log_proof(
            self.get(f"/v1/log/inclusion?leaf={node.hex()}"), 3)
        size, root = self.log_checkpoint(note)
        need(first == "c2sp.org/tlog-proof@v1" and base64.b64decode(extra.removeprefix("extra ")) == leaf, "leaf")
        place = int(index.removeprefix("index "))
        need(place < size, "an index below the size")
        fn, sn = place, size - 1
        for one in path:
            need(sn > 0, "a proof's length")
            if fn & 1 or fn == sn:
                node = sha256(b"\1" + one + node)
                while fn and not fn & 1:
                    fn, sn = fn >> 1, sn >> 1
            else:
                node = sha256(b"\1" + node + one)
            fn, sn = fn >> 1, sn >> 1
        need(sn == 0 and node == root, "the batch is in the log")
        return place

    def log_grew(self, old=None):
        """The hub's log begins as it did at `old`, a size and a root; its size and root now."""
        first, known = old or (0, sha256(b""))
        (line,), path, note = self.log_proof(self.get(f"/v1/log/consistency?from={first}"), 1)
        need(line == f"old {first}", "the old size")
        size, root = self.log_checkpoint(note)
        need(first <= size, "a log that grew")
        if first in (0, size):
            need(not path and (first == 0 or root == known), "the same log")
            return size, root
        if first & (first - 1) == 0:
            path = [known, *path]
        fn, sn = first - 1, size - 1
        while fn & 1:
            fn, sn = fn >> 1, sn >> 1
        before = after = path[0]
        for one in path[1:]:
            need(sn > 0, "a proof's length")
            if fn & 1 or fn == sn:
                before, after = sha256(b"\1" + one + before), sha256(b"\1" + one + after)
                while fn and not fn & 1:
                    fn, sn = fn >> 1, sn >> 1
            else:
                after = sha256(b"\1" + after + one)
            fn, sn = fn >> 1, sn >> 1
        need(sn == 0 and (before, after) == (known, root), "the log begins as it did")
        return size, root

    # HTTP.

    def http(self, method, path, body=None):
        host = self.url.split("//", 1)[1]
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            headers = {"content-type": "application/cose"} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status in (200, 204):
                return answer.status, data
            need(answer.getheader("content-type", "").startswith("application/problem+json"),
                 f"{answer.status} without a problem")
            return answer.status, json.loads(data)
        finally:
            connection.close()

    def get(self, path):
        status, data = self.http("GET", path)
        need(status in (200, 204), f"{path}: {status} {data}")
        return data if status == 200 else None

    @property
    def path(self):
        return "/v1/terminals/" + self.terminal.removeprefix("till:")

    def deliver(self, data=None):
        return self.http("POST", "/v1/batches", data or self.waiting)

    def authorise(self, paid, amount, now, sale):
        identity = os.urandom(16)
        request = sign("till-authorisation-request/1", [
            1, self.terminal, self.journal, identity, now, sale, paid["currency"], amount,
            paid["value"] if paid["kind"] == 1 else amount, b"", paid["evidence"]], self.key)
        status, data = self.http("POST", "/v1/authorisations", request)
        need(status == 200, f"an authorisation: {status} {data}")
        answer = open_message(data, "till-authorisation-answer/1", 1_024, self.hubs)
        need(answer[1:5] == [self.terminal, self.journal, identity, sha256(request)], "answer")
        return {"verdict": answer[6], "reason": answer[7], "until": answer[8], "other": answer[9]}

    def ask_time(self):
        question = os.urandom(16)
        data = self.get(f"{self.path}/time?question={question.hex()}")
        form, terminal, answered, now, overrules = open_message(
            data, "till-time/1", 512, self.hubs)
        need((form, terminal, answered) == (1, self.terminal, question), "another's time")
        need(not overrules, "a hub overrules over the link")
        return now

    def download_trust(self, now):
        while root := self.get(f"/v1/documents/root?after={self.trust.root['version']}"):
            self.trust.take_root(root)
        held = f"?held={self.trust.statement['digest'].hex()}" if self.trust.statement else ""
        statement = self.get("/v1/documents/freshness" + held)
        if not statement:
            return
        named = {name[0]: name for name in Trust.open(statement, "till-freshness/1", 2_048)[0][5]}
        body = None
        if named[2][2] != self.trust.list["digest"]:
            body = self.get(f"/v1/documents/trust-list?held={self.trust.list['digest'].hex()}")
        self.trust.take_documents(body, statement, now)
        self.hubs = Trust.hub_keys(self.trust.list["entries"])

    def download_redemptions(self):
        """What others took: {name: (spent, terminal)}."""
        told = {}
        while True:
            data = self.get(f"{self.path}/redemptions?journal={self.journal.hex()}"
                            f"&after={self.position}")
            if data is None:
                return told
            (form, terminal, journal, _, after, through, counted, is_all, lines) = open_message(
                data, "till-standings/1", 262_144, self.hubs)
            need((form, terminal, journal) == (1, self.terminal, self.journal), "another's")
            need(after in (self.position, 0) and through >= after, "another place")
            need(counted <= self.sent, "more counted than was sent")
            told |= {name: (spent, who) for name, spent, who, _, _ in lines}
            self.position = through
            if is_all:
                return told


def redemption_name(paid):
    return sha256(paid["issuer"].encode() + b"\0" + paid["cti"])[:16]


def now():
    return int(time.time())
