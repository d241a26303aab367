#!/usr/bin/env python3
"""Makes the frames of 1280 x 720 behind the figures on second looks in docs/measurements.md.

usage: scripts/make-frames.py FOLDER    (needs numpy, pillow and segno; see make-pictures.py)

FOLDER/empty holds textured scenes, FOLDER/single the same with one code, FOLDER/pairs two codes of
different sizes side by side, some inverted. Beside each picture lies the text it encodes, or the
texts, one a line. The same versions of the libraries make the same frames.
"""

import io
import pathlib
import random
import sys

import numpy
import segno
from PIL import Image, ImageFilter, ImageOps

WIDTH, HEIGHT = 1280, 720
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def noise(generator, cell, level, spread):
    shape = (HEIGHT // cell + 1, WIDTH // cell + 1)
    grey = generator.normal(level, spread, shape).clip(0, 255).astype("uint8")
    return Image.fromarray(grey).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def scene(generator):
    layers = [numpy.asarray(noise(generator, cell, 128, 60), float) for cell in (4, 9, 40)]
    return Image.fromarray((sum(layers) / 3).clip(0, 255).astype("uint8"))


def grain(generator, picture, blur, spread):
    grey = numpy.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), float)
    grey = grey + generator.normal(0, spread, grey.shape)
    return Image.fromarray(grey.clip(0, 255).astype("uint8"))


def code(choice, lengths, pixels, turn, room, inverted=False):
    """A turned code and its mask, no larger than the room, and its text."""
    text = "TV1:" + "".join(choice.choice(ALPHABET) for _ in range(choice.choice(lengths)))
    symbol = segno.make(text, error="m", micro=False)
    side = int(symbol.symbol_size(1, 4)[0] * choice.uniform(*pixels))
    buffer = io.BytesIO()
    symbol.save(buffer, kind="png", scale=8, border=4)
    buffer.seek(0)
    picture = Image.open(buffer).convert("L").resize((side, side), Image.Resampling.LANCZOS)
    if inverted:
        picture = ImageOps.invert(picture)
    picture = picture.point(lambda value: 25 + value * 200 // 255)
    angle = choice.uniform(-turn, turn)
    bicubic = Image.Resampling.BICUBIC
    mask = Image.new("L", picture.size, 255).rotate(angle, resample=bicubic, expand=True)
    picture = picture.rotate(angle, resample=bicubic, expand=True)
    factor = min(1, room[0] / picture.width, room[1] / picture.height)
    size = (int(picture.width * factor), int(picture.height * factor))
    return picture.resize(size), mask.resize(size), text


def paste(choice, frame, part, left, width):
    picture, mask, _ = part
    place = (
        left + choice.randint(0, width - picture.width),
        choice.randint(0, HEIGHT - picture.height),
    )
    frame.paste(picture, place, mask)


def save(folder, number, frame, texts):
    folder.mkdir(parents=True, exist_ok=True)
    frame.save(folder / f"{number}.png")
    if texts:
        (folder / f"{number}.txt").write_text("\n".join(texts))


def main():
    root = pathlib.Path(sys.argv[1])
    choice, generator = random.Random(7), numpy.random.default_rng(7)
    scenes = [scene(generator) for _ in range(8)]
    for number, empty in enumerate(scenes):
        save(root / "empty", number, grain(generator, empty, 0.3, 6), [])
    for number in range(40):
        frame = scenes[number % len(scenes)].copy()
        part = code(choice, [150, 300], (4, 7), 10, (700, 700))
        paste(choice, frame, part, 0, WIDTH)
        save(root / "single", number, grain(generator, frame, 0.7, 4), [part[2]])
    for number in range(120):
        frame = noise(generator, 8, choice.choice([70, 120, 190]), 6)
        texts = []
        for half in range(2):
            dark = choice.random() < 0.15
            part = code(choice, [20, 60, 150, 300], (2.4, 8), 12, (640, 720), dark)
            paste(choice, frame, part, half * WIDTH // 2, WIDTH // 2)
            texts.append(part[2])
        frame = grain(generator, frame, choice.uniform(0.3, 0.9), 4)
        save(root / "pairs", number, frame, texts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
