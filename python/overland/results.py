"""The tables of a results folder."""
from __future__ import annotations

import json
import os
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Results:
    """The results folder of a search.

    Attributes:
        folder: the folder.
        manifest: manifest.json: the program, the library, the runs and their status, the filters of the tables.
    """

    def __init__(self, folder: Union[str, "os.PathLike[str]"]) -> None:
        """Raises FileNotFoundError if the folder does not hold the results of a finished search."""
        self.folder = pathlib.Path(folder)
        manifest = self.folder / "manifest.json"
        if not manifest.is_file():
            raise FileNotFoundError(f"{self.folder} is not the results folder of a finished search: it has no manifest.json")
        self.manifest: Dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))

    def __repr__(self) -> str:
        return f"Results({str(self.folder)!r})"

    @property
    def tables(self) -> List[str]:
        """Names of the tables: "report", "protein_groups", ..."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def filter_of(self, table: str) -> str:
        """Which rows a table has, such as "targets with Q.Value <= 0.01 and Global.Q.Value <= 0.01"; "" if unknown."""
        return str(self.manifest.get("tables", {}).get(f"{table}.parquet", {}).get("filter", ""))

    def arrow(self, table: str = "report", columns: Optional[Sequence[str]] = None) -> pyarrow.Table:
        """A table, or some of its columns, for pyarrow.

        Raises:
            KeyError: there is no such table, or it has no such column; the text lists those that there are.
        """
        import pyarrow.parquet  # slow to load, and the command `overland` has no use for it

        path = self.folder / f"{table}.parquet"
        if not path.is_file():
            raise KeyError(f"no table {table!r} in {self.folder}; there are {', '.join(self.tables)}")
        if columns is not None:
            names = pyarrow.parquet.read_schema(path).names
            missing = [column for column in columns if column not in names]
            if missing:
                raise KeyError(f"no column {missing[0]!r} in {path.name}; there are {', '.join(names)}")
        return pyarrow.parquet.read_table(path, columns=None if columns is None else list(columns))

    def pandas(self, table: str = "report", columns: Optional[Sequence[str]] = None) -> pandas.DataFrame:
        """The same for pandas (`pip install overland[pandas]`)."""
        return self.arrow(table, columns).to_pandas()

    def polars(self, table: str = "report", columns: Optional[Sequence[str]] = None) -> polars.DataFrame:
        """The same for polars (`pip install overland[polars]`)."""
        import polars as library  # only who asks for it needs it

        frame = library.from_arrow(self.arrow(table, columns))
        assert isinstance(frame, library.DataFrame)
        return frame


def open_results(folder: Union[str, "os.PathLike[str]"]) -> Results:
    """Opens the results folder of a finished search.

    Raises:
        FileNotFoundError: the folder does not hold such results.
    """
    return Results(folder)
