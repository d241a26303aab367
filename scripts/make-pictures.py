#!/usr/bin/env python3
"""Makes the pictures in Tests/Vectors/pictures that the scanner's tests look at.

They are committed; run this only to change them: python3 -m venv venv;
venv/bin/pip install pillow==13.0.0 segno==1.6.6; venv/bin/python scripts/make-pictures.py
The same versions make the same bytes.
"""

import io
import pathlib
import struct
import zlib

import segno
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Vectors" / "pictures"
QUIET = 4


def code(content, scale=4, **options):
    """A code as a grey picture, with its quiet zone."""
    options = {"error": "m", "micro": False, "boost_error": False, **options}
    return draw(segno.make(content, **options), scale)


def draw(symbol, scale):
    buffer = io.BytesIO()
    symbol.save(buffer, kind="png", scale=scale, border=QUIET)
    buffer.seek(0)
    return Image.open(buffer).convert("L")


def beside(*pictures):
    """Pictures side by side on white, their tops in line."""
    width = sum(picture.width for picture in pictures)
    sheet = Image.new("L", (width, max(picture.height for picture in pictures)), 255)
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width
    return sheet


def grid(side):
    cells = [code(f"CODE {number}", scale=3) for number in range(side * side)]
    cell = cells[0].width
    sheet = Image.new("L", (cell * side, cell * side), 255)
    for number, picture in enumerate(cells):
        sheet.paste(picture, (number % side * cell, number // side * cell))
    return sheet


def save(picture, name, **options):
    picture.save(FOLDER / name, optimize=True, **options)


def bilevel(picture):
    return picture.convert("1", dither=Image.Dither.NONE)


def png_chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def huge_png(width, height):
    """A PNG of some 70 bytes whose header promises more pixels than anybody has."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 16)
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    hello = code("HELLO TILL")
    save(bilevel(hello), "hello.png")
    save(hello, "hello.jpg", quality=80)
    save(hello, "progressive.jpg", quality=80, progressive=True)
    hello.save(FOLDER / "hello.pgm")
    save(bilevel(ImageOps.invert(code("DARK MODE", scale=5))), "inverted.png")
    save(bilevel(code("SMALL MODULES " * 8, scale=2)), "small-modules.png")
    save(bilevel(code("HUGE MODULES", scale=33, version=1)), "huge-modules.png")
    save(bilevel(beside(code("LEFT"), code("RIGHT"))), "two-codes.png")
    large, small = code("LARGE", scale=8), code("SMALL", scale=2)
    save(bilevel(beside(large, small)), "large-and-small.png")
    save(bilevel(beside(code("LIGHT"), ImageOps.invert(code("DARK", scale=5)))), "one-inverted.png")
    save(bilevel(beside(code("TWICE"), code("TWICE", scale=5))), "same-twice.png")
    save(bilevel(grid(3)), "nine-codes.png")
    parts = segno.make_sequence("ONE OF SEVERAL PARTS " * 6, version=3, error="m")
    save(bilevel(draw(parts[0], 4)), "structured-append-part.png")
    save(bilevel(code(bytes([0, 1, 255, 0, 128, 0]), mode="byte")), "binary-nul.png")
    umlauts = "Zürich é 你好 東京".encode("utf-8")
    save(bilevel(code(umlauts, mode="byte")), "utf8-without-eci.png")
    ink = ImageOps.invert(hello)
    black = Image.new("L", hello.size, 0)
    save(Image.merge("LA", (black, ink)), "transparent.png")
    save(ImageOps.colorize(hello, (150, 0, 0), (190, 230, 255)), "colour.png")
    save(bilevel(Image.new("L", (64, 64), 255)), "blank.png")
    save(Image.new("L", (1, 1), 0), "one-pixel.png")
    (FOLDER / "truncated.png").write_bytes((FOLDER / "colour.png").read_bytes()[:200])
    whole = (FOLDER / "hello.jpg").read_bytes()
    (FOLDER / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (FOLDER / "text.png").write_text("This is no picture, whatever its name says.\n")
    (FOLDER / "zero-bytes.png").write_bytes(b"")
    (FOLDER / "huge-header.png").write_bytes(huge_png(100_000, 100_000))


if __name__ == "__main__":
    main()
