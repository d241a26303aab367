"""Writes the man pages of Till's programs, from what the programs say of themselves.

The argument parser tells every command, option and default as JSON (--experimental-dump-help).
Each program becomes one page in mdoc(7), its commands sections of it, as git(1) would be if it
were one page: a technician over ssh searches in one place.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import re
import subprocess

SECTIONS = {"tilld": 8, "tillctl": 1, "tillhub": 1, "tillwallet": 1}
EXIT_CODES = [
    (0, "Done as asked."), (1, "Not done; the reason says why."),
    (3, "The time given for it ran out."), (4, "Done, but something needs attention."),
    (8, "The daemon does not answer."), (10, "What was named does not exist."),
    (20, "Stored data is damaged."), (64, "The command line is wrong."),
]
ENVIRONMENT = {
    "tilld": [("TILL_STATE", "The terminal's state folder."),
              ("TILL_PROFILE", "The hardware profile.")],
    "tillctl": [("TILL_STATE", "The terminal's state folder."),
                ("TILL_SOCKET", "The daemon's control socket."),
                ("TILL_PROFILE", "The hardware profile.")],
    "tillhub": [("TILL_HUB", "The hub's folder.")],
    "tillwallet": [("TILL_WALLET", "The wallet's folder.")],
}


def text(words):
    """Prose as roff: no line of it is taken for a macro, no backslash for an escape."""
    words = words.replace("\\", "\\e")
    lines = []
    for line in re.split(r"(?<=[.:;]) |\n", words):
        line = line.strip()
        if not line:
            continue
        if line[0] in ".'":
            line = "\\&" + line
        lines.append(line)
    return "\n".join(lines)


def word(words):
    """One argument of a macro."""
    return words.replace("\\", "\\e").replace('"', "\\(dq").replace("-", "\\-")


def names(argument):
    """An option as it is typed, or an argument's name."""
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f'.Ar "{word(value)}"'
    shown = argument["preferredName"]["name"]
    dashes = "-" if argument["preferredName"]["kind"] == "short" else "--"
    head = f'.Fl "{word((dashes + shown)[1:])}"'
    return head if argument["kind"] == "flag" else f'{head} Ar "{word(value)}"'


def arguments(command):
    """What is told of a command's arguments; help and version are every command's."""
    return [a for a in command.get("arguments", [])
            if a.get("shouldDisplay", True)
            and a.get("valueName") not in ("help", "version")]


def synopsis(command, path):
    lines = [f'.Nm {word(path[0])}'] if len(path) == 1 else [
        f'.Nm {word(path[0])}', f'.Cm "{word(" ".join(path[1:]))}"']
    for argument in arguments(command):
        shown = names(argument)[1:]
        repeated = " ..." if argument.get("isRepeating") else ""
        lines.append(f".{shown}{repeated}" if not argument.get("isOptional", False)
                     else f".Op {shown}{repeated}")
    if command.get("subcommands") and any(
            s["commandName"] != "help" for s in command["subcommands"]):
        lines.append('.Ar command')
    return lines


def told(command):
    lines = []
    if command.get("abstract"):
        lines.append(text(command["abstract"]))
    if command.get("discussion"):
        lines += [".Pp", text(command["discussion"])]
    listed = arguments(command)
    if listed:
        lines.append(".Bl -tag -width Ds")
        for argument in listed:
            lines.append(".It " + names(argument)[1:])
            help_text = argument.get("abstract", "")
            default = argument.get("defaultValue")
            if default and "default" not in help_text:
                help_text += f" Default: {default}."
            lines.append(text(help_text) or "\\&")
        lines.append(".El")
    return lines


def commands(command, path):
    """Every command below, in the order of --help."""
    for below in command.get("subcommands", []):
        if below["commandName"] == "help":
            continue
        yield below, path + [below["commandName"]]
        yield from commands(below, path + [below["commandName"]])


def page(program, command, date):
    section = SECTIONS[program]
    lines = [f'.\\" Written by scripts/man_pages.py from {program} --experimental-dump-help.',
             f".Dd {date}", f".Dt {program.upper()} {section}", ".Os Till",
             ".Sh NAME", f".Nm {program}", f'.Nd {text(command["abstract"]).rstrip(".")}',
             ".Sh SYNOPSIS"]
    lines += synopsis(command, [program])
    lines.append(".Sh DESCRIPTION")
    lines += told(command)
    below = list(commands(command, [program]))
    if below:
        lines.append(".Sh COMMANDS")
        for item, path in below:
            lines.append(f'.Ss "{word(" ".join(path))}"')
            lines += synopsis(item, path)
            lines.append(".Pp")
            lines += told(item)
    lines.append(".Sh ENVIRONMENT")
    lines.append(".Bl -tag -width TILL_PROFILE")
    for name, meaning in ENVIRONMENT[program]:
        lines += [f".It Ev {name}", meaning]
    lines += [".El", ".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for code, meaning in EXIT_CODES:
        lines += [f".It {code}", meaning]
    others = ", ".join(sorted(SECTIONS))
    lines += [".El", ".Sh SEE ALSO"]
    others = sorted((number, name) for name, number in SECTIONS.items() if name != program)
    for number, (section, name) in enumerate(others):
        lines.append(f".Xr {name} {section}" + (" ," if number + 1 < len(others) else ""))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--date", help="of the pages (default: today), as 2026-11-26")
    options = parser.parse_args()
    date = datetime.date.fromisoformat(options.date) if options.date else datetime.date.today()
    shown = f"{date:%B} {date.day}, {date.year}"
    for program, section in SECTIONS.items():
        dump = subprocess.run(
            [options.programs / program, "--experimental-dump-help"], check=True,
            capture_output=True, text=True).stdout
        folder = options.out / f"man{section}"
        folder.mkdir(parents=True, exist_ok=True)
        # No time in the file's head: the same sources make the same package.
        with gzip.GzipFile(folder / f"{program}.{section}.gz", "wb", mtime=0) as file:
            file.write(page(program, json.loads(dump)["command"], shown).encode())


main()
