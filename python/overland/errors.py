"""The errors of the program as exceptions, one class per exit code."""
from __future__ import annotations

import re
from typing import Sequence

_LAST_LINE = re.compile(r"^overland: (OVL-[A-Z]+-\d+): (.*)", re.MULTILINE | re.DOTALL)


class OverlandError(RuntimeError):
    """The program ended with an error.

    Attributes:
        code: the code, such as "OVL-IO-001"; docs/errors.md explains each. "" if the program gave none.
        message: what happened, where, and what to do.
        exit_code: the exit code of the program.
        stderr: all that the program wrote to the standard error.
    """

    def __init__(self, code: str, message: str, exit_code: int, stderr: str) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message
        self.exit_code = exit_code
        self.stderr = stderr


class InternalError(OverlandError):
    """A defect of the program."""


class UsageError(OverlandError):
    """Arguments that do not fit together, or an output that exists."""


class ConfigurationError(OverlandError):
    """A setting that does not exist, or whose value is out of range."""


class InputError(OverlandError):
    """A run, library or FASTA file that cannot be read or used."""


class RunsFailedError(OverlandError):
    """Some runs failed; the results of the others are in the folder."""


class ResourceError(OverlandError):
    """Not enough memory or space on disk."""


class StoppedError(OverlandError):
    """The program was ended by a signal; the same search resumes where it stopped."""


_CLASSES = {1: InternalError, 2: UsageError, 3: ConfigurationError, 4: InputError, 5: RunsFailedError, 6: ResourceError}


def error_of(exit_code: int, lines: Sequence[str]) -> OverlandError:
    """The exception for an exit code other than 0 and what was written to the standard error."""
    stderr = "\n".join(lines)
    found = _LAST_LINE.search(stderr)
    code, message = (found[1], found[2]) if found else ("", lines[-1] if lines else f"exit code {exit_code}")
    stopped = exit_code < 0 or exit_code > 128
    return (StoppedError if stopped else _CLASSES.get(exit_code, OverlandError))(code, message, exit_code, stderr)
