#!/usr/bin/env python3
"""Prints how many pictures of each folder are read rightly, for each decoding cascade.

usage: scripts/read-rate.py [--scanner COMMAND] [--cascade NAME]... FOLDER...

A folder holds pictures, each beside a .txt file with the text it encodes (UTF-8). A read is right
when its bytes are that text in one of the character sets that QR codes are written in; a read of
anything else counts as false. COMMAND takes --cascade NAME and paths, and prints one JSON line a
picture, with `file`, `symbols` (`text`, or `bytes` in hex) and `milliseconds`, as
`tillctl scan --json` does.
"""

import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import sys

PICTURES = {".png", ".jpg", ".jpeg", ".pgm"}
CHARSETS = ["utf-8", "latin-1", "cp1252", "shift_jis", "gb18030", "big5", "euc_kr", "cp437"]


def expected(picture, each_line):
    """For each code in the picture, the payloads that count as right; none where no text lies."""
    note = picture.with_suffix(".txt")
    if not note.exists():
        return []
    text = note.read_bytes().decode("utf-8")
    return [encodings(line) for line in (text.split("\n") if each_line else [text])]


def encodings(text):
    answers = set()
    for variant in {text, text.rstrip("\r\n"), text.replace("\n", "\r\n")}:
        for charset in CHARSETS:
            try:
                answers.add(variant.encode(charset))
            except UnicodeEncodeError:
                continue
    return answers


def payload(symbol):
    if "bytes" in symbol:
        return bytes.fromhex(symbol["bytes"])
    return symbol["text"].encode("utf-8")


def measure(scanner, cascade, folder, each_line):
    pictures = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in PICTURES]
    command = [*shlex.split(scanner), "--cascade", cascade, *map(str, pictures)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    read, false, times, missed = 0, 0, [], []
    for line in run.stdout.decode("utf-8").splitlines():
        answer = json.loads(line)
        picture = pathlib.Path(answer["file"])
        right = expected(picture, each_line)
        payloads = {payload(symbol) for symbol in answer.get("symbols", [])}
        times.append(answer.get("milliseconds", 0.0))
        if right and all(payloads & answers for answers in right):
            read += 1
        else:
            missed.append(picture.name)
        if payloads - set().union(*right):
            false += 1
    return len(pictures), read, false, times, missed


def main():
    parser = argparse.ArgumentParser(description="Measures read rates of picture folders.")
    parser.add_argument("--scanner", default=".build/release/tillctl scan --json")
    parser.add_argument("--cascade", action="append", default=[])
    parser.add_argument(
        "--each-line", action="store_true", help="a text's lines are codes, all to be read"
    )
    parser.add_argument("--missed", action="store_true", help="name the pictures not read")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    print("| set | cascade | pictures | read | false | median ms | p95 ms |")
    print("|---|---|---|---|---|---|---|")
    for cascade in options.cascade or ["plain", "standard"]:
        total, sum_read, sum_false, all_times = 0, 0, 0, []
        for folder in options.folders:
            count, read, false, times, missed = measure(
                options.scanner, cascade, folder, options.each_line
            )
            row(folder.name, cascade, count, read, false, times)
            if options.missed and missed:
                print("  not read:", " ".join(missed), file=sys.stderr)
            total, sum_read, sum_false = total + count, sum_read + read, sum_false + false
            all_times += times
        if len(options.folders) > 1:
            row("all", cascade, total, sum_read, sum_false, all_times)
    return 0


def row(name, cascade, count, read, false, times):
    ordered = sorted(times) or [0.0]
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    share = 100 * read / count if count else 0
    print(
        f"| {name} | {cascade} | {count} | {read} ({share:.1f} %) | {false} "
        f"| {statistics.median(ordered):.1f} | {p95:.1f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
