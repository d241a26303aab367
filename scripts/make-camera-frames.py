#!/usr/bin/env python3
"""Makes frames of 1280 x 720 as a kiosk's camera gives them, a folder for each condition.

usage: scripts/make-camera-frames.py FOLDER [COUNT]   (needs numpy, pillow and segno)

COUNT frames (default 20) of each condition, with one code each, whose text lies beside; `empty` has
no code. Seeds are fixed: the same versions of the libraries make the same frames.
"""

import io
import pathlib
import random
import sys

import numpy
import segno
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 1280, 720
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SEED = 20_26


class Look:
    """How one frame differs from a code lying flat in good light."""

    def __init__(self, choice, condition):
        self.module = choice.uniform(3.5, 7)
        self.turn, self.tilt = choice.uniform(-8, 8), choice.uniform(0, 0.05)
        self.blur, self.noise, self.motion = 0.7, 4, 0
        self.dark, self.light, self.inverted = 25, 225, False
        self.length = choice.choice([40, 120, 200, 300])
        self.effects = set()
        change = getattr(self, condition, None)
        if change:
            change(choice)

    def small(self, choice):
        self.module = choice.uniform(1.7, 2.4)

    def large(self, choice):
        self.module = choice.uniform(11, 15)
        self.length = choice.choice([20, 40, 60])

    def rotated(self, choice):
        self.turn = choice.uniform(0, 360)

    def tilted(self, choice):
        self.tilt = choice.uniform(0.15, 0.33)

    def defocus(self, choice):
        self.blur = self.module * choice.uniform(0.42, 0.62)

    def motion_blur(self, choice):
        self.motion = max(2, int(self.module * choice.uniform(0.7, 1.3)))

    def noisy(self, choice):
        self.noise = choice.uniform(28, 48)

    def glare(self, choice):
        self.effects.add("glare")

    def moire(self, choice):
        self.effects.add("grid")
        self.module = choice.uniform(4, 9)

    def banding(self, choice):
        self.effects.add("bands")

    def low_contrast(self, choice):
        self.dark = choice.uniform(105, 120)
        self.light = self.dark + choice.uniform(14, 26)

    def dim(self, choice):
        self.dark, self.light, self.noise = 8, choice.uniform(20, 36), 3

    def dark_mode(self, choice):
        self.inverted = True

    def curved(self, choice):
        self.effects.add("curve")

    def cracked(self, choice):
        self.effects.add("cracks")

    def tiny(self, choice):
        self.module = choice.uniform(1.0, 1.6)

    def cut_off(self, choice):
        self.module = choice.uniform(13, 20)
        self.length = choice.choice([20, 40, 120])
        self.effects.add("cut off")

    def murky(self, choice):
        self.dark, self.light, self.noise = 4, choice.uniform(9, 14), 2

    def mixed(self, choice):
        for name in choice.sample(["tilted", "defocus", "noisy", "glare", "low_contrast"], 2):
            getattr(self, name)(choice)


CONDITIONS = ["nominal", "small", "large", "rotated", "tilted", "defocus", "motion_blur", "noisy",
              "glare", "moire", "banding", "low_contrast", "dim", "dark_mode", "curved", "cracked",
              "mixed"]
# Conditions in which a customer can be told what to do; the seeds of the others stay what they were.
ADVISED = ["tiny", "cut_off", "murky"]


def background(generator, level):
    grey = numpy.zeros((HEIGHT, WIDTH))
    for cell in (6, 24, 90):
        shape = (HEIGHT // cell + 2, WIDTH // cell + 2)
        layer = Image.fromarray(generator.normal(128, 40, shape).clip(0, 255).astype("uint8"))
        grey += numpy.asarray(layer.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), float)
    return (grey / 3 - 128) * level / 128 + level


def symbol(text, look):
    """The code, dark 0 and light 255, four modules of margin, at 8 pixels a module."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="png", scale=8, border=4)
    buffer.seek(0)
    grey = numpy.asarray(Image.open(buffer).convert("L"), float)
    if look.inverted:
        grey = 255 - grey
    return look.dark + grey * (look.light - look.dark) / 255


def coefficients(target, source):
    """The eight numbers of a perspective map from target to source corners."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return numpy.linalg.solve(numpy.array(rows), numpy.array(right))


def place(choice, generator, look, text):
    """A frame with the code in it, before the lens has had its say."""
    level = (look.dark + look.light) / 2
    flat = symbol(text, look)
    side = flat.shape[0]
    is_whole = "cut off" not in look.effects
    wanted = min(side / 8 * look.module, 690 if is_whole else 2_000)
    angle, half = numpy.radians(look.turn), wanted / 2
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        depth = 1 + look.tilt * x
        corners.append((half * (x * numpy.cos(angle) - y * numpy.sin(angle)) / depth,
                        half * (x * numpy.sin(angle) + y * numpy.cos(angle)) / depth))
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    factor = min(1, (WIDTH - 10) / (max(xs) - min(xs)), (HEIGHT - 10) / (max(ys) - min(ys)))
    factor = factor if is_whole else 1
    corners = [(x * factor, y * factor) for x, y in corners]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left = choice.uniform(5 - min(xs), WIDTH - 5 - max(xs))
    top = choice.uniform(5 - min(ys), HEIGHT - 5 - max(ys))
    if not is_whole:
        # A third of it or more hangs out of the picture, to one side.
        left = choice.choice([-min(xs) - wanted * 0.4, WIDTH - max(xs) + wanted * 0.4])
    corners = [(x + left, y + top) for x, y in corners]
    source = [(0, 0), (side, 0), (side, side), (0, side)]
    if "curve" in look.effects:
        bend = numpy.sin(numpy.linspace(0, numpy.pi, side)) * side * choice.uniform(0.04, 0.09)
        rows = numpy.arange(side)
        flat = numpy.stack([
            flat[numpy.clip(rows + int(bend[x] - bend.mean()), 0, side - 1), x]
            for x in range(side)], axis=1)
    # Reduced to about its size first, by area: a camera's pixel sees all of what it covers.
    small = max(8, int(wanted * factor * 1.5))
    shrunk = Image.fromarray(flat.clip(0, 255).astype("uint8"))
    if small < side:
        shrunk = shrunk.resize((small, small), Image.Resampling.BOX)
        source = [(x * small / side, y * small / side) for x, y in source]
    maps = coefficients(corners, source)
    bicubic = Image.Resampling.BICUBIC
    warped = shrunk.transform((WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, maps, bicubic)
    mask = Image.new("L", shrunk.size, 255).transform(
        (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, maps, bicubic)
    cover = numpy.asarray(mask, float) / 255
    frame = background(generator, level)
    return frame * (1 - cover) + numpy.asarray(warped, float) * cover, corners


def spoil(choice, frame, look, corners):
    """Screens, glass and light."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    middle = (sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4)
    size = max(c[0] for c in corners) - min(c[0] for c in corners)
    if "glare" in look.effects:
        gx = middle[0] + choice.uniform(-0.4, 0.4) * size
        gy = middle[1] + choice.uniform(-0.4, 0.4) * size
        radius = size * choice.uniform(0.16, 0.3)
        frame = frame + 330 * numpy.exp(-((x - gx) ** 2 + (y - gy) ** 2) / (2 * radius ** 2))
    if "grid" in look.effects:
        period = choice.uniform(2.1, 3.4)
        turn = numpy.radians(choice.uniform(-10, 10))
        wave = numpy.cos(2 * numpy.pi * (x * numpy.cos(turn) + y * numpy.sin(turn)) / period)
        frame = frame * (1 + choice.uniform(0.35, 0.6) * wave)
    if "bands" in look.effects:
        period, depth = choice.uniform(50, 160), choice.uniform(0.55, 0.85)
        frame = frame * (1 - depth * (0.5 + 0.5 * numpy.sin(2 * numpy.pi * y / period)))
    if "cracks" in look.effects:
        for _ in range(choice.randint(3, 6)):
            angle = choice.uniform(0, numpy.pi)
            away = (x - middle[0]) * numpy.sin(angle) - (y - middle[1]) * numpy.cos(angle)
            line = numpy.abs(away - choice.uniform(-0.4, 0.4) * size) < choice.uniform(0.8, 2.5)
            frame = numpy.where(line, choice.choice([20, 240]), frame)
    return frame.clip(0, 255)


def lens(choice, generator, frame, look):
    picture = Image.fromarray(frame.astype("uint8")).filter(ImageFilter.GaussianBlur(look.blur))
    grey = numpy.asarray(picture, float)
    if look.motion:
        down = choice.random() < 0.5
        moved = [numpy.roll(grey, step, axis=0 if down else 1) for step in range(look.motion)]
        grey = sum(moved) / len(moved)
    grey = grey + generator.normal(0, look.noise, grey.shape)
    return Image.fromarray(grey.clip(0, 255).astype("uint8"))


def main():
    root = pathlib.Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    for number, condition in enumerate(CONDITIONS + ["empty"] + ADVISED):
        choice = random.Random(SEED + number)
        generator = numpy.random.default_rng(SEED + number)
        folder = root / condition
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(count):
            look = Look(choice, condition)
            if condition == "empty":
                frame = background(generator, choice.uniform(60, 190))
            else:
                text = "TV1:" + "".join(choice.choice(ALPHABET) for _ in range(look.length))
                frame, corners = place(choice, generator, look, text)
                frame = spoil(choice, frame, look, corners)
                (folder / f"{index}.txt").write_text(text)
            lens(choice, generator, frame, look).save(folder / f"{index}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
