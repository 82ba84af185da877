"""Overland, a search engine for DIA proteomics: the program, and its results as tables.

    import overland

    results = overland.search(["run1.mzML", "run2.mzML"], fasta="human.fasta", out="results")
    results.pandas("report")
    overland.open_results("results").polars("protein_groups")

The search runs as a process of the program `overland`, which this package brings. An error of the program is an
OverlandError that carries its code.
"""
from overland.errors import (ConfigurationError, InputError, InternalError, OverlandError, ResourceError, RunsFailedError,
                             StoppedError, UsageError)
from overland.program import program, version
from overland.results import Results, open_results
from overland.searching import search

__all__ = [
    "ConfigurationError", "InputError", "InternalError", "OverlandError", "ResourceError", "Results", "RunsFailedError",
    "StoppedError", "UsageError", "open_results", "program", "search", "version",
]


def __getattr__(name: str) -> str:
    if name == "__version__":  # asked of the program, and only when somebody wants to know
        return version()
    raise AttributeError(f"module 'overland' has no attribute {name!r}")
