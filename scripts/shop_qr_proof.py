#!/usr/bin/env python3
"""Has two readers that others wrote read shop QRs of requests by chance: zbar (through pyzbar) and
ZXing (zxing-cpp), both from PyPI, put into an environment of their own under .build.

`till-bench --shop-qrs` makes the payloads and draws them with the terminal's own encoder and painter,
three pixels to a module, which is the smallest that a customer's screen shows. Each reader must read
exactly the payload, and nothing else, from each picture; one that is not read ends the proof with 1, and
its payload is told.
"""

import argparse
import pathlib
import subprocess
import sys

import pypi

PACKAGES = ["zxing-cpp==2.3.0", "pyzbar==0.1.9", "numpy==2.2.6"]
# After so many unread pictures something is wrong with the trial, not with a picture.
ENOUGH = 20


def samples(stream):
    """The payload and the grey picture of each sample."""
    import numpy
    while line := stream.readline():
        length, width, height = map(int, line.split())
        payload = stream.read(length)
        pixels = stream.read(width * height)
        assert len(pixels) == width * height, "the last picture is not whole"
        yield payload, numpy.frombuffer(pixels, numpy.uint8).reshape(height, width)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True, help="the folder of till-bench")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pypi.enter("shop-qr-proof", PACKAGES)

    import pyzbar.pyzbar as pyzbar
    import zxingcpp

    def zbar(picture):
        found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [code.data for code in found]

    def zxing(picture):
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        return [bytes(code.bytes) for code in found]

    maker = subprocess.Popen(
        [pathlib.Path(options.programs) / "till-bench", "--shop-qrs", str(options.count), "--seed",
         str(options.seed)], stdout=subprocess.PIPE)
    looked, unread, sides = 0, {"zbar": [], "zxing-cpp": []}, set()
    for payload, picture in samples(maker.stdout):
        looked += 1
        sides.add(picture.shape[0] // 3 - 8)
        for name, read in (("zbar", zbar), ("zxing-cpp", zxing)):
            if read(picture) != [payload]:
                unread[name].append(payload.decode())
        if sum(map(len, unread.values())) >= ENOUGH:
            maker.kill()
            break
    ended = maker.wait()
    for name, payloads in unread.items():
        print(f"{name}: {looked - len(payloads)} of {looked} shop QRs read, of "
              f"{min(sides, default=0)} to {max(sides, default=0)} modules")
        for payload in payloads:
            print(f"  not read: {payload}")
    if ended != 0 or looked != options.count or any(unread.values()):
        sys.exit(f"the proof failed: seed {options.seed}, {looked} of {options.count} looked at")


if __name__ == "__main__":
    main()
