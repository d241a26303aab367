"""Holds the two verifiers of exported journals against each other.

till-bench writes journals that were changed by seeds, with what its own verifier (Swift) says of each;
the second one (verify_journal.py, written from the specification) must say the same.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from verify_journal import Verifier


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of the built programs")
    parser.add_argument("--count", type=int, default=60, help="how many changed journals")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="till-verifiers-") as folder:
        folder = pathlib.Path(folder)
        subprocess.run(
            [pathlib.Path(options.programs) / "till-bench", "--journal-samples",
             str(options.count), "--seed", str(options.seed), "--out", folder], check=True)
        return compare(folder)


def compare(folder):
    """Prints where the two disagree; 0 where they nowhere do."""
    verdicts = json.loads((folder / "verdicts.json").read_text())
    checkpoint = (folder / "journal.till.checkpoint").read_bytes()
    reasons, differing = {}, 0
    for name, first in sorted(verdicts.items()):
        found = Verifier([checkpoint]).verify((folder / name).read_bytes())
        second = [finding["reason"] for finding in found]
        for reason in set(second):
            reasons[reason] = reasons.get(reason, 0) + 1
        if first != second:
            differing += 1
            print(f"{name}: {first[:5]} and {second[:5]}")
    print(f"{len(verdicts)} journals, {len(verdicts) - differing} judged alike: "
          + ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
