"""An environment of its own for what a script needs from PyPI."""

import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent


def enter(name, packages):
    """Starts the calling program again in the environment .build/NAME with these packages, which is
    made where it is not there, or not whole."""
    folder = ROOT / ".build" / name
    python = folder / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == folder.resolve():
        return
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        *packages], check=True)
        (folder / "ready").touch()
    os.execv(python, [str(python), *sys.argv])
