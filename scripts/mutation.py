#!/usr/bin/env python3
"""Breaks the rules line by line, and shows which test notices.

  mutation.py list                 the mutants, one a line
  mutation.py run [ID ...]         applies each mutant alone and runs the tests of the rules
  mutation.py make                 writes the list anew from the sources

With --subject trust or time it is whom a terminal believes, or what time it is; else the decision and
the sale machine. The list is Tests/Mutations/SUBJECT.diffs: unified diffs, each under a line "# ID". A
mutant is a line dropped, or one comparison, operator or choice in it turned round. Each is applied to
a copy of the sources in a package of the rules alone, so that it costs seconds. A mutant that no test
notices ends the run with 1, unless it stands in Tests/Mutations/equivalent.txt (FILE => LINE => BECOMES
:: REASON) because nobody could tell it from the original.

Options: --package DIR keeps the package (and its build) for another time; --results FILE writes a
table; --each COMMAND is put before each build and test (a lock, a nice).
"""

import argparse
import difflib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT / "Tests/Mutations"
EQUIVALENT = ROOT / "Tests/Mutations/equivalent.txt"


class Subject:
    """What is broken, and the tests that are to notice."""

    def __init__(self, letter, folder, files, modules, tests):
        self.letter, self.folder, self.files = letter, folder, files
        self.modules, self.tests = modules, tests


SUBJECTS = {
    "decision": Subject("D", "Sources/Payments", [
        "OfflineAuthoriser.swift", "PaymentFindings.swift", "AgreedLimits.swift", "Bands.swift",
        "Limits.swift", "OfflineHours.swift", "Facts.swift", "FactMasks.swift",
        "TerminalFacts.swift", "ExposureMeter.swift", "Sale.swift", "SaleMachine.swift",
        "SaleMachine+Opening.swift", "SaleMachine+Paying.swift", "SaleMachine+Online.swift",
        "SaleMachine+Undoing.swift", "UndoAuthoriser.swift",
    ], ["Money", "CBOR", "COSE", "Vouchers", "Trust", "Payments"], {
        "PaymentsTests": ["Payments", "Money", "COSE", "Vouchers", "VoucherMint"]}),
    "trust": Subject("T", "Sources/Trust", [
        "TrustStore.swift", "TrustStore+Stored.swift", "TrustFloors.swift", "Root.swift",
        "TrustList.swift", "TrustEntry.swift", "RefundRight.swift", "Freshness.swift",
        "SignedDocument.swift", "TrustOffer.swift",
    ], ["Money", "CBOR", "COSE", "Vouchers", "Trust"], {
        "TrustTests": ["Trust", "COSE", "Money", "Vouchers"]}),
    "time": Subject("C", "Sources/Clocks", [
        "ClockKeeper.swift", "ClockEstimate.swift", "ClockMemory.swift", "ClockReading.swift",
    ], ["Clocks"], {"ClocksTests": ["Clocks"]}),
}

#: A package's first build takes minutes; a mutant's build and tests take seconds, and one whose tests
#: have not ended by then goes round for ever.
FIRST_SECONDS, PATIENCE_SECONDS = 1_800, 300

#: What each module is built of, as in Package.swift.
NEEDS = {
    "Money": "", "CBOR": "", "COSE": '"CBOR", crypto', "Vouchers": '"Money", "CBOR", "COSE", crypto',
    "Trust": '"Money", "CBOR", "COSE", "Vouchers"', "Payments": '"Money", "COSE", "Vouchers"',
    "Clocks": "",
}

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}
let package = Package(
    name: "Mutants",
    dependencies: [.package(url: "https://github.com/apple/swift-crypto", exact: "CRYPTO")],
    targets: [
TARGETS
    ])
"""


def manifest(subject):
    targets = [f'library("{module}", [{NEEDS[module]}])' for module in subject.modules]
    if "Payments" in subject.modules:
        targets.append('.target(name: "VoucherMint", dependencies: ["COSE", "Vouchers", "Trust"], '
                       'path: "Tests/VoucherMint", swiftSettings: settings)')
    for test, needs in subject.tests.items():
        targets.append(f'.testTarget(name: "{test}", dependencies: {json.dumps(needs)}, '
                       'swiftSettings: settings)')
    return MANIFEST.replace("TARGETS", ",\n".join("        " + line for line in targets))


SWAPS = [
    (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "),
    (" != ", " == "), (" && ", " || "), (" || ", " && "), ("max(", "min("), ("min(", "max("),
    (".max()", ".min()"), (".min()", ".max()"), (" + ", " - "), (" - ", " + "),
    ("isDisjoint(with:", "isSuperset(of:"), (" !facts.", " facts."), ("(!", "("),
]
DROPPED = [
    re.compile(r"^\s+note\(.*\)$"), re.compile(r"^\s+if .*\{ return .* \}$"),
    re.compile(r"^\s+facts\.(insert|formUnion)\(.*\)$"), re.compile(r"^\s+phase = .*$"),
    re.compile(r"^\s+isAbandonable = .*$"), re.compile(r"^\s+worst = .*$"),
    re.compile(r"^\s+amount = .*$"), re.compile(r"^\s+sale\.(state|captured|request) .*$"),
    re.compile(r"^\s+mixed .*$"), re.compile(r"^\s+case \.[a-zA-Z]+ where .*: .*$"),
]


def mutations(line):
    """What a line may become: None is its loss."""
    code = line.split("//")[0]
    if not code.strip() or "precondition" in code or "static let" in code:
        return
    if "func " in code or "struct " in code or "enum " in code or '"' in code:
        return
    if any(pattern.match(line) for pattern in DROPPED):
        yield None
    for old, new in SWAPS:
        start = 0
        while (place := code.find(old, start)) >= 0:
            start = place + len(old)
            if old == "max(" and code[place - 1] == ".":
                continue
            if "->" in code[place : place + 4]:
                continue
            yield line[:place] + new + line[place + len(old) :]


def place_of(name):
    return LISTS / f"{name}.diffs"


def make(name_of_subject):
    subject, path = SUBJECTS[name_of_subject], place_of(name_of_subject)
    path.parent.mkdir(exist_ok=True)
    chunks, number = [], 0
    for name in subject.files:
        lines = (ROOT / subject.folder / name).read_text().splitlines(keepends=True)
        for index, line in enumerate(lines):
            for new in mutations(line.rstrip("\n")):
                number += 1
                changed = lines[:index] + ([] if new is None else [new + "\n"]) + lines[index + 1 :]
                diff = difflib.unified_diff(
                    lines, changed, f"a/{subject.folder}/{name}",
                    f"b/{subject.folder}/{name}", n=1)
                chunks.append(f"# {subject.letter}{number:03}\n" + "".join(diff))
    path.write_text("".join(chunks))
    print(f"{number} mutants in {path.relative_to(ROOT)}")


def read(name_of_subject):
    """The list: ID and diff."""
    found = {}
    for chunk in re.split(
            r"^# (?=[A-Z]\d+$)", place_of(name_of_subject).read_text(), flags=re.M)[1:]:
        name, diff = chunk.split("\n", 1)
        found[name] = diff
    return found


def equivalents():
    if not EQUIVALENT.exists():
        return {}
    found = {}
    for line in EQUIVALENT.read_text().splitlines():
        if line and line[0] != "#":
            mutant, reason = line.split(" :: ")
            found[tuple(part.strip() for part in mutant.split(" => "))] = reason
    return found


def title(diff):
    lines = diff.splitlines()
    place = lines[0].split("/")[-1]
    old = [line[1:].strip() for line in lines[3:] if line.startswith("-")]
    new = [line[1:].strip() for line in lines[3:] if line.startswith("+")]
    return place, " ".join(old), " ".join(new) or "(dropped)"


def prepare(package, subject):
    for module in subject.modules:
        target = package / "Sources" / module
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(ROOT / "Sources" / module, target)
    # The mint is a target of the decision's tests; the vectors are read from beside the tests.
    beside = ["Vectors"] + (["VoucherMint"] if "Payments" in subject.modules else [])
    for test in [*subject.tests, *beside]:
        target = package / "Tests" / test
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(ROOT / "Tests" / test, target)
    docs = package / "docs"
    if docs.exists():
        shutil.rmtree(docs)
    shutil.copytree(ROOT / "docs/spec", docs / "spec")
    crypto = re.search(r'swift-crypto", exact: "([^"]+)"', (ROOT / "Package.swift").read_text())
    (package / "Package.swift").write_text(manifest(subject).replace("CRYPTO", crypto.group(1)))


def test(package, prefix, patience=PATIENCE_SECONDS):
    """None where everything passes, else the first line that tells what failed."""
    # A mutant that traps is no matter for a backtrace, which keeps the test's pipes open for minutes.
    command = ("export SWIFT_BACKTRACE=enable=no; swift build --build-tests -q 2>&1 "
               "&& swift test --skip-build 2>&1")
    with subprocess.Popen(
            prefix + ["bash", "-c", f"cd {shlex.quote(str(package))} && {command}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as done:
        try:
            stdout, stderr = done.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(done.pid, signal.SIGKILL)
            return "does not come to an end"
    if done.returncode == 0:
        return None
    output = stdout + stderr
    for pattern in (r"✘ Test (\w+\(.*?\)|\".*?\") recorded", r"error: (.*)", r"(Fatal error.*)"):
        found = re.search(pattern, output)
        if found:
            kind = "" if "✘" in pattern else "does not compile or traps: "
            return kind + found.group(1)[:80]
    return f"ended with {done.returncode}"


def run(arguments):
    subject = SUBJECTS[arguments.subject]
    mutants = read(arguments.subject)
    known = equivalents()
    wanted = arguments.ids or list(mutants)
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(arguments.package or scratch).resolve()
        prefix = shlex.split(arguments.each or "")
        prepare(package, subject)
        failure = test(package, prefix, FIRST_SECONDS)
        if failure:
            sys.exit(f"the tests fail without any mutant: {failure}")
        rows, survivors = [], []
        for name in wanted:
            if title(mutants[name]) in known:
                reason = known[title(mutants[name])]
                rows.append((name, *title(mutants[name]), "equivalent: " + reason))
                continue
            path = re.search(r"^\+\+\+ b/(\S+)", mutants[name], re.M).group(1)
            original = (package / path).read_text()
            applied = subprocess.run(
                ["patch", "-p1", "-s", "-d", str(package)], input=mutants[name], text=True)
            if applied.returncode:
                sys.exit(f"{name} does not fit the sources: run mutation.py make")
            start = time.monotonic()
            killer = test(package, prefix)
            (package / path).write_text(original)
            rows.append((name, *title(mutants[name]), killer or "SURVIVED"))
            print(f"{name} {time.monotonic() - start:5.1f} s  {killer or 'SURVIVED'}", flush=True)
            if killer is None:
                survivors.append(name)
                print(mutants[name])
            if arguments.results:
                write(Path(arguments.results), rows)
    print(f"{len(rows)} mutants, {len(survivors)} survived: {' '.join(survivors)}")
    return 1 if survivors else 0


def write(path, rows):
    text = ["| mutant | file | line | becomes | noticed by |", "|---|---|---|---|---|"]
    for row in rows:
        text.append("| " + " | ".join(f"`{cell}`".replace("|", "\\|") for cell in row) + " |")
    path.write_text("\n".join(text) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["list", "run", "make"])
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--subject", choices=SUBJECTS, default="decision")
    parser.add_argument("--package")
    parser.add_argument("--results")
    parser.add_argument("--each")
    arguments = parser.parse_intermixed_args()
    if arguments.action == "make":
        make(arguments.subject)
    elif arguments.action == "list":
        for name, diff in read(arguments.subject).items():
            place, old, new = title(diff)
            print(f"{name}  {place}\n    {old}\n    {new}")
    else:
        sys.exit(run(arguments))


main()
