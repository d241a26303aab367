#!/usr/bin/env python3
"""Prints the region coverage of Money, Vouchers and Payments, and fails where it has a hole.

Reads llvm-cov's export of the last `swift test --enable-code-coverage` (Swift emits no counters for
branches, so regions are what there is). Every region that no test entered must stand in
Tests/coverage-exceptions.txt with the reason why none can: a line `FILE: CODE :: REASON`, where CODE is the text
of the line in which the region begins.

  coverage.py [--build DIR] [--module NAME ...]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "Tests/coverage-exceptions.txt"
CODE_REGION = 0


def export(build):
    profile = build / "codecov/default.profdata"
    bundles = sorted(build.glob("*.xctest"))
    if not profile.exists() or not bundles:
        sys.exit(f"{build} holds no coverage: run swift test --enable-code-coverage first")
    done = subprocess.run(
        ["llvm-cov", "export", "-instr-profile", str(profile), str(bundles[0])],
        capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)["data"][0]


def exceptions():
    found = {}
    for line in EXCEPTIONS.read_text().splitlines() if EXCEPTIONS.exists() else []:
        if line and line[0] != "#":
            place, reason = line.split(" :: ", 1)
            found[place.strip()] = reason
    return found


def regions(data, modules):
    """Per file of the modules: each region's first line, and how often it was entered."""
    files = {}
    for function in data["functions"]:
        for region in function["regions"]:
            line, column, end, end_column, count, file, _, kind = region[:8]
            path = Path(function["filenames"][file])
            parts = path.parts
            if kind != CODE_REGION or "Sources" not in parts:
                continue
            module = parts[parts.index("Sources") + 1]
            if module in modules:
                name = "/".join(parts[parts.index("Sources"):])
                key = (line, column, end, end_column)
                known = files.setdefault(name, {})
                known[key] = max(known.get(key, 0), count)
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=str(ROOT / ".build/debug"))
    parser.add_argument("--module", nargs="*", default=["Money", "Vouchers", "Payments"])
    arguments = parser.parse_args()
    files = regions(export(Path(arguments.build)), set(arguments.module))
    excused, holes, used = exceptions(), [], set()
    totals = {module: [0, 0] for module in arguments.module}
    for name, found in sorted(files.items()):
        text = (ROOT / name).read_text().splitlines()
        for (line, column, _, _), count in sorted(found.items()):
            total = totals[name.split("/")[1]]
            total[1] += 1
            if count:
                total[0] += 1
                continue
            place = f"{name}: {text[line - 1].strip()}"
            if place in excused:
                used.add(place)
            else:
                holes.append(f"{name}:{line}:{column}: {text[line - 1].strip()}")
    for module, (entered, count) in totals.items():
        print(f"{module:10} {entered:5} of {count:5} regions, {100 * entered / max(count, 1):.2f} %")
    print(f"{len(used)} excused by {EXCEPTIONS.relative_to(ROOT)}, {len(holes)} not entered")
    for hole in holes:
        print("  " + hole)
    for place in sorted(set(excused) - used):
        print(f"  excused but entered, or gone: {place}")
    sys.exit(1 if holes else 0)


main()
