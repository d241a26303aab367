"""Plants one defect after another and says which seed of the simulation finds it.

Each file of Tests/SimulationTests/Defects is a sentence and a diff. In a copy of the tree, cut down to
what the simulation needs, the diff is applied, the copy is built, and towns are played under the seeds
1, 2, 3 ... until one finds something (docs/adr/0060). First the tree as it is must get through all of
them. A defect that no seed finds makes the run fail; so does one that cannot be applied or built.

Your own defects: python3 scripts/planted_defects.py --defects FOLDER_OF_DIFFS
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD_SECONDS = 3_600  # the first build of the copy makes the libraries too
PLAY_SECONDS = 1_800

# Keeps the targets that the simulation is made of; the package description is a program.
PRUNING = """
@MainActor
func neededTargets(_ name: String, _ found: inout Set<String>) {
    guard let target = package.targets.first(where: { $0.name == name }), found.insert(name).inserted
    else { return }
    for dependency in target.dependencies {
        switch dependency {
        case .targetItem(let name, _), .byNameItem(let name, _): neededTargets(name, &found)
        default: break
        }
    }
}
var neededBySimulation: Set<String> = []
neededTargets("SimulationTests", &neededBySimulation)
package.targets = package.targets.filter { neededBySimulation.contains($0.name) }
package.products = []
"""


class Copy:
    """The copy in which defects are planted; kept, so that the next run builds less."""

    def __init__(self, folder):
        self.folder = folder

    def refresh(self):
        listed = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], text=True, check=True,
            stdout=subprocess.PIPE).stdout.split("\n")
        names = {name for name in listed
                 if name.startswith(("Sources/", "Tests/")) or name == "Package.swift"}
        if (ROOT / "Package.resolved").exists():
            names.add("Package.resolved")
        for name in names:
            if (ROOT / name).is_file():
                self.put(name)
        for folder in ("Sources", "Tests"):
            for path in (self.folder / folder).rglob("*"):
                if path.is_file() and str(path.relative_to(self.folder)) not in names:
                    path.unlink()

    def put(self, name):
        """Copies a file where it differs, so that what is the same is not built again."""
        content = (ROOT / name).read_bytes()
        if name == "Package.swift":
            content += PRUNING.encode()
        target = self.folder / name
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def run(self, command, seconds, **environment):
        return subprocess.run(command, cwd=self.folder, text=True, timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, **environment})

    def build(self):
        done = self.run(["swift", "build", "--build-tests"], BUILD_SECONDS)
        errors = [line for line in done.stdout.splitlines() if ": error:" in line]
        return None if done.returncode == 0 else (errors or done.stdout.splitlines()[-3:])[0]

    def play(self, seeds):
        """The first seed that finds something and what, or (None, None)."""
        done = self.run(["swift", "test", "--skip-build", "--filter", "TownTests/holds"],
                        PLAY_SECONDS, TILL_SEEDS=str(seeds), TILL_UNTIL_FOUND="1")
        found = re.search(r"seed (\d+): ([^\n]*)", done.stdout)
        if found:
            return int(found[1]), found[2]
        if done.returncode != 0:
            last = [line for line in done.stdout.splitlines() if "Fatal" in line or "rror" in line]
            return 0, (last or ["the run ended with " + str(done.returncode)])[0]
        return None, None


def patch(folder, diff, *options):
    return subprocess.run(["patch", "-p1", "--silent", *options, "-i", str(diff)], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--defects", type=pathlib.Path,
                        default=ROOT / "Tests/SimulationTests/Defects", help="a folder of diffs")
    parser.add_argument("--seeds", type=int, default=60, help="how many seeds each may need")
    parser.add_argument("--copy", type=pathlib.Path, default=ROOT / ".build/planted",
                        help="where the copy is made and kept")
    parser.add_argument("--only", help="only the defects whose names have this in them")
    parser.add_argument("--without-sound", action="store_true",
                        help="do not play the sound tree first")
    options = parser.parse_args()
    copy = Copy(options.copy.resolve())
    copy.refresh()
    if problem := copy.build():
        print(f"the copy does not build: {problem}", file=sys.stderr)
        return 1
    if not options.without_sound:
        seed, finding = copy.play(options.seeds)
        if finding:
            print(f"without any defect, seed {seed}: {finding}", file=sys.stderr)
            return 1
        print(f"without any defect: nothing in {options.seeds} seeds", flush=True)
    missed, planted = 0, 0
    for diff in sorted(options.defects.resolve().glob("*.diff")):
        if options.only and options.only not in diff.stem:
            continue
        planted += 1
        if not patch(copy.folder, diff):
            print(f"{diff.stem} | cannot be applied", flush=True)
            missed += 1
            copy.refresh()
            continue
        try:
            problem = copy.build()
            seed, finding = (None, None) if problem else copy.play(options.seeds)
        finally:
            copy.refresh()
        missed += 0 if finding else 1
        said = f"seed {seed} | {finding}" if finding else problem or "NOT CAUGHT"
        print(f"{diff.stem} | {said}", flush=True)
    print(f"{planted} defects, {planted - missed} caught")
    return 1 if missed or not planted else 0


if __name__ == "__main__":
    sys.exit(main())
