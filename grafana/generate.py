"""Write the dashboards: ``python -m grafana.generate [--language L] [--console URL] [--out DIR] [--check]``.

Without options both languages go to ``grafana/dashboards``, where they are committed; ``--check`` compares and exits 1
where what is committed is not what the code says.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import carriers, duty_room, line_and_unit, monitor_itself, registers
from grafana.language import CONSOLE, LOCALES, Language

COMMITTED = Path(__file__).parent / "dashboards"
BOARDS: dict[str, Callable[[Language], Dashboard]] = {
    "duty-room": duty_room.board,
    "line": line_and_unit.board,
    "carriers": carriers.board,
    "registers": registers.board,
    "monitor": monitor_itself.board,
}


def written(language: Language) -> Iterator[tuple[str, str]]:
    """Go through the files of a language: the path below the folder of dashboards, and the JSON."""
    for name, board in BOARDS.items():
        built = board(language).build()
        for variable in (built.templating and built.templating.list_val) or ():
            variable.auto = variable.auto_min = variable.auto_count = None  # of intervals alone
        for number, panel in enumerate(built.panels or (), start=1):
            panel.id_val = number  # stable addresses of panels
        text = json.dumps(built, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True)
        yield f"{language.locale}/{name}.json", text + "\n"


def differing(folder: Path, files: Sequence[tuple[str, str]]) -> list[str]:
    """Name the files of a folder that are missing, other than they should be, or should not be there."""
    wanted = dict(files)
    there = {path.relative_to(folder).as_posix(): path for path in folder.glob("*/*.json")}
    wrong = [name for name, text in wanted.items() if name not in there or there[name].read_text("utf-8") != text]
    return sorted([*wrong, *(there.keys() - wanted.keys())])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the dashboards, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m grafana.generate", description="Write the dashboards.")
    parser.add_argument("--language", choices=LOCALES, action="append", help="one of both languages alone")
    parser.add_argument("--console", default=CONSOLE, help="address of the monitor's console")
    parser.add_argument("--out", type=Path, default=COMMITTED, help="the folder to write to")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the folder differs")
    asked = parser.parse_args(arguments)
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", asked.console):
        parser.error(f"--console: an address such as {CONSOLE} is wanted, not {asked.console}")
    files = [
        each for locale in asked.language or LOCALES for each in written(Language(locale, asked.console.rstrip("/")))
    ]
    if asked.check:
        wrong = differing(asked.out, files)
        for name in wrong:
            print(f"{asked.out / name} is not what the code says: python -m grafana.generate", file=sys.stderr)
        return 1 if wrong else 0
    try:
        for name, text in files:
            path = asked.out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        parser.error(f"--out: {error.filename} cannot be written: {error.strerror}")
    print(f"{len(files)} dashboards in {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
