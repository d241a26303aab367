#!/usr/bin/env python3
"""Makes the recording of Tests/Recordings: frames of the generator, recorded through a pipe.

usage: scripts/make-recording.py FOLDER --programs DIR    (needs numpy, pillow and segno)

A code comes nearer until it can be read, stays, goes, and another one comes. The frames are those
of make-camera-frames.py, of 208 x 156 pixels so that they are few bytes; `tillctl camera record`
writes them into FOLDER. Seeds are fixed.
"""

import argparse
import importlib.util
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading

import numpy

WIDTH, HEIGHT, RATE = 208, 156, 4
#: For each frame the code that is held up, and the size of its modules in pixels.
STORY = [(None, 0)] * 2 + [(1, size) for size in (1.3, 1.9, 2.6, 3.4, 3.6, 3.6)] + [(None, 0)] + [
    (2, size) for size in (3.5, 3.6, 3.5)] + [(None, 0)]


def generator_module():
    path = pathlib.Path(__file__).with_name("make-camera-frames.py")
    spec = importlib.util.spec_from_file_location("make_camera_frames", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.WIDTH, module.HEIGHT = WIDTH, HEIGHT
    return module


def frames():
    make = generator_module()
    for number, (code, size) in enumerate(STORY):
        choice = random.Random(make.SEED + number)
        generator = numpy.random.default_rng(make.SEED + number)
        look = make.Look(choice, "nominal")
        look.noise, look.tilt, look.turn = 2, 0.02, choice.uniform(-4, 4)
        if code is None:
            frame = make.background(generator, 125)
        else:
            look.module = size
            frame, _ = make.place(choice, generator, look, f"TILL RECORDING {code}")
        yield make.lens(choice, generator, frame, look).tobytes()


def main():
    parser = argparse.ArgumentParser(description="Makes the recording of Tests/Recordings.")
    parser.add_argument("folder")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    options = parser.parse_args()
    pictures = list(frames())
    with tempfile.TemporaryDirectory() as folder:
        pipe = os.path.join(folder, "frames")
        os.mkfifo(pipe)

        def feed():
            with open(pipe, "wb") as stream:
                for picture in pictures:
                    stream.write(picture)

        threading.Thread(target=feed, daemon=True).start()
        # In the pipe's folder, so that the profile names no place of this machine.
        return subprocess.run(
            [options.programs.resolve() / "tillctl", "camera", "record", "frames", "--format", "grey",
             "--width", str(WIDTH), "--height", str(HEIGHT), "--rate", str(RATE), "--frames",
             str(len(pictures)), "--out", os.path.abspath(options.folder)],
            check=False, cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
