#!/usr/bin/env python3
"""Prints how many pictures of each folder are read rightly: by each decoding cascade, and by others'
readers beside them.

usage: scripts/read-rate.py [--scanner COMMAND] [--cascade NAME]... [--peers] FOLDER...
       scripts/read-rate.py --generated COUNT --peers --at-least Tests/read-rates.json

A folder holds pictures, each beside a .txt file with the text it encodes (UTF-8), or one file
expect.json with an object from names to texts (a list where a picture has several). A read is right
when its bytes are that text in one of the character sets that QR codes are written in; a read of
anything else counts as false. COMMAND takes --cascade NAME and paths, and prints one JSON line a
picture, with `file`, `symbols` (`text`, or `bytes` in hex) and `milliseconds`, as
`tillctl scan --json` does. The peers are zbarimg (Debian's zbar-tools), zxing-cpp and OpenCV (PyPI), each on one
thread; zbarimg's time is not told, as most of it is the start of a program.
"""

import argparse
import base64
import json
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

import pypi

# What the peers and the generator are; the same versions give the same table.
PACKAGES = ["zxing-cpp==3.1.0", "opencv-python-headless==4.12.0.88", "numpy", "pillow", "segno"]
PICTURES = {".png", ".jpg", ".jpeg", ".pgm"}
CHARSETS = ["utf-8", "latin-1", "cp1252", "shift_jis", "gb18030", "big5", "euc_kr", "cp437"]


def expected(picture, each_line):
    """For each code in the picture, the payloads that count as right; none where no text lies."""
    table = picture.with_name("expect.json")
    if table.exists():
        texts = json.loads(table.read_text("utf-8")).get(picture.name, [])
        return [encodings(text) for text in ([texts] if isinstance(texts, str) else texts)]
    note = picture.with_suffix(".txt")
    if not note.exists():
        return []
    text = note.read_bytes().decode("utf-8")
    return [encodings(line) for line in (text.split("\n") if each_line else [text])]


def encodings(text):
    answers = set()
    plain = text.replace("\r\n", "\n")
    for variant in {text, text.rstrip("\r\n"), plain, plain.replace("\n", "\r\n")}:
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


def zbarimg(pictures):
    for picture in pictures:
        run = subprocess.run(["zbarimg", "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", str(picture)], capture_output=True)
        payloads = set()
        if run.stdout.strip():
            for data in xml.etree.ElementTree.fromstring(run.stdout).iter():
                if data.tag.endswith("data"):
                    text = (data.text or "").encode("utf-8")
                    payloads.add(
                        base64.b64decode(text) if data.get("format") == "base64" else text)
        yield picture, payloads, None


def zxing_cpp(pictures):
    import numpy
    import zxingcpp
    from PIL import Image

    for picture in pictures:
        grey = numpy.asarray(Image.open(picture).convert("L"))
        start = time.process_time()
        found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
        spent = 1000 * (time.process_time() - start)
        yield picture, {bytes(one.bytes) for one in found if one.valid}, spent


def opencv(pictures):
    import cv2

    cv2.setNumThreads(1)
    reader = cv2.QRCodeDetector()
    for picture in pictures:
        grey = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
        start = time.process_time()
        try:
            _, texts, _, _ = reader.detectAndDecodeMulti(grey)
        except (cv2.error, UnicodeDecodeError):
            texts = ()
        spent = 1000 * (time.process_time() - start)
        yield picture, {text.encode("utf-8") for text in texts if text}, spent


PEERS = {"zbarimg": zbarimg, "zxing-cpp": zxing_cpp, "opencv": opencv}


def ours(scanner, cascade, pictures):
    command = [*shlex.split(scanner), "--cascade", cascade, *map(str, pictures)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    for line in run.stdout.decode("utf-8").splitlines():
        answer = json.loads(line)
        payloads = {payload(symbol) for symbol in answer.get("symbols", [])}
        yield pathlib.Path(answer["file"]), payloads, answer.get("milliseconds", 0.0)


def measure(scanner, name, folder, each_line):
    pictures = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in PICTURES]
    looks = PEERS[name](pictures) if name in PEERS else ours(scanner, name, pictures)
    read, false, times, missed = 0, 0, [], []
    for picture, payloads, spent in looks:
        right = expected(picture, each_line)
        if spent is not None:
            times.append(spent)
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
    parser.add_argument("--peers", action="store_true", help="others' readers too")
    parser.add_argument("--generated", type=int, default=0, metavar="COUNT",
                        help="so many frames of each condition of make-camera-frames.py too")
    parser.add_argument("--at-least", type=pathlib.Path, metavar="FILE",
                        help="fail where of a set that is named there less is read than it says, anything "
                        "is read falsely, or less than by plain zbar")
    parser.add_argument(
        "--each-line", action="store_true", help="a text's lines are codes, all to be read"
    )
    parser.add_argument("--missed", action="store_true", help="name the pictures not read")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    if options.peers or options.generated:
        pypi.enter("read-rate-environment", PACKAGES)
    with tempfile.TemporaryDirectory(prefix="till-frames-") as made:
        if options.generated:
            subprocess.run([sys.executable, pathlib.Path(__file__).with_name("make-camera-frames.py"),
                            made, str(options.generated)], check=True, stdout=subprocess.DEVNULL)
            options.folders += sorted(p for p in pathlib.Path(made).iterdir() if p.is_dir())
        if not options.folders:
            parser.error("no folder is named, and none is to be generated")
        return table(options)


def table(options):
    names = options.cascade or ["plain", "standard"]
    results = {}
    print("| set | reader | pictures | read | false | median ms | p95 ms |")
    print("|---|---|---|---|---|---|---|")
    for name in names + (list(PEERS) if options.peers else []):
        total, sum_read, sum_false, all_times = 0, 0, 0, []
        for folder in options.folders:
            count, read, false, times, missed = measure(
                options.scanner, name, folder, options.each_line
            )
            row(folder.name, name, count, read, false, times)
            results[folder.name, name] = (count, read, false)
            if options.missed and missed:
                print("  not read:", " ".join(missed), file=sys.stderr)
            total, sum_read, sum_false = total + count, sum_read + read, sum_false + false
            all_times += times
        if len(options.folders) > 1:
            row("all", name, total, sum_read, sum_false, all_times)
            results["all", name] = (total, sum_read, sum_false)
    for (name, reader), (count, read, false) in results.items():
        if name == "all" or len(options.folders) == 1:
            print(f"{reader}: {read}/{false}/{count}")
    return judge(results, json.loads(options.at_least.read_text())) if options.at_least else 0


def judge(results, least):
    """What is kept in git must go on being so; in per cent, for sets of any size."""
    faults = []
    for (name, reader), (count, read, false) in results.items():
        wanted = least.get(name)
        # Photographs only report: their texts are other people's.
        if reader != "standard" or wanted is None:
            continue
        if 100 * read < wanted * count:
            faults.append(f"{name}: {read} of {count} are read, not {wanted} %")
        if false:
            faults.append(f"{name}: {false} are read falsely")
        plain = results.get((name, "plain"))
        if plain and read < plain[1]:
            faults.append(f"{name}: plain zbar reads {plain[1]}, and this {read}")
    for fault in faults:
        print(f"failed: {fault}", file=sys.stderr)
    return 1 if faults else 0


def row(name, reader, count, read, false, times):
    ordered = sorted(times)
    share = 100 * read / count if count else 0
    speed = "| |"
    if ordered:
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        speed = f"| {statistics.median(ordered):.1f} | {p95:.1f} |"
    print(f"| {name} | {reader} | {count} | {read} ({share:.1f} %) | {false} {speed}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
