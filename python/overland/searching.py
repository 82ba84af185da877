"""overland.search: one call for one search."""
from __future__ import annotations

import json
import os
import pathlib
import tempfile
from typing import Callable, Iterable, List, Mapping, Optional, Union

from overland.program import run
from overland.results import Results

Path = Union[str, "os.PathLike[str]"]
Section = Mapping[str, Union[bool, int, float, str]]


def _files(paths: Union[Path, Iterable[Path]]) -> List[str]:
    return [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(path) for path in paths]


def _arguments(runs: List[str], fasta: List[str], options: Mapping[str, object]) -> List[str]:
    arguments = ["search"]
    for name, value in options.items():
        if value is True:
            arguments.append(f"--{name}")
        elif value is not None and value is not False:
            arguments += [f"--{name}", str(value)]
    for file in fasta:
        arguments += ["--fasta", file]
    return [*arguments, "--", *runs]


def search(runs: Union[Path, Iterable[Path]], *, out: Path, library: Optional[Path] = None,
           fasta: Union[Path, Iterable[Path]] = (), library_cache: Optional[Path] = None, refine: bool = False,
           tsv: bool = False, threads: Optional[int] = None, max_ram: Optional[str] = None,
           log: Optional[Callable[[str], object]] = None, **settings: Section) -> Results:
    """Finds and quantifies peptides in runs, with a library or with proteins from which one is predicted.

    The same call resumes a search that was interrupted. The results have the same bytes for any number of threads.

    Args:
        runs: one or more .mzML, .mzXML (also with .gz), .arrow, Thermo .raw or SCIEX .wiff files (docs/guide/vendor-files.md).
        out: the results folder.
        library: a spectral library (docs/guide/libraries.md); either this or `fasta`.
        fasta: one or more FASTA files of proteins.
        library_cache: folder of built libraries, which several searches can use.
        refine: tune the predictor on the identifications of a first round, and search again.
        tsv: write TSV tables beside the Parquet ones.
        threads: the number of threads; default: all that the process may use.
        max_ram: maximum memory of the program, such as "8G"; default: the free memory.
        log: is called with each line of messages and progress, for example `print`.
        settings: sections of parameters, for example `score={"tree_depth": 4}, transfer={"enabled": True}`
            (docs/guide/parameters.md); those of the library build as `build_library={"digestion": {...}}`.

    Raises:
        OverlandError: the program ended with an error, whose code it carries: InputError, ConfigurationError, ...
    """
    with tempfile.TemporaryDirectory(prefix="overland_") as folder:
        config = None
        if settings:
            config = pathlib.Path(folder) / "config.json"
            config.write_text(json.dumps(settings), encoding="utf-8")
        options = {"library": library, "out": out, "library-cache": library_cache, "refine": refine, "tsv": tsv,
                   "threads": threads, "max-ram": max_ram, "config": config, "quiet": log is None}
        run(_arguments(_files(runs), _files(fasta), options), log)
    return Results(out)
