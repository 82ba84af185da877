"""The program `overland` that this package brings."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from typing import Callable, NoReturn, Optional, Sequence

from overland.errors import error_of

_BUNDLED = pathlib.Path(__file__).resolve().parent / "bundle" / "bin" / "overland"


def program() -> pathlib.Path:
    """The program: the one of this package, or the one that the variable OVERLAND_PROGRAM names.

    Raises:
        FileNotFoundError: there is none.
    """
    chosen = pathlib.Path(os.environ.get("OVERLAND_PROGRAM") or _BUNDLED)
    if not chosen.is_file():
        raise FileNotFoundError(f"no program overland at {chosen}: install the wheel, or name a program in OVERLAND_PROGRAM")
    return chosen


def version() -> str:
    """The version of the program, such as "0.2.0"."""
    done = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[1]


def run(arguments: Sequence[str], log: Optional[Callable[[str], object]] = None) -> None:
    """Runs the program; `log` gets each line of its messages and progress.

    Raises:
        OverlandError: the program ended with an error.
    """
    command = [str(program()), *arguments]
    lines = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", errors="replace") as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                lines.append(line.rstrip("\n"))
                if log is not None:
                    log(lines[-1])
        except BaseException:  # Ctrl-C, or an exception of `log`: the program stops within a second
            process.terminate()
            raise
    if process.returncode != 0:
        raise error_of(process.returncode, lines)


def main() -> NoReturn:
    """The command `overland`: becomes the program."""
    os.execv(program(), [str(program()), *sys.argv[1:]])
