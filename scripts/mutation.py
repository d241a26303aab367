#!/usr/bin/env python3
"""Breaks the decision and the sale machine line by line, and shows which test notices.

  mutation.py list                 the mutants, one a line
  mutation.py run [ID ...]         applies each mutant alone and runs the tests of the rules
  mutation.py make                 writes the list anew from the sources

The list is Tests/Mutations/decision.diffs: unified diffs, each under a line "# ID". A mutant is a
line dropped, or one comparison, operator or choice in it turned round. Each is applied to a copy of
the sources in a package of the rules alone, so that it costs seconds. A mutant that no test notices
ends the run with 1, unless it stands in Tests/Mutations/equivalent.txt (FILE => LINE => BECOMES :: REASON)
because nobody could tell it from the original.

Options: --package DIR keeps the package (and its build) for another time; --results FILE writes a
table; --each COMMAND is put before each build and test (a lock, a nice).
"""

import argparse
import difflib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "Tests/Mutations/decision.diffs"
EQUIVALENT = ROOT / "Tests/Mutations/equivalent.txt"
FOLDER = "Sources/Payments"
FILES = [
    "OfflineAuthoriser.swift", "PaymentFindings.swift", "Bands.swift", "Limits.swift",
    "OfflineHours.swift", "Facts.swift", "FactMasks.swift", "TerminalFacts.swift",
    "ExposureMeter.swift", "Sale.swift", "SaleMachine.swift", "SaleMachine+Opening.swift",
    "SaleMachine+Paying.swift", "SaleMachine+Online.swift", "SaleMachine+Undoing.swift",
    "UndoAuthoriser.swift",
]
MODULES = ["Money", "CBOR", "COSE", "Vouchers", "Trust", "Payments"]
TESTS = ["PaymentsTests", "VoucherMint"]

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
        library("Money"), library("CBOR"), library("COSE", ["CBOR", crypto]),
        library("Vouchers", ["Money", "CBOR", "COSE", crypto]),
        library("Trust", ["Money", "CBOR", "COSE", "Vouchers"]),
        library("Payments", ["Money", "COSE", "Vouchers"]),
        .target(
            name: "VoucherMint", dependencies: ["COSE", "Vouchers", "Trust"], path: "Tests/VoucherMint",
            swiftSettings: settings),
        .testTarget(
            name: "PaymentsTests",
            dependencies: ["Payments", "Money", "COSE", "Vouchers", "VoucherMint"],
            swiftSettings: settings),
    ])
"""

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


def make():
    LIST.parent.mkdir(exist_ok=True)
    chunks, number = [], 0
    for name in FILES:
        lines = (ROOT / FOLDER / name).read_text().splitlines(keepends=True)
        for index, line in enumerate(lines):
            for new in mutations(line.rstrip("\n")):
                number += 1
                changed = lines[:index] + ([] if new is None else [new + "\n"]) + lines[index + 1 :]
                diff = difflib.unified_diff(
                    lines, changed, f"a/{FOLDER}/{name}", f"b/{FOLDER}/{name}", n=1)
                chunks.append(f"# D{number:03}\n" + "".join(diff))
    LIST.write_text("".join(chunks))
    print(f"{number} mutants in {LIST.relative_to(ROOT)}")


def read():
    """The list: ID and diff."""
    found = {}
    for chunk in re.split(r"^# (?=D\d+$)", LIST.read_text(), flags=re.M)[1:]:
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


def prepare(package):
    for module in MODULES:
        target = package / "Sources" / module
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(ROOT / "Sources" / module, target)
    for test in TESTS:
        target = package / "Tests" / test
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(ROOT / "Tests" / test, target)
    docs = package / "docs"
    if docs.exists():
        shutil.rmtree(docs)
    shutil.copytree(ROOT / "docs/spec", docs / "spec")
    crypto = re.search(r'swift-crypto", exact: "([^"]+)"', (ROOT / "Package.swift").read_text())
    (package / "Package.swift").write_text(MANIFEST.replace("CRYPTO", crypto.group(1)))


def test(package, prefix):
    """None where everything passes, else the first line that tells what failed."""
    command = "swift build --build-tests -q 2>&1 && swift test --skip-build 2>&1"
    done = subprocess.run(
        prefix + ["bash", "-c", f"cd {shlex.quote(str(package))} && {command}"],
        capture_output=True, text=True, timeout=1_800)
    if done.returncode == 0:
        return None
    output = done.stdout + done.stderr
    for pattern in (r"✘ Test (\w+\(.*?\)|\".*?\") recorded", r"error: (.*)", r"(Fatal error.*)"):
        found = re.search(pattern, output)
        if found:
            kind = "" if "✘" in pattern else "does not compile or traps: "
            return kind + found.group(1)[:80]
    return f"ended with {done.returncode}"


def run(arguments):
    mutants = read()
    known = equivalents()
    wanted = arguments.ids or list(mutants)
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(arguments.package or scratch).resolve()
        prefix = shlex.split(arguments.each or "")
        prepare(package)
        failure = test(package, prefix)
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
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--package")
    parser.add_argument("--results")
    parser.add_argument("--each")
    arguments = parser.parse_args()
    if arguments.action == "make":
        make()
    elif arguments.action == "list":
        for name, diff in read().items():
            place, old, new = title(diff)
            print(f"{name}  {place}\n    {old}\n    {new}")
    else:
        sys.exit(run(arguments))


main()
