#!/usr/bin/env python3
"""Holds Till's reader and writer of merchant-presented codes against two validators that others
wrote: cemacqr and qriskit, from PyPI, put into an environment of their own under .build.

Half of the payloads are written by `tillctl code make` from random values, the other half are such
payloads with one fault. Each is read by `tillctl code explain` and by both validators. Wherever
they differ, the difference must be one of those listed below and in docs/spec/payment-codes.md;
one that is not ends the check with 1.
"""

import argparse
import collections
import json
import pathlib
import random
import string
import subprocess
import sys

import pypi

PACKAGES = ["cemacqr==0.1.2", "qriskit==0.2.0"]

# What only QRIS asks for and nearly every payload here is not: left out before anything is compared.
OUT_OF_SCOPE = {"qriskit": {"currency.invalid", "country.invalid"}, "cemacqr": set()}

# What one of them refuses and Till takes, by the codes that it gives.
STRICTER = {
    "cemacqr": {
        "MANDATORY_MISSING": "PromptPay and VietQR leave out 52, 59 and 60; Till tolerates it",
        "RFU_PRESENT": "65 to 79 are reserved; Till passes over them, as a reader shall (4.5.4.1)",
        "CONSUMER_DATA_CHARS": "62/09 asks for what nobody knows; Till passes over it (4.8.1.3)",
        "CONSUMER_DATA_DUPLICATE": "62/09 asks twice; Till passes over it",
        "AMOUNT_FORMAT": "4.7.4.1 allows \"98.\" and \".50\"",
        "TIP_FEE_FORMAT": "the same for the fee",
        "TIP_PERCENT_RANGE": "57 is compared as a text of five characters; 4.7.8 says \"12.5\" too",
    },
    "qriskit": {
        "tag.required": "QRIS asks for 01, EMVCo does not; PromptPay and VietQR leave out others",
        "tag.length": "QRIS limits 26/02 to 15 and others' templates are measured by its rules",
        "tag.format": "QRIS's rules for 26/01 and 26/03, applied to everybody's templates",
        "template.malformed": "a template that EMVCo does not have is walked all the same",
        "amount.invalid": "QRIS has at most two decimals and no point at an end",
        "poi.invalid": "01 is 11 or 12 in QRIS; EMVCo keeps other values for the future",
        "tip.invalid": "QRIS's own limits of fees",
    },
}

# What Till refuses and one of them takes, by Till's reason; "deep" is within a template.
LAXER = {
    "cemacqr": {
        ("emv-object-repeated", "deep"): "duplicates are looked for at the root alone",
        ("emv-length-zero", "root"): "a length of 00 is taken for an empty value",
        ("emv-length-zero", "deep"): "a length of 00 is taken for an empty value",
        ("emv-length-past-end", "deep"): "templates are not walked",
        ("emv-cut-off", "deep"): "templates are not walked",
        ("emv-id-not-digits", "deep"): "templates are not walked",
        ("emv-length-not-digits", "deep"): "templates are not walked",
        ("emv-object-missing", "deep"): "a template need not name its owner",
        ("emv-value-format", "deep"): "values in templates have no format",
        ("emv-value-format", "root"): "control characters and non-ASCII are taken in 59 and 60",
        ("emv-payload-too-long", "root"): "there is no limit of 512 characters",
        ("emv-crc-format", "root"): "surrounding blanks are stripped",
    },
    "qriskit": {
        ("emv-length-zero", "deep"): "an empty value is taken in templates without rules",
        ("emv-length-zero", "root"): "an empty value is taken where QRIS has no rule",
        ("emv-object-missing", "deep"): "a template need not name its owner",
        ("emv-value-format", "deep"): "values in others' templates have no format",
        ("emv-value-format", "root"): "control characters and non-ASCII are taken",
        ("emv-object-repeated", "deep"): "templates within 62 are not walked",
        ("emv-length-past-end", "deep"): "templates within 62 are not walked",
        ("emv-cut-off", "deep"): "templates within 62 are not walked",
        ("emv-id-not-digits", "deep"): "templates within 62 are not walked",
        ("emv-length-not-digits", "deep"): "templates within 62 are not walked",
        ("emv-payload-too-long", "root"): "there is no limit of 512 characters",
    },
}


def crc(text):
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return f"{value:04X}"


def seal(body):
    return body + "6304" + crc(body + "6304")


class Wishes:
    """Random values for the forms, by the patterns that `tillctl code make --list` tells."""

    CLASSES = {
        "n": string.digits, "a": string.ascii_letters, "u": string.ascii_uppercase,
        "an": string.ascii_letters + string.digits, "un": string.ascii_uppercase + string.digits,
        "h": "0123456789abcdef", "id": string.ascii_letters + string.digits + "._-",
        "ans": string.ascii_letters + string.digits + " .-*/&", "s": "Zürich 最佳\U00020BB7",
    }
    FORMS = ["pix-static", "pix-dynamic", "paynow", "sgqr", "promptpay", "promptpay-bill", "qris",
             "khqr-merchant", "khqr-individual", "vietqr", "bharat-qr", "fps", "cemac", "uemoa",
             "emv"]
    DEFAULTS = {"currency": {"emv": ["EUR", "USD", "JPY", "KWD"], "fps": ["HKD", "CNY"],
                             "khqr-merchant": ["USD", "KHR"], "khqr-individual": ["USD", "KHR"]}}
    WHOLE = {"JPY", "vietqr", "cemac", "uemoa"}

    def __init__(self, tillctl, seed):
        self.random = random.Random(seed)
        self.parameters = {}
        for form in self.FORMS:
            listed = subprocess.run([tillctl, "code", "make", form, "--list", "--json"],
                                    capture_output=True, check=True, text=True).stdout
            self.parameters[form] = json.loads(listed)["parameters"]

    def sample(self, pattern):
        text = ""
        for part in self.random.choice(pattern.split(" | ")).split(" "):
            if part.startswith("'"):
                text += part[1:-1]
                continue
            name = part.rstrip("0123456789-")
            low, _, high = part[len(name):].partition("-")
            length = self.random.randint(int(low), min(int(high or low), max(int(low), 14)))
            text += "".join(self.random.choice(self.CLASSES[name]) for _ in range(length))
        return text

    def one(self):
        form = self.random.choice(self.FORMS)
        rows = self.parameters[form]
        values, group = {"form": form}, set()
        for row in rows:
            name, presence = row["name"], row["presence"]
            if presence.startswith("one of"):
                group.add(presence)
                continue
            wanted = presence == "required" or self.random.random() < 0.2
            if not wanted or name in ("amount", "tip", "fee", "fee-percent", "currency",
                                      "language", "local-name", "local-city", "country"):
                continue
            values[name] = self.sample(row["pattern"]).strip() or "x"
        for which in group:
            row = self.random.choice([r for r in rows if r["presence"] == which])
            values[row["name"]] = self.sample(row["pattern"])
        self.complete(form, values, {row["name"]: row for row in rows})
        return values

    def complete(self, form, values, rows):
        currencies = self.DEFAULTS["currency"].get(form)
        if currencies:
            values["currency"] = self.random.choice(currencies)
        if "country" in rows:
            values["country"] = (self.sample(rows["country"]["pattern"])
                                 if "'" in rows["country"]["pattern"] else "DE")
        if form == "emv":
            values.update({"26/00": "com.example.pay", "26/01": "M42"})
        if "expires" in values:
            values["timestamp"] = "1735689600000"
        if "amount" in rows and self.random.random() < 0.6:
            units = str(self.random.randint(1, 99_999))
            whole = form in self.WHOLE or values.get("currency") in self.WHOLE
            digits = 3 if values.get("currency") == "KWD" else 2
            values["amount"] = units if whole else f"{units}.{'5' * digits}"
        if self.random.random() < 0.2 and "tip" in rows:
            values.update(self.random.choice([
                {"tip": "01"}, {"tip": "02", "fee": "3"}, {"tip": "03", "fee-percent": "12.5"},
                {"tip": "03", "fee-percent": "05.00"}]))
        if self.random.random() < 0.1:
            values.update({"language": "ZH", "local-name": self.sample("s1-9").strip() or "最"})


class Faults:
    """One fault in a payload, the checksum made right again unless it is the fault."""

    def __init__(self, seed):
        self.random = random.Random(seed + 1)

    @staticmethod
    def objects(text):
        found, place = [], 0
        while place < len(text):
            length = int(text[place + 2:place + 4])
            found.append(text[place:place + 4 + length])
            place += 4 + length
        return found

    @staticmethod
    def template(id):
        return 26 <= int(id) <= 51 or id in ("62", "64") or 80 <= int(id)

    def one(self, payload):
        objects = self.objects(payload)[:-1]
        place = self.random.randrange(1, len(objects))
        if self.template(objects[place][:2]) and self.random.random() < 0.6:
            children = self.objects(objects[place][4:])
            inner = self.random.randrange(len(children))
            children[inner] = self.broken(children[inner])
            value = "".join(children)
            objects[place] = f"{objects[place][:2]}{len(value):02}{value}"
        elif self.random.random() < 0.1:
            return payload[:-4] + self.random.choice(["0000", "zzzz", payload[-4:].lower()])
        else:
            objects[place] = self.broken(objects[place])
        return seal("".join(objects))

    def broken(self, text):
        id, value = text[:2], text[4:]
        length = min(len(value) + self.random.choice([1, 2, 30]), 99)
        return self.random.choice([
            "", text + text, id + "00", f"{id}{length:02}{value}", "x" + text[1:],
            f"{id}0y{value}", f"{id}{len(value):02}\a{value[1:]}",
            f"{id}{len(value):02}{'é' * len(value)}", f"{id}{len(value):02}{value[::-1]}",
            f"{id}{min(len(value) * 2, 99):02}{(value * 2)[:99]}", "650400AB" + text])


def judge_cemacqr(payload):
    import cemacqr
    try:
        report = cemacqr.validate(cemacqr.parse_payload(payload))
        return {violation.code for violation in report.violations}
    except cemacqr.CemacQrError:
        return {"SYNTAX"}


def judge_qriskit(payload):
    import qriskit
    from qriskit.validate import validate
    try:
        return {issue.code for issue in validate(payload) if issue.severity == "error"}
    except qriskit.QRISParseError:
        return {"SYNTAX"}


def explain(tillctl, payloads):
    lines = "\n".join(payload.replace("\n", " ") for payload in payloads) + "\n"
    answer = subprocess.run([tillctl, "code", "explain", "-"], input=lines.encode(),
                            capture_output=True, check=True).stdout
    return [json.loads(line) for line in answer.decode().splitlines()]


def difference(name, till, codes):
    """Why the two differ: an explanation, None where they agree, or False where none is known."""
    if {"CONSUMER_DATA_CHARS", "CONSUMER_DATA_DUPLICATE"} & codes:
        # There are three letters to ask by, so that more of them are wrong as letters already.
        codes = codes - {"TOO_LONG"}
    if till["wellFormed"] == (not codes):
        return None
    if till["wellFormed"]:
        reasons = [STRICTER[name].get(code) for code in sorted(codes)]
        return reasons[0] if all(reasons) else False
    path = till["message"].partition(":")[0]
    # A problem without a path, or of an id in a sequence, has the sequence's path or none.
    deep = "/" in path or (till["reason"] in ("emv-cut-off", "emv-id-not-digits")
                           and path[:2].isdigit() and len(path) == 2)
    return LAXER[name].get((till["reason"], "deep" if deep else "root"), False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--count", type=int, default=10_000, help="how many payloads")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pypi.enter("emv-crosscheck", PACKAGES)
    tillctl = str(pathlib.Path(options.programs).resolve() / "tillctl")

    wishes = Wishes(tillctl, options.seed)
    written, refused = [], collections.Counter()
    while len(written) < options.count // 2:
        asked = [wishes.one() for _ in range(1_000)]
        made = subprocess.run([tillctl, "code", "make", "-"], capture_output=True, check=True,
                              input="\n".join(map(json.dumps, asked)), text=True).stdout
        for wish, line in zip(asked, made.splitlines()):
            answer = json.loads(line)
            if answer["ok"]:
                written.append(answer["text"])
            else:
                refused[(wish["form"], answer["message"].partition("Nothing")[0])] += 1
    written = written[:options.count // 2]
    faults = Faults(options.seed)
    payloads = written + [faults.one(payload) for payload in written]

    answers = explain(tillctl, payloads)
    failures = [(payload, answer) for payload, answer in zip(written, answers)
                if not answer["wellFormed"]]
    for payload, answer in failures[:10]:
        print(f"written and not read: {payload}\n  {answer}")
    table = collections.Counter()
    unexplained = []
    for payload, till in zip(payloads, answers):
        for name, judge in (("cemacqr", judge_cemacqr), ("qriskit", judge_qriskit)):
            codes = judge(payload) - OUT_OF_SCOPE[name]
            why = difference(name, till, codes)
            if why is None:
                table[(name, "agrees", "")] += 1
            elif why is False:
                unexplained.append((name, payload, till, codes))
            else:
                table[(name, "takes less" if till["wellFormed"] else "takes more", why)] += 1
    print(f"{len(payloads)} payloads (seed {options.seed}), {len(written)} of them written by Till "
          f"and all read again; {sum(refused.values())} wishes could not be written")
    for (name, what, why), count in sorted(table.items()):
        print(f"  {name:<8} {what:<11} {count:>6}  {why}")
    for (form, why), count in refused.most_common(5):
        print(f"  not written: {count:>4}  {form}: {why}")
    for name, payload, till, codes in unexplained[:20]:
        print(f"unexplained: {name}: {sorted(codes)}; Till: {till['wellFormed']} {till['reason']} "
              f"{till['message']}\n  {payload!r}")
    print(f"{len(unexplained)} differences without an explanation")
    return 1 if unexplained or failures else 0


if __name__ == "__main__":
    sys.exit(main())
